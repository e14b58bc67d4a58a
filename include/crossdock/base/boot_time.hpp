// A clock that nobody sets and nothing stops.
#pragma once
#include <chrono>
#include <ctime>

namespace crossdock {

/// Since the machine started. Like Clock it goes on while a process is stopped; while the machine sleeps, too, which Clock does not.
inline std::chrono::microseconds since_boot() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::nanoseconds(now.tv_nsec));
}

}  // namespace crossdock
