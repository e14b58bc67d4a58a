#include "ledger/grant.hpp"

#include <algorithm>
#include <map>

namespace crossdock::ledger {

namespace {

using promise::Allotment;
using promise::Candidate;

/// What is left of a reservation's lines while an order takes them.
class HoldPool {
 public:
  explicit HoldPool(const ReservationRow* row) {
    if (row)
      for (const auto& line : row->lines)
        if (line.granted.positive()) left_[line.position].emplace_back(line.date, line.granted);
  }
  /// Up to `need` from that position: parts with the day on which each was held.
  std::vector<std::pair<Date, Decimal>> take(const PositionKey& key, Decimal need) {
    std::vector<std::pair<Date, Decimal>> taken;
    auto it = left_.find(key);
    if (it == left_.end()) return taken;
    for (auto& [date, quantity] : it->second) {
      Decimal part = min(need, quantity);
      if (!part.positive()) continue;
      taken.emplace_back(date, part);
      quantity -= part;
      need -= part;
    }
    return taken;
  }

 private:
  std::map<PositionKey, std::vector<std::pair<Date, Decimal>>> left_;
};

class LineGranter {
 public:
  LineGranter(World& world, const validation::Checked& checked, std::size_t index, PositionDecision& decision)
      : world_(world),
        order_(checked.order),
        line_(checked.lines[index]),
        decision_(decision),
        places_(locations_of(world, checked.order.lines[index])) {}

  LineGrant run(HoldPool& holds) {
    Decimal rest = line_.base_quantity - take_holds(holds, line_.base_quantity);
    take_stock(rest);
    return std::move(grant_);
  }

 private:
  PositionKey key(const std::string& place) const { return PositionKey{line_.sku, place}; }
  Date by(const std::string& place) const {
    Date today = world_.today(place);
    return std::max(line_.requested.value_or(today), today);
  }

  void commit(const std::string& place, Date date, Decimal quantity) {
    auto* position = decision_.at(key(place));
    position->profile.demand.add(date, quantity);
    auto same = std::find_if(grant_.commitments.begin(), grant_.commitments.end(),
                             [&](const CommitmentRow& row) { return row.position.location == place && row.date == date; });
    if (same != grant_.commitments.end()) {
      same->quantity += quantity;
      return;
    }
    CommitmentRow row;
    row.position = key(place);
    row.date = date;
    row.quantity = quantity;
    row.version = decision_.version_made(row.position);
    row.mark = Mark::created;
    grant_.commitments.push_back(std::move(row));
    grant_.promises.granted.push_back(Allotment{place, date, quantity});
  }

  /// A live hold becomes a commitment even if stock has fallen below the promises since. It goes by the line's date; a hold for a later
  /// day moves forward only as far as the rule allows.
  Decimal take_holds(HoldPool& holds, Decimal need) {
    Decimal taken;
    for (const auto& place : places_) {
      for (const auto& [held_for, quantity] : holds.take(key(place), need - taken)) {
        Date date = by(place);
        const auto* position = decision_.at(key(place));
        bool sooner = date < held_for && promise::atp(position->profile, world_.today(place), date, world_.rules.sourcing.atp) < quantity;
        if (sooner) date = held_for;
        commit(place, date, quantity);
        if (date <= by(place)) grant_.promises.by_date += quantity;
        taken += quantity;
      }
    }
    return taken;
  }

  std::vector<Candidate> candidates() {
    std::vector<Candidate> found;
    for (const auto& place : places_) {
      const auto* position = decision_.at(key(place));
      if (!position) continue;
      const auto* location = world_.locations->find(place);
      found.push_back(Candidate{place, location ? location->priority : 100, world_.today(place), &position->profile});
    }
    return found;
  }

  /// `by` of the whole line: over many locations the dates differ only around midnight.
  Date line_date(const std::vector<Candidate>& found) const {
    Date latest = line_.requested.value_or(Date{});
    for (const auto& candidate : found) latest = std::max(latest, line_.requested ? *line_.requested : candidate.today);
    return latest;
  }

  void take_stock(Decimal rest) {
    if (!rest.positive()) {
      grant_.promises.earliest_full = latest();
      return;
    }
    auto found = candidates();
    Date date = line_date(found);
    auto now = promise::allot_by(rest, date, found, world_.rules.sourcing, line_.step);
    Decimal short_by = rest;
    for (const auto& part : now) short_by -= part.quantity;
    auto later = short_by.positive() ? promise::allot_later(short_by, date, found, now, world_.rules.sourcing, line_.step)
                                     : std::vector<Allotment>{};
    for (const auto& part : now) {
      commit(part.location, std::max(by(part.location), part.date), part.quantity);
      grant_.promises.by_date += part.quantity;
    }
    settle_shortage(short_by, later);
  }

  void settle_shortage(Decimal short_by, const std::vector<Allotment>& later) {
    Decimal never = short_by;
    std::optional<Date> last = latest();
    for (const auto& part : later) {
      never -= part.quantity;
      last = std::max(last.value_or(part.date), part.date);
    }
    if (never.is_zero()) grant_.promises.earliest_full = last;
    if (short_by.is_zero()) return;
    world_.came_short = true;
    if (order_.on_shortage == OnShortage::backorder) {
      for (const auto& part : later) commit(part.location, part.date, part.quantity);
      grant_.backordered = never;
    } else if (order_.on_shortage == OnShortage::partial) {
      grant_.cancelled = short_by;
    }
  }

  std::optional<Date> latest() const {
    std::optional<Date> last;
    for (const auto& row : grant_.commitments) last = std::max(last.value_or(row.date), row.date);
    return last;
  }

  World& world_;
  const OrderRequest& order_;
  const validation::CheckedLine& line_;
  PositionDecision& decision_;
  std::vector<std::string> places_;
  LineGrant grant_;
};

}  // namespace

std::vector<std::string> locations_of(const World& world, const OrderLineRequest& line) {
  if (line.location) return {*line.location};
  std::vector<std::string> codes;
  for (const auto& location : world.locations->all()) codes.push_back(location.code);
  return codes;
}

std::vector<LineGrant> grant_lines(World& world, const validation::Checked& checked, const ReservationRow* holds,
                                   PositionDecision& decision) {
  HoldPool pool(holds);
  std::vector<LineGrant> grants;
  for (std::size_t i = 0; i < checked.lines.size(); ++i) {
    if (checked.lines[i].usable)
      grants.push_back(LineGranter(world, checked, i, decision).run(pool));
    else
      grants.emplace_back();
  }
  return grants;
}

}  // namespace crossdock::ledger
