// Members of warehouse orders and shipments.
#include "crossdock/base/id.hpp"
#include "crossdock/model/fulfilment.hpp"
#include "model/field.hpp"
#include "model/posted.hpp"
#include "model/rules.hpp"

namespace crossdock {
namespace {

constexpr Field warehouse_line_fields[] = {
    field<&WarehouseOrderLine::line>("line", required, rule::line, "the line's place here"),
    field<&WarehouseOrderLine::order_line>("order_line", required, rule::line, "the order's line"),
    field<&WarehouseOrderLine::sku>("sku", required, rule::code, "the item"),
    field<&WarehouseOrderLine::quantity>("quantity", required, rule::not_negative, "what to send, in uom"),
    field<&WarehouseOrderLine::uom>("uom", omitted, rule::uom, "the item's base unit where absent"),
    field<&WarehouseOrderLine::shipped>("shipped", optional, rule::not_negative, "what has gone"),
};

constexpr Field warehouse_order_fields[] = {
    field<&WarehouseOrder::id>("id", required, rule::code, "UUIDv7"),
    field<&WarehouseOrder::location>("location", required, rule::code, "the warehouse"),
    field<&WarehouseOrder::sequence>("sequence", required, rule::line, "of this order at this location, from 1"),
    field<&WarehouseOrder::state>("state", required, rule::plain, "where it stands"),
    field<&WarehouseOrder::ship_date>("ship_date", required, rule::plain, "when it is to go"),
    field<&WarehouseOrder::order>("order", required, rule::plain, "the order that it is a part of"),
    field<&WarehouseOrder::customer>("customer", optional, rule::code, "the customer's number"),
    field<&WarehouseOrder::customer_po>("customer_po", optional, rule::note, "the customer's purchase order"),
    field<&WarehouseOrder::ship_to>("ship_to", optional, rule::plain, "where it goes"),
    field<&WarehouseOrder::shipping_method>("shipping_method", optional, rule::note, "how it goes"),
    field<&WarehouseOrder::lines>("lines", required, rule::plain.list(0, most_posted_lines), "what to send"),
};

constexpr Field package_fields[] = {
    field<&Package::sscc>("sscc", optional, rule::code, "serial shipping container code"),
    field<&Package::tracking_number>("tracking_number", optional, rule::note, "the carrier's number"),
};

constexpr Field shipment_line_fields[] = {
    field<&ShipmentLine::order_line>("order_line", required, rule::line, "the order's line"),
    field<&ShipmentLine::sku>("sku", omitted, rule::code, "the item, to be compared with the order's"),
    field<&ShipmentLine::quantity>("quantity", required, rule::not_negative, "what went out, in uom; 0 only with a disposition"),
    field<&ShipmentLine::uom>("uom", optional, rule::uom, "the item's base unit where absent"),
    field<&ShipmentLine::disposition>("disposition", optional, rule::plain, "what becomes of the rest; it stays open where absent"),
    field<&ShipmentLine::lot>("lot", optional, rule::note, "the lot"),
    field<&ShipmentLine::serials>("serials", optional, rule::number.list(0, 10'000), "serial numbers"),
    field<&ShipmentLine::expiry>("expiry", optional, rule::plain, "the lot's expiry"),
    field<&ShipmentLine::ext>("ext", omitted, rule::free_form, "free-form data of the caller"),
};

constexpr Field shipment_request_fields[] = {
    field<&ShipmentRequest::source>("source", required, rule::code, "who reports it"),
    field<&ShipmentRequest::shipment_number>("shipment_number", required, rule::number, "its number there; with source its identity"),
    field<&ShipmentRequest::order>("order", optional, rule::plain, "the order; or warehouse_order"),
    field<&ShipmentRequest::warehouse_order>("warehouse_order", optional, rule::code, "our id of the warehouse order"),
    field<&ShipmentRequest::location>("location", required, rule::code, "from where"),
    field<&ShipmentRequest::carrier>("carrier", optional, rule::name, "who carries it"),
    field<&ShipmentRequest::tracking_number>("tracking_number", optional, rule::note, "the carrier's number"),
    field<&ShipmentRequest::shipped_at>("shipped_at", optional, rule::plain, "when it left; when recorded, where absent"),
    field<&ShipmentRequest::packages>("packages", optional, rule::plain.list(0, 10'000), "the packages"),
    field<&ShipmentRequest::lines>("lines", required, rule::plain.list(1, most_posted_lines), "what went out"),
    field<&ShipmentRequest::ext>("ext", omitted, rule::free_form, "free-form data of the caller"),
};

constexpr auto shipment_fields = posted<Shipment>();

void check_package(const Rules& rules, void* document) {
  const auto& package = *static_cast<const Package*>(document);
  if (rules.sound("sscc") && package.sscc && !valid_sscc(*package.sscc))
    rules.reader.mistake(rules.path.member("sscc"), "wrong_type", "is no valid SSCC: it has 18 digits, the last one checks the others");
}

void check_shipment_line(const Rules& rules, void* document) {
  const auto& line = *static_cast<const ShipmentLine*>(document);
  if (rules.sound("quantity") && line.quantity.is_zero() && !line.disposition && !rules.given("disposition"))
    rules.reader.mistake(rules.path.member("quantity"), "out_of_range",
                         "must be above zero where no disposition says what becomes of the line");
}

void check_shipment(const Rules& rules, void*) {
  if (!rules.given("order") && !rules.given("warehouse_order")) compulsory(rules, "order", "a shipment names its order or warehouse_order");
}

}  // namespace

const Shape& shape_of(Of<WarehouseOrderLine>) {
  static const Shape shape("WarehouseOrderLine", "A line that a warehouse is told to send.", warehouse_line_fields);
  return shape;
}

const Shape& shape_of(Of<WarehouseOrder>) {
  static const Shape shape("WarehouseOrder", "What a warehouse is told to send.", warehouse_order_fields);
  return shape;
}

const Shape& shape_of(Of<Package>) {
  static const Shape shape("Package", "A package of a shipment.", package_fields, check_package);
  return shape;
}

const Shape& shape_of(Of<ShipmentLine>) {
  static const Shape shape("ShipmentLine", "What went out of an order's line.", shipment_line_fields, check_shipment_line);
  return shape;
}

const Shape& shape_of(Of<ShipmentRequest>) {
  static const Shape shape("ShipmentRequest", "What a warehouse has sent.", shipment_request_fields, check_shipment);
  return shape;
}

const Shape& shape_of(Of<Shipment>) {
  static const Shape shape("Shipment", "A shipment as recorded.", shipment_fields, nullptr,
                           inherited<Shipment, ShipmentRequest>(shape_of(Of<ShipmentRequest>{})));
  return shape;
}

}  // namespace crossdock
