// When the neighbours' tests take place.
#pragma once
#include "crossdock/base/time.hpp"

namespace crossdock::sim {

inline const Instant ten_o_clock = *Instant::parse("2026-11-24T10:00:00Z");

}  // namespace crossdock::sim
