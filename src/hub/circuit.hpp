// A circuit breaker as a state machine: time is handed in. (It moves to `routing` when deliveries need it.)
#pragma once
#include <chrono>
#include <deque>
#include <mutex>

#include "crossdock/base/deadline.hpp"

namespace crossdock::hub {

/// Opens after `open_after` failures in a row, or when half of at least ten calls in the window failed; then one probe each
/// `probe_after`; a probe that succeeds closes it. Any thread.
class CircuitBreaker {
 public:
  enum class State { closed, open, probing };

  CircuitBreaker(int open_after, std::chrono::milliseconds window, std::chrono::milliseconds probe_after)
      : open_after_(open_after), window_(window), probe_after_(probe_after) {}

  /// Whether a call may be made now. While open, one probe at a time is let through.
  bool admit(Clock::time_point now);
  void succeeded(Clock::time_point now);
  void failed(Clock::time_point now);
  /// An admitted call was not made after all: a probe that was none leaves its place to the next.
  void withdrawn(Clock::time_point now);
  State state() const;

 private:
  void open(Clock::time_point now);
  void record(Clock::time_point now, bool good);

  const int open_after_;
  const std::chrono::milliseconds window_, probe_after_;
  mutable std::mutex lock_;
  State state_ = State::closed;
  int in_a_row_ = 0;
  Clock::time_point probe_at_{};
  std::deque<std::pair<Clock::time_point, bool>> calls_;
};

}  // namespace crossdock::hub
