// Who is connected: the caps on connections, over all loops.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "crossdock/base/deadline.hpp"

namespace crossdock::http {

/// Any thread; touched when connections come and go, never per request.
class Census {
 public:
  Census(std::size_t at_most, std::size_t per_address, const std::vector<std::string>& gateways)
      : at_most_(at_most), per_address_(per_address), gateways_(gateways.begin(), gateways.end()) {}

  /// False when a cap is reached; else leave() must follow.
  bool enter(const std::string& address);
  void leave(const std::string& address);
  std::size_t size() const;
  bool wait_until_empty(Deadline deadline);

 private:
  const std::size_t at_most_, per_address_;
  const std::unordered_set<std::string> gateways_;
  mutable std::mutex mutex_;
  std::condition_variable emptied_;
  std::size_t here_ = 0;
  std::unordered_map<std::string, std::size_t> by_address_;
};

}  // namespace crossdock::http
