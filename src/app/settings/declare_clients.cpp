// Who may call, and what for.
#include "app/settings/declare.hpp"

namespace crossdock::app {
namespace {

config::Typed<Scope> scope() {
  static const auto type = config::one_of<Scope>({
      {"orders.read", Scope::orders_read, "see orders and their timelines"},
      {"orders.write", Scope::orders_write, "validate, capture and change orders"},
      {"availability.read", Scope::availability_read, "ask what can be promised"},
      {"reservations.read", Scope::reservations_read, "see reservations"},
      {"reservations.write", Scope::reservations_write, "reserve, extend and release"},
      {"shipments.read", Scope::shipments_read, "see shipments"},
      {"shipments.write", Scope::shipments_write, "confirm shipments"},
      {"inventory.read", Scope::inventory_read, "see stock"},
      {"inventory.write", Scope::inventory_write, "report stock"},
      {"master.read", Scope::master_read, "see items, customers, locations, supplies, prices and methods"},
      {"master.write", Scope::master_write, "put and import them"},
      {"admin", Scope::admin, "operate the hub"},
  });
  return type;
}

}  // namespace

config::Typed<Client> type_of(const Client*) {
  static const auto settings =
      config::Settings<Client>("client", "One that calls, known by its key. The hub keeps the key's hash only.")
          .required("api_key_hash", &Client::api_key_hash, "SHA-256 of the key in hex: printf %s KEY | sha256sum.",
                    config::readable_secret("[0-9a-f]{64}", "a SHA-256 in 64 lower-case hex digits"))
          .example("!secret file:/etc/crossdock/webshop.key.sha256")
          .required("scopes", &Client::scopes, "What it may do.", config::list_of(scope(), 1))
          .example("[orders.read, orders.write]")
          .optional("sources", &Client::sources,
                    "The sources that it speaks for, and whose orders and shipments it sees; or any. None: it sees none.")
          .example("[webshop]")
          .optional("locations", &Client::locations, "The locations that it may see and report on, or any.")
          .example("[DC-EAST]")
          .optional("rate", &Client::rate, "How often it may call; limits.rate when absent.", rate())
          .example("200/s");
  return settings.type();
}

}  // namespace crossdock::app
