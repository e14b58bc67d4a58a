#include "http/census.hpp"

namespace crossdock::http {

bool Census::enter(const std::string& address) {
  std::lock_guard lock(mutex_);
  if (here_ >= at_most_) return false;
  auto [place, fresh] = by_address_.try_emplace(address, 0);
  if (per_address_ != 0 && place->second >= per_address_ && gateways_.count(address) == 0) return false;
  ++place->second;
  ++here_;
  return true;
}

void Census::leave(const std::string& address) {
  std::lock_guard lock(mutex_);
  auto place = by_address_.find(address);
  if (place != by_address_.end() && --place->second == 0) by_address_.erase(place);
  if (--here_ == 0) emptied_.notify_all();
}

std::size_t Census::size() const {
  std::lock_guard lock(mutex_);
  return here_;
}

bool Census::wait_until_empty(Deadline deadline) {
  std::unique_lock lock(mutex_);
  return emptied_.wait_until(lock, deadline.at(), [this] { return here_ == 0; });
}

}  // namespace crossdock::http
