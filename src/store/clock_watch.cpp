#include "store/clock_watch.hpp"

#include <algorithm>

namespace crossdock::store {

namespace {
ClockWatch::Own distance(ClockWatch::Own a, ClockWatch::Own b) { return a < b ? b - a : a - b; }

/// No two clocks go quite alike. A watch that followed every difference would not see a jump that is made of small steps; one that followed
/// none would call a year's drift a jump. Clocks that are out by more than this are broken.
ClockWatch::Own drift(ClockWatch::Own passed) { return passed / 1'000; }
}  // namespace

void ClockWatch::jump_to(Own offset, Own at) {
  jumped_to_ = offset;
  since_ = at;
  off_ = std::chrono::duration_cast<std::chrono::seconds>(offset - Own(expected_)).count();
}

ClockWatch::Told ClockWatch::believe(Told why) {
  off_ = 0;
  suspended_ = false;
  return why;
}

ClockWatch::Told ClockWatch::observe(Instant database, Own asked, Own answered) {
  if (answered - asked > widest) return Told::nothing;
  const Own offset = Own(database.micros) - (asked + answered) / 2;
  if (expected_ == none) {
    last_ = answered;
    expected_ = offset.count();
    return Told::nothing;
  }
  const Own expected(expected_);
  if (distance(offset, expected) <= limit) {
    const Own most = drift(answered - last_);
    expected_ = (expected + std::clamp(offset - expected, -most, most)).count();
    last_ = answered;
    return suspended_ ? believe(Told::back) : Told::nothing;
  }
  if (!suspended_) {
    jump_to(offset, answered);
    suspended_ = true;
    return Told::jumped;
  }
  if (distance(offset, jumped_to_) > limit) {
    jump_to(offset, answered);
    return Told::nothing;
  }
  if (answered - since_ < patience) return Told::nothing;
  expected_ = offset.count();
  last_ = answered;
  return believe(Told::believed);
}

bool ClockWatch::believes(Instant database, Own now) const {
  if (suspended_) return false;
  const std::int64_t expected = expected_;
  return expected == none || distance(Own(database.micros) - now, Own(expected)) <= limit;
}

}  // namespace crossdock::store
