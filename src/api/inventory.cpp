// Inventory events from systems without Kafka: one bad event does not stop the others.
#include "api/state.hpp"
#include "hub/record.hpp"

namespace crossdock::api {

namespace {

constexpr std::size_t most_events = 5'000;

struct EventRecord {
  std::string id;
  Mistakes mistakes;
  std::shared_ptr<ledger::StockEvent> event;
};

std::string pointer_at(std::size_t index) { return "/events/" + std::to_string(index); }

EventRecord read(const Api::State& state, const http::Request& request, json::View view, std::size_t index) {
  EventRecord item;
  if (view.is(json::Kind::object))
    if (auto id = view.find("id"); id && id->is(json::Kind::string)) item.id = id->text();
  InventoryEvent event;
  if (!decode(view, event, item.mistakes, pointer_at(index))) return item;
  const auto& caller = caller_of(request);
  if (!caller.speaks_for(event.source))
    item.mistakes.push_back({pointer_at(index) + "/source", "not_allowed", "this client may not speak for " + event.source, {}});
  if (!caller.reports_for(event.location))
    item.mistakes.push_back({pointer_at(index) + "/location", "not_allowed", "this client may not report for " + event.location, {}});
  if (!item.mistakes.empty()) return item;
  ledger::FeedOrigin from;
  from.feed = "api";
  from.body = std::string(view.raw());
  item.event = hub::stock_event(std::move(event), std::move(from), state.hub.memory());
  item.event->origin = origin_of(request);
  return item;
}

/// The envelope {"events": [...]}; empty when it is in order.
Mistakes envelope_mistakes(const json::Document& document) {
  Mistakes mistakes;
  auto root = document.root();
  if (!root.is(json::Kind::object)) return {{"", "wrong_type", "the body is an object with `events`", {}}};
  for (json::View member : root.children())
    if (member.key() != "events") mistakes.push_back({pointer_to("", member.key()), "unknown_field", "there is no such member", "events"});
  auto events = root.find("events");
  if (!events)
    mistakes.push_back({"/events", "missing", "a list of inventory events is compulsory", {}});
  else if (!events->is(json::Kind::array))
    mistakes.push_back({"/events", "wrong_type", "a list is wanted", {}});
  else if (events->size() > most_events)
    mistakes.push_back({"/events", "out_of_range", "at most 5000 events a call", {}});
  return mistakes;
}

void write_result(json::Writer& writer, std::size_t index, const EventRecord& item) {
  writer.begin_object().key("index").integer(static_cast<std::int64_t>(index)).key("id");
  if (item.id.empty())
    writer.null();
  else
    writer.string(item.id);
  auto outcome = item.event ? item.event->outcome : ledger::Outcome::invalid;
  writer.key("outcome").string(ledger::to_text(outcome));
  if (outcome == ledger::Outcome::invalid) {
    writer.key("errors").begin_array();
    for (const auto& mistake : item.event ? item.event->errors : item.mistakes) {
      std::string pointer = item.event ? pointer_at(index) + mistake.pointer : mistake.pointer;
      writer.begin_object().key("pointer").string(pointer).key("code").string(mistake.code).key("detail").string(mistake.detail);
      if (!mistake.suggestion.empty()) writer.key("suggestion").string(mistake.suggestion);
      writer.end_object();
    }
    writer.end_array();
  }
  writer.end_object();
}

Task<http::Response> take_events(Shared state, http::Request& request) {
  json::Document document;
  if (auto bad = document.parse(std::move(request.body), json::Limits{16U << 20, 64})) co_return malformed(request, *bad);
  auto mistakes = envelope_mistakes(document);
  if (!mistakes.empty()) co_return mistaken(request, std::move(mistakes));
  std::vector<EventRecord> items;
  std::vector<std::shared_ptr<ledger::Request>> requests;
  auto events = *document.root().find("events");
  for (json::View view : events.children()) {
    items.push_back(read(*state, request, view, items.size()));
    if (items.back().event) requests.push_back(items.back().event);
  }
  auto deciding = state->hub.decide_all(std::move(requests), hub::Line::documents, deadline_of(*state, request));
  Outcome decided = co_await std::move(deciding);
  if (!decided) co_return failed(request, decided.fault());
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("results").begin_array();
  for (std::size_t i = 0; i < items.size(); ++i) write_result(writer, i, items[i]);
  writer.end_array().end_object();
  co_return http::Response(200, std::move(out));
}

}  // namespace

void add_inventory(http::Router& router, const Shared& state) {
  router.add(http::Method::post, "/v1/inventory/events", bounded(state, take_events))
      .limit(16U << 20)
      .needs("inventory.write")
      .ranks(rank_of(Rank::bulk));
}

}  // namespace crossdock::api
