// How long the follower rests between polls.
#pragma once
#include <algorithm>
#include <chrono>

namespace crossdock::store {

/// After a poll that took so long: nothing when it was quick, else so much that a fifth of the time is spent polling. But what is told of
/// commits may not grow older than memory is believed (2 s by default): from the beginning of a poll to the end of the next one of the
/// same length there shall be at most 1.2 s, whatever it costs.
inline std::chrono::milliseconds rest_after(std::chrono::steady_clock::duration poll) {
  using namespace std::chrono_literals;
  const auto taken = std::chrono::duration_cast<std::chrono::milliseconds>(poll);
  if (taken < 20ms) return 0ms;
  return std::clamp(4 * taken, 0ms, std::max(0ms, 1'200ms - 2 * taken));
}

}  // namespace crossdock::store
