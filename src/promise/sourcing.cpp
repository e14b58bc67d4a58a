#include "promise/sourcing.hpp"

#include <algorithm>

namespace crossdock::promise {

namespace {

/// What the rule's list of preferences means for two candidates.
struct Ranking {
  bool by_priority = false;    ///< priority decides before the number of splits
  bool fewest_splits = false;  ///< of one rank: one that can serve all, else the largest first

  explicit Ranking(const SourcingRule& rule) {
    for (const auto preference : rule.order) {
      if (preference == Preference::priority && !fewest_splits) by_priority = true;
      if (preference == Preference::fewest_splits) fewest_splits = true;
    }
  }
};

Decimal down_to(Decimal quantity, Decimal step) {
  if (!quantity.positive()) return {};
  return step.positive() ? quantity.down_to_multiple_of(step) : quantity;
}

std::vector<const Candidate*> sorted(const std::vector<Candidate>& candidates) {
  std::vector<const Candidate*> order;
  order.reserve(candidates.size());
  for (const auto& candidate : candidates) order.push_back(&candidate);
  std::sort(order.begin(), order.end(), [](const Candidate* a, const Candidate* b) {
    return a->priority != b->priority ? a->priority < b->priority : a->location < b->location;
  });
  return order;
}

/// The figure of a curve on `day`; zero before its first.
Decimal figure_on(const std::vector<Step>& curve, Date day) {
  const auto after = std::upper_bound(curve.begin(), curve.end(), day, [](Date d, const Step& step) { return d < step.date; });
  return after == curve.begin() ? Decimal() : std::prev(after)->available;
}

/// All days after `after` on which some curve has a step, in order, each once.
std::vector<Date> days_after(const std::vector<std::vector<Step>>& curves, Date after) {
  std::vector<Date> days;
  for (const auto& curve : curves) {
    for (const auto& step : curve) {
      if (after < step.date) days.push_back(step.date);
    }
  }
  std::sort(days.begin(), days.end());
  days.erase(std::unique(days.begin(), days.end()), days.end());
  return days;
}

}  // namespace

std::size_t next_offer(std::span<const Offer> offers, Decimal rest, const SourcingRule& rule) {
  const Ranking ranking(rule);
  std::size_t best = offers.size();
  for (std::size_t i = 0; i < offers.size(); ++i) {
    if (!offers[i].available.positive()) continue;
    if (best == offers.size()) {
      best = i;
      if (!ranking.fewest_splits) return best;
    }
    if (ranking.by_priority && offers[i].priority != offers[best].priority) return best;
    if (offers[i].available >= rest) return i;
    if (offers[best].available < offers[i].available) best = i;
  }
  return best;
}

std::vector<Allotment> allot_by(Decimal quantity, Date date, const std::vector<Candidate>& candidates, const SourcingRule& rule,
                                Decimal step) {
  const auto order = sorted(candidates);
  std::vector<Offer> offers;
  offers.reserve(order.size());
  for (const auto* from : order) offers.push_back({from->priority, down_to(atp(*from->profile, from->today, date, rule.atp), step)});
  std::vector<Allotment> taken;
  Decimal rest = down_to(quantity, step);
  while (rest.positive()) {
    const auto at = next_offer(offers, rest, rule);
    if (at == offers.size()) break;
    const auto& from = *order[at];
    const Decimal part = min(rest, offers[at].available);
    // atp() said yes for `date`, so a first day exists and is not after it.
    const auto day = earliest(*from.profile, part, from.today, from.today, rule.atp);
    taken.push_back({from.location, day.value_or(std::max(from.today, date)), part});
    rest -= part;
    offers[at].available = {};
  }
  return taken;
}

std::vector<Allotment> allot_later(Decimal rest, Date after, const std::vector<Candidate>& candidates, const std::vector<Allotment>& taken,
                                   const SourcingRule& rule, Decimal step) {
  const auto order = sorted(candidates);
  std::vector<std::vector<Step>> curves(order.size());
  std::vector<Decimal> given(order.size());  // what each location gives already
  std::vector<Offer> offers(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    atp_curve_into(curves[i], *order[i]->profile, order[i]->today, rule.atp);
    offers[i].priority = order[i]->priority;
    for (const auto& allotment : taken) {
      if (allotment.location == order[i]->location) given[i] += allotment.quantity;
    }
  }
  std::vector<Allotment> later;
  rest = down_to(rest, step);
  for (const Date day : days_after(curves, after)) {
    for (std::size_t i = 0; i < order.size(); ++i) offers[i].available = down_to(figure_on(curves[i], day) - given[i], step);
    while (rest.positive()) {
      const auto at = next_offer(offers, rest, rule);
      if (at == offers.size()) break;
      const Decimal part = min(rest, offers[at].available);
      later.push_back({order[at]->location, day, part});
      rest -= part;
      given[at] += part;
      offers[at].available = {};
    }
    if (!rest.positive()) break;
  }
  return later;
}

}  // namespace crossdock::promise
