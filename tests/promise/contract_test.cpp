#include <gtest/gtest.h>

#include <map>

#include "crossdock/model/codec.hpp"
#include "shop.hpp"

namespace crossdock::promise {
namespace {

/// What the contract says of a line, checked on random stock against the day-by-day oracle: figures, sums, dates, and that everything
/// confirmed could be granted.
class Contract {
 public:
  Contract(Shop& of, std::map<std::string, Profile>& held) : shop_(of), profiles_(held) {}

  void holds(const AvailabilityLine& got, const AvailabilityLineRequest& asked) {
    const Date by = asked.date.value_or(shop_.today);
    Decimal possible;
    for (const auto& [place, profile] : profiles_) possible += oracle_atp(profile, shop_.today, by);
    ASSERT_EQ(got.available, possible);
    ASSERT_EQ(got.status, possible >= asked.quantity ? AvailabilityStatus::available
                          : possible.positive()      ? AvailabilityStatus::partial
                                                     : AvailabilityStatus::unavailable);
    std::optional<Date> full;
    for (Date d = shop_.today; d <= shop_.today + 40 && !full; d = d + 1) {
      Decimal sum;
      for (const auto& [place, profile] : profiles_) sum += oracle_atp(profile, shop_.today, d);
      if (sum >= asked.quantity) full = d;
    }
    ASSERT_EQ(got.earliest_full_date, full);
    Decimal by_date, all;
    for (const auto& part : got.confirmed) {
      ASSERT_GE(part.date, shop_.today);
      if (part.date <= by) {
        // The earliest day on which that quantity can go.
        const auto& profile = profiles_[part.location];
        ASSERT_GE(oracle_atp(profile, shop_.today, part.date), part.quantity);
        if (part.date > shop_.today) {
          ASSERT_LT(oracle_atp(profile, shop_.today, part.date + -1), part.quantity);
        }
        by_date += part.quantity;
      }
      all += part.quantity;
    }
    ASSERT_EQ(by_date, min(asked.quantity, possible));
    ASSERT_EQ(all == asked.quantity, full.has_value());
    for (const auto& part : got.confirmed) {
      auto& profile = profiles_[part.location];
      ASSERT_GE(oracle_atp(profile, shop_.today, part.date), part.quantity) << "granting this breaks a promise";
      profile.demand.add(part.date, part.quantity);
    }
  }

 private:
  Shop& shop_;
  std::map<std::string, Profile>& profiles_;
};

TEST(Check, keeps_the_contract_on_random_stock) {
  std::mt19937 random(77);
  for (int round = 0; round < 400; ++round) {
    Shop shop;
    shop.item("A-100");
    std::map<std::string, Profile> profiles;
    for (int i = 0; i < 3; ++i) {
      const auto place = "DC-" + std::to_string(i);
      shop.location(place, i / 2);
      auto profile = random_profile(random, 4);
      for (auto* schedule : {&profile.supply, &profile.demand}) {
        Schedule moved;
        for (const auto& [date, quantity] : schedule->entries()) moved.add(shop.today + (date - day(0)), quantity);
        *schedule = moved;
      }
      profiles[place] = profile;
      shop.stock("A-100", place, profile);
    }
    if (round % 2) shop.rules.sourcing.order = {Preference::fewest_splits};
    AvailabilityRequest request;
    for (int n = 0; n < 3; ++n) {
      auto asked = line("A-100", std::to_string(std::uniform_int_distribution<int>(1, 70)(random)));
      if (n) asked.date = shop.today + std::uniform_int_distribution<int>(0, 20)(random);
      request.lines.push_back(std::move(asked));
    }
    const auto answer = shop.ask(request);
    Contract contract(shop, profiles);
    for (std::size_t n = 0; n < request.lines.size(); ++n) {
      contract.holds(answer.lines[n], request.lines[n]);
      if (testing::Test::HasFatalFailure()) FAIL() << "round " << round << " line " << n << "\n" << to_json(answer);
    }
  }
}

}  // namespace
}  // namespace crossdock::promise
