// Holds and release.
#include "api/inputs.hpp"
#include "api/state.hpp"
#include "store/loader.hpp"

namespace crossdock::api {

namespace {

/// An order of a source that the caller may not see does not exist for it. Where the store does not answer, nobody knows: a fault.
Task<Result<bool>> visible(Shared state, http::Request& request, std::string id) {
  const auto& caller = caller_of(request);
  if (caller.settings.any_source) co_return Result<bool>(true);
  auto source = std::make_shared<std::string>();
  auto asking = state->hub.ask(
      [source, id](postgres::Transaction& tx) {
        auto rows = store::read_orders(tx, {id});
        if (!rows.empty()) *source = rows.front().source;
      },
      deadline_of(*state, request));
  Outcome asked = co_await std::move(asking);
  if (!asked) co_return Result<bool>(asked.fault());
  co_return Result<bool>(caller.speaks_for(*source));
}

Task<http::Response> decide_change(Shared state, http::Request& request, std::shared_ptr<ledger::ChangeOrder> change, std::string key,
                                   std::string call, Sha256 print) {
  change->id = std::string(request.param("id"));
  if (!is_uuid(change->id)) co_return missing(request, "order " + change->id);
  auto looking = visible(state, request, change->id);
  Result<bool> seen = co_await std::move(looking);
  if (!seen) co_return failed(request, seen.fault());
  if (!*seen) co_return missing(request, "order " + change->id);
  change->precondition = precondition_of(request.headers.if_match);
  identify(request, *change, std::move(key), std::move(call), print);
  auto deciding = state->hub.decide(change, hub::Line::orders, deadline_of(*state, request));
  Outcome decided = co_await std::move(deciding);
  if (!decided) co_return failed(request, decided.fault());
  co_return answer(request, change->reply, change->replayed);
}

std::string call_on(const http::Request& request, std::string_view what) {
  return "POST /v1/orders/" + std::string(request.param("id")) + "/" + std::string(what);
}

Task<http::Response> put_hold(Shared state, http::Request& request) {
  auto key = key_of(request);
  if (auto* bad = std::get_if<http::Response>(&key)) co_return std::move(*bad);
  auto decoded = body_of<HoldRequest>(request);
  if (auto* bad = std::get_if<http::Response>(&decoded)) co_return std::move(*bad);
  const auto& hold = std::get<HoldRequest>(decoded);
  auto change = std::make_shared<ledger::PutHold>();
  change->code = hold.code;
  change->reason = hold.reason;
  auto deciding =
      decide_change(state, request, change, std::get<std::string>(std::move(key)), call_on(request, "holds"), fingerprint(hold));
  http::Response response = co_await std::move(deciding);
  co_return response;
}

Task<http::Response> lift_hold(Shared state, http::Request& request) {
  std::string key;
  if (!request.headers.idempotency_key.empty()) {
    auto given = key_of(request);
    if (auto* bad = std::get_if<http::Response>(&given)) co_return std::move(*bad);
    key = std::get<std::string>(std::move(given));
  }
  auto decoded = body_of<ReasonRequest>(request, true);
  if (auto* bad = std::get_if<http::Response>(&decoded)) co_return std::move(*bad);
  auto change = std::make_shared<ledger::LiftHold>();
  change->code = std::string(request.param("code"));
  change->reason = std::get<ReasonRequest>(decoded).reason;
  auto call = "DELETE /v1/orders/" + std::string(request.param("id")) + "/holds/" + change->code;
  auto deciding = decide_change(state, request, change, std::move(key), std::move(call), fingerprint(std::get<ReasonRequest>(decoded)));
  http::Response response = co_await std::move(deciding);
  co_return response;
}

Task<http::Response> release_order(Shared state, http::Request& request) {
  auto key = key_of(request);
  if (auto* bad = std::get_if<http::Response>(&key)) co_return std::move(*bad);
  auto decoded = body_of<ReasonRequest>(request, true);
  if (auto* bad = std::get_if<http::Response>(&decoded)) co_return std::move(*bad);
  auto change = std::make_shared<ledger::ReleaseOrder>();
  change->reason = std::get<ReasonRequest>(decoded).reason;
  auto print = fingerprint(std::get<ReasonRequest>(decoded));
  auto deciding = decide_change(state, request, change, std::get<std::string>(std::move(key)), call_on(request, "release"), print);
  http::Response response = co_await std::move(deciding);
  co_return response;
}

}  // namespace

void add_order_changes(http::Router& router, const Shared& state) {
  using http::Method;
  router.add(Method::post, "/v1/orders/{id}/holds", bounded(state, put_hold)).needs("orders.write").ranks(rank_of(Rank::orders));
  router.add(Method::del, "/v1/orders/{id}/holds/{code}", bounded(state, lift_hold)).needs("orders.write").ranks(rank_of(Rank::orders));
  router.add(Method::post, "/v1/orders/{id}/release", bounded(state, release_order)).needs("orders.write").ranks(rank_of(Rank::orders));
}

}  // namespace crossdock::api
