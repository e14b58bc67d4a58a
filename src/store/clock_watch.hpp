// Whether the database's clock may be believed: it goes as fast as a clock of this machine that nobody sets.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "crossdock/base/time.hpp"

namespace crossdock::store {

/// TTLs count by the database's clock. When it jumps, by a minute or by years, holds would end that nobody meant to end. So what time
/// brings about is suspended from then on, until the clock is back where it should be or has stayed put for ten minutes: then it was the
/// clock before that was wrong. A new watch believes what it sees first. No I/O: both clocks are handed in.
///
/// observe() is the sweeper's, the rest anybody's. What observe() has not seen yet believes() finds by itself, so that no transaction ends
/// a hold in the moment after the jump either.
class ClockWatch {
 public:
  using Own = std::chrono::microseconds;  ///< of a clock that goes on while the process is stopped or the machine asleep (since_boot())
  enum class Told { nothing, jumped, back, believed };

  static constexpr Own limit = std::chrono::seconds(60);
  static constexpr Own patience = std::chrono::minutes(10);
  static constexpr Own widest = std::chrono::seconds(5);  ///< a reading that took longer says too little: somebody was stopped meanwhile

  /// The database said `database` at some moment between `asked` and `answered`. Answers what changed by that.
  Told observe(Instant database, Own asked, Own answered);
  /// Whether a reading of just now is near where it should be.
  bool believes(Instant database, Own now) const;
  bool suspended() const { return suspended_; }
  /// By how much it is off where it should be, in seconds; 0 while it is believed.
  std::int64_t off() const { return off_; }

 private:
  Told believe(Told why);
  void jump_to(Own offset, Own at);

  static constexpr std::int64_t none = INT64_MIN;
  std::atomic<std::int64_t> expected_{none};  ///< the database's clock less our own, in microseconds
  std::atomic<bool> suspended_{false};
  std::atomic<std::int64_t> off_{0};
  Own last_{0};       ///< when it was last seen where it should be
  Own jumped_to_{0};  ///< the difference since it jumped
  Own since_{0};
};

}  // namespace crossdock::store
