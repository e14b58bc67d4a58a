#include "world.hpp"

#include <fstream>
#include <stdexcept>

#include "crossdock/model/codec.hpp"

namespace crossdock::validation {

namespace {

using nlohmann::json;

json read(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  return json::parse(file);
}

template <class T>
T document(const json& value) {
  auto decoded = decode_body<T>(value.dump());
  if (auto* mistakes = std::get_if<Mistakes>(&decoded)) {
    throw std::runtime_error(mistakes->front().pointer + " " + mistakes->front().code + " " + mistakes->front().detail + " in " +
                             value.dump());
  }
  return std::get<0>(std::move(decoded));
}

Decimal decimal(const json& value) {
  const auto parsed = Decimal::parse(value.get<std::string>());
  if (!parsed) throw std::runtime_error("no decimal: " + value.dump());
  return parsed.value;
}

Instant instant(const json& value) { return Instant::parse(value.get<std::string>()).value(); }

Date date(const json& value) { return Date::parse(value.get<std::string>()).value(); }

template <class E>
E word(const json& value) {
  return parse_word<E>(value.get<std::string>()).value();
}

Without without(const json& value) {
  const auto text = value.get<std::string>();
  if (text == "accept") return Without::accept;
  if (text == "hold") return Without::hold;
  if (text == "reject") return Without::reject;
  if (text == "indeterminate") return Without::indeterminate;
  if (text == "last_known") return Without::last_known;
  throw std::runtime_error("no policy: " + text);
}

void read_without(const json& rules, const char* name, WithoutAnswer& into) {
  if (!rules.contains(name)) return;
  const auto& said = rules[name];
  into.use = without(said.at("use"));
  if (said.contains("otherwise")) into.otherwise = without(said["otherwise"]);
  if (said.contains("max_age_s")) into.max_age = std::chrono::seconds(said["max_age_s"].get<int>());
}

void read_rules(const json& said, Rules& rules) {
  const auto severities = said.value("severities", json::object());
  for (const auto& [code, severity] : severities.items()) {
    const auto* known = rule_of(code);
    if (!known) throw std::runtime_error("no code: " + code);
    rules.set(known->id, word<Severity>(severity));
  }
  if (said.contains("price_tolerance")) rules.price_tolerance = decimal(said["price_tolerance"]);
  rules.restricted_countries = said.value("restricted_countries", std::vector<std::string>());
  for (const std::string name : said.value("skip", json::array())) {
    CheckRule* const all[] = {&rules.customer,        &rules.credit, &rules.customer_po, &rules.item,     &rules.price,  &rules.ship_to,
                              &rules.shipping_method, &rules.dates,  &rules.terms,       &rules.currency, &rules.totals, &rules.atp};
    const char* const names[] = {"customer",        "credit", "customer_po", "item",     "price",  "ship_to",
                                 "shipping_method", "dates",  "terms",       "currency", "totals", "atp"};
    for (std::size_t i = 0; i < std::size(names); ++i) {
      if (name == names[i]) all[i]->made = false;
    }
  }
  read_without(said, "credit_without", rules.credit.without);
  read_without(said, "shipping_method_without", rules.shipping_method.without);
  const auto when = said.value("when_stale", "serve");
  rules.availability.when_stale = when == "deny"           ? promise::WhenStale::deny
                                  : when == "conservative" ? promise::WhenStale::conservative
                                                           : promise::WhenStale::serve;
}

template <class Facts>
void read_answer(const json& said, Answer<Facts>& answer) {
  const auto status = said.at("status").get<std::string>();
  answer.status = status == "answered"    ? AnswerStatus::answered
                  : status == "timed_out" ? AnswerStatus::timed_out
                                          : AnswerStatus::unavailable;
  answer.source = said.at("source");
  if (said.contains("duration_ms")) answer.duration_ms = said["duration_ms"].get<std::int64_t>();
  if (said.contains("as_of")) answer.as_of = instant(said["as_of"]);
  if (said.contains("source_code")) answer.source_code = said["source_code"].get<std::string>();
}

void read_answers(const json& said, Answers& answers) {
  if (said.contains("credit")) {
    read_answer(said["credit"], answers.credit);
    if (said["credit"].contains("facts")) {
      const auto& facts = said["credit"]["facts"];
      CreditFacts made;
      if (facts.contains("limit")) made.limit = decimal(facts["limit"]);
      made.exposure = decimal(facts.value("exposure", json("0")));
      made.hold = facts.value("hold", false);
      made.past_due = decimal(facts.value("past_due", json("0")));
      answers.credit.facts = made;
    }
  }
  if (said.contains("shipping_method")) {
    read_answer(said["shipping_method"], answers.shipping_method);
    if (said["shipping_method"].contains("facts")) {
      const auto& facts = said["shipping_method"]["facts"];
      MethodFacts made;
      made.eligible = facts.value("eligible", true);
      made.reason = facts.value("reason", "");
      if (facts.contains("max_weight_kg")) made.max_weight_kg = decimal(facts["max_weight_kg"]);
      answers.shipping_method.facts = made;
    }
  }
  answers.pending_exposure = decimal(said.value("pending_exposure", json("0")));
  for (const auto& use : said.value("purchase_orders", json::array()))
    answers.purchase_orders.push_back({use.at("source"), use.at("order_number")});
}

void read_position(const json& said, promise::Projection& projection) {
  promise::PositionValue value;
  value.version = 1;
  value.owner = "wms";
  value.suspect = said.value("suspect", false);
  value.profile.on_hand = decimal(said.at("on_hand"));
  value.profile.unavailable = decimal(said.value("unavailable", json("0")));
  value.profile.safety_stock = decimal(said.value("safety_stock", json("0")));
  const auto supply = said.value("supply", json::object());
  const auto demand = said.value("demand", json::object());
  for (const auto& [day, quantity] : supply.items()) value.profile.supply.add(date(day), decimal(quantity));
  for (const auto& [day, quantity] : demand.items()) value.profile.demand.add(date(day), decimal(quantity));
  projection.apply({said.at("sku"), said.at("location")}, value);
}

template <class T>
json shown(const T& value) {
  return json::parse(to_json(value));
}

json line_shown(const CheckedLine& line) {
  json made{
      {"sku", line.sku},          {"base_uom", line.base_uom},    {"uom", line.uom},       {"base_quantity", line.base_quantity.text()},
      {"step", line.step.text()}, {"amount", line.amount.text()}, {"usable", line.usable}, {"weight_kg", line.weight_kg.text()}};
  if (line.unit_price) made["unit_price"] = line.unit_price->text();
  return made;
}

}  // namespace

World::World(const json& in) {
  now = instant(in.at("now"));
  order = document<OrderRequest>(in.at("order"));
  for (const auto& one : in.at("items")) catalog.put(document<Item>(one), 1);
  for (const auto& one : in.at("customers")) catalog.put(document<Customer>(one), 1);
  for (const auto& one : in.at("locations")) catalog.put(document<Location>(one), 1);
  for (const auto& one : in.at("prices")) catalog.put(document<Price>(one), 1);
  for (const auto& one : in.at("shipping_methods")) catalog.put(document<ShippingMethod>(one), 1);
  for (const auto& one : in.at("positions")) read_position(one, projection);
  for (const auto& [location, at] : in.at("watermarks").items()) projection.watermarks().set("wms", location, instant(at));
  projection.set_current(instant(in.value("projection_as_of", in.at("now"))));
  read_rules(in.value("rules", json::object()), rules);
  read_answers(in.value("answers", json::object()), answers);
  for (const auto& one : in.value("reserved", json::array())) {
    reserved.push_back({one.at("sku"), one.at("location"), date(one.at("date")), decimal(one.at("quantity"))});
  }
}

json case_over_base(const std::string& folder) {
  auto in = read(std::string(CROSSDOCK_ROOT) + "/tests/validation/base.json");
  in.merge_patch(read(folder + "/in.json"));
  return in;
}

json outcome(const World& world) {
  auto checked = check_order(world.order, world.catalog, world.rules, world.answers, world.now);
  const auto promises = promise_order(checked, world.catalog, world.projection, world.rules, world.now, world.reserved);
  judge_promises(checked, promises, world.rules, world.now);
  json made;
  made["decision"] = to_text(decide(checked.findings, checked.checks, world.order.accept_changes));
  made["findings"] = json::array();
  for (const auto& finding : checked.findings) made["findings"].push_back(shown(finding));
  for (const auto& check : checked.checks) made["checks"][check.name] = to_text(check.status);
  made["promises"] = json::array();
  for (const auto& promise : to_promises(checked, promises)) made["promises"].push_back(shown(promise));
  for (const auto& line : checked.lines) made["lines"].push_back(line_shown(line));
  made["order"] = shown(checked.order);
  made["total"] = checked.total.text();
  made["credit_counts"] = checked.credit_counts;
  for (const auto& check : checked.checks) made["check"][check.name] = shown(check);
  return made;
}

}  // namespace crossdock::validation
