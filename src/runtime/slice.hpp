// How soon a thread that wakes up gets a processor when all are busy.
#pragma once

namespace crossdock::runtime {

/// Asks the scheduler for the shortest turns (100 us) for the calling thread: it runs no more than its share, but sooner after it wakes,
/// also where database and broker keep every processor busy. Linux 6.12 (EEVDF's slices); older kernels take no notice. Needs no privilege.
void take_short_turns();

}  // namespace crossdock::runtime
