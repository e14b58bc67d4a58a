#include "promise/latch.hpp"

#include <gtest/gtest.h>

#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>

namespace crossdock::promise {
namespace {

/// Two numbers that are equal whenever nobody writes: under the latch no reader ever sees them differ, and no writer's step is lost.
TEST(Latch, keeps_readers_and_writers_apart) {
  Latch latch;
  long a = 0, b = 0;
  std::atomic<int> torn{0};
  std::vector<std::thread> threads;
  for (int w = 0; w < 2; ++w) {
    threads.emplace_back([&] {
      for (int i = 0; i < 3000; ++i) {
        std::unique_lock writing(latch);
        ++a;
        ++b;
      }
    });
  }
  for (int r = 0; r < 3; ++r) {
    threads.emplace_back([&] {
      for (int i = 0; i < 3000; ++i) {
        std::shared_lock reading(latch);
        if (a != b) ++torn;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(torn, 0);
  EXPECT_EQ(a, 6000);
}

}  // namespace
}  // namespace crossdock::promise
