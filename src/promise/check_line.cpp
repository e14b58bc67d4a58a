// One line of the availability check: figures, confirmed parts, earliest full date, status.
#include <algorithm>

#include "promise/check_scratch.hpp"

namespace crossdock::promise {

namespace {

const Profile no_profile;

const Profile& position_of(const Figure& figure) { return figure.profile ? *figure.profile : no_profile; }

bool undated(const Profile& profile) { return profile.supply.empty() && profile.demand.empty(); }

Decimal standing(const Profile& profile) { return max({}, profile.on_hand - profile.unavailable - profile.safety_stock); }

/// Quantity in the line's unit, rounded down at six places.
Decimal in_unit(Decimal base, Fraction factor) { return factor == Fraction{} ? base : from_base(base, factor).quantity; }

/// The least quantity in the base unit that is not less than `quantity` units exactly.
Decimal at_least(Decimal quantity, Fraction factor) {
  if (factor == Fraction{}) return quantity;
  const auto base = to_base(quantity, factor);
  return base.exact ? base.quantity : base.quantity + Decimal::micros(1);
}

/// Whether a figure's staleness weighs on the line: it holds a position of the item, was asked for by name, or nobody holds one.
bool weighs(const Figure& figure, const AskedLine& asked, bool some_position) {
  return figure.stale && (figure.profile || !asked.locations.empty() || !some_position);
}

}  // namespace

bool Scratch::dated() const {
  return std::any_of(outcome_.figures.begin(), outcome_.figures.end(),
                     [](const Figure& figure) { return figure.usable && figure.profile && !undated(*figure.profile); });
}

/// What each location can give by the date asked, by the rule for stale data; and their sum.
void Scratch::weigh(const AskedLine& asked, bool some_position) {
  total_ = {};
  const bool denied =
      rules_->when_stale == WhenStale::deny && std::any_of(outcome_.figures.begin(), outcome_.figures.end(),
                                                           [&](const Figure& figure) { return weighs(figure, asked, some_position); });
  offers_.clear();
  for (auto& figure : outcome_.figures) {
    const auto& profile = position_of(figure);
    figure.on_hand = profile.on_hand;
    figure.usable = !denied && !(figure.stale && rules_->when_stale == WhenStale::conservative);
    const Date by = asked.date ? *asked.date : figure.today;
    // By a day that is over at the location nothing can go any more.
    if (!figure.usable || by < figure.today) {
      figure.available = {};
    } else {
      figure.available = undated(profile) ? standing(profile) : atp(profile, figure.today, by, rules_->sourcing.atp);
    }
    total_ += figure.available;
    offers_.push_back({locations_->all()[figure.location].priority, figure.available});
  }
}

/// Splits what can go by the date over the locations, then the rest over later days.
void Scratch::confirm(const AskedLine& asked, Decimal base) {
  Decimal rest = base;
  while (rest.positive()) {
    const auto at = next_offer(offers_, rest, rules_->sourcing);
    if (at == offers_.size()) break;
    const auto& figure = outcome_.figures[at];
    const auto& profile = position_of(figure);
    const Decimal part = min(rest, offers_[at].available);
    const Date date =
        undated(profile) ? figure.today : earliest(profile, part, figure.today, figure.today, rules_->sourcing.atp).value_or(figure.today);
    outcome_.confirmed.push_back({figure.location, date, part, {}});
    rest -= part;
    offers_[at].available = {};
  }
  by_date_ = outcome_.confirmed.size();
  if (rest.positive() && (asked.date || dated())) confirm_later(asked, rest);
}

void Scratch::confirm_later(const AskedLine& asked, Decimal rest) {
  const auto& all = locations_->all();
  std::vector<Candidate> candidates;
  std::vector<Allotment> taken;
  std::optional<Date> after = asked.date;
  for (const auto& figure : outcome_.figures) {
    if (!figure.usable) continue;
    const auto& location = all[figure.location];
    candidates.push_back({location.code, location.priority, figure.today, &position_of(figure)});
    if (!asked.date && (!after || figure.today < *after)) after = figure.today;
  }
  taken.reserve(outcome_.confirmed.size());
  for (const auto& part : outcome_.confirmed) taken.push_back({all[part.location].code, part.date, part.base});
  if (candidates.empty()) return;
  for (const auto& allotment : allot_later(rest, *after, candidates, taken, rules_->sourcing)) {
    const auto location = static_cast<std::uint32_t>(locations_->find(allotment.location) - all.data());
    outcome_.confirmed.push_back({location, allotment.date, allotment.quantity, {}});
  }
}

/// The first day on which the curves of all usable locations add up to the quantity asked.
void Scratch::find_earliest_full(const AskedLine& asked) {
  const Decimal needed = at_least(asked.quantity, outcome_.factor);
  rises_.clear();
  for (const auto& figure : outcome_.figures) {
    if (!figure.usable) continue;
    const auto& profile = position_of(figure);
    if (undated(profile)) {
      rises_.emplace_back(figure.today, standing(profile));
      continue;
    }
    atp_curve_into(curve_, profile, figure.today, rules_->sourcing.atp);
    Decimal before;
    for (const auto& step : curve_) {
      rises_.emplace_back(step.date, step.available - before);
      before = step.available;
    }
  }
  std::sort(rises_.begin(), rises_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  Decimal sum;
  for (const auto& [date, rise] : rises_) {
    sum += rise;
    if (sum < needed) continue;
    outcome_.earliest_full = date;
    return;
  }
}

/// From base units to the line's, each rounded down but so that the parts add up: those by the date to the lesser of asked and available.
void Scratch::convert(Decimal asked, Decimal base) {
  outcome_.available = in_unit(total_, outcome_.factor);
  if (outcome_.factor == Fraction{}) {
    for (auto& part : outcome_.confirmed) part.quantity = part.base;
    return;
  }
  Decimal sum, shown;
  for (std::size_t i = 0; i < outcome_.confirmed.size(); ++i) {
    auto& part = outcome_.confirmed[i];
    sum += part.base;
    Decimal upto = sum >= base ? asked : in_unit(sum, outcome_.factor);
    if (i < by_date_) upto = min(upto, outcome_.available);
    part.quantity = upto - shown;
    shown = upto;
  }
  for (auto& figure : outcome_.figures) {
    figure.available = in_unit(figure.available, outcome_.factor);
    figure.on_hand = in_unit(figure.on_hand, outcome_.factor);
  }
}

void Scratch::judge(const AskedLine& asked, bool some_position) {
  const bool full = outcome_.available >= asked.quantity;
  outcome_.status = full                            ? AvailabilityStatus::available
                    : outcome_.available.positive() ? AvailabilityStatus::partial
                                                    : AvailabilityStatus::unavailable;
  if (full || rules_->when_stale == WhenStale::serve) return;
  for (const auto& figure : outcome_.figures) {
    if (weighs(figure, asked, some_position)) outcome_.status = AvailabilityStatus::indeterminate;
  }
}

void Scratch::remember(const AskedLine& asked, std::uint64_t hash) {
  for (const auto& part : outcome_.confirmed) taken_.push_back({hash, asked.sku, part.location, part.date, part.base});
}

}  // namespace crossdock::promise
