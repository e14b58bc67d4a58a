#include "observe/thinned.hpp"

#include <chrono>

namespace crossdock::log {

std::optional<std::uint64_t> Thinned::admit(Clock::time_point now) {
  const auto second = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  auto seen = second_.load(std::memory_order_relaxed);
  // Who loses here counts into the new second or, rarely, the old one: a line more or less.
  if (seen != second && second_.compare_exchange_strong(seen, second, std::memory_order_relaxed))
    in_second_.store(0, std::memory_order_relaxed);
  if (in_second_.fetch_add(1, std::memory_order_relaxed) >= most_) {
    unsaid_.fetch_add(1, std::memory_order_relaxed);
    return std::nullopt;
  }
  return unsaid_.exchange(0, std::memory_order_relaxed);
}

}  // namespace crossdock::log
