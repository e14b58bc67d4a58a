// Members of the order as it is asked for.
#include "crossdock/model/order.hpp"
#include "model/field.hpp"
#include "model/order_parts.hpp"
#include "model/rules.hpp"

namespace crossdock {
namespace {

constexpr Field totals_fields[] = {
    field<&Totals::goods>("goods", optional, rule::not_negative, "sum of the lines"),
    field<&Totals::shipping>("shipping", optional, rule::not_negative, "freight and handling"),
    field<&Totals::tax>("tax", optional, rule::not_negative, "tax"),
    field<&Totals::discount>("discount", optional, rule::not_negative, "what is taken off"),
    field<&Totals::total>("total", optional, rule::not_negative, "what is to be paid"),
};

constexpr Field order_header_fields[] = {
    field<&OrderHeader::source>("source", required, rule::code, "where the order comes from"),
    field<&OrderHeader::order_number>("order_number", required, rule::number, "its number there; with source the order's identity"),
    field<&OrderHeader::customer>("customer", required, rule::code, "the customer's number"),
    field<&OrderHeader::customer_po>("customer_po", optional, rule::note, "the customer's purchase order"),
    field<&OrderHeader::currency>("currency", required, rule::currency, "ISO 4217"),
    field<&OrderHeader::order_date>("order_date", optional, rule::plain, "when it was ordered"),
    field<&OrderHeader::requested_date>("requested_date", optional, rule::plain, "the ship date asked for; today where absent"),
    field<&OrderHeader::cancel_after>("cancel_after", optional, rule::plain, "the last ship date that is of use"),
    field<&OrderHeader::priority>("priority", optional, rule::integer(0, 2'147'483'647), "lower goes first"),
    field<&OrderHeader::ship_complete>("ship_complete", optional, rule::plain, "all in one shipment or nothing yet"),
    field<&OrderHeader::terms>("terms", optional, rule::note, "terms of payment"),
    field<&OrderHeader::ship_to>("ship_to", optional, rule::plain, "where it goes"),
    field<&OrderHeader::bill_to>("bill_to", optional, rule::plain, "who pays"),
    field<&OrderHeader::shipping_method>("shipping_method", optional, rule::note, "how it goes"),
    field<&OrderHeader::on_shortage>("on_shortage", optional, rule::plain, "what to do when stock lacks"),
    field<&OrderHeader::accept_changes>("accept_changes", optional, rule::plain, "whether changes that validation proposes are applied"),
    field<&OrderHeader::reservation>("reservation", optional, rule::code, "the reservation whose holds become commitments"),
    field<&OrderHeader::totals>("totals", optional, rule::plain, "as the caller has reckoned them"),
    field<&OrderHeader::ext>("ext", omitted, rule::free_form, "free-form data of the caller"),
};

constexpr Field order_line_request_fields[] = {
    field<&OrderLineRequest::line>("line", required, rule::line, "the line's number, unique in the order"),
    field<&OrderLineRequest::sku>("sku", omitted, rule::code, "the item; or customer_sku"),
    field<&OrderLineRequest::quantity>("quantity", required, rule::above_zero, "how much, in uom"),
    field<&OrderLineRequest::uom>("uom", omitted, rule::uom, "UN/ECE Rec 20; the item's base unit where absent"),
    field<&OrderLineRequest::unit_price>("unit_price", optional, rule::not_negative, "per uom; from the price list where absent"),
    field<&OrderLineRequest::location>("location", optional, rule::code, "from where; the sourcing rule chooses where absent"),
    field<&OrderLineRequest::requested_date>("requested_date", optional, rule::plain, "the order's where absent"),
    field<&OrderLineRequest::customer_sku>("customer_sku", optional, rule::number, "the customer's own name of the item"),
    field<&OrderLineRequest::ext>("ext", omitted, rule::free_form, "free-form data of the caller"),
};

constexpr Field order_request_fields[] = {
    field<&OrderRequest::lines>("lines", required, rule::plain.list(1, most_order_lines), "what is ordered"),
};

constexpr Field hold_request_fields[] = {
    field<&HoldRequest::code>("code", required, rule::code, "names the hold; it is lifted by it"),
    field<&HoldRequest::reason>("reason", optional, rule::text, "for people"),
};

constexpr Field reason_fields[] = {
    field<&ReasonRequest::reason>("reason", optional, rule::text, "for people"),
};

void check_order_header(const Rules& rules, void* document) {
  const auto& order = *static_cast<const OrderHeader*>(document);
  if (!order.totals) return;
  const Totals& totals = *order.totals;
  const Path here = rules.path.member("totals");
  const auto check = [&](std::string_view name, const std::optional<Decimal>& amount) {
    if (amount) within_exponent(rules, here.member(name), *amount, order.currency);
  };
  check("goods", totals.goods);
  check("shipping", totals.shipping);
  check("tax", totals.tax);
  check("discount", totals.discount);
  check("total", totals.total);
}

void check_order_line(const Rules& rules, void*) {
  if (!rules.given("sku") && !rules.given("customer_sku")) compulsory(rules, "sku", "a line names its item by sku or customer_sku");
}

void check_order_lines(const Rules& rules, void* document) {
  const auto& order = *static_cast<const OrderRequest*>(document);
  unique_in_list(rules, order.lines, "lines", "line", [](const OrderLineRequest& line) { return line.line; });
}

}  // namespace

const Shape& order_header_shape() {
  static const Shape shape("OrderHeader", "An order without its lines.", order_header_fields, check_order_header);
  return shape;
}

const Shape& shape_of(Of<Totals>) {
  static const Shape shape("Totals", "Amounts in the order's currency, with at most its decimal places.", totals_fields);
  return shape;
}

const Shape& shape_of(Of<OrderLineRequest>) {
  static const Shape shape("OrderLineRequest", "A line as ordered.", order_line_request_fields, check_order_line);
  return shape;
}

const Shape& shape_of(Of<OrderRequest>) {
  static const Shape shape("OrderRequest", "An order, to be validated, captured or revised.", order_request_fields, check_order_lines,
                           inherited<OrderRequest, OrderHeader>(order_header_shape()));
  return shape;
}

const Shape& shape_of(Of<HoldRequest>) {
  static const Shape shape("HoldRequest", "A hold to be put on an order.", hold_request_fields);
  return shape;
}

const Shape& shape_of(Of<ReasonRequest>) {
  static const Shape shape("ReasonRequest", "Why.", reason_fields);
  return shape;
}

}  // namespace crossdock
