// Reservations: soft holds with a time limit.
#include "api/state.hpp"
#include "ledger/render.hpp"
#include "ledger/reservation.hpp"
#include "store/reader.hpp"

namespace crossdock::api {

namespace {

/// The lines in base units; what they name and does not exist goes to `mistakes`.
std::vector<ledger::HoldLine> hold_lines(const Api::State& state, const ReservationRequest& asked, Mistakes& mistakes) {
  const auto& catalog = state.hub.memory().catalog();
  auto locations = catalog.locations();
  std::vector<ledger::HoldLine> lines;
  for (std::size_t i = 0; i < asked.lines.size(); ++i) {
    const auto& line = asked.lines[i];
    std::string at = "/lines/" + std::to_string(i);
    auto item = catalog.item(line.sku);
    if (!item) mistakes.push_back({at + "/sku", "unknown_reference", "there is no item " + line.sku, {}});
    if (!locations->find(line.location))
      mistakes.push_back({at + "/location", "unknown_reference", "there is no location " + line.location, {}});
    if (!item) continue;
    auto factor = item->factor(line.uom.value_or(""));
    if (!factor) {
      mistakes.push_back({at + "/uom", "unknown_reference", "the item has no unit " + *line.uom, item->base_uom.text()});
      continue;
    }
    ledger::HoldLine hold;
    hold.position = {line.sku, line.location};
    hold.factor = *factor;
    hold.quantity = to_base(line.quantity, *factor).quantity;
    hold.uom = line.uom.value_or("");
    hold.base_uom = item->base_uom.text();
    hold.date = line.date;
    lines.push_back(std::move(hold));
  }
  return lines;
}

Task<http::Response> decide_on(Shared state, http::Request& request, std::shared_ptr<ledger::KeyedRequest> keyed) {
  auto deciding = state->hub.decide(keyed, hub::Line::reservations, deadline_of(*state, request));
  Outcome decided = co_await std::move(deciding);
  if (!decided) co_return failed(request, decided.fault());
  co_return answer(request, keyed->reply, keyed->replayed);
}

Task<http::Response> reserve(Shared state, http::Request& request) {
  auto key = key_of(request);
  if (auto* bad = std::get_if<http::Response>(&key)) co_return std::move(*bad);
  auto decoded = body_of<ReservationRequest>(request);
  if (auto* bad = std::get_if<http::Response>(&decoded)) co_return std::move(*bad);
  const auto& asked = std::get<ReservationRequest>(decoded);
  Mistakes unknown;
  auto hold = std::make_shared<ledger::Reserve>();
  hold->lines = hold_lines(*state, asked, unknown);
  if (!unknown.empty()) {
    auto catching_up = state->hub.catch_up(deadline_of(*state, request));
    const bool caught_up = co_await std::move(catching_up);
    if (caught_up) {
      unknown.clear();
      hold->lines = hold_lines(*state, asked, unknown);
    }
  }
  if (!unknown.empty())
    co_return http::Problem("unknown_reference", "The reservation names what does not exist; see errors.")
        .errors(std::move(unknown))
        .response(request);
  hold->id = new_id();
  hold->reference = asked.reference;
  hold->policy = asked.policy;
  hold->ext = asked.ext;
  hold->ttl = std::chrono::seconds(asked.ttl_seconds);
  identify(request, *hold, std::get<std::string>(std::move(key)), "POST /v1/reservations", fingerprint(asked));
  auto deciding = decide_on(state, request, hold);
  http::Response response = co_await std::move(deciding);
  co_return response;
}

Task<http::Response> get_reservation(Shared state, http::Request& request) {
  std::string id(request.param("id"));
  if (!is_uuid(id)) co_return missing(request, "reservation " + id);
  auto row = std::make_shared<std::optional<ledger::ReservationRow>>();
  auto asking =
      state->hub.ask([row, id](postgres::Transaction& tx) { *row = store::find_reservation(tx, id); }, deadline_of(*state, request));
  Outcome asked = co_await std::move(asking);
  if (!asked) co_return failed(request, asked.fault());
  if (!*row || !(*row)->visible_to(reservations_of(request))) co_return missing(request, "reservation " + id);
  co_return http::Response(200, ledger::render(**row));
}

Task<http::Response> release_reservation(Shared state, http::Request& request) {
  auto key = key_of(request);
  if (auto* bad = std::get_if<http::Response>(&key)) co_return std::move(*bad);
  auto decoded = body_of<ReasonRequest>(request, true);
  if (auto* bad = std::get_if<http::Response>(&decoded)) co_return std::move(*bad);
  std::string id(request.param("id"));
  if (!is_uuid(id)) co_return missing(request, "reservation " + id);
  auto change = std::make_shared<ledger::ReleaseReservation>();
  change->id = id;
  change->only_of = reservations_of(request);
  auto print = fingerprint(std::get<ReasonRequest>(decoded));
  identify(request, *change, std::get<std::string>(std::move(key)), "POST /v1/reservations/" + id + "/release", print);
  auto deciding = decide_on(state, request, change);
  http::Response response = co_await std::move(deciding);
  co_return response;
}

Task<http::Response> extend(Shared state, http::Request& request) {
  auto key = key_of(request);
  if (auto* bad = std::get_if<http::Response>(&key)) co_return std::move(*bad);
  auto decoded = body_of<ExtendRequest>(request);
  if (auto* bad = std::get_if<http::Response>(&decoded)) co_return std::move(*bad);
  std::string id(request.param("id"));
  if (!is_uuid(id)) co_return missing(request, "reservation " + id);
  auto change = std::make_shared<ledger::ExtendReservation>();
  change->id = id;
  change->only_of = reservations_of(request);
  change->ttl = std::chrono::seconds(std::get<ExtendRequest>(decoded).ttl_seconds);
  auto print = fingerprint(std::get<ExtendRequest>(decoded));
  identify(request, *change, std::get<std::string>(std::move(key)), "POST /v1/reservations/" + id + "/extend", print);
  auto deciding = decide_on(state, request, change);
  http::Response response = co_await std::move(deciding);
  co_return response;
}

}  // namespace

void add_reservations(http::Router& router, const Shared& state) {
  using http::Method;
  router.add(Method::post, "/v1/reservations", bounded(state, reserve)).needs("reservations.write").ranks(rank_of(Rank::orders));
  router.add(Method::get, "/v1/reservations/{id}", bounded(state, get_reservation)).needs("reservations.read").ranks(rank_of(Rank::orders));
  router.add(Method::post, "/v1/reservations/{id}/release", bounded(state, release_reservation))
      .needs("reservations.write")
      .ranks(rank_of(Rank::orders));
  router.add(Method::post, "/v1/reservations/{id}/extend", bounded(state, extend)).needs("reservations.write").ranks(rank_of(Rank::orders));
}

}  // namespace crossdock::api
