// Members of invoices.
#include "crossdock/model/fulfilment.hpp"
#include "model/field.hpp"
#include "model/posted.hpp"
#include "model/rules.hpp"

namespace crossdock {
namespace {

constexpr Field invoice_line_fields[] = {
    field<&InvoiceLine::order_line>("order_line", optional, rule::line, "the order's line"),
    field<&InvoiceLine::sku>("sku", required, rule::code, "the item"),
    field<&InvoiceLine::quantity>("quantity", required, rule::above_zero, "how much, in uom"),
    field<&InvoiceLine::uom>("uom", optional, rule::uom, "the item's base unit where absent"),
    field<&InvoiceLine::unit_price>("unit_price", optional, rule::plain, "per uom"),
    field<&InvoiceLine::amount>("amount", required, rule::plain, "what the line comes to"),
    field<&InvoiceLine::ext>("ext", omitted, rule::free_form, "free-form data of the caller"),
};

constexpr Field charge_fields[] = {
    field<&Charge::code>("code", required, rule::code, "what for"),
    field<&Charge::amount>("amount", required, rule::plain, "how much; below zero for an allowance"),
};

constexpr Field invoice_request_fields[] = {
    field<&InvoiceRequest::source>("source", required, rule::code, "who issued it"),
    field<&InvoiceRequest::invoice_number>("invoice_number", required, rule::number, "its number there; with source its identity"),
    field<&InvoiceRequest::order>("order", optional, rule::plain, "the order that it bills"),
    field<&InvoiceRequest::invoiced_at>("invoiced_at", optional, rule::plain, "when; when recorded, where absent"),
    field<&InvoiceRequest::currency>("currency", required, rule::currency, "ISO 4217"),
    field<&InvoiceRequest::lines>("lines", required, rule::plain.list(0, most_posted_lines), "what is billed"),
    field<&InvoiceRequest::charges>("charges", optional, rule::plain, "freight, tax, allowances"),
    field<&InvoiceRequest::total>("total", required, rule::plain, "what is to be paid"),
    field<&InvoiceRequest::ext>("ext", omitted, rule::free_form, "free-form data of the caller"),
};

constexpr auto invoice_fields = posted<Invoice>();

constexpr Field posting_result_fields[] = {
    field<&PostingResult::system>("system", required, rule::code, "who answered"),
    field<&PostingResult::document>("document", required, rule::code, "shipment, receipt, return, invoice"),
    field<&PostingResult::id>("id", required, rule::code, "of the document"),
    field<&PostingResult::status>("status", required, rule::code, "the delivery's state"),
    field<&PostingResult::remote_id>("remote_id", optional, rule::number, "that system's number for it"),
    field<&PostingResult::code>("code", optional, rule::code, "why it was rejected"),
    field<&PostingResult::detail>("detail", optional, rule::text, "in words"),
};

void check_invoice(const Rules& rules, void* document) {
  const auto& invoice = *static_cast<const InvoiceRequest*>(document);
  const Path lines = rules.path.member("lines");
  for (std::size_t i = 0; i < invoice.lines.size(); ++i) {
    const Path line = lines.at(i);
    within_exponent(rules, line.member("amount"), invoice.lines[i].amount, invoice.currency);
  }
  const Path charges = rules.path.member("charges");
  for (std::size_t i = 0; i < invoice.charges.size(); ++i) {
    const Path charge = charges.at(i);
    within_exponent(rules, charge.member("amount"), invoice.charges[i].amount, invoice.currency);
  }
  within_exponent(rules, rules.path.member("total"), invoice.total, invoice.currency);
}

}  // namespace

const Shape& shape_of(Of<InvoiceLine>) {
  static const Shape shape("InvoiceLine", "A line of an invoice.", invoice_line_fields);
  return shape;
}

const Shape& shape_of(Of<Charge>) {
  static const Shape shape("Charge", "A charge or allowance beside the lines.", charge_fields);
  return shape;
}

const Shape& shape_of(Of<InvoiceRequest>) {
  static const Shape shape("InvoiceRequest", "An invoice to be posted.", invoice_request_fields, check_invoice);
  return shape;
}

const Shape& shape_of(Of<Invoice>) {
  static const Shape shape("Invoice", "An invoice as recorded.", invoice_fields, nullptr,
                           inherited<Invoice, InvoiceRequest>(shape_of(Of<InvoiceRequest>{})));
  return shape;
}

const Shape& shape_of(Of<PostingResult>) {
  static const Shape shape("PostingResult", "A system's answer to a document that was posted to it.", posting_result_fields);
  return shape;
}

}  // namespace crossdock
