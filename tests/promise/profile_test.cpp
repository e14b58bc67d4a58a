#include "promise/profile.hpp"

#include <gtest/gtest.h>

#include "oracle.hpp"

namespace crossdock::promise {
namespace {

/// DOMAIN.md: on hand 50; supply day 7 +40, day 12 +100; demand day 3 -30, day 9 -45.
Profile domain_example() {
  Profile profile;
  profile.on_hand = qty(50);
  profile.supply.add(day(7), qty(40));
  profile.supply.add(day(12), qty(100));
  profile.demand.add(day(3), qty(30));
  profile.demand.add(day(9), qty(45));
  return profile;
}

TEST(Profile, the_example_promises_15_and_not_60) {
  const auto profile = domain_example();
  EXPECT_EQ(projected_on(profile, day(0), day(7), {}), qty(60));
  EXPECT_EQ(atp(profile, day(0), day(7)), qty(15));
  EXPECT_EQ(atp(profile, day(0), day(0)), qty(15));
  EXPECT_EQ(atp(profile, day(0), day(12)), qty(115));
  EXPECT_EQ(earliest(profile, qty(15), day(0), day(0)), day(0));
  EXPECT_EQ(earliest(profile, qty(16), day(0), day(0)), day(12));
  EXPECT_EQ(earliest(profile, qty(116), day(0), day(0)), std::nullopt);
  const std::vector<Step> curve{{day(0), qty(15)}, {day(12), qty(115)}};
  EXPECT_EQ(atp_curve(profile, day(0)), curve);
}

TEST(Profile, dates_before_today_count_as_today) {
  Profile profile;
  profile.on_hand = qty(10);
  profile.demand.add(day(-3), qty(4));
  profile.supply.add(day(-2), qty(100));
  EXPECT_EQ(atp(profile, day(0), day(-9)), qty(6));
  EXPECT_EQ(atp(profile, day(0), day(0), {.past_due_supply_counts = true}), qty(106));
  profile.supply.add(day(0), qty(5));
  EXPECT_EQ(atp(profile, day(0), day(0)), qty(11));
}

TEST(Profile, is_the_oracle_on_random_profiles) {
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    const auto profile = random_profile(random, 8);
    const AtpRule rule{round % 2 == 0};
    const auto curve = atp_curve(profile, day(0), rule);
    ASSERT_FALSE(curve.empty());
    ASSERT_EQ(curve.front().date, day(0));
    std::size_t step = 0;
    for (int d = -3; d <= 30; ++d) {
      const auto want = oracle_atp(profile, day(0), day(d), rule);
      ASSERT_EQ(atp(profile, day(0), day(d), rule), want) << "round " << round << " day " << d;
      while (step + 1 < curve.size() && curve[step + 1].date <= day(d)) ++step;
      ASSERT_EQ(curve[step].available, want) << "round " << round << " day " << d;
    }
    for (std::size_t i = 1; i < curve.size(); ++i) ASSERT_LT(curve[i - 1].available, curve[i].available);
  }
}

TEST(Profile, earliest_is_the_first_day_of_the_oracle) {
  std::mt19937 random(11);
  for (int round = 0; round < 2000; ++round) {
    const auto profile = random_profile(random, 6);
    const Decimal wanted = qty(std::uniform_int_distribution<int>(1, 80)(random));
    const Date from = day(std::uniform_int_distribution<int>(-2, 20)(random));
    std::optional<Date> want;
    for (Date d = std::max(day(0), from); d <= day(40) && !want; d = d + 1) {
      if (oracle_atp(profile, day(0), d) >= wanted) want = d;
    }
    ASSERT_EQ(earliest(profile, wanted, day(0), from), want) << "round " << round;
  }
}

/// Grants what a method says may be promised and answers whether an earlier promise broke.
template <class Method>
int broken_promises(Method method) {
  std::mt19937 random(3);
  int broken = 0;
  for (int round = 0; round < 500; ++round) {
    auto profile = random_profile(random, 5);
    profile.on_hand = profile.on_hand + qty(200);  // what is promised at the start is covered
    if (!covered(profile, day(0))) continue;
    for (int i = 0; i < 12; ++i) {
      const Date date = day(std::uniform_int_distribution<int>(0, 25)(random));
      const Decimal wanted = qty(std::uniform_int_distribution<int>(1, 90)(random));
      if (method(profile, day(0), date, AtpRule{}) >= wanted) profile.demand.add(date, wanted);
    }
    broken += covered(profile, day(0)) ? 0 : 1;
  }
  return broken;
}

TEST(Profile, a_grant_never_breaks_an_earlier_promise) { EXPECT_EQ(broken_promises(atp), 0); }

TEST(Profile, negative_control_projected_on_that_day_breaks_promises) { EXPECT_GT(broken_promises(projected_method), 50); }

TEST(Profile, negative_control_the_oracle_refutes_projected_on_that_day) {
  const auto profile = domain_example();
  EXPECT_NE(projected_method(profile, day(0), day(7)), oracle_atp(profile, day(0), day(7)));
}

TEST(Profile, shortfall_is_what_of_the_demand_is_not_covered) {
  Profile profile;
  profile.on_hand = qty(3);
  profile.demand.add(day(2), qty(10));
  EXPECT_EQ(shortfall(profile, day(0)), qty(7));
  EXPECT_FALSE(covered(profile, day(0)));
  profile.supply.add(day(2), qty(7));
  EXPECT_TRUE(covered(profile, day(0)));
  profile.supply.add(day(2), qty(-7));
  profile.supply.add(day(5), qty(7));
  EXPECT_EQ(shortfall(profile, day(0)), qty(7)) << "the supply comes too late";

  Profile idle;
  idle.safety_stock = qty(10);
  EXPECT_TRUE(covered(idle, day(0))) << "nobody asked for anything";
  idle.demand.add(day(1), qty(4));
  EXPECT_EQ(shortfall(idle, day(0)), qty(4));
}

TEST(Schedule, adds_sorts_and_forgets_zeros) {
  Schedule schedule;
  schedule.add(day(5), qty(2));
  schedule.add(day(1), qty(1));
  schedule.add(day(5), qty(3));
  schedule.add(day(7), qty(1));
  schedule.add(day(7), qty(-1));
  schedule.add(day(9), Decimal());
  const std::vector<std::pair<Date, Decimal>> want{{day(1), qty(1)}, {day(5), qty(5)}};
  EXPECT_EQ(schedule.entries(), want);
  EXPECT_EQ(schedule.total(), qty(6));
}

TEST(Schedule, text_goes_there_and_back) {
  std::mt19937 random(5);
  for (int round = 0; round < 200; ++round) {
    const auto profile = random_profile(random, 6);
    EXPECT_EQ(Schedule::parse(profile.supply.text()), profile.supply);
  }
  EXPECT_EQ(Schedule::parse("2026-11-23:12.5,2026-11-24:3")->text(), "2026-11-23:12.5,2026-11-24:3");
  for (const auto* bad : {"2026-11-23", "2026-11-23:0", "2026-11-24:1,2026-11-23:1", "2026-11-23:1,2026-11-23:1", "2026-11-23:1,", ",",
                          ":1", "2026-11-23:x", "2026-13-23:1"}) {
    EXPECT_FALSE(Schedule::parse(bad)) << bad;
  }
}

}  // namespace
}  // namespace crossdock::promise
