// Shipments: confirm and read back.
#include "api/state.hpp"
#include "hub/record.hpp"

namespace crossdock::api {

namespace {

Task<http::Response> confirm(Shared state, http::Request& request) {
  auto key = key_of(request);
  if (auto* bad = std::get_if<http::Response>(&key)) co_return std::move(*bad);
  auto decoded = body_of<ShipmentRequest>(request);
  if (auto* bad = std::get_if<http::Response>(&decoded)) co_return std::move(*bad);
  auto document = std::get<ShipmentRequest>(std::move(decoded));
  const auto& caller = caller_of(request);
  if (!caller.speaks_for(document.source)) co_return forbidden_source(request, document.source);
  if (!caller.reports_for(document.location))
    co_return http::Problem("forbidden", "This client may not report for the location " + document.location + ".").response(request);
  auto ship = hub::shipment(std::move(document), {}, state->hub.memory());
  identify(request, *ship, std::get<std::string>(std::move(key)), "POST /v1/shipments", ship->content);
  auto deciding = state->hub.decide(ship, hub::Line::orders, deadline_of(*state, request));
  Outcome decided = co_await std::move(deciding);
  if (!decided) co_return failed(request, decided.fault());
  co_return answer(request, ship->reply, ship->replayed);
}

Task<http::Response> get_shipment(Shared state, http::Request& request) {
  std::string id(request.param("id"));
  if (!is_uuid(id)) co_return missing(request, "shipment " + id);
  auto row = std::make_shared<std::optional<ledger::ShipmentRow>>();
  auto asking = state->hub.ask([row, id](postgres::Transaction& tx) { *row = store::find_shipment(tx, id); }, deadline_of(*state, request));
  Outcome asked = co_await std::move(asking);
  if (!asked) co_return failed(request, asked.fault());
  if (!*row || !caller_of(request).speaks_for((*row)->source)) co_return missing(request, "shipment " + id);
  co_return http::Response(200, (*row)->body);
}

}  // namespace

void add_shipments(http::Router& router, const Shared& state) {
  router.add(http::Method::post, "/v1/shipments", bounded(state, confirm)).needs("shipments.write").ranks(rank_of(Rank::orders));
  router.add(http::Method::get, "/v1/shipments/{id}", bounded(state, get_shipment)).needs("shipments.read").ranks(rank_of(Rank::orders));
}

}  // namespace crossdock::api
