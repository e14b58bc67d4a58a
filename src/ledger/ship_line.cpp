#include "ledger/ship_line.hpp"

#include <algorithm>

#include "ledger/effect.hpp"

namespace crossdock::ledger {

namespace {
void touch(Mark& mark) {
  if (mark == Mark::clean) mark = Mark::changed;
}
}  // namespace

bool LineShipment::carried_here(const CommitmentRow& commitment) const {
  if (!warehouse_order.empty()) return commitment.warehouse_order == warehouse_order;
  return commitment.position.location == shipment.location;
}

void LineShipment::await(Date date, Decimal quantity, Decimal demand) {
  AwaitedRow row;
  row.source = shipment.source;
  row.number = shipment.number;
  row.line = place;
  for (const auto& other : world.awaited)
    if (other.source == row.source && other.number == row.number && other.line == place) row.part = std::max(row.part, other.part + 1);
  row.order_id = order.id;
  row.order_line = line.line;
  row.position = key();
  row.date = date;
  row.shipped_at = shipment.shipped_at;
  row.quantity = quantity;
  row.demand = demand;
  row.mark = Mark::created;
  line.awaited += quantity;
  world.awaited.push_back(std::move(row));
}

/// What was shipped and has not been seen to leave is demand where it was shipped from: the stock there is told too high until then.
Decimal LineShipment::demand_here(Date date, Decimal quantity) {
  auto* position = decision.at(key());
  if (!position) return {};
  position->profile.demand.add(date, quantity);
  return quantity;
}

/// A part of a commitment goes out. Where its stock effect came first it is consumed at once; shipped from elsewhere, its demand moves from
/// the promised place to that one.
Decimal LineShipment::ship_commitment(CommitmentRow& commitment, Decimal quantity) {
  Decimal part = min(quantity, commitment.quantity);
  if (!part.positive()) return {};
  Decimal effected = min(part, commitment.effected);
  Decimal waits = part - effected;
  commitment.quantity -= part;
  commitment.effected -= effected;
  touch(commitment.mark);
  line.committed -= part;
  line.consumed += effected;
  if (commitment.position == key()) {
    if (waits.positive()) await(commitment.date, waits, waits);
  } else {
    if (auto* elsewhere = decision.at(commitment.position)) {
      elsewhere->profile.demand.add(commitment.date, -waits);
      decision.version_made(commitment.position);
    }
    if (waits.positive()) await(commitment.date, waits, demand_here(commitment.date, waits));
  }
  count_in_warehouse_order(commitment.warehouse_order, part);
  return part;
}

Decimal LineShipment::ship_commitments(Decimal quantity, bool here) {
  Decimal done;
  for (auto& commitment : line.commitments)
    if (carried_here(commitment) == here) done += ship_commitment(commitment, quantity - done);
  return done;
}

/// Beyond what is promised: from the open and the backordered part; from what a short_cancel has ended, of which this is an earlier part
/// that is told late; then more than was ordered.
void LineShipment::ship_unpromised(Decimal quantity) {
  if (!quantity.positive()) return;
  Decimal left = quantity;
  for (Decimal* from : {&line.open, &line.backordered, &line.shorted}) {
    Decimal part = min(left, *from);
    *from -= part;
    left -= part;
    if (from == &line.shorted) line.cancelled -= part;
  }
  line.over_shipped += left;
  Date today = world.today(shipment.location);
  await(today, quantity, demand_here(today, quantity));
  count_in_warehouse_order(warehouse_order, quantity);
}

void LineShipment::ship(Decimal quantity, std::optional<ShipDisposition> disposition) {
  touch(line.mark);
  Decimal left = quantity;
  left -= ship_commitments(left, true);
  left -= ship_commitments(left, false);
  ship_unpromised(left);
  if (effect == ShipEffect::implied) imply_movement(quantity);
  see_effects();
  // `complete` ends nothing: what is left goes with another shipment, which may come late.
  if (disposition && *disposition != ShipDisposition::complete) end_rest(*disposition == ShipDisposition::short_backorder);
}

/// What has already been seen: kept movements of this line, or a snapshot later than the shipment.
void LineShipment::see_effects() {
  auto* position = decision.at(key());
  if (!position) return;
  bool shown = position->snapshot_as_of && shipment.shipped_at + skew_micros < *position->snapshot_as_of;
  for (std::size_t i = 0; i < world.awaited.size(); ++i) {
    auto& row = world.awaited[i];
    if (row.source != shipment.source || row.number != shipment.number || row.line != place || !row.quantity.positive()) continue;
    // Movements kept for it are taken in any case: left behind they would meet nothing any more.
    Decimal early = take_early(world, shipment, place, order, warehouse_order, line.place, row.position, row.quantity);
    end_awaited(world, row, effect == ShipEffect::implied || shown ? row.quantity : early, *position);
  }
}

/// The location sends shipments only: the hub makes the movement, its id the shipment line's. Among snapshots it stands by shipped_at.
void LineShipment::imply_movement(Decimal quantity) {
  auto* position = decision.at(key());
  if (!position || !quantity.positive()) return;
  std::string id = shipment.source + "/" + shipment.number + "/" + std::to_string(place);
  MovementKey movement{key(), {implied_epoch, shipment.shipped_at.micros}, id};
  world.movements[movement] = MovementRow{movement, id, shipment.source, shipment.shipped_at, -quantity, {}, "ship", Mark::created};
  bool contained = position->snapshot_as_of && shipment.shipped_at < *position->snapshot_as_of;
  if (!contained) position->profile.on_hand -= quantity;
}

void LineShipment::end_rest(bool backorder) {
  Decimal rest;
  for (auto& commitment : line.commitments) {
    if (!carried_here(commitment) || !commitment.quantity.positive()) continue;
    if (auto* position = decision.at(commitment.position)) {
      position->profile.demand.add(commitment.date, -commitment.demand());
      decision.version_made(commitment.position);
    }
    // What has been seen to leave of it goes with another part, which is still to be told.
    if (commitment.effected.positive())
      keep_early(world, {"order", order.source, order.order_number, line.place, commitment.position}, commitment.effected);
    rest += commitment.quantity;
    commitment.quantity = {};
    commitment.effected = {};
    touch(commitment.mark);
  }
  line.committed -= rest;
  (backorder ? line.backordered : line.cancelled) += rest;
  if (!backorder) line.shorted += rest;
}

void LineShipment::count_in_warehouse_order(const std::string& id, Decimal quantity) {
  for (auto& warehouse_order_row : order.warehouse_orders) {
    if (warehouse_order_row.id != id) continue;
    // Several of its lines may stand for one order line: each is filled, the last takes what is over.
    WarehouseOrderLineRow* last = nullptr;
    for (auto& row : warehouse_order_row.lines) {
      if (row.order_line != line.line) continue;
      Decimal part = min(quantity, max(row.quantity - row.shipped, Decimal()));
      row.shipped += part;
      quantity -= part;
      last = &row;
    }
    if (!last) continue;
    last->shipped += quantity;
    touch(warehouse_order_row.mark);
    return;
  }
}

void close_warehouse_orders(OrderRow& order) {
  for (auto& row : order.warehouse_orders) {
    if (row.state == to_text(WarehouseOrderState::shipped) || row.state == to_text(WarehouseOrderState::cancelled)) continue;
    Decimal expected;
    for (const auto& line : order.lines)
      for (const auto& commitment : line.commitments)
        if (commitment.warehouse_order == row.id) expected += commitment.quantity;
    if (expected.positive()) continue;
    bool whole = std::all_of(row.lines.begin(), row.lines.end(), [](const auto& line) { return line.shipped >= line.quantity; });
    std::string state(to_text(whole ? WarehouseOrderState::shipped : WarehouseOrderState::short_));
    if (state == row.state) continue;
    row.state = std::move(state);
    touch(row.mark);
  }
}

}  // namespace crossdock::ledger
