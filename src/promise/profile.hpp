// A position's dated profile and the one rule by which it is promised. Pure.
#pragma once
#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crossdock/base/decimal.hpp"
#include "crossdock/base/time.hpp"

namespace crossdock::promise {

/// One stock position: an item at a location. Ordered by bytes, as PostgreSQL's COLLATE "C".
struct PositionKey {
  std::string sku;
  std::string location;
  friend auto operator<=>(const PositionKey&, const PositionKey&) = default;
};

/// Quantities by ship date, sorted, no zeros.
class Schedule {
 public:
  /// Adds `quantity` (negative to take away) on `date`.
  void add(Date date, Decimal quantity);
  const std::vector<std::pair<Date, Decimal>>& entries() const { return entries_; }
  Decimal total() const;
  bool empty() const { return entries_.empty(); }
  /// Adds at the end: `date` is later than all others, `quantity` not zero.
  void append(Date date, Decimal quantity) { entries_.emplace_back(date, quantity); }
  void clear() { entries_.clear(); }

  /// "2026-11-23:12.5,2026-11-24:3": how the position's row keeps it. Empty text is an empty schedule.
  std::string text() const;
  static std::optional<Schedule> parse(std::string_view text);
  friend bool operator==(const Schedule&, const Schedule&) = default;

 private:
  std::vector<std::pair<Date, Decimal>> entries_;
};

/// What the grant rule needs of a position. Quantities in the item's base unit.
struct Profile {
  Decimal on_hand;
  Decimal unavailable;
  Decimal safety_stock;
  Schedule supply;  ///< open and confirmed, by the day it can ship
  Schedule demand;  ///< commitments and live holds, by ship date
  friend bool operator==(const Profile&, const Profile&) = default;
};

/// What the owner of the rules has chosen (availability: in crossdock.yaml).
struct AtpRule {
  bool past_due_supply_counts = false;  ///< supply dated before today counts as of today
};

/// One step of the ATP curve: from `date` on, `available` may be promised (until the next step).
struct Step {
  Date date;
  Decimal available;
  friend bool operator==(const Step&, const Step&) = default;
};

/// ATP by cumulative look-ahead: max(0, min over u >= date of projected(u)), projected(t) = on_hand - unavailable - safety_stock
/// + sum over i <= t of (supply - demand). Past-due demand counts today. A date before today is today. Never decreases with the date.
Decimal atp(const Profile& profile, Date today, Date date, AtpRule rule = {});
/// The whole curve from `today`: the first step is today's, then each date on which the figure changes. At least one step.
std::vector<Step> atp_curve(const Profile& profile, Date today, AtpRule rule = {});
/// The same into a vector that is kept for the next call.
void atp_curve_into(std::vector<Step>& steps, const Profile& profile, Date today, AtpRule rule = {});
/// The first date, not before max(today, from), on which `quantity` may be promised; none if never.
std::optional<Date> earliest(const Profile& profile, Decimal quantity, Date today, Date from, AtpRule rule = {});
/// How much of the demand is not covered: the most, over the days from today on, by which projected stock is below zero, but never more
/// than what is demanded by that day (a position below its safety stock that nobody wants has no shortfall).
Decimal shortfall(const Profile& profile, Date today, AtpRule rule = {});
/// Whether the position's demand is covered on every day: shortfall is zero.
bool covered(const Profile& profile, Date today, AtpRule rule = {});

}  // namespace crossdock::promise
