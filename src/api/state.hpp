// What all handlers share, and the small steps that all of them take.
#pragma once
#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>

#include "api/api.hpp"
#include "api/shedding.hpp"
#include "crossdock/base/bucket.hpp"
#include "crossdock/model/codec.hpp"
#include "http/problems.hpp"
#include "ledger/world.hpp"
#include "observe/metrics.hpp"

namespace crossdock::api {

/// A client as the calls know it. Immutable but for its bucket.
struct Caller {
  ClientSettings settings;
  std::unique_ptr<Bucket> bucket;  ///< null: unlimited
  bool may(std::string_view scope) const;
  bool speaks_for(std::string_view source) const;
  bool reports_for(std::string_view location) const;
};

struct Api::State {
  State(hub::Hub& served, Settings chosen);
  hub::Hub& hub;
  Settings settings;
  std::unordered_map<std::string, std::shared_ptr<Caller>> by_hash;
  std::shared_ptr<Caller> anonymous;
  std::atomic<int> in_flight{0};
  std::array<metrics::Counter, 3> shed;  ///< by rank
  std::atomic<bool> draining{false};
  metrics::Gauge calls;  ///< in flight, of all lives of the process

  Load load() const;
};

using Shared = std::shared_ptr<Api::State>;

/// The scope of a route that needs no credential. One without any scope is refused to everybody.
inline constexpr const char* open_to_all = "open";

const Caller& caller_of(const http::Request& request);
ledger::Origin origin_of(const http::Request& request);
/// The client whose reservations a caller sees: its own. One that speaks for every source sees all: empty.
std::string reservations_of(const http::Request& request);
Deadline deadline_of(const Api::State& state, const http::Request& request);

/// A refusal of the ledger, or a fault of the hub, as the problem it is.
http::Response refused(const http::Request& request, const ledger::Refusal& refusal, int status);
http::Response failed(const http::Request& request, const Fault& fault);
http::Response mistaken(const http::Request& request, Mistakes mistakes);
http::Response malformed(const http::Request& request, const json::Malformed& malformed);
http::Response missing(const http::Request& request, const std::string& what);
http::Response forbidden_source(const http::Request& request, const std::string& source);

/// A decided request's answer: the reply's bytes and headers, or its refusal.
http::Response answer(const http::Request& request, const ledger::Reply& reply, bool replayed);

/// The Idempotency-Key: compulsory; quoted or bare, 1 to 255 printable characters. A Response says what is wrong with it.
std::variant<std::string, http::Response> key_of(const http::Request& request);
/// Key and fingerprint of a keyed request. `call` names what is done, with the object's id where there is one.
void identify(const http::Request& request, ledger::KeyedRequest& keyed, std::string key, std::string call, const Sha256& fingerprint);

/// The body as a document; a Response says all that is wrong with it. `or_nothing`: an empty body is an empty object.
template <class T>
std::variant<T, http::Response> body_of(http::Request& request, bool or_nothing = false) {
  std::string text = or_nothing && request.body.empty() ? std::string("{}") : std::move(request.body);
  auto decoded = decode_body<T>(std::move(text), json::Limits{16U << 20, 64});
  if (auto* bad = std::get_if<json::Malformed>(&decoded)) return malformed(request, *bad);
  if (auto* mistakes = std::get_if<Mistakes>(&decoded)) return mistaken(request, std::move(*mistakes));
  return std::get<T>(std::move(decoded));
}

/// Counts the request as in flight while it lives; refuses above the limit.
class InFlight {
 public:
  explicit InFlight(Api::State& state) : state_(state), within_(state.in_flight.fetch_add(1) < state.settings.in_flight) {
    state_.calls.add(1);
  }
  ~InFlight() {
    state_.in_flight.fetch_sub(1);
    state_.calls.add(-1);
  }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;
  bool within() const { return within_; }

 private:
  Api::State& state_;
  bool within_;
};

/// A refusal when a call of the route's rank is too much now.
std::optional<http::Response> too_much(Api::State& state, const http::Request& request);

/// Wraps a handler: counts it as in flight, within the limit.
using Call = Task<http::Response> (*)(Shared state, http::Request& request);
http::Handler bounded(Shared state, Call call);

constexpr int rank_of(Rank rank) { return static_cast<int>(rank); }

// The routes, room by room of the contract.
void add_orders(http::Router& router, const Shared& state);
void add_order_changes(http::Router& router, const Shared& state);
void add_reservations(http::Router& router, const Shared& state);
void add_shipments(http::Router& router, const Shared& state);
void add_inventory(http::Router& router, const Shared& state);
void add_availability(http::Router& router, const Shared& state);
void add_master(http::Router& router, const Shared& state);
void add_pages(http::Router& router, const Shared& state);
void add_admin(http::Router& router, const Shared& state);

}  // namespace crossdock::api
