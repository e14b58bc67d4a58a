#include "app/wiring.hpp"

#include <unistd.h>

#include <cstdlib>

#include "app/settings/load.hpp"
#include "crossdock/base/id.hpp"
#include "crossdock/base/json.hpp"
#include "observe/log.hpp"

namespace crossdock::app {

namespace {

std::string instance_of(const Settings& settings) {
  if (!settings.instance.empty()) return settings.instance + "-" + new_id().substr(24);
  char host[256] = "hub";
  if (gethostname(host, sizeof host - 1) != 0) return "hub-" + new_id().substr(24);
  // Two instances of one host, or one host's instance before and after a crash, are different owners of leases.
  return std::string(host) + "-" + new_id().substr(24);
}

std::chrono::hours hours(milliseconds length) { return std::chrono::ceil<std::chrono::hours>(length); }

validation::Without without(Unanswered use) {
  switch (use) {
    case Unanswered::accept:
      return validation::Without::accept;
    case Unanswered::hold:
      return validation::Without::hold;
    case Unanswered::reject:
      return validation::Without::reject;
    case Unanswered::last_known:
      return validation::Without::last_known;
    case Unanswered::indeterminate:
      break;
  }
  return validation::Without::indeterminate;
}

crossdock::Severity severity(Severity chosen) {
  switch (chosen) {
    case Severity::info:
      return crossdock::Severity::info;
    case Severity::hold:
      return crossdock::Severity::hold;
    case Severity::reject:
      return crossdock::Severity::reject;
    case Severity::indeterminate:
      break;
  }
  return crossdock::Severity::indeterminate;
}

void fill(validation::Rules& rules, validation::CheckRule& rule, const Check& check, const char* name) {
  rule.made = check.enabled;
  rule.from = check.from.text();
  if (!check.severity) return;
  for (const auto& row : validation::finding_rules())
    if (row.check == name) rules.set(row.id, severity(*check.severity));
}

void fill(validation::Rules& rules, validation::CheckRule& rule, const AskedCheck& check, const char* name) {
  fill(rules, rule, static_cast<const Check&>(check), name);
  rule.refuse = check.when_indeterminate == WhenIndeterminate::refuse;
  rule.without = {without(check.without.use), check.without.max_age, without(check.without.otherwise)};
}

promise::WhenStale when_stale(WhenStale chosen) {
  if (chosen == WhenStale::conservative) return promise::WhenStale::conservative;
  return chosen == WhenStale::deny ? promise::WhenStale::deny : promise::WhenStale::serve;
}

promise::AvailabilityRules availability_rules(const Availability& chosen) {
  promise::AvailabilityRules rules;
  rules.sourcing.order.clear();
  for (auto preference : chosen.sourcing)
    rules.sourcing.order.push_back(preference == Sourcing::priority ? promise::Preference::priority : promise::Preference::fewest_splits);
  rules.sourcing.atp.past_due_supply_counts = chosen.past_due_supply == Supply::count;
  rules.stale_after = chosen.stale_after;
  rules.when_stale = when_stale(chosen.when_stale);
  return rules;
}

validation::Rules check_rules(const Settings& settings) {
  const auto& chosen = settings.capture.checks;
  validation::Rules rules;
  fill(rules, rules.customer, chosen.customer, "customer");
  fill(rules, rules.customer_po, chosen.customer_po, "customer_po");
  fill(rules, rules.item, chosen.item, "item");
  fill(rules, rules.dates, chosen.dates, "dates");
  fill(rules, rules.terms, chosen.terms, "terms");
  fill(rules, rules.currency, chosen.currency, "currency");
  fill(rules, rules.totals, chosen.totals, "totals");
  fill(rules, rules.credit, chosen.credit, "credit");
  fill(rules, rules.shipping_method, chosen.shipping_method, "shipping_method");
  fill(rules, rules.price, chosen.price, "price");
  fill(rules, rules.ship_to, chosen.ship_to, "ship_to");
  fill(rules, rules.atp, chosen.atp, "atp");
  rules.atp.refuse = chosen.atp.when_indeterminate == WhenIndeterminate::refuse;
  rules.price_tolerance = chosen.price.tolerance;
  rules.restricted_countries = chosen.ship_to.restricted_countries;
  rules.availability = availability_rules(settings.availability);
  rules.availability.stale_after = chosen.atp.stale_after;
  rules.availability.when_stale = when_stale(chosen.atp.when_stale);
  return rules;
}

hub::FeedSettings feed_settings(const std::string& system, const System& owner, const std::string& name, const Feed& feed) {
  hub::FeedSettings out;
  out.system = system;
  out.name = name;
  out.topic = feed.kafka.topic;
  out.from_earliest = feed.kafka.start == Start::earliest;
  auto accepts = [&](Accepts what) { return std::find(feed.accepts.begin(), feed.accepts.end(), what) != feed.accepts.end(); };
  out.takes_inventory = accepts(Accepts::inventory);
  out.takes_shipments = accepts(Accepts::shipments);
  out.numbering = feed.sequence == Sequence::dense     ? ledger::Numbering::dense
                  : feed.sequence == Sequence::growing ? ledger::Numbering::growing
                                                       : ledger::Numbering::none;
  out.any_source = feed.source == SourceCheck::any;
  out.any_location = owner.locations.any;
  out.locations = owner.locations.names;
  out.parent_wait = feed.parent_wait;
  out.clock_skew = feed.clock_skew;
  return out;
}

std::string_view word_of(Scope scope) {
  switch (scope) {
    case Scope::orders_read:
      return "orders.read";
    case Scope::orders_write:
      return "orders.write";
    case Scope::availability_read:
      return "availability.read";
    case Scope::reservations_read:
      return "reservations.read";
    case Scope::reservations_write:
      return "reservations.write";
    case Scope::shipments_read:
      return "shipments.read";
    case Scope::shipments_write:
      return "shipments.write";
    case Scope::inventory_read:
      return "inventory.read";
    case Scope::inventory_write:
      return "inventory.write";
    case Scope::master_read:
      return "master.read";
    case Scope::master_write:
      return "master.write";
    case Scope::admin:
      break;
  }
  return "admin";
}

std::optional<hub::AnswerSettings> answer_settings(const Settings& settings, const AskedCheck& check) {
  if (!check.enabled || check.from.kind != Origin::Kind::system) return {};
  const auto& system = settings.systems.at(check.from.system);
  const auto& answer = system.answers.at(check.from.answer);
  hub::AnswerSettings out;
  out.base_url = system.options.base_url.value_or("");
  out.path = answer.ask.get;
  for (const auto& [name, value] : answer.ask.query) out.query.emplace_back(name, value);
  out.token = system.options.token.reveal();
  out.timeout = std::min(answer.timeout, check.timeout);
  out.system = check.from.system;
  out.in_flight = system.limits.in_flight;
  out.rate = system.limits.rate;
  out.open_after = system.circuit.open_after;
  out.window = system.circuit.window;
  out.probe_after = system.circuit.probe_after;
  return out;
}

}  // namespace

void hide_secrets(const Settings& settings) {
  const std::string& url = settings.postgres.url.reveal();
  log::hide(url);
  for (auto& password : postgres::passwords(url)) log::hide(std::move(password));
  if (const char* password = std::getenv("PGPASSWORD")) log::hide(password);  // libpq takes it
  log::hide(settings.audit.key.reveal());
  for (const auto& [name, client] : settings.clients) log::hide(client.api_key_hash.reveal());
  for (const auto& [name, system] : settings.systems) log::hide(system.options.token.reveal());
}

postgres::Settings database_settings(const Settings& settings) {
  postgres::Settings out;
  out.connection = settings.postgres.url.reveal();
  return out;
}

hub::Settings hub_settings(const Settings& settings) {
  hub::Settings out;
  out.instance = instance_of(settings);
  out.database = database_settings(settings);
  out.kafka.brokers = settings.kafka.brokers;
  out.group = settings.kafka.group;
  out.create_topics = settings.kafka.topics.create;
  out.topic_partitions = settings.kafka.topics.partitions;
  out.topic_replication = settings.kafka.topics.replication;
  out.checks = check_rules(settings);
  out.rules.sourcing = out.checks.availability.sourcing;
  out.rules.release_automatically = settings.capture.release == Release::automatic;
  out.rules.release_ahead_days = static_cast<int>(std::chrono::duration_cast<std::chrono::days>(settings.capture.release_ahead).count());
  out.rules.topic_prefix = settings.publish.topic_prefix;
  for (const auto& [name, system] : settings.systems)
    for (const auto& [feed_name, feed] : system.feeds) out.feeds.push_back(feed_settings(name, system, feed_name, feed));
  out.credit = answer_settings(settings, settings.capture.checks.credit);
  out.shipping_method = answer_settings(settings, settings.capture.checks.shipping_method);
  out.retention.changes = hours(settings.retention.position_changes);
  out.audit = {settings.audit.heads, settings.audit.key.reveal(), settings.audit.every};
  out.retention.keys = hours(settings.retention.idempotency_keys);
  return out;
}

namespace {

std::string_view word_of(SystemKind kind) {
  switch (kind) {
    case SystemKind::erp:
      return "erp";
    case SystemKind::wms:
      return "wms";
    case SystemKind::oms:
      return "oms";
    case SystemKind::carrier:
      return "carrier";
    case SystemKind::channel:
      break;
  }
  return "channel";
}

/// The systems and what they are asked and read for: for /admin/v1/systems.
std::string systems_json(const Settings& settings) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("items").begin_array();
  for (const auto& [name, system] : settings.systems) {
    writer.begin_object().key("name").string(name).key("title").string(system.title).key("kind").string(word_of(system.kind));
    writer.key("feeds").begin_array();
    for (const auto& [feed_name, feed] : system.feeds)
      writer.begin_object().key("name").string(feed_name).key("topic").string(feed.kafka.topic).end_object();
    writer.end_array().key("answers").begin_array();
    for (const auto& [answer_name, answer] : system.answers) writer.string(answer_name);
    writer.end_array().end_object();
  }
  writer.end_array().key("next").null().end_object();
  return out;
}

}  // namespace

