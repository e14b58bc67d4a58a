#include "ledger/shipment.hpp"

#include <algorithm>

#include "crossdock/model/codec.hpp"
#include "ledger/events.hpp"
#include "ledger/ship_line.hpp"

namespace crossdock::ledger {

namespace {

void ask_shipped_order(const World& world, Needs& needs, const OrderRow& order, const ShipmentRequest& document, ShipEffect effect) {
  ask_order(world, needs, order.id);
  for (const auto& line : document.lines) {
    const auto* ordered = line_of(order, line.order_line);
    if (!ordered) continue;
    PositionKey key{ordered->sku, document.location};
    if (effect == ShipEffect::implied)
      needs.new_positions.insert(key);  // its stock will be counted down here, known or not
    else
      needs.positions.insert(key);
    needs.early_at.insert(key);
    for (const auto& commitment : ordered->commitments) needs.early_at.insert(commitment.position);
  }
}

/// The unit's factor: as the caller of the request found it at the item, else as frozen on the order line. Numerator 0: it has none.
Fraction factor_of(const ShipmentLine& line, const LineRow& ordered, Fraction found) {
  if (found.numerator != 0 || !line.uom) return found;
  if (*line.uom == ordered.base_uom) return {};
  return *line.uom == uom_of(ordered) ? ordered.factor : found;
}

}  // namespace

OrderRow* Ship::order_in(World& world) const {
  if (document.order) {
    if (document.order->id) return world.order(*document.order->id);
    return world.order(SourceNumber{document.order->source.value_or(document.source), document.order->order_number.value_or("")});
  }
  if (!document.warehouse_order) return nullptr;
  auto owner = world.warehouse_orders.find(*document.warehouse_order);
  return owner == world.warehouse_orders.end() ? nullptr : world.order(owner->second);
}

void Ship::ask_more(const World& world, Needs& needs) const {
  needs.shipments.insert({document.source, document.shipment_number});
  needs.parents.insert({"location", document.location});
  if (document.order && document.order->id) {
    needs.order_ids.insert(*document.order->id);
  } else if (document.order) {
    SourceNumber number{document.order->source.value_or(document.source), document.order->order_number.value_or("")};
    ask_numbered(world, needs, number);
  }
  if (document.warehouse_order && is_uuid(*document.warehouse_order)) {
    needs.warehouse_orders.insert(*document.warehouse_order);
    auto owner = world.warehouse_orders.find(*document.warehouse_order);
    if (owner != world.warehouse_orders.end()) needs.order_ids.insert(owner->second);
  }
  if (const auto* found = order_in(const_cast<World&>(world))) {
    ask_shipped_order(world, needs, *found, document, effect);
    if (!found->exposure.is_zero()) needs.exposures.insert(found->customer);
  }
}

bool Ship::known(World& world) {
  auto* row = world.shipment({document.source, document.shipment_number});
  if (!row) return false;
  outcome = row->fingerprint == content ? Outcome::duplicate : Outcome::invalid;
  if (outcome == Outcome::duplicate) {
    reply.status = 200;
    reply.body = row->body;
  } else {
    reply = Reply::refuse(409, "document_exists",
                          "Shipment " + document.shipment_number + " of " + document.source + " is known with other content.");
  }
  return true;
}

bool Ship::refused(World& world, OrderRow* found) {
  Mistakes errors;
  auto location = world.master.find({"location", document.location});
  bool place_known = location != world.master.end() && location->second.version > 0;
  if (may_wait && (!found || !place_known)) {
    std::string order_number = document.order ? document.order->order_number.value_or("") : std::string();
    if (!place_known)
      wait_for(world, from, "shipment", "location", document.location);
    else if (!order_number.empty())
      wait_for(world, from, "shipment", "order", document.order->source.value_or(document.source) + "\n" + order_number);
    else
      wait_for(world, from, "shipment", "order_id",
               document.order && document.order->id ? *document.order->id : document.warehouse_order.value_or(""));
    outcome = Outcome::waiting;
    return true;
  }
  if (!found && document.order) errors.push_back({"/order", "unknown_reference", "There is no such order.", {}});
  if (!found && !document.order) errors.push_back({"/warehouse_order", "unknown_reference", "There is no such warehouse order.", {}});
  if (!place_known) errors.push_back({"/location", "unknown_reference", "There is no location " + document.location + ".", {}});
  for (std::size_t i = 0; found && i < document.lines.size(); ++i) {
    const auto& line = document.lines[i];
    const auto* ordered = line_of(*found, line.order_line);
    std::string at = "/lines/" + std::to_string(i);
    if (!ordered)
      errors.push_back({at + "/order_line", "unknown_reference", "The order has no line " + std::to_string(line.order_line) + ".", {}});
    else if (!line.sku.empty() && ordered->sku != line.sku)
      errors.push_back(
          {at + "/sku", "unknown_reference", "Line " + std::to_string(line.order_line) + " orders " + ordered->sku + ".", ordered->sku});
    else if (factor_of(document.lines[i], *ordered, factors[i]).numerator == 0)
      errors.push_back({at + "/uom", "unknown_reference", "The item has no unit " + line.uom.value_or("") + ".", {}});
  }
  if (errors.empty()) return false;
  outcome = Outcome::invalid;
  reply = Reply::refuse(422, "unknown_reference", "The shipment names what does not exist; see errors.", std::move(errors));
  return true;
}

ShipmentRow Ship::make(const World& world, const OrderRow& order) const {
  ShipmentRow row;
  row.id = id;
  row.source = document.source;
  row.number = document.shipment_number;
  row.fingerprint = content;
  row.order_id = order.id;
  row.location = document.location;
  row.shipped_at = document.shipped_at.value_or(world.now);
  row.created_at = world.now;
  row.mark = Mark::created;
  Shipment whole;
  static_cast<ShipmentRequest&>(whole) = document;
  whole.order = OrderRef{order.id, order.source, order.order_number};
  for (auto& line : whole.lines)
    if (line.sku.empty()) line.sku = line_of(order, line.order_line)->sku;
  whole.shipped_at = row.shipped_at;
  whole.id = id;
  whole.recorded_at = world.now;
  row.body = to_json(whole);
  return row;
}

void Ship::decide_new(World& world) {
  outcome = Outcome::invalid;
  if (from.waiting_id) world.waiting_done.push_back(from.waiting_id);
  if (known(world)) return;
  auto* found = order_in(world);
  if (refused(world, found)) return;
  auto shipment = make(world, *found);
  PositionDecision decision(world);
  for (std::size_t i = 0; i < document.lines.size(); ++i) {
    LineShipment line(world, *found, shipment, *line_of(*found, document.lines[i].order_line), decision);
    line.place = static_cast<int>(i) + 1;
    line.warehouse_order = document.warehouse_order.value_or("");
    line.effect = effect;
    line.skew_micros = std::chrono::microseconds(clock_skew).count();
    line.ship(to_base(document.lines[i].quantity, factor_of(document.lines[i], line.line, factors[i])).quantity,
              document.lines[i].disposition);
  }
  for (const auto& key : decision.settle()) publish_adjusted(world, origin, *world.position(key), "shipment");
  close_warehouse_orders(*found);
  bool closed = follow_quantities(*found);
  revise(world, *found);
  announce(world, *found, shipment, closed);
  outcome = Outcome::applied;
  reply.status = 201;
  reply.headers.emplace_back("Location", "/v1/shipments/" + id);
  reply.body = shipment.body;
  world.shipments[{shipment.source, shipment.number}] = std::move(shipment);
}

void Ship::announce(World& world, OrderRow& order, const ShipmentRow& shipment, bool closed) {
  note(world, origin, order.id, shipment.source, "shipped", shipment.number, document.tracking_number.value_or(""));
  publish(world, origin, "shipment.dispatched", order.id, order.revision, shipment.id, shipment.body);
  if (!closed) return;
  note(world, origin, order.id, "hub", "closed");
  publish_order(world, origin, "order.closed", order);
  auto exposure = world.exposures.find(order.customer);
  if (exposure == world.exposures.end()) return;
  exposure->second.amount = max(exposure->second.amount - order.exposure, Decimal());
  order.exposure = {};
  if (exposure->second.mark == Mark::clean) exposure->second.mark = Mark::changed;
}

}  // namespace crossdock::ledger
