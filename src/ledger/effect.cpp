#include "ledger/effect.hpp"

#include <algorithm>

#include "ledger/order.hpp"

namespace crossdock::ledger {

namespace {

bool ships(const InventoryEvent& event) {
  if (event.kind != InventoryKind::movement || !event.reference || !event.delta.negative()) return false;
  auto kind = event.reference->kind;
  return kind == ReferenceKind::shipment || kind == ReferenceKind::warehouse_order || kind == ReferenceKind::order;
}

EffectKey key_of(const InventoryEvent& event) {
  const auto& reference = *event.reference;
  return EffectKey{std::string(to_text(reference.kind)), reference.source.value_or(event.source), reference.number,
                   reference.line.value_or(0), PositionKey{event.sku, event.location}};
}

/// The order that a movement's reference names directly; null for a shipment's.
OrderRow* order_of(World& world, const EffectKey& key) {
  if (key.kind == "order") return world.order(SourceNumber{key.source, key.number});
  if (key.kind != "warehouse_order") return nullptr;
  auto id = world.warehouse_orders.find(key.number);
  return id == world.warehouse_orders.end() ? nullptr : world.order(id->second);
}

/// The order line that the reference names: by its place in the order, or in the warehouse order. 0: it names none, any may be meant.
int line_named(const OrderRow& order, const EffectKey& key) {
  if (key.line == 0) return 0;
  if (key.kind == "order") {
    for (const auto& line : order.lines)
      if (line.place == key.line) return line.line;
    return 0;
  }
  for (const auto& warehouse_order : order.warehouse_orders)
    if (warehouse_order.id == key.number)
      for (const auto& line : warehouse_order.lines)
        if (line.line == key.line) return line.order_line;
  return 0;
}

bool matches(const AwaitedRow& row, const EffectKey& key, const OrderRow* order) {
  if (row.position != key.position || !row.quantity.positive()) return false;
  if (key.kind == "shipment") return row.source == key.source && row.number == key.number && (key.line == 0 || key.line == row.line);
  if (!order || row.order_id != order->id) return false;
  int named = line_named(*order, key);
  return named == 0 || named == row.order_line;
}

/// The movement names the order itself, and came before the shipment: its commitments there are no demand any more, those that the named
/// warehouse order carries first.
Decimal effect_commitments(OrderRow& order, const EffectKey& key, Decimal quantity, PositionRow& position, bool carried) {
  Decimal left = quantity;
  int named = line_named(order, key);
  for (auto& line : order.lines)
    for (auto& commitment : line.commitments) {
      if (commitment.position != key.position || (named != 0 && named != line.line)) continue;
      if (carried != (key.kind == "warehouse_order" && commitment.warehouse_order == key.number)) continue;
      Decimal part = min(left, commitment.demand());
      if (!part.positive()) continue;
      commitment.effected += part;
      position.profile.demand.add(commitment.date, -part);
      if (commitment.mark == Mark::clean) commitment.mark = Mark::changed;
      if (order.mark == Mark::clean) order.mark = Mark::changed;
      left -= part;
    }
  return quantity - left;
}

/// What of the order has been seen to leave already.
Decimal consumed_of(const OrderRow& order, const EffectKey& key) {
  Decimal sum;
  int named = line_named(order, key);
  for (const auto& line : order.lines)
    if (line.sku == key.position.sku && (named == 0 || named == line.line)) sum += line.consumed;
  return sum;
}

/// Whether a shipment of what the reference names may still be told: an earlier part after a short_cancel, too.
bool more_to_come(const OrderRow& order, const EffectKey& key) {
  int named = line_named(order, key);
  return std::any_of(order.lines.begin(), order.lines.end(), [&](const LineRow& line) {
    bool meant = line.sku == key.position.sku && (named == 0 || named == line.line);
    return meant && (line.committed + line.open + line.backordered + line.shorted).positive();
  });
}

/// The same effect as one of the order, whatever the movement named of it: so each of its shipments finds it.
EffectKey as_of_order(const OrderRow& order, const EffectKey& key) {
  const auto* line = line_of(order, line_named(order, key));
  return {"order", order.source, order.order_number, line ? line->place : 0, key.position};
}

}  // namespace

void keep_early(World& world, const EffectKey& key, Decimal quantity) {
  auto [it, fresh] = world.early.try_emplace(key, EarlyEffectRow{key, {}, world.now, Mark::created});
  it->second.quantity += quantity;
  if (it->second.mark == Mark::clean) it->second.mark = Mark::changed;
}

void ask_effects_at(const World& world, Needs& needs, const PositionKey& key) {
  needs.awaited_at.insert(key);
  for (const auto& row : world.awaited)
    if (row.position == key) needs.order_ids.insert(row.order_id);
}

void ask_effect(const World& world, Needs& needs, const InventoryEvent& event) {
  if (!ships(event)) return;
  auto key = key_of(event);
  needs.early_at.insert(key.position);
  ask_effects_at(world, needs, key.position);
  if (key.kind == "shipment") needs.shipments.insert({key.source, key.number});
  if (key.kind == "order") ask_numbered(world, needs, {key.source, key.number});
  if (key.kind != "warehouse_order") return;
  if (!is_uuid(key.number)) return;
  needs.warehouse_orders.insert(key.number);
  auto id = world.warehouse_orders.find(key.number);
  if (id != world.warehouse_orders.end()) needs.order_ids.insert(id->second);
}

Decimal end_awaited(World& world, AwaitedRow& row, Decimal quantity, PositionRow& position) {
  Decimal part = min(quantity, row.quantity);
  if (!part.positive()) return {};
  Decimal demand = min(part, row.demand);
  position.profile.demand.add(row.date, -demand);
  row.quantity -= part;
  row.demand -= demand;
  if (row.mark == Mark::clean) row.mark = Mark::changed;
  if (auto* order = world.order(row.order_id))
    if (auto* line = line_of(*order, row.order_line)) {
      line->awaited -= part;
      line->consumed += part;
      if (line->mark == Mark::clean) line->mark = Mark::changed;
      if (order->mark == Mark::clean) order->mark = Mark::changed;
    }
  return part;
}

void see_movement(World& world, const InventoryEvent& event, PositionRow& position, bool counted) {
  if (!ships(event)) return;
  auto key = key_of(event);
  auto* order = order_of(world, key);
  Decimal left = -event.delta;
  for (auto& row : world.awaited)
    if (matches(row, key, order)) left -= end_awaited(world, row, left, position);
  // A snapshot that holds this movement may have shown its shipment already: then it frees nothing a second time. What is thereby left
  // as demand ends with its own shipment, which that snapshot shows.
  if (order && !counted) left = max(left - consumed_of(*order, key), Decimal());
  if (!left.positive()) return;
  if (order) left -= effect_commitments(*order, key, left, position, true);
  if (order) left -= effect_commitments(*order, key, left, position, false);
  if (!left.positive()) return;
  // Of a shipment that is known nothing more is awaited: a snapshot has shown it, or more moved than was shipped.
  if (order) {
    if (more_to_come(*order, key)) keep_early(world, as_of_order(*order, key), left);
  } else if (key.kind != "shipment" || !world.shipment({key.source, key.number})) {
    keep_early(world, key, left);
  }
}

bool shown_by(const AwaitedRow& row, Instant as_of, std::int64_t skew_micros) { return row.shipped_at + skew_micros < as_of; }

void see_snapshot(World& world, const PositionKey& key, Instant as_of, std::int64_t skew_micros, PositionRow& position) {
  for (auto& row : world.awaited)
    if (row.position == key && shown_by(row, as_of, skew_micros)) end_awaited(world, row, row.quantity, position);
}

Decimal take_early(World& world, const ShipmentRow& shipment, int place, const OrderRow& order, const std::string& warehouse_order,
                   int order_place, const PositionKey& key, Decimal quantity) {
  Decimal taken;
  for (auto& [id, row] : world.early) {
    if (id.position != key || !row.quantity.positive()) continue;
    bool ours = id.kind == "shipment" ? id.source == shipment.source && id.number == shipment.number && (id.line == 0 || id.line == place)
                : id.kind == "order"
                    ? id.source == order.source && id.number == order.order_number && (id.line == 0 || id.line == order_place)
                    : !warehouse_order.empty() && id.number == warehouse_order;
    if (!ours) continue;
    Decimal part = min(quantity - taken, row.quantity);
    row.quantity -= part;
    taken += part;
    if (row.mark == Mark::clean) row.mark = Mark::changed;
  }
  return taken;
}

}  // namespace crossdock::ledger
