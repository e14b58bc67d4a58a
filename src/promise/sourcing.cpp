#include "promise/sourcing.hpp"

#include <algorithm>
#include <numeric>

namespace crossdock::promise {

namespace {

/// What the rule's list of preferences means for two candidates.
struct Ranking {
  bool by_priority = false;    ///< priority decides before the number of splits
  bool fewest_splits = false;  ///< among candidates of one rank, one that can serve all, else the largest first

  explicit Ranking(const SourcingRule& rule) {
    for (const auto preference : rule.order) {
      if (preference == Preference::priority && !fewest_splits) by_priority = true;
      if (preference == Preference::fewest_splits) fewest_splits = true;
    }
  }
};

struct Open {
  const Candidate* candidate;
  Decimal available;
};

bool before(const Candidate& a, const Candidate& b) {
  if (a.priority != b.priority) return a.priority < b.priority;
  return a.location < b.location;
}

Decimal down_to(Decimal quantity, Decimal step) {
  if (!quantity.positive()) return {};
  return step.positive() ? quantity.down_to_multiple_of(step) : quantity;
}

/// Where the next part of `rest` is taken from: an index into `open` (in the order of `before`), or its size.
std::size_t choose(const std::vector<Open>& open, Decimal rest, const Ranking& ranking) {
  std::size_t best = open.size();
  for (std::size_t i = 0; i < open.size(); ++i) {
    if (!open[i].available.positive()) continue;
    if (best == open.size()) {
      best = i;
      if (!ranking.fewest_splits) return best;
    }
    if (ranking.by_priority && open[i].candidate->priority != open[best].candidate->priority) return best;
    if (open[i].available >= rest) return i;
    if (open[best].available < open[i].available) best = i;
  }
  return best;
}

Decimal taken_at(const std::vector<Allotment>& a, const std::vector<Allotment>& b, const std::string& location) {
  Decimal sum;
  for (const auto* list : {&a, &b}) {
    for (const auto& allotment : *list) {
      if (allotment.location == location) sum += allotment.quantity;
    }
  }
  return sum;
}

std::vector<Open> sorted(const std::vector<Candidate>& candidates) {
  std::vector<Open> open;
  open.reserve(candidates.size());
  for (const auto& candidate : candidates) open.push_back({&candidate, {}});
  std::sort(open.begin(), open.end(), [](const Open& a, const Open& b) { return before(*a.candidate, *b.candidate); });
  return open;
}

}  // namespace

std::vector<Allotment> allot_by(Decimal quantity, Date date, const std::vector<Candidate>& candidates, const SourcingRule& rule,
                                Decimal step) {
  const Ranking ranking(rule);
  auto open = sorted(candidates);
  for (auto& entry : open) {
    entry.available = down_to(atp(*entry.candidate->profile, entry.candidate->today, date, rule.atp), step);
  }
  std::vector<Allotment> taken;
  Decimal rest = down_to(quantity, step);
  while (rest.positive()) {
    const auto at = choose(open, rest, ranking);
    if (at == open.size()) break;
    const auto& from = *open[at].candidate;
    const Decimal part = min(rest, open[at].available);
    // atp() said yes for `date`, so a first day exists and is not after it.
    const auto day = earliest(*from.profile, part, from.today, from.today, rule.atp);
    taken.push_back({from.location, day.value_or(std::max(from.today, date)), part});
    rest -= part;
    open[at].available = {};
  }
  return taken;
}

std::vector<Allotment> allot_later(Decimal rest, Date after, const std::vector<Candidate>& candidates, const std::vector<Allotment>& taken,
                                   const SourcingRule& rule, Decimal step) {
  const Ranking ranking(rule);
  auto open = sorted(candidates);
  std::vector<std::vector<Step>> curves(open.size());
  std::vector<Date> days;  // on which some location's figure rises after `after`
  for (std::size_t i = 0; i < open.size(); ++i) {
    const auto& from = *open[i].candidate;
    atp_curve_into(curves[i], *from.profile, from.today, rule.atp);
    for (const auto& point : curves[i]) {
      if (after < point.date) days.push_back(point.date);
    }
  }
  std::sort(days.begin(), days.end());
  days.erase(std::unique(days.begin(), days.end()), days.end());

  std::vector<Allotment> later;
  rest = down_to(rest, step);
  for (const Date day : days) {
    for (std::size_t i = 0; i < open.size(); ++i) {
      const auto& curve = curves[i];
      auto point = std::upper_bound(curve.begin(), curve.end(), day, [](Date d, const Step& s) { return d < s.date; });
      if (point == curve.begin()) continue;  // that location's own today is later
      open[i].available = down_to(std::prev(point)->available - taken_at(taken, later, open[i].candidate->location), step);
    }
    while (rest.positive()) {
      const auto at = choose(open, rest, ranking);
      if (at == open.size()) break;
      const Decimal part = min(rest, open[at].available);
      later.push_back({open[at].candidate->location, day, part});
      rest -= part;
      open[at].available = {};
    }
    if (!rest.positive()) break;
  }
  return later;
}

}  // namespace crossdock::promise
