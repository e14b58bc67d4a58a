#include "sim/disorder.hpp"

#include <algorithm>

namespace crossdock::sim {

void Disorder::add(const Told& told, Clock::time_point now) {
  auto at = now;
  if (chance(shares_.late)) {
    at += some_time();
    ++late_;
  }
  if (told.where == Told::Where::shipments) {
    auto& last = last_paper_[told.key];
    at = last = std::max(at, last);
  }
  waiting_.emplace(at, told);
  if (!chance(shares_.twice)) return;
  waiting_.emplace(at + some_time(), told);
  ++twice_;
}

std::vector<Told> Disorder::due(Clock::time_point now) {
  std::vector<Told> out;
  const auto end = waiting_.upper_bound(now);
  for (auto it = waiting_.begin(); it != end; ++it) out.push_back(std::move(it->second));
  waiting_.erase(waiting_.begin(), end);
  return out;
}

}  // namespace crossdock::sim
