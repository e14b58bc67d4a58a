// The end of a part of the hub: asked for once, with a deadline that every wait of its thread keeps to.
#pragma once
#include <condition_variable>
#include <mutex>

#include "crossdock/base/deadline.hpp"

namespace crossdock::hub {

/// begin() from any thread, the rest on the part's own.
class Ending {
 public:
  /// The part is to end, by then at the latest. Only the first call counts.
  void begin(Deadline at) {
    {
      const std::lock_guard hold(lock_);
      if (!begun_) at_ = at;
      begun_ = true;
    }
    condition_.notify_all();
  }
  bool begun() const {
    const std::lock_guard hold(lock_);
    return begun_;
  }
  /// The limit of a wait: `time` from now, or the end if that comes sooner.
  Deadline within(Clock::duration time) const {
    const std::lock_guard hold(lock_);
    return at_.or_sooner(time);
  }
  /// Sleeps, at most until the end begins.
  void pause(Clock::duration time) const {
    std::unique_lock hold(lock_);
    condition_.wait_for(hold, time, [this] { return begun_; });
  }

 private:
  mutable std::mutex lock_;
  mutable std::condition_variable condition_;
  bool begun_ = false;
  Deadline at_{Clock::time_point::max()};
};

}  // namespace crossdock::hub
