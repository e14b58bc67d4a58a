#include "runtime/slice.hpp"

// Alone here: the kernel's header and the C library's <sched.h> both define sched_param.
#include <linux/sched/types.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace crossdock::runtime {

void take_short_turns() {
  sched_attr mine{};
  if (syscall(SYS_sched_getattr, 0, &mine, sizeof mine, 0) != 0) return;
  mine.sched_runtime = 100'000;  // nanoseconds, the least there is; policy and nice value stay what they are
  (void)syscall(SYS_sched_setattr, 0, &mine, 0);
}

}  // namespace crossdock::runtime
