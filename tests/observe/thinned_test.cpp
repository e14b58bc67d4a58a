// Lines that are thinned: no more than so many a second, and none is lost from the count.
#include "observe/thinned.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace crossdock::log {
namespace {

using namespace std::chrono_literals;

TEST(Thinned, admits_so_many_a_second_and_counts_the_rest) {
  Thinned thinned(3);
  const Clock::time_point start{100s};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(thinned.admit(start), 0U);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(thinned.admit(start + 900ms), std::nullopt);
  EXPECT_EQ(thinned.admit(start + 1s), 5U) << "what was left out is said once";
  EXPECT_EQ(thinned.admit(start + 1s), 0U);
}

}  // namespace
}  // namespace crossdock::log
