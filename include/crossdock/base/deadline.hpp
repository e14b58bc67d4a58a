// How long a piece of work may take, on the monotonic clock.
#pragma once
#include <algorithm>
#include <chrono>

namespace crossdock {

using Clock = std::chrono::steady_clock;

class Deadline {
 public:
  static Deadline in(Clock::duration d) { return Deadline(Clock::now() + d); }
  explicit Deadline(Clock::time_point at) : at_(at) {}
  Clock::time_point at() const { return at_; }
  Clock::duration left() const { return std::max(at_ - Clock::now(), Clock::duration::zero()); }
  bool passed() const { return Clock::now() >= at_; }
  Deadline or_sooner(Clock::duration d) const { return Deadline(std::min(at_, Clock::now() + d)); }

 private:
  Clock::time_point at_;
};

}  // namespace crossdock
