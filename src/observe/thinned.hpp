// Lines that others can cause at will: only so many a second are written, and how many were not is said with the next.
#pragma once
#include <atomic>
#include <cstdint>
#include <optional>

#include "crossdock/base/deadline.hpp"

namespace crossdock::log {

/// Any thread. A line costs nothing but two atomics where it is not written.
class Thinned {
 public:
  explicit Thinned(std::uint64_t lines_a_second) : most_(lines_a_second) {}
  /// Nothing: this line is left out. Else write it, with the number of lines that were left out before it.
  std::optional<std::uint64_t> admit(Clock::time_point now = Clock::now());

 private:
  const std::uint64_t most_;
  std::atomic<std::int64_t> second_{-1};
  std::atomic<std::uint64_t> in_second_{0};
  std::atomic<std::uint64_t> unsaid_{0};
};

}  // namespace crossdock::log
