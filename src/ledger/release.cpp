// From promises to warehouse orders.
#include <algorithm>
#include <map>

#include "crossdock/base/json.hpp"
#include "crossdock/model/fulfilment.hpp"
#include "ledger/events.hpp"
#include "ledger/order.hpp"
#include "ledger/render.hpp"

namespace crossdock::ledger {

namespace {

using Bundle = std::pair<std::string, Date>;  // location, ship date
using Bundles = std::map<Bundle, std::vector<std::pair<LineRow*, CommitmentRow*>>>;

bool ships_complete(const OrderRow& order) {
  if (!mentions(order.head, R"("ship_complete":true)")) return false;
  json::Document head;
  if (head.parse(order.head)) return false;
  auto flag = head.root().find("ship_complete");
  return flag && flag->is(json::Kind::boolean) && flag->boolean();
}

bool ungiven(const CommitmentRow& commitment) { return commitment.warehouse_order.empty() && commitment.quantity.positive(); }

Bundles bundles_of(const World& world, OrderRow& order, bool all) {
  Bundles bundles;
  std::optional<Date> latest;
  for (auto& line : order.lines)
    for (auto& commitment : line.commitments)
      if (ungiven(commitment)) latest = std::max(latest.value_or(commitment.date), commitment.date);
  bool together = ships_complete(order);
  for (auto& line : order.lines)
    for (auto& commitment : line.commitments) {
      if (!ungiven(commitment)) continue;
      Date ships = together ? *latest : commitment.date;
      Date horizon = world.today(commitment.position.location) + world.rules.release_ahead_days;
      if (all || ships <= horizon) bundles[{commitment.position.location, ships}].emplace_back(&line, &commitment);
    }
  return bundles;
}

int next_sequence(const OrderRow& order, const std::string& location) {
  int last = 0;
  for (const auto& warehouse_order : order.warehouse_orders)
    if (warehouse_order.location == location) last = std::max(last, warehouse_order.sequence);
  return last + 1;
}

WarehouseOrderRow make(World& world, const OrderRow& order, const Bundle& bundle) {
  WarehouseOrderRow row;
  row.id = new_id();
  row.order_id = order.id;
  row.location = bundle.first;
  row.sequence = next_sequence(order, bundle.first);
  row.state = to_text(WarehouseOrderState::sent);
  row.ship_date = bundle.second;
  row.created_at = world.now;
  row.mark = Mark::created;
  return row;
}

}  // namespace

void plan_release(OrderRow& order) {
  order.release_due.reset();
  if (!releasable(order)) return;
  bool together = ships_complete(order);  // then the last date counts: sooner nothing goes
  for (const auto& line : order.lines)
    for (const auto& commitment : line.commitments) {
      if (!ungiven(commitment)) continue;
      Date known = order.release_due.value_or(commitment.date);
      order.release_due = together ? std::max(known, commitment.date) : std::min(known, commitment.date);
    }
}

bool releasable(const OrderRow& order) {
  if (!order.holds.empty()) return false;
  if (order.order_status != OrderStatus::accepted && order.order_status != OrderStatus::released) return false;
  if (!ships_complete(order)) return true;
  return std::all_of(order.lines.begin(), order.lines.end(), [](const LineRow& line) { return (line.open + line.backordered).is_zero(); });
}

bool release(World& world, const Origin& origin, OrderRow& order, bool all) {
  if (!releasable(order)) {
    plan_release(order);
    return false;
  }
  auto bundles = bundles_of(world, order, all);
  std::vector<std::size_t> made;
  for (auto& [bundle, parts] : bundles) {
    auto row = make(world, order, bundle);
    for (auto& [line, commitment] : parts) {
      int number = static_cast<int>(row.lines.size()) + 1;
      row.lines.push_back(WarehouseOrderLineRow{number, line->line, line->sku, commitment->quantity, {}});
      commitment->warehouse_order = row.id;
      if (commitment->mark == Mark::clean) commitment->mark = Mark::changed;
    }
    made.push_back(order.warehouse_orders.size());
    order.warehouse_orders.push_back(std::move(row));
  }
  plan_release(order);
  if (made.empty()) return false;
  bool first = order.order_status != OrderStatus::released;
  order.order_status = OrderStatus::released;
  plan_release(order);
  if (first) {
    note(world, origin, order.id, "hub", "released");
    publish_order(world, origin, "order.released", order);
  }
  for (std::size_t index : made) {
    const auto& row = order.warehouse_orders[index];
    note(world, origin, order.id, "hub", "warehouse_order.released", row.id, "to " + row.location + " for " + row.ship_date.text());
    publish(world, origin, "warehouse_order.released", order.id, order.revision, row.id, render(row, order));
  }
  return true;
}

}  // namespace crossdock::ledger
