// LD_PRELOAD: a wall clock that is wrong, and can be made wrong while the process runs. The monotonic clock is left alone, as a real step
// leaves it. CLOCK_FILE holds the shift in seconds, as eight bytes; it is mapped, so a change counts at once.
// (libfaketime does not know the C11 names by which librdkafka waits: under it, a clock that is an hour ahead waits an hour longer.)
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t* shift_of_the_file;
static const int64_t none = 0;

__attribute__((constructor)) static void begin(void) {
  const char* name = getenv("CLOCK_FILE");
  int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
  void* mapped = file < 0 ? MAP_FAILED : mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
  shift_of_the_file = mapped == MAP_FAILED ? &none : mapped;
}

static int64_t shift(void) { return shift_of_the_file ? *shift_of_the_file : 0; }
static int wall(clockid_t which) { return which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE; }

int clock_gettime(clockid_t which, struct timespec* out) {
  int told = (int)syscall(SYS_clock_gettime, which, out);
  if (told == 0 && wall(which)) out->tv_sec += shift();
  return told;
}
int gettimeofday(struct timeval* out, void* zone) {
  struct timespec now;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &now);
  out->tv_sec = now.tv_sec, out->tv_usec = now.tv_nsec / 1000;
  return 0;
}
time_t time(time_t* out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out) *out = now.tv_sec;
  return now.tv_sec;
}
int timespec_get(struct timespec* out, int base) {
  clock_gettime(CLOCK_REALTIME, out);
  return base;
}

// Waiting until a moment of this clock: the kernel counts by the true one. (A condition on the monotonic clock is waited for until moments
// of this machine's uptime, which are smaller than any date.) librdkafka comes by the C11 name. A wait that runs while the clock jumps is
// not made longer or shorter, as a real step would make it.
static struct timespec truly(const struct timespec* until) {
  struct timespec moment = *until;
  if (moment.tv_sec > 1000000000) moment.tv_sec -= shift();
  return moment;
}
int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const struct timespec* until) {
  static int (*real)(pthread_cond_t*, pthread_mutex_t*, const struct timespec*);
  if (!real) real = (__typeof__(real))dlsym(RTLD_NEXT, "pthread_cond_timedwait");
  struct timespec moment = truly(until);
  return real(condition, mutex, &moment);
}
int cnd_timedwait(void* condition, void* mutex, const struct timespec* until) {
  static int (*real)(void*, void*, const struct timespec*);
  if (!real) real = (__typeof__(real))dlsym(RTLD_NEXT, "cnd_timedwait");
  struct timespec moment = truly(until);
  return real(condition, mutex, &moment);
}
