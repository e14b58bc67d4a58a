// Members of customers, locations, supplies and shipping methods.
#include "crossdock/model/master.hpp"
#include "model/field.hpp"
#include "model/rules.hpp"

namespace crossdock {
namespace {

constexpr Field credit_fields[] = {
    field<&Credit::limit>("limit", optional, rule::plain, "none where absent"),
    field<&Credit::exposure>("exposure", optional, rule::plain, "what the customer owes, as its owner reports it"),
    field<&Credit::hold>("hold", optional, rule::plain, "whether orders are to be held"),
};

constexpr Field customer_fields[] = {
    field<&Customer::number>("number", required, rule::code, "names the customer"),
    field<&Customer::name>("name", optional, rule::name, "for people"),
    field<&Customer::status>("status", optional, rule::plain, "whether it may order"),
    field<&Customer::currency>("currency", optional, rule::currency, "ISO 4217"),
    field<&Customer::credit>("credit", optional, rule::plain, "in the customer's currency"),
    field<&Customer::terms>("terms", optional, rule::note, "terms of payment"),
    field<&Customer::ship_to>("ship_to", optional, rule::plain.list(0, 10'000), "where it may be sent, each with its code"),
    field<&Customer::identifiers>("identifiers", omitted, rule::plain.list(0, 1000), "its names elsewhere"),
    field<&Customer::source>("source", optional, rule::plain, "the caller's own where absent"),
    field<&Customer::ext>("ext", omitted, rule::free_form, "free-form data of the caller"),
};

constexpr Field location_fields[] = {
    field<&Location::code>("code", required, rule::code, "names the location"),
    field<&Location::name>("name", optional, rule::name, "for people"),
    field<&Location::time_zone>("time_zone", optional, rule::zone, "IANA"),
    field<&Location::priority>("priority", optional, rule::integer(-1'000'000'000, 1'000'000'000), "lower is preferred"),
    field<&Location::cut_off>("cut_off", optional, rule::clock, "orders after this time of day go the next day"),
    field<&Location::ship_effect>("ship_effect", optional, rule::plain, "what shows that a shipment has left the stock"),
    field<&Location::stock_owner>("stock_owner", optional, rule::code, "the source whose stock events count; the first that reports"),
    field<&Location::identifiers>("identifiers", omitted, rule::plain.list(0, 1000), "its names elsewhere"),
    field<&Location::source>("source", optional, rule::plain, "the caller's own where absent"),
    field<&Location::ext>("ext", omitted, rule::free_form, "free-form data of the caller"),
};

constexpr Field supply_line_fields[] = {
    field<&SupplyLine::line>("line", optional, rule::line, "its place where absent"),
    field<&SupplyLine::sku>("sku", required, rule::code, "the item"),
    field<&SupplyLine::location>("location", required, rule::code, "where it will come in"),
    field<&SupplyLine::quantity>("quantity", required, rule::not_negative, "in the item's base unit"),
    field<&SupplyLine::open>("open", optional, rule::not_negative, "what is still to come; the quantity where absent"),
    field<&SupplyLine::date>("date", required, rule::plain, "from when on it can be shipped"),
    field<&SupplyLine::confirmed>("confirmed", optional, rule::plain, "whether promises may rest on it"),
};

constexpr Field supply_fields[] = {
    field<&Supply::number>("number", required, rule::number, "names the supply"),
    field<&Supply::kind>("kind", optional, rule::plain, "where it comes from"),
    field<&Supply::lines>("lines", optional, rule::plain.list(0, 10'000), "what will come in"),
    field<&Supply::source>("source", optional, rule::plain, "the caller's own where absent"),
    field<&Supply::ext>("ext", omitted, rule::free_form, "free-form data of the caller"),
};

constexpr Field method_fields[] = {
    field<&ShippingMethod::code>("code", required, rule::code, "names the method"),
    field<&ShippingMethod::carrier>("carrier", optional, rule::name, "who carries"),
    field<&ShippingMethod::name>("name", optional, rule::name, "for people"),
    field<&ShippingMethod::countries>("countries", optional, rule::country.list(0, 300), "where to; everywhere where empty"),
    field<&ShippingMethod::max_weight_kg>("max_weight_kg", optional, rule::above_zero, "of an order"),
    field<&ShippingMethod::source>("source", optional, rule::plain, "the caller's own where absent"),
    field<&ShippingMethod::ext>("ext", omitted, rule::free_form, "free-form data of the caller"),
};

void check_customer(const Rules& rules, void* document) {
  const auto& customer = *static_cast<const Customer*>(document);
  const Path list = rules.path.member("ship_to");
  for (std::size_t i = 0; i < customer.ship_to.size(); ++i) {
    if (customer.ship_to[i].code) continue;
    const Path element = list.at(i);
    rules.reader.mistake(element.member("code"), "missing", "is compulsory in this list");
  }
  unique_in_list(rules, customer.ship_to, "ship_to", "code",
                 [](const Address& address) { return address.code ? std::string_view(*address.code) : std::string_view{}; });
}

void complete_supply(const Rules& rules, void* document) {
  auto& supply = *static_cast<Supply*>(document);
  int place = 0;
  for (SupplyLine& line : supply.lines) {
    ++place;
    if (!line.line) line.line = place;
    if (!line.open) line.open = line.quantity;
  }
  unique_in_list(rules, supply.lines, "lines", "line", [](const SupplyLine& line) { return *line.line; });
}

}  // namespace

const Shape& shape_of(Of<Credit>) {
  static const Shape shape("Credit", "What a customer may owe, and owes.", credit_fields);
  return shape;
}

const Shape& shape_of(Of<Customer>) {
  static const Shape shape("Customer", "Who orders.", customer_fields, check_customer);
  return shape;
}

const Shape& shape_of(Of<Location>) {
  static const Shape shape("Location", "Where stock is kept.", location_fields);
  return shape;
}

const Shape& shape_of(Of<SupplyLine>) {
  static const Shape shape("SupplyLine", "A quantity that will come in.", supply_line_fields);
  return shape;
}

const Shape& shape_of(Of<Supply>) {
  static const Shape shape("Supply", "A scheduled receipt: purchase, transfer or production.", supply_fields, complete_supply);
  return shape;
}

const Shape& shape_of(Of<ShippingMethod>) {
  static const Shape shape("ShippingMethod", "A way to send goods.", method_fields);
  return shape;
}

}  // namespace crossdock
