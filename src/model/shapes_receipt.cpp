// Members of receipts and returns.
#include "crossdock/model/fulfilment.hpp"
#include "model/field.hpp"
#include "model/posted.hpp"

namespace crossdock {
namespace {

constexpr Field receipt_line_fields[] = {
    field<&ReceiptLine::supply_line>("supply_line", optional, rule::line, "the supply's line"),
    field<&ReceiptLine::sku>("sku", required, rule::code, "the item"),
    field<&ReceiptLine::quantity>("quantity", required, rule::above_zero, "what came in, in uom"),
    field<&ReceiptLine::uom>("uom", optional, rule::uom, "the item's base unit where absent"),
    field<&ReceiptLine::lot>("lot", optional, rule::note, "the lot"),
    field<&ReceiptLine::serials>("serials", optional, rule::number.list(0, 10'000), "serial numbers"),
    field<&ReceiptLine::expiry>("expiry", optional, rule::plain, "the lot's expiry"),
    field<&ReceiptLine::ext>("ext", omitted, rule::free_form, "free-form data of the caller"),
};

constexpr Field receipt_request_fields[] = {
    field<&ReceiptRequest::source>("source", required, rule::code, "who reports it"),
    field<&ReceiptRequest::receipt_number>("receipt_number", required, rule::number, "its number there; with source its identity"),
    field<&ReceiptRequest::supply>("supply", optional, rule::number, "the supply that it is a part of"),
    field<&ReceiptRequest::location>("location", required, rule::code, "where"),
    field<&ReceiptRequest::received_at>("received_at", optional, rule::plain, "when; when recorded, where absent"),
    field<&ReceiptRequest::lines>("lines", required, rule::plain.list(1, most_posted_lines), "what came in"),
    field<&ReceiptRequest::ext>("ext", omitted, rule::free_form, "free-form data of the caller"),
};

constexpr auto receipt_fields = posted<Receipt>();

constexpr Field return_line_fields[] = {
    field<&ReturnLine::order_line>("order_line", optional, rule::line, "the order's line"),
    field<&ReturnLine::sku>("sku", required, rule::code, "the item"),
    field<&ReturnLine::quantity>("quantity", required, rule::above_zero, "what came back, in uom"),
    field<&ReturnLine::uom>("uom", optional, rule::uom, "the item's base unit where absent"),
    field<&ReturnLine::reason>("reason", optional, rule::text, "why"),
    field<&ReturnLine::disposition>("disposition", optional, rule::plain, "what becomes of it"),
    field<&ReturnLine::lot>("lot", optional, rule::note, "the lot"),
    field<&ReturnLine::serials>("serials", optional, rule::number.list(0, 10'000), "serial numbers"),
    field<&ReturnLine::expiry>("expiry", optional, rule::plain, "the lot's expiry"),
    field<&ReturnLine::ext>("ext", omitted, rule::free_form, "free-form data of the caller"),
};

constexpr Field return_request_fields[] = {
    field<&ReturnRequest::source>("source", required, rule::code, "who reports it"),
    field<&ReturnRequest::return_number>("return_number", required, rule::number, "its number there; with source its identity"),
    field<&ReturnRequest::order>("order", optional, rule::plain, "the order that it comes back from"),
    field<&ReturnRequest::location>("location", required, rule::code, "where"),
    field<&ReturnRequest::returned_at>("returned_at", optional, rule::plain, "when; when recorded, where absent"),
    field<&ReturnRequest::lines>("lines", required, rule::plain.list(1, most_posted_lines), "what came back"),
    field<&ReturnRequest::ext>("ext", omitted, rule::free_form, "free-form data of the caller"),
};

constexpr auto return_fields = posted<Return>();

}  // namespace

const Shape& shape_of(Of<ReceiptLine>) {
  static const Shape shape("ReceiptLine", "What came in of a supply's line.", receipt_line_fields);
  return shape;
}

const Shape& shape_of(Of<ReceiptRequest>) {
  static const Shape shape("ReceiptRequest", "What a warehouse has received.", receipt_request_fields);
  return shape;
}

const Shape& shape_of(Of<Receipt>) {
  static const Shape shape("Receipt", "A receipt as recorded.", receipt_fields, nullptr,
                           inherited<Receipt, ReceiptRequest>(shape_of(Of<ReceiptRequest>{})));
  return shape;
}

const Shape& shape_of(Of<ReturnLine>) {
  static const Shape shape("ReturnLine", "What came back of an order's line.", return_line_fields);
  return shape;
}

const Shape& shape_of(Of<ReturnRequest>) {
  static const Shape shape("ReturnRequest", "What a customer has sent back.", return_request_fields);
  return shape;
}

const Shape& shape_of(Of<Return>) {
  static const Shape shape("Return", "A return as recorded.", return_fields, nullptr,
                           inherited<Return, ReturnRequest>(shape_of(Of<ReturnRequest>{})));
  return shape;
}

}  // namespace crossdock
