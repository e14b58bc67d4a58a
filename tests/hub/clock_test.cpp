// Ages of what is in memory are told by the database's clock and the monotonic one; a wall clock that steps hides nothing.
#include <gtest/gtest.h>

#include "hub/database_clock.hpp"
#include "promise/catalog.hpp"
#include "promise/freshness.hpp"

namespace crossdock::hub {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t one_second = 1'000'000, one_hour = 3'600 * one_second;

/// The three clocks of an instance, as they go; the wall's is put back or on by hand.
struct Clocks {
  Clock::time_point monotonic{std::chrono::hours(50)};
  Instant wall = *Instant::parse("2026-11-23T10:00:00Z");
  Instant database = wall + -3 * one_second;
  void pass(std::int64_t micros) {
    monotonic += std::chrono::microseconds(micros);
    wall = wall + micros;
    database = database + micros;
  }
};

class Ages : public testing::Test {
 protected:
  /// A poll: all commits up to now are in memory, and the feed was caught up just now.
  void hear(bool by_wall) {
    clock.heard(clocks.database, clocks.monotonic);
    projection.set_current(by_wall ? clocks.wall : clocks.database);
    projection.watermarks().set("wms", "E", by_wall ? clocks.wall : clocks.database);
  }
  bool stale(bool by_wall) const {
    promise::Freshness freshness(by_wall ? clocks.wall : clock.at(clocks.monotonic), projection, {});
    return freshness.stale(nullptr, projection.watermarks().of("E")->micros);
  }

  Clocks clocks;
  DatabaseClock clock;
  promise::Catalog catalog;
  promise::Projection projection{catalog.places()};
};

TEST_F(Ages, the_databases_time_goes_on_by_the_monotonic_clock) {
  clock.heard(clocks.database, clocks.monotonic);
  clocks.pass(5 * one_second);
  EXPECT_EQ(clock.at(clocks.monotonic), clocks.database);
  clocks.database = clocks.database + -one_hour;  // it is put back, or another server took over
  clock.heard(clocks.database, clocks.monotonic);
  EXPECT_EQ(clock.at(clocks.monotonic), clocks.database);
}

TEST_F(Ages, a_wall_clock_that_steps_back_hides_no_stale_projection) {
  hear(false);
  EXPECT_FALSE(stale(false));
  clocks.wall = clocks.wall + -one_hour;
  clocks.pass(10 * one_second);  // nothing is heard meanwhile
  EXPECT_TRUE(stale(false));
}

TEST_F(Ages, a_wall_clock_that_steps_on_makes_nothing_stale) {
  hear(false);
  clocks.wall = clocks.wall + one_hour;
  clocks.pass(one_second);
  EXPECT_FALSE(stale(false));
}

TEST_F(Ages, a_feed_that_went_silent_is_stale_though_the_database_answers) {
  hear(false);
  clocks.wall = clocks.wall + -one_hour;
  clocks.pass(200 * one_second);
  clock.heard(clocks.database, clocks.monotonic);
  projection.set_current(clocks.database);
  EXPECT_TRUE(stale(false));
}

TEST_F(Ages, a_database_whose_clock_was_put_back_is_followed) {
  hear(false);
  clocks.database = clocks.database + -one_hour;
  clock.heard(clocks.database, clocks.monotonic);
  projection.set_current(clocks.database);
  clocks.pass(10 * one_second);
  promise::Freshness freshness(clock.at(clocks.monotonic), projection, {});
  EXPECT_TRUE(freshness.stale(nullptr, INT64_MAX)) << "the projection itself is 10 s old";
}

TEST_F(Ages, negative_control_ages_by_the_wall_clock) {
  hear(true);
  clocks.wall = clocks.wall + -one_hour;
  clocks.pass(10 * one_second);
  EXPECT_FALSE(stale(true)) << "it would be seen as fresh for an hour";
}

}  // namespace
}  // namespace crossdock::hub
