#include "hub/circuit.hpp"

#include <algorithm>

namespace crossdock::hub {

bool CircuitBreaker::admit(Clock::time_point now) {
  std::lock_guard hold(lock_);
  if (state_ == State::closed) return true;
  if (now < probe_at_) return false;
  state_ = State::probing;
  probe_at_ = now + probe_after_;  // should the probe never come back, another one goes then
  return true;
}

void CircuitBreaker::record(Clock::time_point now, bool good) {
  calls_.emplace_back(now, good);
  while (!calls_.empty() && calls_.front().first + window_ < now) calls_.pop_front();
}

void CircuitBreaker::open(Clock::time_point now) {
  state_ = State::open;
  probe_at_ = now + probe_after_;
  calls_.clear();
  in_a_row_ = 0;
}

void CircuitBreaker::succeeded(Clock::time_point now) {
  std::lock_guard hold(lock_);
  in_a_row_ = 0;
  state_ = State::closed;
  record(now, true);
}

void CircuitBreaker::failed(Clock::time_point now) {
  std::lock_guard hold(lock_);
  if (state_ != State::closed) {
    open(now);
    return;
  }
  record(now, false);
  ++in_a_row_;
  auto bad = std::count_if(calls_.begin(), calls_.end(), [](const auto& call) { return !call.second; });
  if (in_a_row_ >= open_after_ || (calls_.size() >= 10 && bad * 2 >= static_cast<std::ptrdiff_t>(calls_.size()))) open(now);
}

void CircuitBreaker::withdrawn(Clock::time_point now) {
  std::lock_guard hold(lock_);
  if (state_ != State::probing) return;
  state_ = State::open;
  probe_at_ = now;
}

CircuitBreaker::State CircuitBreaker::state() const {
  std::lock_guard hold(lock_);
  return state_;
}

}  // namespace crossdock::hub
