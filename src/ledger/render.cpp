#include "ledger/render.hpp"

#include <optional>

#include "crossdock/base/json.hpp"
#include "crossdock/model/codec.hpp"
#include "ledger/order.hpp"

namespace crossdock::ledger {

namespace {

/// The members of a JSON object's text, without its braces.
std::string_view members(std::string_view object) { return object.substr(1, object.size() - 2); }

/// Splices finished members into an object that the writer has begun.
void splice(std::string& out, std::string_view object) {
  std::string_view inside = members(object);
  if (inside.empty()) return;
  if (out.back() != '{') out += ',';
  out += inside;
}

/// A writer for what follows spliced members: its first member needs a comma.
class Tail {
 public:
  explicit Tail(std::string& out) : out_(out) {}
  json::Writer& key(std::string_view name) {
    if (out_.back() != '{' && out_.back() != ',') out_ += ',';
    json::append_escaped(name, out_);
    out_ += ':';
    writer_.emplace(out_);
    return *writer_;
  }

 private:
  std::string& out_;
  std::optional<json::Writer> writer_;
};

void quantity(Tail& tail, std::string_view name, Decimal base, const Fraction& factor) {
  tail.key(name).decimal(from_base(base, factor).quantity);
}

void append_promises(Tail& tail, const LineRow& line) {
  auto& writer = tail.key("promises").begin_array();
  for (const auto& commitment : line.commitments) {
    if (commitment.quantity.is_zero()) continue;
    writer.begin_object().key("quantity").decimal(from_base(commitment.quantity, line.factor).quantity);
    writer.key("date").date(commitment.date).key("location").string(commitment.position.location);
    writer.key("version").integer(commitment.version).end_object();
  }
  writer.end_array();
}

void append_line(std::string& out, const LineRow& line) {
  out += '{';
  splice(out, line.body);
  Tail tail(out);
  tail.key("status").string(to_text(status_of(line)));
  quantity(tail, "ordered", line.ordered, line.factor);
  quantity(tail, "open", line.open, line.factor);
  quantity(tail, "committed", line.committed, line.factor);
  quantity(tail, "backordered", line.backordered, line.factor);
  quantity(tail, "shipped", line.shipped(), line.factor);
  quantity(tail, "cancelled", line.cancelled, line.factor);
  quantity(tail, "over_shipped", line.over_shipped, line.factor);
  append_promises(tail, line);
  out += '}';
}

void append_warehouse_line(json::Writer& writer, const WarehouseOrderLineRow& row, const OrderRow& order) {
  const LineRow* line = line_of(order, row.order_line);
  Fraction factor = line ? line->factor : Fraction{};
  writer.begin_object().key("line").integer(row.line).key("order_line").integer(row.order_line).key("sku").string(row.sku);
  writer.key("quantity").decimal(from_base(row.quantity, factor).quantity);
  writer.key("uom").string(line ? uom_of(*line) : std::string("EA"));
  writer.key("shipped").decimal(from_base(row.shipped, factor).quantity).end_object();
}

void append_warehouse_order(std::string& out, const WarehouseOrderRow& row, const OrderRow& order) {
  json::Writer writer(out);
  writer.begin_object().key("id").string(row.id).key("location").string(row.location).key("sequence").integer(row.sequence);
  writer.key("state").string(row.state).key("ship_date").date(row.ship_date);
  writer.key("order").begin_object().key("id").string(order.id).key("source").string(order.source);
  writer.key("order_number").string(order.order_number).end_object();
  writer.key("customer").string(order.customer);
  json::Document head;
  if (!head.parse(order.head))
    for (const char* name : {"customer_po", "ship_to", "shipping_method"})
      if (auto value = head.root().find(name)) writer.key(name).raw(value->raw());
  writer.key("lines").begin_array();
  for (const auto& line : row.lines) append_warehouse_line(writer, line, order);
  writer.end_array().end_object();
}

}  // namespace

std::string render(const OrderRow& order) {
  std::string out;
  out.reserve(1024 + order.lines.size() * 384);
  out += '{';
  Tail tail(out);
  tail.key("id").string(order.id);
  tail.key("revision").integer(order.revision);
  tail.key("order_status").string(to_text(order.order_status));
  tail.key("fulfilment_status").string(to_text(order.fulfilment_status));
  tail.key("financial_status").string(to_text(order.financial_status));
  splice(out, order.head);
  auto& holds = tail.key("holds").begin_array();
  for (const auto& hold : order.holds) encode(hold, holds);
  holds.end_array();
  tail.key("lines").begin_array();
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    if (i) out += ',';
    append_line(out, order.lines[i]);
  }
  out += ']';
  splice(out, order.verdict);
  tail.key("created_at").instant(order.created_at);
  tail.key("updated_at").instant(order.updated_at);
  out += '}';
  return out;
}

std::string render(const ReservationRow& row) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("id").string(row.id).key("state").string(to_text(row.state)).key("reference");
  if (row.reference)
    writer.string(*row.reference);
  else
    writer.null();
  writer.key("expires_at").instant(row.expires_at).key("lines").begin_array();
  for (const auto& line : row.lines) {
    writer.begin_object().key("sku").string(line.position.sku).key("location").string(line.position.location);
    writer.key("requested").decimal(from_base(line.requested, line.factor).quantity);
    writer.key("granted").decimal(from_base(line.granted, line.factor).quantity);
    if (!line.uom.empty()) writer.key("uom").string(line.uom);
    writer.key("date");
    if (line.asked_date)
      writer.date(*line.asked_date);
    else
      writer.null();
    writer.key("version").integer(line.version).end_object();
  }
  writer.end_array();
  if (!row.ext.empty()) writer.key("ext").raw(row.ext);
  writer.end_object();
  return out;
}

std::string render(const WarehouseOrderRow& warehouse_order, const OrderRow& order) {
  std::string out;
  append_warehouse_order(out, warehouse_order, order);
  return out;
}

std::string render_warehouse_orders(const OrderRow& order) {
  std::string out = R"({"items":[)";
  for (std::size_t i = 0; i < order.warehouse_orders.size(); ++i) {
    if (i) out += ',';
    append_warehouse_order(out, order.warehouse_orders[i], order);
  }
  out += R"(],"next":null})";
  return out;
}

std::string etag(std::int64_t revision) { return '"' + std::to_string(revision) + '"'; }

}  // namespace crossdock::ledger
