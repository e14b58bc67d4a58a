#include "store/clock_watch.hpp"

#include <gtest/gtest.h>

namespace crossdock::store {
namespace {

using namespace std::chrono_literals;
using Tells = ClockWatch::Told;

/// A database's clock and our own, and a sweep every quarter of a second.
struct Clocks {
  ClockWatch watch;
  ClockWatch::Own own = 1h;
  std::chrono::microseconds wall = std::chrono::hours(24 * 365 * 56);
  ClockWatch::Own trip = 1ms;

  Instant now() const { return Instant{wall.count()}; }
  void pass(std::chrono::microseconds time) { own += time, wall += time; }
  Tells sweep() {
    auto asked = own;
    auto said = now();
    pass(trip);
    return watch.observe(said, asked, own);
  }
  /// The first thing that a sweep of so much time tells; nothing if none does.
  Tells sweeps(std::chrono::microseconds time) {
    for (auto end = own + time; own < end; pass(250ms))
      if (auto told = sweep(); told != Tells::nothing) return told;
    return Tells::nothing;
  }
};

TEST(ClockWatch, ClocksThatGoAlikeAreNoJump) {
  Clocks clocks;
  EXPECT_TRUE(clocks.watch.believes(clocks.now(), clocks.own)) << "nothing was seen yet";
  EXPECT_EQ(clocks.sweeps(1h), Tells::nothing);
  EXPECT_TRUE(clocks.watch.believes(clocks.now(), clocks.own));
  EXPECT_EQ(clocks.watch.off(), 0);
}

TEST(ClockWatch, AJumpSuspendsUntilTheClockIsBack) {
  for (std::chrono::microseconds by : {std::chrono::microseconds(61s), std::chrono::microseconds(1h), std::chrono::microseconds(-1h),
                                       std::chrono::microseconds(10 * 365 * 24h)}) {
    Clocks clocks;
    clocks.sweeps(1min);
    clocks.wall += by;
    EXPECT_FALSE(clocks.watch.believes(clocks.now(), clocks.own)) << "before a sweep has seen it";
    EXPECT_EQ(clocks.sweep(), Tells::jumped);
    EXPECT_TRUE(clocks.watch.suspended());
    EXPECT_NEAR(static_cast<double>(clocks.watch.off()), static_cast<double>(by.count()) / 1e6, 1);
    EXPECT_EQ(clocks.sweeps(9min), Tells::nothing) << "it is told once";
    EXPECT_FALSE(clocks.watch.believes(clocks.now(), clocks.own));
    clocks.wall -= by;
    EXPECT_EQ(clocks.sweep(), Tells::back);
    EXPECT_FALSE(clocks.watch.suspended());
    EXPECT_EQ(clocks.watch.off(), 0);
    EXPECT_TRUE(clocks.watch.believes(clocks.now(), clocks.own));
  }
}

TEST(ClockWatch, LessThanAMinuteIsNone) {
  Clocks clocks;
  clocks.sweeps(1min);
  clocks.wall += 59s;
  EXPECT_EQ(clocks.sweeps(20min), Tells::nothing);
  EXPECT_TRUE(clocks.watch.believes(clocks.now(), clocks.own));
}

TEST(ClockWatch, SmallStepsAddUpToAJump) {
  Clocks clocks;
  clocks.sweeps(1min);
  clocks.wall += 40s;
  EXPECT_EQ(clocks.sweeps(1min), Tells::nothing);
  clocks.wall += 40s;
  EXPECT_EQ(clocks.sweep(), Tells::jumped);
}

TEST(ClockWatch, ClocksDrift) {
  Clocks clocks;
  for (int hour = 0; hour < 24 * 14; ++hour) {
    clocks.pass(1h);
    clocks.wall += 1s;
    ASSERT_EQ(clocks.sweep(), Tells::nothing) << hour;
  }
}

TEST(ClockWatch, WhereItStaysForTenMinutesItIsBelieved) {
  Clocks clocks;
  clocks.sweeps(1min);
  clocks.wall += 1h;
  EXPECT_EQ(clocks.sweep(), Tells::jumped);
  EXPECT_EQ(clocks.sweeps(9min + 59s), Tells::nothing);
  EXPECT_EQ(clocks.sweeps(2s), Tells::believed);
  EXPECT_FALSE(clocks.watch.suspended());
  EXPECT_TRUE(clocks.watch.believes(clocks.now(), clocks.own));
  EXPECT_EQ(clocks.sweeps(1h), Tells::nothing);
  clocks.wall -= 1h;
  EXPECT_EQ(clocks.sweep(), Tells::jumped) << "back is a jump now";
}

TEST(ClockWatch, AClockThatGoesOnJumpingIsNotBelieved) {
  Clocks clocks;
  clocks.sweeps(1min);
  clocks.wall += 1h;
  EXPECT_EQ(clocks.sweep(), Tells::jumped);
  for (int turn = 0; turn < 10; ++turn) {
    EXPECT_EQ(clocks.sweeps(9min), Tells::nothing) << turn;
    clocks.wall += 2min;
  }
  EXPECT_TRUE(clocks.watch.suspended());
  EXPECT_EQ(clocks.sweeps(11min), Tells::believed);
}

/// SIGSTOP, a machine asleep, a database that was away: both clocks went on.
TEST(ClockWatch, ALongPauseIsNoJump) {
  Clocks clocks;
  clocks.sweeps(1min);
  clocks.pass(3h);
  EXPECT_TRUE(clocks.watch.believes(clocks.now(), clocks.own));
  EXPECT_EQ(clocks.sweeps(1min), Tells::nothing);
}

/// Stopped between the database's answer and our look at our own clock: the answer is old, not wrong.
TEST(ClockWatch, APauseInTheMiddleOfAReadingSaysNothing) {
  Clocks clocks;
  clocks.sweeps(1min);
  clocks.trip = 3h;
  EXPECT_EQ(clocks.sweep(), Tells::nothing);
  clocks.trip = 1ms;
  EXPECT_EQ(clocks.sweeps(1min), Tells::nothing);
}

/// What a clock that stands still while the process is stopped would make of a pause: why since_boot() is asked.
TEST(ClockWatch, NegativeControlAClockThatStandsStillMeanwhileIsTakenForAJump) {
  Clocks clocks;
  clocks.sweeps(1min);
  clocks.wall += 3h;
  EXPECT_EQ(clocks.sweep(), Tells::jumped);
}

}  // namespace
}  // namespace crossdock::store
