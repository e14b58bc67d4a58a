#include "promise/profile.hpp"

#include <algorithm>

namespace crossdock::promise {

namespace {

/// Walks the days on which projected stock changes, oldest first, each day once; what is dated before `today` counts as today's
/// (past-due supply only by rule). A day's supply and demand net before it is seen: projected is the figure at the day's end.
class Walk {
 public:
  Walk(const Profile& profile, Date today, AtpRule rule)
      : supply_(profile.supply.entries()),
        demand_(profile.demand.entries()),
        projected_(profile.on_hand - profile.unavailable - profile.safety_stock),
        day_(today) {
    take_up_to(today, rule.past_due_supply_counts);
  }

  Date day() const { return day_; }
  Decimal projected() const { return projected_; }
  Decimal demanded() const { return demanded_; }

  /// On to the next day on which anything moves; false at the end.
  bool next() {
    if (s_ == supply_.size() && d_ == demand_.size()) return false;
    if (d_ == demand_.size() || (s_ < supply_.size() && supply_[s_].first < demand_[d_].first)) {
      day_ = supply_[s_].first;
    } else {
      day_ = demand_[d_].first;
    }
    take_up_to(day_, true);
    return true;
  }

 private:
  void take_up_to(Date day, bool past_due_supply) {
    for (; s_ < supply_.size() && supply_[s_].first <= day; ++s_) {
      if (past_due_supply || supply_[s_].first == day) projected_ += supply_[s_].second;
    }
    for (; d_ < demand_.size() && demand_[d_].first <= day; ++d_) {
      projected_ -= demand_[d_].second;
      demanded_ += demand_[d_].second;
    }
  }

  const std::vector<std::pair<Date, Decimal>>& supply_;
  const std::vector<std::pair<Date, Decimal>>& demand_;
  Decimal projected_;
  Decimal demanded_;
  Date day_;
  std::size_t s_ = 0, d_ = 0;
};

bool earlier(const std::pair<Date, Decimal>& entry, Date date) { return entry.first < date; }

}  // namespace

void Schedule::add(Date date, Decimal quantity) {
  if (quantity.is_zero()) return;
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), date, earlier);
  if (at == entries_.end() || at->first != date) {
    entries_.insert(at, {date, quantity});
    return;
  }
  at->second += quantity;
  if (at->second.is_zero()) entries_.erase(at);
}

Decimal Schedule::total() const {
  Decimal sum;
  for (const auto& [date, quantity] : entries_) sum += quantity;
  return sum;
}

std::string Schedule::text() const {
  std::string out;
  for (const auto& [date, quantity] : entries_) {
    if (!out.empty()) out += ',';
    date.append_to(out);
    out += ':';
    quantity.append_to(out);
  }
  return out;
}

std::optional<Schedule> Schedule::parse(std::string_view text) {
  Schedule schedule;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    const auto entry = text.substr(0, end);
    const auto colon = entry.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto date = Date::parse(entry.substr(0, colon));
    const auto quantity = Decimal::parse(entry.substr(colon + 1));
    if (!date || !quantity || quantity.value.is_zero()) return std::nullopt;
    if (!schedule.entries_.empty() && !(schedule.entries_.back().first < *date)) return std::nullopt;
    schedule.entries_.emplace_back(*date, quantity.value);
    if (end == text.size()) return schedule;
    text.remove_prefix(end + 1);
    if (text.empty()) return std::nullopt;
  }
  return schedule;
}

Decimal atp(const Profile& profile, Date today, Date date, AtpRule rule) {
  Walk walk(profile, today, rule);
  Decimal standing = walk.projected();  // projected on the last day not after `date`
  Decimal least;
  bool past = false;  // whether `least` holds the minimum of a day after `date`
  while (walk.next()) {
    if (walk.day() <= date) {
      standing = walk.projected();
    } else {
      least = past ? min(least, walk.projected()) : walk.projected();
      past = true;
    }
  }
  return max(Decimal(), past ? min(standing, least) : standing);
}

void atp_curve_into(std::vector<Step>& steps, const Profile& profile, Date today, AtpRule rule) {
  steps.clear();
  Walk walk(profile, today, rule);
  do {
    steps.push_back({walk.day(), walk.projected()});
  } while (walk.next());
  Decimal least = steps.back().available;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    least = min(least, step->available);
    step->available = max(Decimal(), least);
  }
  steps.erase(std::unique(steps.begin(), steps.end(), [](const Step& a, const Step& b) { return a.available == b.available; }),
              steps.end());
}

std::vector<Step> atp_curve(const Profile& profile, Date today, AtpRule rule) {
  std::vector<Step> steps;
  atp_curve_into(steps, profile, today, rule);
  return steps;
}

std::optional<Date> earliest(const Profile& profile, Decimal quantity, Date today, Date from, AtpRule rule) {
  const Date start = std::max(today, from);
  if (!quantity.positive()) return start;
  // The answer is the day after the last day, from `start` on, whose projected stock does not cover the quantity.
  Walk walk(profile, today, rule);
  Decimal standing = walk.projected();
  Date first = start;
  bool open = standing < quantity;  // the days up to the next change are too little
  while (walk.next()) {
    if (open && start < walk.day()) first = walk.day();
    open = walk.projected() < quantity;
  }
  if (open) return std::nullopt;
  return first;
}

Decimal shortfall(const Profile& profile, Date today, AtpRule rule) {
  Walk walk(profile, today, rule);
  Decimal most;
  do {
    most = max(most, min(walk.demanded(), -walk.projected()));
  } while (walk.next());
  return most;
}

bool covered(const Profile& profile, Date today, AtpRule rule) { return shortfall(profile, today, rule).is_zero(); }

}  // namespace crossdock::promise
