// Whether a position's figures are young enough to promise on.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "promise/check.hpp"

namespace crossdock::promise {

/// The rule for stale data at one moment: see WhenStale.
class Freshness {
 public:
  Freshness(Instant at, const Projection& held, const AvailabilityRules& rules)
      : now_(at),
        projection_(held),
        fresh_since_(at.micros - std::chrono::microseconds(rules.stale_after).count()),
        behind_(at - held.as_of() > std::chrono::microseconds(rules.projection_limit).count()) {}

  /// The time that a location's figures rest on; Watermarks::never: nobody has told. A position that its owner has not reported on yet
  /// (supplies only) is as old as the location's newest feed.
  std::int64_t watermark(const Held* held, Numbering::Number place) const {
    const auto own = held ? projection_.watermarks().at(held->feed) : Watermarks::never;
    return own != Watermarks::never ? own : projection_.watermarks().newest(place);
  }
  bool stale(const Held* held, std::int64_t mark) const { return behind_ || mark < fresh_since_ || (held && held->suspect); }
  std::int64_t age_ms(std::int64_t mark) const { return std::max<std::int64_t>(0, now_.micros - mark) / 1000; }

 private:
  Instant now_;
  const Projection& projection_;
  std::int64_t fresh_since_;
  bool behind_;
};

}  // namespace crossdock::promise
