// Inside this room only, and only in a build with ThreadSanitizer.
#pragma once
#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
// librdkafka makes its threads by C11's functions, which ThreadSanitizer does not know: the first callback on such a thread crashes.
// glibc's C11 types are its POSIX types, so the same calls by their POSIX names (which it does know) stand in for them.
#include <pthread.h>
#include <threads.h>

#include <cerrno>
#include <cstdint>

namespace crossdock::kafka::tsan {
struct Begin {
  thrd_start_t run;
  void* argument;
};
inline void* run(void* raw) {
  const Begin begin = *static_cast<Begin*>(raw);
  delete static_cast<Begin*>(raw);
  return reinterpret_cast<void*>(static_cast<std::intptr_t>(begin.run(begin.argument)));
}
inline int outcome(int error) {
  switch (error) {
    case 0:
      return thrd_success;
    case ETIMEDOUT:
      return thrd_timedout;
    case EBUSY:
      return thrd_busy;
    default:
      return thrd_error;
  }
}
inline pthread_mutex_t* posix(mtx_t* mutex) { return reinterpret_cast<pthread_mutex_t*>(mutex); }
inline pthread_cond_t* posix(cnd_t* condition) { return reinterpret_cast<pthread_cond_t*>(condition); }
}  // namespace crossdock::kafka::tsan

extern "C" {
namespace tsan = crossdock::kafka::tsan;
int thrd_create(thrd_t* thread, thrd_start_t run, void* argument) {
  return tsan::outcome(pthread_create(thread, nullptr, tsan::run, new tsan::Begin{run, argument}));
}
int thrd_join(thrd_t thread, int* result) {
  void* value = nullptr;
  const int error = pthread_join(thread, &value);
  if (result) *result = static_cast<int>(reinterpret_cast<std::intptr_t>(value));
  return tsan::outcome(error);
}
int thrd_detach(thrd_t thread) { return tsan::outcome(pthread_detach(thread)); }
int mtx_init(mtx_t* mutex, int kind) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  if ((kind & mtx_recursive) != 0) pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
  return tsan::outcome(pthread_mutex_init(tsan::posix(mutex), &attributes));
}
int mtx_lock(mtx_t* mutex) { return tsan::outcome(pthread_mutex_lock(tsan::posix(mutex))); }
int mtx_trylock(mtx_t* mutex) { return tsan::outcome(pthread_mutex_trylock(tsan::posix(mutex))); }
int mtx_unlock(mtx_t* mutex) { return tsan::outcome(pthread_mutex_unlock(tsan::posix(mutex))); }
void mtx_destroy(mtx_t* mutex) { pthread_mutex_destroy(tsan::posix(mutex)); }
int cnd_init(cnd_t* condition) { return tsan::outcome(pthread_cond_init(tsan::posix(condition), nullptr)); }
int cnd_signal(cnd_t* condition) { return tsan::outcome(pthread_cond_signal(tsan::posix(condition))); }
int cnd_broadcast(cnd_t* condition) { return tsan::outcome(pthread_cond_broadcast(tsan::posix(condition))); }
int cnd_wait(cnd_t* condition, mtx_t* mutex) { return tsan::outcome(pthread_cond_wait(tsan::posix(condition), tsan::posix(mutex))); }
int cnd_timedwait(cnd_t* condition, mtx_t* mutex, const timespec* until) {
  return tsan::outcome(pthread_cond_timedwait(tsan::posix(condition), tsan::posix(mutex), until));
}
void cnd_destroy(cnd_t* condition) { pthread_cond_destroy(tsan::posix(condition)); }

/// The library itself is not instrumented: what it touches between its own threads cannot be judged.
const char* __tsan_default_suppressions() { return "called_from_lib:librdkafka\nrace:^mtx_lock$\n"; }
}
#endif
