// The catalogue as the hub's calls want it. Written by hand and not by the hub's own codecs, so that both are held against the contract.
#include "crossdock/base/json.hpp"
#include "sim/catalogue.hpp"

namespace crossdock::sim {

namespace {

using json::Writer;

void source(Writer& out, std::string_view record) {
  out.key("source").begin_object().key("system").string("erp").key("record_id").string(record).key("revision").string("1").end_object();
}

void item(Writer& out, const Item& item) {
  out.begin_object().key("sku").string(item.sku).key("description").string(item.description).key("status").string(item.status);
  out.key("base_uom").string("EA");
  source(out, item.sku);
  out.end_object();
}

void customer(Writer& out, const Customer& customer) {
  const auto name = customer.number == "CASH" ? std::string("Counter sales") : "Customer " + customer.number;
  out.begin_object().key("number").string("C-" + customer.number).key("name").string(name).key("status").string(customer.status);
  out.key("currency").string("GBP").key("terms").string("N30");
  out.key("ship_to").begin_array().begin_object().key("code").string("MAIN").key("name").string(name);
  out.key("country").string(customer.country).end_object().end_array();
  source(out, customer.number);
  out.end_object();
}

void location(Writer& out, std::string_view code, std::string_view name, std::string_view owner, int priority) {
  out.begin_object().key("code").string(code).key("name").string(name).key("time_zone").string("UTC").key("priority").integer(priority);
  out.key("ship_effect").string("movement").key("stock_owner").string(owner).end_object();
}

void price(Writer& out, const Price& price) {
  out.begin_object().key("id").string(price.id).key("sku").string(price.sku);
  if (!price.customer.empty()) out.key("customer").string("C-" + price.customer);
  out.key("currency").string("GBP").key("amount").decimal(price.amount).key("uom").string("EA").end_object();
}

void supply(Writer& out, const Supply& supply, Date today) {
  out.begin_object().key("number").string(supply.number).key("kind").string("purchase").key("lines").begin_array().begin_object();
  out.key("line").integer(1).key("sku").string(supply.sku).key("location").string(supply.location);
  out.key("quantity").decimal(Decimal::of(supply.quantity)).key("date").date(today + supply.in_days).key("confirmed").boolean(true);
  out.end_object().end_array().end_object();
}

void method(Writer& out, const Method& method) {
  out.begin_object().key("code").string(method.code).key("carrier").string(method.carrier).key("name").string(method.name);
  out.key("countries").begin_array();
  for (const auto& country : method.countries) out.string(country);
  out.end_array().end_object();
}

/// One line of NDJSON.
template <class Write>
void line(std::string& text, Write write) {
  Writer out(text);
  write(out);
  text += '\n';
}

}  // namespace

std::map<std::string, std::string> import_bodies(const Catalogue& catalogue, Date today) {
  std::map<std::string, std::string> texts;
  for (const auto& [sku, one] : catalogue.items) line(texts["items"], [&](Writer& out) { item(out, one); });
  for (const auto& [number, one] : catalogue.customers) line(texts["customers"], [&](Writer& out) { customer(out, one); });
  line(texts["locations"], [&](Writer& out) { location(out, east, "East", "wms_east", 1); });
  line(texts["locations"], [&](Writer& out) { location(out, west, "West", "wms_west", 2); });
  for (const auto& one : catalogue.prices) line(texts["prices"], [&](Writer& out) { price(out, one); });
  for (const auto& one : catalogue.supplies) line(texts["supplies"], [&](Writer& out) { supply(out, one, today); });
  for (const auto& one : catalogue.methods) line(texts["shipping-methods"], [&](Writer& out) { method(out, one); });
  return texts;
}

std::string order_body(const Catalogue& catalogue, const RetailOrder& order) {
  const auto& customer = catalogue.customers.at(order.customer);
  std::string text;
  Writer out(text);
  out.begin_object().key("source").string("webshop").key("order_number").string(order_number(order));
  out.key("customer").string("C-" + order.customer).key("customer_po").string("PO-" + order.number).key("currency").string("GBP");
  out.key("on_shortage").string(customer.on_shortage).key("terms").string("N30");
  out.key("ship_to").begin_object().key("code").string("MAIN").key("country").string(order.country).end_object();
  out.key("shipping_method").string(order.country == "GB" ? "GROUND" : "AIR");
  Decimal goods;
  for (const auto& line : order.lines) goods += Decimal::of(line.quantity) * catalogue.price(line.sku, order.customer);
  out.key("totals").begin_object().key("goods").decimal(goods).end_object();
  out.key("lines").begin_array();
  int number = 0;
  for (const auto& line : order.lines) {
    out.begin_object().key("line").integer(++number).key("sku").string(line.sku).key("quantity").decimal(Decimal::of(line.quantity));
    out.key("uom").string("EA");
    // A price that is not the list's was one person's favour: it is left out, and the list fills it in.
    if (line.price == catalogue.price(line.sku, order.customer)) out.key("unit_price").decimal(line.price);
    out.end_object();
  }
  out.end_array().end_object();
  return text;
}

}  // namespace crossdock::sim
