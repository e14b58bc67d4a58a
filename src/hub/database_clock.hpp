// What time it is in the database, between two askings.
#pragma once
#include <atomic>

#include "crossdock/base/deadline.hpp"
#include "crossdock/base/time.hpp"

namespace crossdock::hub {

/// Watermarks, leases and times to live are the database's; how long ago they were is told by its clock as it was last heard and this
/// machine's monotonic one since. A wall clock here that is wrong, or steps, makes nothing look younger or older. Any thread.
class DatabaseClock {
 public:
  /// The database said `at` to a question asked at `asked`: as the answer took a while, now() runs ahead by less than that.
  void heard(Instant at, Clock::time_point asked) { ahead_.store(at.micros - micros(asked), std::memory_order_release); }
  /// Before the first hearing: 1970.
  Instant at(Clock::time_point here) const { return Instant{ahead_.load(std::memory_order_acquire) + micros(here)}; }

 private:
  static std::int64_t micros(Clock::time_point point) {
    return std::chrono::duration_cast<std::chrono::microseconds>(point.time_since_epoch()).count();
  }
  std::atomic<std::int64_t> ahead_{0};
};

}  // namespace crossdock::hub
