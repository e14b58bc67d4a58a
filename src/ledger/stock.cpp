#include "ledger/stock.hpp"

#include <algorithm>

#include "crossdock/model/codec.hpp"
#include "crossdock/model/fulfilment.hpp"
#include "ledger/effect.hpp"
#include "ledger/events.hpp"

namespace crossdock::ledger {

std::string_view to_text(Outcome outcome) {
  switch (outcome) {
    case Outcome::applied:
      return "applied";
    case Outcome::superseded:
      return "superseded";
    case Outcome::duplicate:
      return "duplicate";
    case Outcome::waiting:
      return "waiting";
    case Outcome::invalid:
      break;
  }
  return "invalid";
}

Sequence StockEvent::sequence() const {
  if (numbering == Numbering::none) return {event.epoch, event.at.micros};
  return {event.epoch, event.sequence};
}

MovementKey StockEvent::movement_key() const { return {key(), sequence(), numbering == Numbering::none ? event.id : std::string()}; }

void StockEvent::ask(const World& world, Needs& needs) const {
  needs.stock_feeds.insert(event.location);
  if (!parents_known) {
    needs.parents.insert({"item", event.sku});
    needs.parents.insert({"location", event.location});
    for (const MasterId& id : {MasterId{"item", event.sku}, MasterId{"location", event.location}}) {
      auto parent = world.master.find(id);
      if (parent == world.master.end() || parent->second.version == 0) return;  // it will wait: no position is made for it
    }
  }
  needs.new_positions.insert(key());
  if (event.kind == InventoryKind::snapshot) {
    ask_effects_at(world, needs, key());
    needs.movements_of.insert(key());
    if (event.netted != Netted::none) needs.netted_at.insert(key());
    return;
  }
  ask_effect(world, needs, event);
  auto position = world.positions.find(key());
  if (position == world.positions.end()) return;
  bool old = sequence() <= position->second.last;
  if (old || numbering == Numbering::none) needs.movements.insert(movement_key());
}

void StockEvent::refuse(std::string pointer, std::string code, std::string detail) {
  outcome = Outcome::invalid;
  reason = code;
  errors.push_back(Mistake{std::move(pointer), std::move(code), std::move(detail), {}});
}

bool StockEvent::wait_for_parents(World& world) {
  if (parents_known) return false;
  for (const auto& [kind, id] : {std::pair<std::string, std::string>("item", event.sku), {"location", event.location}}) {
    auto row = world.master.find({kind, id});
    if (row != world.master.end() && row->second.version > 0) continue;
    wait_for(world, from, "inventory", kind, id);
    outcome = Outcome::waiting;
    return true;
  }
  return false;
}

bool StockEvent::refused_for_owner(World& world) {
  auto feed = world.stock_feeds.find(event.location);
  std::string owner = !stock_owner.empty() ? stock_owner : feed == world.stock_feeds.end() ? event.source : feed->second.source;
  if (owner != event.source) {
    refuse("/source", "not_allowed", "The stock of " + event.location + " is owned by " + owner + "; others' events are refused.");
    reason = "not_stock_owner";
    return true;
  }
  StockFeedRow row{event.location, event.source, from.feed, from.topic, world.now, Mark::created};
  if (feed == world.stock_feeds.end()) {
    world.stock_feeds.emplace(event.location, std::move(row));
  } else if (from.topic.empty() || feed->second.feed != from.feed || feed->second.source != event.source) {
    row.mark = feed->second.mark == Mark::created ? Mark::created : Mark::changed;
    feed->second = std::move(row);
  }
  return false;
}

void StockEvent::decide(World& world) {
  errors.clear();
  reason.clear();
  if (from.waiting_id) world.waiting_done.push_back(from.waiting_id);
  if (wait_for_parents(world) || refused_for_owner(world)) return;
  PositionDecision decision(world);
  auto* position = decision.at(key());
  auto before = position->profile;
  if (event.kind == InventoryKind::snapshot)
    take_snapshot(world, *position);
  else
    take_movement(world, *position);
  if (outcome == Outcome::invalid) {
    decision.undo();
    if (from.topic.empty()) return;  // who called is told
    position = world.position(key());
    if (position->suspect.empty()) position->suspected("a record could not be used");
    if (position->mark == Mark::clean) position->mark = Mark::changed;
    return;
  }
  // Whose stock it is matters to its age: the first report makes a version even if it says zero.
  bool new_owner = position->owner != event.source;
  if (new_owner) {
    position->owner = event.source;
    decision.version_made(key());
  }
  decision.settle();
  if (new_owner || position->profile != before) publish_adjusted(world, origin, *position, to_text(event.kind));
}

namespace {

/// The movements that a snapshot does not contain: later in sequence, or our own at or after its time.
template <class F>
void each_after(World& world, const PositionKey& key, const Sequence& snapshot, Instant as_of, F f) {
  auto it = world.movements.lower_bound(MovementKey{key, {implied_epoch, INT64_MIN}, {}});
  for (; it != world.movements.end() && it->first.position == key; ++it) {
    const auto& row = it->second;
    if (row.implied() ? row.occurred_at >= as_of : row.key.sequence > snapshot) f(row);
  }
}

void follow_gap(PositionRow& position, Numbering numbering, Instant now) {
  if (numbering != Numbering::dense) return;
  bool whole = position.snapshot.epoch == position.last.epoch && position.last.number - position.snapshot.number == position.moves;
  if (position.snapshot.number < 0) whole = position.last.number <= position.moves;
  if (whole) {
    position.gap_since.reset();
    if (position.suspect == "gap") position.suspected({});
  } else if (!position.gap_since) {
    position.gap_since = now;
  }
}

}  // namespace

/// What the snapshot has already had taken off although it still stands as demand here: what the warehouse had been told by then (of
/// `picked`, what it was picking), and what was shipped but not yet seen to leave.
Decimal StockEvent::netted_off(const World& world) const {
  Decimal sum;
  if (event.netted == Netted::none) return sum;
  auto there = world.at_warehouse.find(key());
  if (there != world.at_warehouse.end())
    for (const auto& row : there->second)
      if (row.told_at < event.at && (event.netted == Netted::allocated || row.state == to_text(WarehouseOrderState::picking)))
        sum += row.quantity;
  for (const auto& row : world.awaited)
    if (row.position == key() && !shown_by(row, event.at, std::chrono::microseconds(clock_skew).count())) sum += row.demand;
  return sum;
}

void StockEvent::take_snapshot(World& world, PositionRow& position) {
  auto at = sequence();
  if (at == position.snapshot && (event.id == position.snapshot_id || numbering != Numbering::none)) {
    outcome = Outcome::duplicate;
    return;
  }
  // Without a sequence two may be of the same moment: the ids decide, so that any order of arrival gives the same position.
  bool newer = at > position.snapshot || (at == position.snapshot && event.id > position.snapshot_id);
  // What was folded cannot be taken out of the base again: older than that, it comes too late.
  if (at < position.folded_to || (position.folded_until && event.at <= *position.folded_until)) newer = false;
  if (!newer) {
    outcome = Outcome::superseded;
    return;
  }
  const Decimal base = event.on_hand + netted_off(world);
  Decimal on_hand = base, unavailable = event.unavailable;
  std::int64_t moves = 0;
  each_after(world, key(), at, event.at, [&](const MovementRow& row) {
    on_hand += row.delta;
    unavailable += row.unavailable_delta;
    if (row.key.sequence.epoch == at.epoch) ++moves;
  });
  if (!on_hand.storable() || !unavailable.storable())
    return refuse("/on_hand", "out_of_range", "The stock would leave the range of numbers.");
  position.profile.on_hand = on_hand;
  position.profile.unavailable = unavailable;
  position.snapshot = at;
  position.snapshot_id = event.id;
  position.snapshot_as_of = event.at;
  position.snapshot_on_hand = base;
  position.snapshot_unavailable = event.unavailable;
  position.last = std::max(position.last, at);
  position.moves = moves;
  position.folded = 0;
  if (position.suspect != "gap") position.suspected({});
  follow_gap(position, numbering, world.now);
  see_snapshot(world, key(), event.at, std::chrono::microseconds(clock_skew).count(), position);
  outcome = Outcome::applied;
}

void StockEvent::take_movement(World& world, PositionRow& position) {
  auto id = movement_key();
  if (world.movements.contains(id)) {
    outcome = Outcome::duplicate;
    return;
  }
  if (id.sequence <= position.folded_to) {  // told before and folded, or later than anything may come: nothing hangs on it any more
    outcome = Outcome::superseded;
    return;
  }
  bool counts = id.sequence > position.snapshot;
  if (counts) {
    Decimal on_hand = position.profile.on_hand + event.delta, unavailable = position.profile.unavailable + event.unavailable_delta;
    if (!on_hand.storable() || !unavailable.storable())
      return refuse("/delta", "out_of_range", "The stock would leave the range of numbers.");
    position.profile.on_hand = on_hand;
    position.profile.unavailable = unavailable;
    if (id.sequence.epoch == position.snapshot.epoch || position.snapshot.number < 0) ++position.moves;
  }
  position.last = std::max(position.last, id.sequence);
  world.movements[id] = MovementRow{
      id, event.id, event.source, event.at, event.delta, event.unavailable_delta, std::string(to_text(event.reason)), Mark::created};
  follow_gap(position, numbering, world.now);
  see_movement(world, event, position, counts);
  outcome = counts ? Outcome::applied : Outcome::superseded;
}

void wait_for(World& world, const FeedOrigin& from, std::string kind, std::string want_kind, std::string want_key) {
  WaitingRow row;
  row.want_kind = std::move(want_kind);
  row.want_key = std::move(want_key);
  row.until = from.until.value_or(world.now + std::chrono::microseconds(from.parent_wait).count());
  row.kind = std::move(kind);
  row.feed = from.feed;
  row.topic = from.topic;
  row.partition = from.partition;
  row.offset = from.offset;
  row.record_key = from.record_key;
  row.headers = from.headers;
  row.body = from.body;
  world.waiting.push_back(std::move(row));
}

void RaiseGaps::ask(const World&, Needs& needs) const {
  needs.positions.insert(keys.begin(), keys.end());
  needs.movements_of.insert(keys.begin(), keys.end());
}

namespace {
/// The first and the last sequence that is missing between the snapshot (or the beginning) and the highest one seen, within its epoch.
std::pair<std::int64_t, std::int64_t> missing_of(const World& world, const PositionRow& position) {
  std::int64_t epoch = position.last.epoch;
  const Sequence base = std::max(position.snapshot, position.folded_to);
  std::int64_t next = base.epoch == epoch && base.number >= 0 ? base.number + 1 : 1;
  std::int64_t from = 0, to = -1;
  auto it = world.movements.lower_bound(MovementKey{position.key, {epoch, next}, {}});
  for (; it != world.movements.end() && it->first.position == position.key && it->first.sequence.epoch == epoch; ++it) {
    auto number = it->first.sequence.number;
    if (number > next) {
      if (to < 0) from = next;
      to = number - 1;
    }
    next = number + 1;
  }
  return {from, std::max(to, from)};
}
}  // namespace

void RaiseGaps::decide(World& world) {
  if (!world.clock_believed) return;
  std::int64_t tolerance = std::chrono::microseconds(world.rules.gap_tolerance).count();
  for (const auto& key : keys) {
    auto* position = world.position(key);
    if (!position || !position->gap_since || position->suspect == "gap" || *position->gap_since + tolerance > world.now) continue;
    position->suspected("gap");
    position->mark = Mark::changed;
    auto [from, to] = missing_of(world, *position);
    InventoryGap body;
    body.source = position->owner;
    body.location = key.location;
    body.sku = key.sku;
    body.epoch = position->last.epoch;
    body.from = from;
    body.to = to;
    publish_position(world, origin, "inventory.gap", *position, to_json(body));
  }
}

void MarkSuspect::ask(const World&, Needs& needs) const { needs.positions.insert(key); }

void MarkSuspect::decide(World& world) {
  auto* position = world.position(key);
  if (!position || position->suspect == "gap") return;  // a gap says more, and ends by itself when it closes
  position->suspected(why);
  if (position->mark == Mark::clean) position->mark = Mark::changed;
}

}  // namespace crossdock::ledger
