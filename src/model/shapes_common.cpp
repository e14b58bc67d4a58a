// Members of what several documents carry.
#include "crossdock/base/id.hpp"
#include "crossdock/model/common.hpp"
#include "model/field.hpp"
#include "model/rules.hpp"

namespace crossdock {
namespace {

constexpr Field source_fields[] = {
    field<&Source::system>("system", omitted, rule::code, "the system that holds the record"),
    field<&Source::record_id>("record_id", optional, rule::note, "the record's id there"),
    field<&Source::revision>("revision", optional, rule::revision, "the record's revision there; numbers are compared as numbers"),
    field<&Source::as_of>("as_of", optional, rule::plain, "when the content was true there"),
};

constexpr Field identifier_fields[] = {
    field<&Identifier::scheme>("scheme", required, rule::code, "sku, customer_sku, gtin, gln, sscc, duns, erp_id, wms_id, ..."),
    field<&Identifier::value>("value", required, rule::number, "the name itself"),
    field<&Identifier::system>("system", optional, rule::code, "the system whose name it is"),
    field<&Identifier::customer>("customer", optional, rule::code, "the customer whose name it is"),
};

constexpr Field address_fields[] = {
    field<&Address::code>("code", optional, rule::note, "one of the customer's ship-to codes"),
    field<&Address::name>("name", optional, rule::name, "who lives there"),
    field<&Address::street>("street", optional, rule::name.list(0, 10), "the lines above the city"),
    field<&Address::city>("city", optional, rule::name, "city"),
    field<&Address::region>("region", optional, rule::name, "state, province or region"),
    field<&Address::postal_code>("postal_code", optional, rule::note, "postal code"),
    field<&Address::country>("country", optional, rule::country, "ISO 3166-1 alpha-2"),
};

constexpr Field order_ref_fields[] = {
    field<&OrderRef::id>("id", optional, rule::code, "our id of the order"),
    field<&OrderRef::source>("source", optional, rule::code, "or its own identity: where it comes from"),
    field<&OrderRef::order_number>("order_number", optional, rule::number, "and its number there"),
};

constexpr Field posting_fields[] = {
    field<&Posting::system>("system", required, rule::code, "the system that it goes to"),
    field<&Posting::status>("status", required, rule::code, "the delivery's state"),
    field<&Posting::remote_id>("remote_id", optional, rule::number, "that system's number for it"),
};

void check_identifier(const Rules& rules, void* document) {
  const auto& identifier = *static_cast<const Identifier*>(document);
  const std::string_view value = identifier.value;
  if (!rules.sound("value")) return;
  const bool wrong = (identifier.scheme == "gtin" && !valid_gtin(value)) || (identifier.scheme == "gln" && !valid_gln(value)) ||
                     (identifier.scheme == "sscc" && !valid_sscc(value));
  if (wrong)
    rules.reader.mistake(rules.path.member("value"), "wrong_type", "is no valid " + identifier.scheme + ": length or check digit is wrong");
}

void check_order_ref(const Rules& rules, void* document) {
  const auto& ref = *static_cast<const OrderRef*>(document);
  if (ref.id) return;
  if (!ref.source && !ref.order_number) return compulsory(rules, "id", "an order is named by its id, or by source and order_number");
  if (!ref.source) compulsory(rules, "source", "is compulsory beside order_number");
  if (!ref.order_number) compulsory(rules, "order_number", "is compulsory beside source");
}

}  // namespace

const Shape& shape_of(Of<Source>) {
  static const Shape shape("Source", "Where the content comes from; an older one never overwrites a newer one.", source_fields);
  return shape;
}

const Shape& shape_of(Of<Identifier>) {
  static const Shape shape("Identifier", "A name in another's words. Check digits of gtin, gln and sscc are verified.", identifier_fields,
                           check_identifier);
  return shape;
}

const Shape& shape_of(Of<Address>) {
  static const Shape shape("Address", "A postal address, or a ship-to code of the customer.", address_fields);
  return shape;
}

const Shape& shape_of(Of<OrderRef>) {
  static const Shape shape("OrderRef", "An order, by id or by source and order_number.", order_ref_fields, check_order_ref);
  return shape;
}

const Shape& shape_of(Of<Posting>) {
  static const Shape shape("Posting", "How far a document has come on its way into a system.", posting_fields);
  return shape;
}

}  // namespace crossdock
