// The REST face of the hub, and its admin listener. Routes are built once; handlers run on the connections' loops.
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crossdock/base/bucket.hpp"
#include "http/router.hpp"
#include "http/server.hpp"
#include "hub/hub.hpp"

namespace crossdock::api {

/// Who may call: credential -> name, scopes, whom it may speak for.
struct ClientSettings {
  std::string name;
  std::string key_hash;             ///< SHA-256 of its API key, lower-case hex
  std::vector<std::string> scopes;  ///< "orders.write", ...
  bool any_source = false;
  std::vector<std::string> sources;
  bool any_location = true;
  std::vector<std::string> locations;
  std::optional<Rate> rate;  ///< none: unlimited
};

struct Settings {
  bool authenticate = true;  ///< false: everyone is the client `anonymous` with every scope and source
  std::vector<ClientSettings> clients;
  int in_flight = 1'024;
  std::chrono::milliseconds patience{10'000};           ///< of a call that names no X-Request-Timeout-Ms
  std::string configuration;                            ///< redacted, for /admin/v1/config
  std::string systems = R"({"items":[],"next":null})";  ///< JSON, for /admin/v1/systems
  std::string version;
};

/// Outlives its servers.
class Api {
 public:
  Api(hub::Hub& hub, Settings settings);
  ~Api();
  http::Router api_router();
  http::Router admin_router();
  http::Hooks api_hooks();
  http::Hooks admin_hooks();
  /// From now on /readyz says that no new calls should come.
  void drain();

  struct State;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace crossdock::api
