// Routes, scopes and the contract, held against each other: a route that one of them does not know fails here.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>

#include "edge.hpp"

namespace crossdock::api {
namespace {

using nlohmann::json;

/// "GET /v1/orders/{}" -> scope; "open" where no credential is needed, empty where none is named.
using Scopes = std::map<std::string, std::string>;

std::string call_of(std::string method, const std::string& pattern) {
  for (char& c : method) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return method + " " + std::regex_replace(pattern, std::regex("\\{[^}]*\\}"), "{}");
}

Scopes of_router(const http::Router& router) {
  Scopes scopes;
  for (const auto& route : router.routes()) scopes[call_of(std::string(http::method_name(route.method)), route.pattern)] = route.scope;
  return scopes;
}

Scopes of_contract(const json& document) {
  Scopes scopes;
  for (const auto& [path, item] : document["paths"].items())
    for (const auto& [verb, operation] : item.items()) {
      if (!operation.is_object() || !operation.contains("responses")) continue;
      bool open = operation.contains("security") && operation["security"].empty();
      scopes[call_of(verb, path)] = open ? "open" : operation.value("x-scope", "");
    }
  return scopes;
}

json contract() {
  std::ifstream file(std::string(CROSSDOCK_ROOT) + "/schemas/generated/openapi.json");
  return json::parse(file);
}

/// Every difference, in words; empty when the two say the same.
std::vector<std::string> differences(const Scopes& routes, const Scopes& contract) {
  std::vector<std::string> out;
  std::set<std::string> words(all_scopes().begin(), all_scopes().end());
  words.insert("open");
  for (const auto& [call, scope] : routes) {
    if (words.count(scope) == 0) out.push_back(call + ": the route has no scope that a client can hold: '" + scope + "'");
    auto told = contract.find(call);
    if (told == contract.end())
      out.push_back(call + ": not in the contract");
    else if (told->second != scope)
      out.push_back(call + ": scope '" + scope + "', and '" + told->second + "' in the contract");
  }
  for (const auto& [call, scope] : contract)
    if (routes.count(call) == 0) out.push_back(call + ": no route");
  return out;
}

class Routes : public testing::Test {
 protected:
  static Settings guarded() {
    Settings settings;
    for (const auto& scope : all_scopes()) settings.clients.push_back(client(scope, {scope}));
    settings.clients.push_back(client("nobody", {}));
    return settings;
  }
  Unstarted unstarted_{guarded()};
  http::Router router_ = unstarted_.api().api_router();
  http::Hooks hooks_ = unstarted_.api().api_hooks();

  /// What the hook says to a call of this route with this key: 200 when it lets it pass.
  int status(const http::Route& route, const std::string& key, std::string* code = nullptr) {
    http::Request request;
    std::string bearer = "Bearer " + key;
    request.route = &route;
    if (!key.empty()) request.headers.authorization = bearer;
    auto refusal = hooks_.authenticate(request);
    if (code) *code = refusal ? std::string(refusal->code) : "";
    if (!refusal) {
      EXPECT_TRUE(request.caller) << "a call that passes has a caller";
    }
    return refusal ? refusal->status : 200;
  }
};

TEST_F(Routes, are_those_of_the_contract_with_its_scopes) {
  auto found = differences(of_router(router_), of_contract(contract()));
  for (const auto& difference : found) ADD_FAILURE() << difference;
  EXPECT_GT(router_.routes().size(), 40u);
}

// Negative controls: a route that nobody described, a path that nobody serves, a scope that was forgotten or misspelt.
TEST_F(Routes, negative_control_each_kind_of_difference_is_seen) {
  auto routes = of_router(router_);
  auto told = of_contract(contract());
  auto broken = routes;
  broken["POST /v1/secret"] = "orders.write";
  EXPECT_EQ(differences(broken, told), std::vector<std::string>{"POST /v1/secret: not in the contract"});
  broken = routes;
  broken.erase("POST /v1/orders");
  EXPECT_EQ(differences(broken, told), std::vector<std::string>{"POST /v1/orders: no route"});
  broken = routes;
  broken["POST /v1/orders"] = "";
  EXPECT_EQ(differences(broken, told).size(), 2u);
  broken["POST /v1/orders"] = "orders.wirte";
  EXPECT_EQ(differences(broken, told).size(), 2u);
  broken["POST /v1/orders"] = "orders.read";
  EXPECT_EQ(differences(broken, told).size(), 1u);
}

// Routes x roles (API5): each client holds exactly one scope.
TEST_F(Routes, let_only_their_scope_pass) {
  int passed = 0, refused = 0;
  for (const auto& route : router_.routes()) {
    SCOPED_TRACE(std::string(http::method_name(route.method)) + " " + route.pattern);
    bool open = route.scope == "open";
    std::string code;
    EXPECT_EQ(status(route, "", &code), open ? 200 : 401);
    EXPECT_EQ(code, open ? "" : "unauthenticated");
    EXPECT_EQ(status(route, "no-key-of-ours"), open ? 200 : 401);
    EXPECT_EQ(status(route, key_of_client("nobody")), open ? 200 : 403);
    for (const auto& scope : all_scopes()) {
      int got = status(route, key_of_client(scope), &code);
      EXPECT_EQ(got, open || scope == route.scope ? 200 : 403) << scope;
      ++(got == 200 ? passed : refused);
      if (got != 200) {
        EXPECT_EQ(code, "forbidden");
      }
    }
  }
  EXPECT_GT(passed, 30);
  EXPECT_GT(refused, 300);
}

// Deny by default: a route whose scope was forgotten is refused to everybody, whatever he holds.
TEST_F(Routes, without_a_scope_are_nobodys) {
  http::Router router;
  router.add_fast(http::Method::get, "/v1/forgotten", [](http::Request&) { return http::Response(200, "{}"); });
  const auto& forgotten = router.routes().front();
  EXPECT_EQ(status(forgotten, ""), 401);
  for (const auto& scope : all_scopes()) EXPECT_EQ(status(forgotten, key_of_client(scope)), 403) << scope;
}

TEST_F(Routes, of_a_path_that_is_not_there_ask_for_no_credential) {
  http::Request request;
  EXPECT_FALSE(hooks_.authenticate(request));
  EXPECT_TRUE(request.caller);
}

TEST_F(Routes, take_the_key_of_either_header_and_no_other_scheme) {
  const auto& route = router_.routes().front();
  std::string key = key_of_client(route.scope);
  http::Request request;
  request.route = &route;
  request.headers.api_key = key;
  EXPECT_FALSE(hooks_.authenticate(request));
  for (const std::string& value : std::vector<std::string>{"Basic " + key, key, "Bearer", "Bearer ", "Bearer  " + key, "Token " + key}) {
    http::Request other;
    other.route = &route;
    other.headers.authorization = value;
    auto refusal = hooks_.authenticate(other);
    ASSERT_TRUE(refusal) << value;
    EXPECT_EQ(refusal->status, 401) << value;
  }
}

TEST_F(Routes, of_the_admin_listener_need_no_key_and_are_none_of_the_api) {
  auto admin = unstarted_.api().admin_router();
  auto api = of_router(router_);
  for (const auto& [call, scope] : of_router(admin)) EXPECT_EQ(api.count(call), 0u) << call;
  http::Request request;
  request.route = &admin.routes().front();
  EXPECT_FALSE(unstarted_.api().admin_hooks().authenticate(request));
}

}  // namespace
}  // namespace crossdock::api
