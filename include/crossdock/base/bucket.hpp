// A token bucket: so many in such a time, at once as many, refilled evenly. Time is handed in.
#pragma once
#include <algorithm>
#include <chrono>
#include <mutex>

#include "crossdock/base/deadline.hpp"

namespace crossdock {

/// So many in such a time: `200/s`.
struct Rate {
  int count = 0;
  std::chrono::milliseconds per{1'000};
  friend bool operator==(const Rate&, const Rate&) = default;
};

class Bucket {
 public:
  explicit Bucket(Rate rate)
      : count_(rate.count), per_second_(rate.count * 1000.0 / static_cast<double>(rate.per.count())), tokens_(rate.count) {}

  struct Taken {
    bool granted = false;
    int left = 0;
    std::chrono::milliseconds wait{0};  ///< of a granted one: until it may be used; else until the next token
  };
  /// Takes a token. Where none is left it takes the next one that nobody has taken yet, if that comes within `most_wait`: so those who wait
  /// go one after the other, in the order in which they came. Any thread.
  Taken take(Clock::time_point now, std::chrono::milliseconds most_wait = {}) {
    std::lock_guard hold(lock_);
    if (last_ != Clock::time_point{}) tokens_ += std::chrono::duration<double>(now - last_).count() * per_second_;
    if (tokens_ > count_) tokens_ = count_;
    last_ = now;
    std::chrono::milliseconds wait{0};
    if (tokens_ < 1) wait = std::chrono::milliseconds(static_cast<long>((1 - tokens_) / per_second_ * 1000) + 1);
    if (wait > most_wait) return {false, 0, wait};
    tokens_ -= 1;
    return {true, std::max(0, static_cast<int>(tokens_)), wait};
  }
  int count() const { return count_; }

 private:
  const int count_;
  const double per_second_;
  std::mutex lock_;
  double tokens_;
  Clock::time_point last_{};
};

}  // namespace crossdock
