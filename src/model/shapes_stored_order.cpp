// Members of the order as stored, and of its timeline.
#include "crossdock/model/order.hpp"
#include "model/field.hpp"
#include "model/order_parts.hpp"

namespace crossdock {
namespace {

constexpr Field order_line_fields[] = {
    field<&OrderLine::status>("status", required, rule::plain, "what became of the line"),
    field<&OrderLine::ordered>("ordered", required, rule::not_negative, "as last revised"),
    field<&OrderLine::open>("open", required, rule::not_negative, "neither promised nor waiting"),
    field<&OrderLine::committed>("committed", required, rule::not_negative, "promised and not gone"),
    field<&OrderLine::backordered>("backordered", required, rule::not_negative, "waits for stock"),
    field<&OrderLine::shipped>("shipped", required, rule::not_negative, "gone"),
    field<&OrderLine::cancelled>("cancelled", required, rule::not_negative, "given up"),
    field<&OrderLine::over_shipped>("over_shipped", optional, rule::not_negative, "what a warehouse sent beyond the order"),
    field<&OrderLine::promises>("promises", required, rule::many, "what was granted"),
};

constexpr Field hold_fields[] = {
    field<&Hold::code>("code", required, rule::code, "names the hold"),
    field<&Hold::reason>("reason", optional, rule::text, "for people"),
    field<&Hold::by>("by", required, rule::name, "who put it"),
    field<&Hold::at>("at", required, rule::plain, "when"),
};

constexpr Field order_fields[] = {
    field<&Order::lines>("lines", required, rule::plain.list(0, most_order_lines), "what was ordered, and what became of it"),
    field<&Order::id>("id", required, rule::code, "UUIDv7"),
    field<&Order::revision>("revision", required, rule::integer(1), "grows with each change; the ETag"),
    field<&Order::order_status>("order_status", required, rule::plain, "first axis: the order"),
    field<&Order::fulfilment_status>("fulfilment_status", required, rule::plain, "second axis: the goods"),
    field<&Order::financial_status>("financial_status", required, rule::plain, "third axis: the money"),
    field<&Order::holds>("holds", required, rule::many, "what keeps it from the warehouse"),
    field<&Order::decision>("decision", required, rule::plain, "what validation decided"),
    field<&Order::findings>("findings", required, rule::many, "and why"),
    field<&Order::checks>("checks", required, rule::many, "what was checked, and what was not"),
    field<&Order::created_at>("created_at", required, rule::plain, "when it was captured"),
    field<&Order::updated_at>("updated_at", required, rule::plain, "when it last changed"),
};

constexpr Field timeline_step_fields[] = {
    field<&TimelineStep::at>("at", required, rule::plain, "when"),
    field<&TimelineStep::system>("system", required, rule::code, "where"),
    field<&TimelineStep::step>("step", required, rule::code, "what"),
    field<&TimelineStep::document>("document", optional, rule::number, "by which document"),
    field<&TimelineStep::actor>("actor", optional, rule::name, "by whom"),
    field<&TimelineStep::detail>("detail", optional, rule::text, "for people"),
};

}  // namespace

const Shape& shape_of(Of<Hold>) {
  static const Shape shape("Hold", "A reason why the order does not go to a warehouse.", hold_fields);
  return shape;
}

const Shape& shape_of(Of<OrderLine>) {
  static const Shape shape("OrderLine", "A line as stored: ordered + over_shipped = open + committed + backordered + shipped + cancelled.",
                           order_line_fields, nullptr, inherited<OrderLine, OrderLineRequest>(shape_of(Of<OrderLineRequest>{})));
  return shape;
}

const Shape& shape_of(Of<Order>) {
  static const Shape shape("Order", "The order as stored: every member of the request, and what became of it.", order_fields, nullptr,
                           inherited<Order, OrderHeader>(order_header_shape()));
  return shape;
}

const Shape& shape_of(Of<TimelineStep>) {
  static const Shape shape("TimelineStep", "One step of an order's way through the systems.", timeline_step_fields);
  return shape;
}

}  // namespace crossdock
