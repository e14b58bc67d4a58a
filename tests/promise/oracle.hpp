// The rule, day by day and without any cleverness: what the tests compare with.
#pragma once
#include <optional>
#include <random>
#include <vector>

#include "promise/profile.hpp"

namespace crossdock::promise {

inline Date day(int n) { return Date{20'000 + n}; }
inline Decimal qty(int n) { return Decimal::of(n); }

/// Far enough behind every date that the tests use.
constexpr int horizon = 60;

inline Decimal projected_on(const Profile& profile, Date today, Date on, AtpRule rule) {
  Decimal sum = profile.on_hand - profile.unavailable - profile.safety_stock;
  for (const auto& [date, quantity] : profile.supply.entries()) {
    if (date < today && !rule.past_due_supply_counts) continue;
    if (date <= on) sum += quantity;
  }
  for (const auto& [date, quantity] : profile.demand.entries()) {
    if (date <= on) sum -= quantity;
  }
  return sum;
}

inline Decimal oracle_atp(const Profile& profile, Date today, Date date, AtpRule rule = {}) {
  if (date < today) date = today;
  std::optional<Decimal> least;
  for (Date u = date; u <= today + horizon || u <= date + horizon; u = u + 1) {
    const Decimal projected = projected_on(profile, today, u, rule);
    if (!least || projected < *least) least = projected;
  }
  return max(Decimal(), *least);
}

/// The method that breaks later promises: what is projected on that very day.
inline Decimal projected_method(const Profile& profile, Date today, Date date, AtpRule rule = {}) {
  return max(Decimal(), projected_on(profile, today, date < today ? today : date, rule));
}

inline Profile random_profile(std::mt19937& random, int entries) {
  const auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  Profile profile;
  profile.on_hand = qty(pick(-5, 60));
  profile.unavailable = qty(pick(0, 5));
  profile.safety_stock = pick(0, 3) == 0 ? qty(pick(0, 10)) : Decimal();
  for (int i = pick(0, entries); i > 0; --i) profile.supply.add(day(pick(-5, 25)), qty(pick(1, 40)));
  for (int i = pick(0, entries); i > 0; --i) profile.demand.add(day(pick(-5, 25)), qty(pick(1, 30)));
  return profile;
}

}  // namespace crossdock::promise
