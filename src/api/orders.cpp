// Orders: validate, capture, read.
#include "api/inputs.hpp"
#include "api/state.hpp"
#include "http/target.hpp"
#include "ledger/render.hpp"
#include "store/loader.hpp"

namespace crossdock::api {

namespace {

Task<http::Response> validate(Shared state, http::Request& request) {
  auto decoded = body_of<OrderRequest>(request);
  if (auto* bad = std::get_if<http::Response>(&decoded)) co_return std::move(*bad);
  auto order = std::get<OrderRequest>(std::move(decoded));
  if (!caller_of(request).speaks_for(order.source)) co_return forbidden_source(request, order.source);
  auto validating = state->hub.validate(std::move(order), request.correlation_id, reservations_of(request), deadline_of(*state, request));
  Result<Validation> validation = co_await std::move(validating);
  if (!validation) co_return failed(request, validation.fault());
  co_return http::Response(200, to_json(*validation));
}

Task<http::Response> capture(Shared state, http::Request& request) {
  auto key = key_of(request);
  if (auto* bad = std::get_if<http::Response>(&key)) co_return std::move(*bad);
  auto decoded = body_of<OrderRequest>(request);
  if (auto* bad = std::get_if<http::Response>(&decoded)) co_return std::move(*bad);
  auto order = std::get<OrderRequest>(std::move(decoded));
  if (!caller_of(request).speaks_for(order.source)) co_return forbidden_source(request, order.source);
  auto deadline = deadline_of(*state, request);
  auto preparing = state->hub.prepare(std::move(order), deadline);
  std::shared_ptr<ledger::Capture> prepared = co_await std::move(preparing);
  identify(request, *prepared, std::get<std::string>(std::move(key)), "POST /v1/orders", prepared->content);
  prepared->only_of = reservations_of(request);
  auto deciding = state->hub.decide(prepared, hub::Line::orders, deadline);
  Outcome decided = co_await std::move(deciding);
  if (!decided) co_return failed(request, decided.fault());
  co_return answer(request, prepared->reply, prepared->replayed);
}

/// The order as it stands, if the caller may see it.
struct Found {
  std::optional<ledger::OrderRow> order;
  std::vector<store::JournalStep> steps;
};

using FoundPtr = std::shared_ptr<Found>;

/// Loads an order; a Response when there is none that this caller may see. `with_steps`: its timeline, too.
Task<std::optional<http::Response>> find(Shared state, http::Request& request, FoundPtr found, bool with_steps) {
  std::string id(request.param("id"));
  if (!is_uuid(id)) co_return missing(request, "order " + id);
  auto asking = state->hub.ask(
      [found, id, with_steps](postgres::Transaction& tx) {
        auto rows = store::read_orders(tx, {id});
        if (!rows.empty()) found->order = std::move(rows.front());
        if (with_steps && found->order) found->steps = store::timeline_of(tx, id);
      },
      deadline_of(*state, request));
  Outcome asked = co_await std::move(asking);
  if (!asked) co_return failed(request, asked.fault());
  if (!found->order || !caller_of(request).speaks_for(found->order->source)) co_return missing(request, "order " + id);
  co_return std::nullopt;
}

Task<http::Response> get_order(Shared state, http::Request& request) {
  auto found = std::make_shared<Found>();
  auto finding = find(state, request, found, false);
  std::optional<http::Response> refused = co_await std::move(finding);
  if (refused) co_return std::move(*refused);
  http::Response response(200, ledger::render(*found->order));
  response.with("ETag", ledger::etag(found->order->revision));
  co_return response;
}

Task<http::Response> warehouse_orders(Shared state, http::Request& request) {
  auto found = std::make_shared<Found>();
  auto finding = find(state, request, found, false);
  std::optional<http::Response> refused = co_await std::move(finding);
  if (refused) co_return std::move(*refused);
  co_return http::Response(200, ledger::render_warehouse_orders(*found->order));
}

Task<http::Response> timeline(Shared state, http::Request& request) {
  auto found = std::make_shared<Found>();
  auto finding = find(state, request, found, true);
  std::optional<http::Response> refused = co_await std::move(finding);
  if (refused) co_return std::move(*refused);
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("items").begin_array();
  for (const auto& step : found->steps) {
    writer.begin_object().key("at").instant(step.at).key("system").string(step.system).key("step").string(step.step);
    writer.key("document").string(step.document).key("actor").string(step.actor).key("detail").string(step.detail).end_object();
  }
  writer.end_array().key("next").null().end_object();
  co_return http::Response(200, std::move(out));
}

std::string next_link(const http::Request& request, const std::string& cursor) {
  std::string link = "</v1/orders?";
  for (const auto& [name, value] : request.query())
    if (name != "cursor") link += name + "=" + http::percent_encoded(value) + "&";
  return link + "cursor=" + cursor + ">; rel=\"next\"";
}

Task<http::Response> list(Shared state, http::Request& request) {
  Mistakes mistakes;
  auto filter = order_filter(request.query(), mistakes);
  if (!filter) co_return mistaken(request, std::move(mistakes));
  const auto& caller = caller_of(request);
  if (!caller.settings.any_source) filter->sources = caller.settings.sources;
  // To the store no sources means all; a client that speaks for none sees none.
  if (!caller.settings.any_source && caller.settings.sources.empty()) co_return http::Response(200, R"({"items":[],"next":null})");
  auto limit = filter->limit;
  filter->limit += 1;  // one more tells whether there is a next page
  auto rows = std::make_shared<std::vector<ledger::OrderRow>>();
  auto asking = state->hub.ask(
      [rows, wanted = *filter](postgres::Transaction& tx) { *rows = store::read_orders(tx, store::find_orders(tx, wanted)); },
      deadline_of(*state, request));
  Outcome asked = co_await std::move(asking);
  if (!asked) co_return failed(request, asked.fault());
  bool more = rows->size() > limit;
  if (more) rows->resize(limit);
  std::string out = R"({"items":[)";
  for (std::size_t i = 0; i < rows->size(); ++i) {
    if (i) out += ',';
    out += ledger::render((*rows)[i]);
  }
  out += more ? R"(],"next":")" + rows->back().id + R"("})" : std::string(R"(],"next":null})");
  http::Response response(200, std::move(out));
  if (more) response.with("Link", next_link(request, rows->back().id));
  co_return response;
}

}  // namespace

void add_orders(http::Router& router, const Shared& state) {
  using http::Method;
  router.add(Method::post, "/v1/orders/validate", bounded(state, validate)).needs("orders.write").ranks(rank_of(Rank::promises));
  router.add(Method::post, "/v1/orders", bounded(state, capture)).needs("orders.write").ranks(rank_of(Rank::orders));
  router.add(Method::get, "/v1/orders", bounded(state, list)).needs("orders.read").ranks(rank_of(Rank::bulk));
  router.add(Method::get, "/v1/orders/{id}", bounded(state, get_order)).needs("orders.read").ranks(rank_of(Rank::orders));
  router.add(Method::get, "/v1/orders/{id}/timeline", bounded(state, timeline)).needs("orders.read").ranks(rank_of(Rank::orders));
  router.add(Method::get, "/v1/orders/{id}/warehouse-orders", bounded(state, warehouse_orders))
      .needs("orders.read")
      .ranks(rank_of(Rank::orders));
}

}  // namespace crossdock::api
