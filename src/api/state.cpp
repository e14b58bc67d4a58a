#include "api/state.hpp"

#include <algorithm>

#include "api/inputs.hpp"
#include "crossdock/model/trace.hpp"

namespace crossdock::api {

bool Caller::may(std::string_view scope) const {
  return std::find(settings.scopes.begin(), settings.scopes.end(), scope) != settings.scopes.end();
}

bool Caller::speaks_for(std::string_view source) const {
  return settings.any_source || std::find(settings.sources.begin(), settings.sources.end(), source) != settings.sources.end();
}

bool Caller::reports_for(std::string_view location) const {
  return settings.any_location || std::find(settings.locations.begin(), settings.locations.end(), location) != settings.locations.end();
}

Api::State::State(hub::Hub& served, Settings chosen) : hub(served), settings(std::move(chosen)) {
  for (const auto& client : settings.clients) {
    auto caller = std::make_shared<Caller>();
    caller->settings = client;
    if (client.rate) caller->bucket = std::make_unique<Bucket>(*client.rate);
    by_hash[client.key_hash] = std::move(caller);
  }
  anonymous = std::make_shared<Caller>();
  anonymous->settings.name = "anonymous";
  anonymous->settings.any_source = true;
  for (Rank rank : {Rank::bulk, Rank::promises, Rank::orders})
    shed[static_cast<std::size_t>(rank)] =
        metrics::counter("crossdock_shed_total", "Calls refused as overloaded, by rank: bulk goes first, orders last.",
                         {{"rank", std::string(word_of(rank))}});
  calls = metrics::gauge("crossdock_calls_in_flight", "Calls that are worked on.");
}

Load Api::State::load() const {
  auto fill = [this](hub::Line line) {
    auto waiting = hub.waiting(line);
    return Fill{waiting.used, waiting.limit};
  };
  Load now;
  now.calls = {static_cast<std::size_t>(std::max(0, in_flight.load())), static_cast<std::size_t>(std::max(0, settings.in_flight))};
  now.orders = fill(hub::Line::orders);
  if (auto other = fill(hub::Line::reservations); other.used > now.orders.used) now.orders = other;
  now.documents = fill(hub::Line::documents);
  return now;
}

namespace {
http::Response shed_one(Api::State& state, const http::Request& request, Rank rank) {
  state.shed.at(static_cast<std::size_t>(rank)).add();
  return http::Problem("overloaded", "The hub has too much to do; nothing was done. Repeat it after Retry-After.")
      .retry_after(std::chrono::seconds(patience_of(rank)))
      .response(request);
}
}  // namespace

std::optional<http::Response> too_much(Api::State& state, const http::Request& request) {
  if (!request.route) return {};
  auto rank = static_cast<Rank>(request.route->rank);
  if (!sheds(rank, state.load())) return {};
  return shed_one(state, request, rank);
}

const Caller& caller_of(const http::Request& request) { return *static_cast<const Caller*>(request.caller.get()); }

ledger::Origin origin_of(const http::Request& request) {
  return {caller_of(request).settings.name, request.correlation_id, request.correlation_id, traceparent_after(request.headers.traceparent)};
}

std::string reservations_of(const http::Request& request) {
  const auto& caller = caller_of(request).settings;
  return caller.any_source ? std::string() : caller.name;
}

Deadline deadline_of(const Api::State& state, const http::Request& request) { return request.deadline(state.settings.patience); }

http::Response refused(const http::Request& request, const ledger::Refusal& refusal, int status) {
  http::Problem problem(status, refusal.code, refusal.detail);
  for (const auto& mistake : refusal.errors) {
    std::string members;
    for (const auto& [name, value] : mistake.members) {
      if (!members.empty()) members += ',';
      json::append_escaped(name, members);
      members += ':' + value;
    }
    problem.add_error(mistake, std::move(members));
  }
  if (!refusal.members.empty()) {
    json::Document parsed;
    if (!parsed.parse("{" + refusal.members + "}"))
      for (json::View member : parsed.root().children()) problem.add_member(member.key(), std::string(member.raw()));
  }
  return problem.response(request);
}

http::Response failed(const http::Request& request, const Fault& fault) {
  if (fault.kind() == FaultKind::broken) return http::Problem(500, "internal", fault.message()).response(request);
  http::Problem problem(fault.code(), fault.message());
  auto wait = std::chrono::ceil<std::chrono::seconds>(fault.wait().value_or(std::chrono::milliseconds(1000)));
  return std::move(problem).retry_after(wait).response(request);
}

http::Response mistaken(const http::Request& request, Mistakes mistakes) {
  std::string detail = mistakes.size() == 1 ? "There is a mistake in the request; see errors."
                                            : "There are " + std::to_string(mistakes.size()) + " mistakes in the request; see errors.";
  return http::Problem("invalid_request", std::move(detail)).errors(std::move(mistakes)).response(request);
}

http::Response malformed(const http::Request& request, const json::Malformed& bad) {
  return http::Problem("malformed_json",
                       "Line " + std::to_string(bad.line) + ", column " + std::to_string(bad.column) + ": " + bad.message + ".")
      .response(request);
}

http::Response missing(const http::Request& request, const std::string& what) {
  return http::Problem("not_found", "There is no " + what + "; check how it is written.").response(request);
}

http::Response forbidden_source(const http::Request& request, const std::string& source) {
  return http::Problem("forbidden", "This client may not speak for the source " + source + ".").response(request);
}

namespace {
/// Reply headers have names of a closed set; http wants static storage.
std::string_view static_name(std::string_view name) {
  for (std::string_view known : {"ETag", "Location"})
    if (known == name) return known;
  return "X-Crossdock-Header";
}
}  // namespace

http::Response answer(const http::Request& request, const ledger::Reply& reply, bool replayed) {
  if (reply.refusal) return refused(request, *reply.refusal, reply.status);
  http::Response response(reply.status, reply.body);
  for (const auto& [name, value] : reply.headers) response.with(static_name(name), value);
  if (replayed) response.with("Idempotency-Replayed", "true");
  return response;
}

std::variant<std::string, http::Response> key_of(const http::Request& request) {
  auto given = idempotency_key(request.headers.idempotency_key);
  if (given.missing)
    return http::Problem("idempotency_key_missing", "Send an Idempotency-Key header: the same key for each repeat of this request.")
        .response(request);
  if (!given.valid)
    return http::Problem("invalid_request", "The Idempotency-Key must have 1 to 255 printable characters.").response(request);
  return std::string(given.key);
}

void identify(const http::Request& request, ledger::KeyedRequest& keyed, std::string key, std::string call, const Sha256& print) {
  keyed.origin = origin_of(request);
  keyed.key = {caller_of(request).settings.name, std::move(call), std::move(key)};
  keyed.fingerprint = print;
}

namespace {
Task<http::Response> run_bounded(Shared state, http::Request& request, Call call) {
  InFlight here(*state);
  if (!here.within()) co_return shed_one(*state, request, static_cast<Rank>(request.route->rank));
  auto running = call(state, request);
  http::Response response = co_await std::move(running);
  co_return response;
}
}  // namespace

http::Handler bounded(Shared state, Call call) {
  return [state = std::move(state), call](http::Request& request) { return run_bounded(state, request, call); };
}

}  // namespace crossdock::api
