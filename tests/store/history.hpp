// The checker of PROTOCOLS.md D: answers sorted by the version that they made are one sequence without holes, the sequential model gives
// each of them, and real time agrees.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace crossdock::store {

/// What one client was told about one position.
struct Told {
  enum Kind { grant, refusal, release } kind = grant;
  std::int64_t asked = 0, got = 0;
  std::int64_t version = 0;  ///< made, or of a refusal rested on
  std::chrono::steady_clock::time_point sent, answered;
};

/// Empty when some order of single steps explains everything; else what does not fit. O(n log n).
inline std::string unexplained(std::vector<Told> told, std::int64_t on_hand, std::int64_t first_version) {
  std::sort(told.begin(), told.end(), [](const Told& a, const Told& b) {
    if (a.version != b.version) return a.version < b.version;
    if ((a.kind == Told::refusal) != (b.kind == Told::refusal)) return b.kind == Told::refusal;
    return a.sent < b.sent;  // refusals of one version may stand in any order
  });
  std::int64_t free = on_hand, version = first_version;
  auto latest_sent = std::chrono::steady_clock::time_point::min();
  for (const auto& one : told) {
    if (one.kind == Told::refusal) {
      if (one.version != version) return "a refusal rests on version " + std::to_string(one.version) + ", which nobody made";
      if (one.asked <= free) return "refused " + std::to_string(one.asked) + " although " + std::to_string(free) + " were free";
    } else {
      if (one.version != version + 1) return "version " + std::to_string(one.version) + " follows " + std::to_string(version);
      version = one.version;
      free += one.kind == Told::release ? one.got : -one.got;
      if (free < 0) return "one too many at version " + std::to_string(version);
    }
    // Whoever comes earlier in the order was sent before whoever comes later was answered.
    if (one.answered < latest_sent) return "version " + std::to_string(one.version) + " was answered before an earlier one was asked";
    latest_sent = std::max(latest_sent, one.sent);
  }
  return {};
}

}  // namespace crossdock::store
