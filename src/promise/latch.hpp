// The lock of one shard: held for some nanoseconds by many readers and, now and then, one writer.
#pragma once
#include <atomic>
#include <cstdint>
#include <thread>

namespace crossdock::promise {

/// As std::shared_mutex (std::shared_lock and std::unique_lock take it) at half its price where nobody waits: one atomic step in, one out.
/// A waiting writer holds new readers off. Who must wait spins a little, then yields: never hold it over anything slow.
class Latch {
 public:
  void lock_shared() {
    while (true) {
      if ((state_.fetch_add(1, std::memory_order_acquire) & writer) == 0) return;
      state_.fetch_sub(1, std::memory_order_relaxed);
      wait([this] { return (state_.load(std::memory_order_relaxed) & writer) == 0; });
    }
  }
  void unlock_shared() { state_.fetch_sub(1, std::memory_order_release); }

  void lock() {
    while ((state_.fetch_or(writer, std::memory_order_acquire) & writer) != 0) {
      wait([this] { return (state_.load(std::memory_order_relaxed) & writer) == 0; });
    }
    wait([this] { return state_.load(std::memory_order_acquire) == writer; });
  }
  void unlock() { state_.fetch_and(~writer, std::memory_order_release); }

 private:
  static constexpr std::uint32_t writer = 1U << 31;

  template <class Done>
  static void wait(Done done) {
    for (int spins = 0; !done(); ++spins) {
      if (spins >= 64) std::this_thread::yield();
    }
  }

  std::atomic<std::uint32_t> state_{0};
};

}  // namespace crossdock::promise
