#include "edge.hpp"

#include "crossdock/base/id.hpp"

namespace crossdock::api {

const std::vector<std::string>& all_scopes() {
  static const std::vector<std::string> scopes{"orders.read",        "orders.write",   "availability.read", "reservations.read",
                                               "reservations.write", "shipments.read", "shipments.write",   "inventory.read",
                                               "inventory.write",    "master.read",    "master.write",      "admin"};
  return scopes;
}

std::string key_of_client(const std::string& name) { return "key-of-" + name; }

ClientSettings client(const std::string& name, std::vector<std::string> scopes) {
  ClientSettings settings;
  settings.name = name;
  settings.key_hash = hex(sha256(key_of_client(name)));
  settings.scopes = std::move(scopes);
  settings.sources = {"webshop"};
  return settings;
}

Unstarted::Unstarted(Settings settings) : loops_(1), hub_({}, loops_), api_(hub_, std::move(settings)) {}

Edge::Edge(Settings settings)
    : unstarted_(std::move(settings)),
      server_(unstarted_.loops(), http::Settings{}, unstarted_.api().api_router(), unstarted_.api().api_hooks()) {
  if (!server_.start()) throw std::runtime_error("cannot listen");
  unstarted_.loops().start();
}

Edge::~Edge() {
  server_.stop(Deadline::in(std::chrono::seconds(2)));
  unstarted_.loops().stop();
  unstarted_.loops().join();
}

std::optional<http::RawAnswer> Edge::call(const std::string& head, const std::string& body) {
  http::RawClient client(server_.port());
  std::string bytes = head + "\r\nHost: edge\r\nConnection: close\r\n";
  if (!body.empty()) bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  client.send(bytes + "\r\n" + body);
  return client.answer();
}

}  // namespace crossdock::api
