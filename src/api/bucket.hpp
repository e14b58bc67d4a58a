// A token bucket: so many requests in such a time, refilled evenly. Time is handed in.
#pragma once
#include <chrono>
#include <mutex>

#include "crossdock/base/deadline.hpp"

namespace crossdock::api {

class Bucket {
 public:
  Bucket(int count, std::chrono::milliseconds per)
      : count_(count), per_second_(count * 1000.0 / static_cast<double>(per.count())), tokens_(count) {}

  struct Taken {
    bool granted = false;
    int left = 0;
    std::chrono::milliseconds wait{0};  ///< until the next token, when none was granted
  };
  /// Any thread.
  Taken take(Clock::time_point now) {
    std::lock_guard hold(lock_);
    if (last_ != Clock::time_point{}) tokens_ += std::chrono::duration<double>(now - last_).count() * per_second_;
    if (tokens_ > count_) tokens_ = count_;
    last_ = now;
    if (tokens_ >= 1) {
      tokens_ -= 1;
      return {true, static_cast<int>(tokens_), std::chrono::milliseconds(0)};
    }
    return {false, 0, std::chrono::milliseconds(static_cast<long>((1 - tokens_) / per_second_ * 1000) + 1)};
  }
  int count() const { return count_; }

 private:
  const int count_;
  const double per_second_;
  std::mutex lock_;
  double tokens_;
  Clock::time_point last_{};
};

}  // namespace crossdock::api
