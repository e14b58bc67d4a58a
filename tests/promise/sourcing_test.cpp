#include "promise/sourcing.hpp"

#include <gtest/gtest.h>

#include <map>

#include "oracle.hpp"

namespace crossdock::promise {
namespace {

struct Places {
  std::vector<Profile> profiles;
  std::vector<Candidate> candidates;

  explicit Places(std::size_t room) { profiles.reserve(room); }
  void add(std::string location, int priority, int on_hand, Date today = day(0)) {
    profiles.emplace_back();
    profiles.back().on_hand = qty(on_hand);
    candidates.push_back({std::move(location), priority, today, &profiles.back()});
  }
};

std::string text(const std::vector<Allotment>& allotments) {
  std::string out;
  for (const auto& a : allotments) {
    out += a.location + ":" + a.quantity.text() + "@" + std::to_string(a.date.days - day(0).days) + " ";
  }
  return out;
}

TEST(Sourcing, priority_first_then_fewest_splits_then_code) {
  Places places(4);
  places.add("C", 2, 100);
  places.add("B", 1, 5);
  places.add("A", 1, 3);
  places.add("D", 1, 8);
  const SourcingRule rule;
  EXPECT_EQ(text(allot_by(qty(3), day(0), places.candidates, rule)), "A:3@0 ");
  EXPECT_EQ(text(allot_by(qty(5), day(0), places.candidates, rule)), "B:5@0 ");
  EXPECT_EQ(text(allot_by(qty(10), day(0), places.candidates, rule)), "D:8@0 A:2@0 ");
  EXPECT_EQ(text(allot_by(qty(20), day(0), places.candidates, rule)), "D:8@0 B:5@0 A:3@0 C:4@0 ");
}

TEST(Sourcing, fewest_splits_first_takes_one_place_that_has_all) {
  Places places(3);
  places.add("A", 1, 5);
  places.add("B", 2, 30);
  places.add("C", 3, 40);
  const SourcingRule rule{{Preference::fewest_splits, Preference::priority}, {}};
  EXPECT_EQ(text(allot_by(qty(20), day(0), places.candidates, rule)), "B:20@0 ");
  EXPECT_EQ(text(allot_by(qty(50), day(0), places.candidates, rule)), "C:40@0 B:10@0 ");
  const SourcingRule plain{{Preference::priority}, {}};
  EXPECT_EQ(text(allot_by(qty(20), day(0), places.candidates, plain)), "A:5@0 B:15@0 ");
}

TEST(Sourcing, quantities_go_down_to_the_multiple) {
  Places places(2);
  places.add("A", 1, 10);
  places.add("B", 2, 10);
  EXPECT_EQ(text(allot_by(qty(14), day(0), places.candidates, {}, qty(4))), "A:8@0 B:4@0 ");
}

TEST(Sourcing, the_rest_goes_on_the_first_days_on_which_it_can) {
  Places places(2);
  places.add("A", 1, 10);
  places.add("B", 2, 0);
  places.profiles[0].supply.add(day(9), qty(10));
  places.profiles[1].supply.add(day(5), qty(4));
  const auto now = allot_by(qty(20), day(2), places.candidates, {});
  EXPECT_EQ(text(now), "A:10@0 ");
  EXPECT_EQ(text(allot_later(qty(10), day(2), places.candidates, now, {})), "B:4@5 A:6@9 ");
  EXPECT_EQ(text(allot_later(qty(40), day(2), places.candidates, now, {})), "B:4@5 A:10@9 ") << "what never can is left out";
}

TEST(Sourcing, each_place_has_its_own_today) {
  Places places(1);
  places.add("TOKYO", 1, 10, day(1));
  EXPECT_EQ(text(allot_by(qty(4), day(1), places.candidates, {})), "TOKYO:4@1 ");
}

/// Random places: everything allotted can be granted on its date without breaking what was promised, and by the date asked goes exactly
/// the lesser of what is asked and the sum of what each place may promise.
TEST(Sourcing, what_is_allotted_can_be_granted) {
  std::mt19937 random(23);
  for (int round = 0; round < 1500; ++round) {
    Places places(4);
    Decimal possible;
    const Date by = day(std::uniform_int_distribution<int>(0, 20)(random));
    for (int i = 0; i < 4; ++i) {
      places.add(std::string(1, static_cast<char>('A' + i)), i / 2, 0);
      places.profiles.back() = random_profile(random, 5);
      possible += oracle_atp(places.profiles.back(), day(0), by);
    }
    const Decimal asked = qty(std::uniform_int_distribution<int>(1, 150)(random));
    const SourcingRule rule{
        round % 2 == 0 ? std::vector{Preference::priority, Preference::fewest_splits} : std::vector{Preference::fewest_splits}, {}};
    const auto first = allot_by(asked, by, places.candidates, rule);
    Decimal sum;
    for (const auto& a : first) {
      sum += a.quantity;
      ASSERT_LE(a.date, by);
    }
    ASSERT_EQ(sum, min(asked, possible)) << "round " << round;
    auto all = first;
    const auto later = allot_later(asked - sum, by, places.candidates, first, rule);
    all.insert(all.end(), later.begin(), later.end());
    std::map<std::string, Profile> after;
    for (const auto& candidate : places.candidates) after[candidate.location] = *candidate.profile;
    for (const auto& a : all) {
      auto& profile = after[a.location];
      ASSERT_GE(oracle_atp(profile, day(0), a.date), a.quantity) << "round " << round << " " << text(all);
      profile.demand.add(a.date, a.quantity);
    }
    for (const auto& a : later) ASSERT_GT(a.date, by);
  }
}

}  // namespace
}  // namespace crossdock::promise
