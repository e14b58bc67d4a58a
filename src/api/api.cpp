#include "api/api.hpp"

#include "api/metrics.hpp"
#include "api/state.hpp"
#include "crossdock/base/id.hpp"

namespace crossdock::api {

namespace {

std::string_view credential(const http::Request& request) {
  std::string_view bearer = request.headers.authorization;
  constexpr std::string_view scheme = "Bearer ";
  if (bearer.size() > scheme.size() && (bearer.starts_with(scheme) || bearer.starts_with("bearer "))) return bearer.substr(scheme.size());
  return request.headers.api_key;
}

/// Looks the key's digest up; every stored digest is compared in constant time, so that the time tells nothing.
std::shared_ptr<Caller> find_caller(const Api::State& state, std::string_view key) {
  std::string digest = hex(sha256(key));
  std::shared_ptr<Caller> found;
  for (const auto& [hash, caller] : state.by_hash)
    if (equal_in_constant_time(hash, digest)) found = caller;
  return found;
}

std::optional<http::Response> limited(http::Request& request, Caller& caller) {
  if (!caller.bucket) return {};
  auto taken = caller.bucket->take(Clock::now());
  if (taken.granted) return {};
  auto wait = std::chrono::ceil<std::chrono::seconds>(taken.wait);
  http::Response response = http::Problem("rate_limited", "This client calls more often than it may.").retry_after(wait).response(request);
  response.with("RateLimit", "\"default\";r=0;t=" + std::to_string(wait.count()));
  response.with("RateLimit-Policy", "\"default\";q=" + std::to_string(caller.bucket->count()));
  return response;
}

std::optional<http::Response> authenticate(const Api::State& state, http::Request& request) {
  if (!state.settings.authenticate) {
    request.caller = state.anonymous;
    return {};
  }
  // What no route answers is 404 for everyone.
  if (!request.route || request.route->scope == open_to_all) {
    request.caller = state.anonymous;
    return {};
  }
  auto key = credential(request);
  auto caller = key.empty() ? nullptr : find_caller(state, key);
  if (!caller) {
    auto response = http::Problem("unauthenticated",
                                  key.empty() ? "Send your API key as a bearer token or as X-Api-Key." : "This API key is not known.")
                        .response(request);
    response.with("WWW-Authenticate", "Bearer");
    return response;
  }
  request.caller = caller;
  // Deny by default: a route that was given no scope is nobody's.
  if (request.route->scope.empty()) return http::Problem("forbidden", "Nobody may do this: the call has no scope.").response(request);
  if (!caller->may(request.route->scope))
    return http::Problem("forbidden", "This needs the scope " + request.route->scope + ".").response(request);
  return limited(request, *caller);
}

}  // namespace

Api::Api(hub::Hub& hub, Settings settings) : state_(std::make_shared<State>(hub, std::move(settings))) {}
Api::~Api() = default;

http::Router Api::api_router() {
  http::Router router;
  add_availability(router, state_);
  add_orders(router, state_);
  add_order_changes(router, state_);
  add_reservations(router, state_);
  add_shipments(router, state_);
  add_inventory(router, state_);
  add_master(router, state_);
  add_pages(router, state_);
  return router;
}

http::Router Api::admin_router() {
  http::Router router;
  add_admin(router, state_);
  return router;
}

http::Hooks Api::api_hooks() {
  http::Hooks hooks;
  hooks.authenticate = [state = state_](http::Request& request) {
    auto refused = authenticate(*state, request);
    return refused ? std::move(refused) : too_much(*state, request);
  };
  hooks.observe = observer("api");
  hooks.trouble = tell_trouble;
  return hooks;
}

http::Hooks Api::admin_hooks() {
  http::Hooks hooks;
  hooks.authenticate = [state = state_](http::Request& request) -> std::optional<http::Response> {
    request.caller = state->anonymous;
    return {};
  };
  hooks.observe = observer("admin");
  hooks.trouble = tell_trouble;
  return hooks;
}

void Api::drain() { state_->draining = true; }

}  // namespace crossdock::api
