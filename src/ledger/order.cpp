#include "ledger/order.hpp"

#include <algorithm>

#include "crossdock/base/json.hpp"
#include "ledger/events.hpp"
#include "ledger/render.hpp"

namespace crossdock::ledger {

LineRow* line_of(OrderRow& order, int line) {
  auto it = std::find_if(order.lines.begin(), order.lines.end(), [line](const LineRow& row) { return row.line == line; });
  return it == order.lines.end() ? nullptr : &*it;
}

const LineRow* line_of(const OrderRow& order, int line) { return line_of(const_cast<OrderRow&>(order), line); }

std::string uom_of(const LineRow& line) {
  if (!mentions(line.body, R"("uom":")")) return line.base_uom;
  json::Document body;
  if (body.parse(line.body)) return line.base_uom;
  auto uom = body.root().find("uom");
  return uom && uom->is(json::Kind::string) ? std::string(uom->text()) : line.base_uom;
}

namespace {
std::optional<Date> requested_of(const LineRow& line) {
  if (!mentions(line.body, R"("requested_date":")")) return {};
  json::Document body;
  if (body.parse(line.body)) return {};
  auto date = body.root().find("requested_date");
  return date && date->is(json::Kind::string) ? Date::parse(date->text()) : std::nullopt;
}
}  // namespace

LineStatus status_of(const LineRow& line) {
  bool left = (line.open + line.committed + line.backordered).positive();
  if (!left) {
    if (line.shipped().positive()) return LineStatus::shipped;
    return LineStatus::cancelled;
  }
  if (line.backordered == line.ordered) return LineStatus::backordered;
  if (line.backordered.positive() || line.cancelled.positive()) return LineStatus::partial;
  auto requested = requested_of(line);
  for (const auto& commitment : line.commitments)
    if (requested && commitment.quantity.positive() && commitment.date > *requested) return LineStatus::rescheduled;
  return LineStatus::accepted;
}

bool follow_quantities(OrderRow& order) {
  Decimal left, shipped;
  for (const auto& line : order.lines) {
    left += line.open + line.committed + line.backordered;
    shipped += line.shipped();
  }
  if (shipped.positive()) order.fulfilment_status = left.is_zero() ? FulfilmentStatus::shipped : FulfilmentStatus::partly_shipped;
  plan_release(order);
  bool ended = order.order_status == OrderStatus::closed || order.order_status == OrderStatus::cancelled;
  if (ended || !left.is_zero()) return false;
  order.order_status = OrderStatus::closed;
  return true;
}

void revise(World& world, OrderRow& order) {
  ++order.revision;
  order.updated_at = world.now;
  if (order.mark == Mark::clean) order.mark = Mark::changed;
}

Reply answer(const OrderRow& order, int status) {
  Reply reply;
  reply.status = status;
  reply.headers.emplace_back("ETag", etag(order.revision));
  if (status == 201) reply.headers.emplace_back("Location", "/v1/orders/" + order.id);
  reply.body = render(order);
  return reply;
}

void ask_order(const World& world, Needs& needs, const std::string& id) {
  needs.order_ids.insert(id);
  auto known = world.orders.find(id);
  if (known == world.orders.end()) return;
  for (const auto& line : known->second.lines)
    for (const auto& commitment : line.commitments) needs.positions.insert(commitment.position);
}

void ask_numbered(const World& world, Needs& needs, const SourceNumber& number) {
  needs.order_numbers.insert(number);
  auto known = world.order_numbers.find(number);
  if (known != world.order_numbers.end()) needs.order_ids.insert(known->second);
}

void ChangeOrder::ask_more(const World& world, Needs& needs) const { ask_order(world, needs, id); }

void ChangeOrder::decide_new(World& world) {
  auto* order = world.order(id);
  if (!order) {
    reply = Reply::refuse(404, "not_found", "There is no order " + id + ".");
  } else if (!precondition.given) {
    reply =
        Reply::refuse(428, "precondition_required", "Send If-Match with the order's ETag, so that nobody else's change is overwritten.");
  } else if (!precondition.any && precondition.revision != order->revision) {
    reply = Reply::refuse(412, "precondition_failed",
                          "The order is at revision " + std::to_string(order->revision) + "; read it again and decide anew.");
  } else {
    change(world, *order);
  }
}

namespace {
bool ended(const OrderRow& order) {
  return order.order_status == OrderStatus::closed || order.order_status == OrderStatus::cancelled ||
         order.order_status == OrderStatus::rejected;
}

Reply wrong_status(const OrderRow& order, std::string_view what) {
  return Reply::refuse(409, "invalid_transition",
                       "The order is " + std::string(to_text(order.order_status)) + "; it cannot be " + std::string(what) + " from there.");
}
}  // namespace

void PutHold::change(World& world, OrderRow& order) {
  if (ended(order)) {
    reply = wrong_status(order, "held");
    return;
  }
  auto same = std::find_if(order.holds.begin(), order.holds.end(), [this](const Hold& hold) { return hold.code == code; });
  if (same == order.holds.end())
    order.holds.push_back(Hold{code, reason, origin.client, world.now});
  else
    *same = Hold{code, reason, origin.client, world.now};
  order.order_status = OrderStatus::on_hold;
  plan_release(order);
  revise(world, order);
  note(world, origin, order.id, "hub", "held", code, reason.value_or(""));
  publish_order(world, origin, "order.held", order);
  reply = answer(order, 200);
}

void LiftHold::change(World& world, OrderRow& order) {
  auto hold = std::find_if(order.holds.begin(), order.holds.end(), [this](const Hold& each) { return each.code == code; });
  if (hold == order.holds.end()) {
    reply = Reply::refuse(404, "not_found", "The order has no hold " + code + ".");
    return;
  }
  order.holds.erase(hold);
  revise(world, order);
  if (order.holds.empty() && order.order_status == OrderStatus::on_hold) order.order_status = OrderStatus::accepted;
  note(world, origin, order.id, "hub", "hold_lifted", code, reason.value_or(""));
  publish_order(world, origin, "order.hold_lifted", order);
  plan_release(order);
  if (world.rules.release_automatically) release(world, origin, order, false);
  // Held after everything had gone to its warehouses: nothing more to give, and released it was.
  if (order.order_status == OrderStatus::accepted && !order.warehouse_orders.empty() && !order.release_due)
    order.order_status = OrderStatus::released;
  reply = answer(order, 200);
}

void ReleaseOrder::change(World& world, OrderRow& order) {
  if (order.order_status != OrderStatus::accepted) {
    reply = wrong_status(order, "released");
    return;
  }
  if (revise_if(world, order, [&] { return release(world, origin, order, true); }))
    reply = answer(order, 200);
  else
    reply = Reply::refuse(409, "invalid_transition", "Nothing of the order can go now; it cannot be released.");
}

void ReleaseDue::ask(const World& world, Needs& needs) const {
  for (const auto& id : ids) ask_order(world, needs, id);
}

void ReleaseDue::decide(World& world) {
  if (!world.clock_believed) return;
  for (const auto& id : ids) {
    auto* order = world.order(id);
    if (!order || !releasable(*order)) continue;
    revise_if(world, *order, [&] { return release(world, origin, *order, false); });
  }
}

}  // namespace crossdock::ledger
