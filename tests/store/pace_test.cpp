// How long the follower rests after a poll.
#include "store/pace.hpp"

#include <gtest/gtest.h>

namespace crossdock::store {
namespace {

using namespace std::chrono_literals;

TEST(Pace, slow_polls_leave_the_server_time_but_never_make_memory_stale) {
  EXPECT_EQ(rest_after(1ms), 0ms) << "the usual one costs nobody a wait";
  EXPECT_EQ(rest_after(50ms), 200ms);
  for (auto poll = 0ms; poll < 5'000ms; poll += 7ms) {
    const auto rest = rest_after(poll);
    ASSERT_GE(rest, 0ms);
    ASSERT_LE(rest, 4 * poll);
    if (rest > 0ms) {
      ASSERT_LE(rest + 2 * poll, 1'200ms) << poll.count();
    }
  }
  EXPECT_EQ(rest_after(600ms), 0ms) << "freshness first";
}

}  // namespace
}  // namespace crossdock::store