api::Settings api_settings(const Settings& settings) {
  api::Settings out;
  out.authenticate = settings.authentication == Authentication::api_key;
  for (const auto& [name, client] : settings.clients) {
    api::ClientSettings one;
    one.name = name;
    one.key_hash = client.api_key_hash.reveal();
    for (auto scope : client.scopes) one.scopes.emplace_back(word_of(scope));
    one.any_source = client.sources.any;
    one.sources = client.sources.names;
    one.any_location = client.locations.any;
    one.locations = client.locations.names;
    one.rate = client.rate ? client.rate : settings.limits.rate;
    out.clients.push_back(std::move(one));
  }
  out.in_flight = settings.limits.in_flight;
  out.configuration = shown(settings);
  out.systems = systems_json(settings);
  out.version = CROSSDOCK_VERSION;
  return out;
}

http::Settings server_settings(const Settings& settings, const std::string& listen) {
  http::Settings out;
  auto colon = listen.rfind(':');
  out.address = listen.substr(0, colon);
  if (out.address.size() > 2 && out.address.front() == '[') out.address = out.address.substr(1, out.address.size() - 2);
  out.port = static_cast<unsigned short>(std::stoi(listen.substr(colon + 1)));
  out.limits.head = settings.limits.head_timeout;
  out.limits.request = settings.limits.request_timeout;
  out.limits.idle = settings.limits.idle_timeout;
  out.limits.connections = static_cast<std::size_t>(settings.limits.connections);
  out.limits.connections_per_address = static_cast<std::size_t>(settings.limits.connections_per_address);
  return out;
}

}  // namespace crossdock::app
