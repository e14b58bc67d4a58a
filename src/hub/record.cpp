#include "hub/record.hpp"

#include <algorithm>

#include "crossdock/model/codec.hpp"
#include "crossdock/model/envelope.hpp"
#include "crossdock/model/master.hpp"
#include "crossdock/model/trace.hpp"
#include "observe/log.hpp"
#include "observe/thinned.hpp"

namespace crossdock::hub {

namespace {

std::string words_of(const Mistakes& mistakes) {
  std::string out;
  for (const auto& mistake : mistakes) {
    if (!out.empty()) out += "; ";
    out += (mistake.pointer.empty() ? "" : mistake.pointer + " ") + mistake.code + ": " + mistake.detail;
    if (out.size() > 2'000) break;
  }
  return out;
}

bool has_say(const FeedSettings& feed, const std::string& location) {
  return feed.any_location || std::find(feed.locations.begin(), feed.locations.end(), location) != feed.locations.end();
}

/// The members that tell a position: of the body itself, or of a structured CloudEvent's data.
std::optional<promise::PositionKey> position_in(json::View object) {
  auto location = object.find("location"), sku = object.find("sku");
  if (location && sku && location->is(json::Kind::string) && sku->is(json::Kind::string))
    return promise::PositionKey{std::string(sku->text()), std::string(location->text())};
  auto data = object.find("data");
  if (!data || !data->is(json::Kind::object) || !object.find("specversion")) return {};
  return position_in(*data);
}

std::shared_ptr<ledger::MarkSuspect> mark_for(promise::PositionKey key) {
  auto mark = std::make_shared<ledger::MarkSuspect>();
  mark->key = std::move(key);
  mark->why = "a record could not be used";
  return mark;
}

/// Of a record that is no document: which position it was about, if its body tells, and if the feed has a say about it.
std::shared_ptr<ledger::MarkSuspect> mark_of(const FeedSettings& feed, const std::string& body) {
  json::Document document;
  if (document.parse(body) || !document.root().is(json::Kind::object)) return nullptr;
  auto key = position_in(document.root());
  return key && has_say(feed, key->location) ? mark_for(std::move(*key)) : nullptr;
}

void unusable(Record& record, const FeedSettings& feed, std::string reason, std::string detail) {
  record.unusable = Unusable{std::move(reason), std::move(detail)};
  record.mark = mark_of(feed, record.from.body);
}

std::optional<Unusable> forbidden(const FeedSettings& feed, const std::string& source, const std::string& location) {
  if (!feed.any_source && source != feed.system)
    return Unusable{"source_not_allowed", "the feed is " + feed.system + "'s, the record says " + source};
  if (!has_say(feed, location)) return Unusable{"location_not_allowed", feed.system + " has no say about " + location};
  return {};
}

ledger::Origin origin_of(const Event& event, const std::string& client) {
  ledger::Origin origin;
  origin.client = client;
  origin.correlation_id = event.correlationid.empty() ? new_id() : event.correlationid;
  origin.causation_id = event.id.empty() ? new_id() : event.id;
  origin.traceparent = traceparent_after(event.traceparent);
  return origin;
}

void take(Record& record, const FeedSettings& feed, const Event& event, InventoryEvent document, const HubMemory& memory) {
  if (!feed.takes_inventory) return unusable(record, feed, "not_accepted", "the feed takes no inventory events");
  if (auto why = forbidden(feed, document.source, document.location)) return unusable(record, feed, why->reason, why->detail);
  record.stock = stock_event(std::move(document), std::move(record.from), memory);
  record.stock->numbering = feed.numbering;
  record.stock->clock_skew = feed.clock_skew;
  record.stock->origin = origin_of(event, record.stock->event.source);
}

void take(Record& record, const FeedSettings& feed, const Event& event, ShipmentRequest document, const HubMemory& memory) {
  if (!feed.takes_shipments) return unusable(record, feed, "not_accepted", "the feed takes no shipments");
  if (auto why = forbidden(feed, document.source, document.location)) return unusable(record, feed, why->reason, why->detail);
  record.ship = shipment(std::move(document), std::move(record.from), memory);
  record.ship->may_wait = true;
  record.ship->clock_skew = feed.clock_skew;
  record.ship->origin = origin_of(event, record.ship->document.source);
}

template <class Other>
void take(Record& record, const FeedSettings& feed, const Event&, const Other&, const HubMemory&) {
  unusable(record, feed, "not_supported", "this installation takes inventory events and shipments");
}

}  // namespace

ledger::Request* Record::request() const {
  if (stock) return stock.get();
  if (ship) return ship.get();
  return mark.get();
}

ledger::Outcome Record::outcome() const {
  if (stock) return stock->outcome;
  if (ship) return ship->outcome;
  return ledger::Outcome::invalid;
}

Unusable Record::why() const {
  if (unusable) return *unusable;
  if (stock) return {stock->reason, words_of(stock->errors)};
  if (ship && ship->reply.refusal)
    return {ship->reply.refusal->code, ship->reply.refusal->detail + " " + words_of(ship->reply.refusal->errors)};
  return {"invalid", ""};
}

std::shared_ptr<ledger::MarkSuspect> Record::suspect() const { return stock ? mark_for({stock->event.sku, stock->event.location}) : mark; }

Record read_record(const FeedSettings& feed, ledger::FeedOrigin from, const HubMemory& memory) {
  Record record;
  record.from = std::move(from);
  record.from.parent_wait = feed.parent_wait;
  std::string_view key = record.from.record_key ? std::string_view(*record.from.record_key) : std::string_view();
  auto event = decode_cloudevent(record.from.headers, key, std::string_view(record.from.body));
  if (!event) {
    unusable(record, feed, event.fault().code(), event.fault().message());
    return record;
  }
  auto decoded = decode_incoming(event->type, event->body);
  if (auto* malformed = std::get_if<json::Malformed>(&decoded)) {
    unusable(record, feed, "malformed_json", malformed->message + " at byte " + std::to_string(malformed->offset));
  } else if (auto* mistakes = std::get_if<Mistakes>(&decoded)) {
    unusable(record, feed, "invalid_document", words_of(*mistakes));
  } else {
    std::visit([&](auto& document) { take(record, feed, *event, std::move(document), memory); }, std::get<IncomingDocument>(decoded));
  }
  return record;
}

std::shared_ptr<ledger::StockEvent> stock_event(InventoryEvent event, ledger::FeedOrigin from, const HubMemory& memory) {
  auto request = std::make_shared<ledger::StockEvent>();
  auto locations = memory.catalog().locations();
  const auto* location = locations->find(event.location);
  auto item = memory.catalog().item(event.sku);
  request->parents_known = location && item;
  if (location) request->stock_owner = location->stock_owner;
  request->event = std::move(event);
  request->from = std::move(from);
  return request;
}

std::shared_ptr<ledger::Ship> shipment(ShipmentRequest document, ledger::FeedOrigin from, const HubMemory& memory) {
  auto request = std::make_shared<ledger::Ship>();
  request->id = new_id();
  request->content = fingerprint(document);
  auto locations = memory.catalog().locations();
  if (const auto* location = locations->find(document.location)) request->effect = location->ship_effect;
  for (const auto& line : document.lines) {
    auto item = memory.catalog().item(line.sku);
    auto factor = item && line.uom ? item->factor(*line.uom) : std::optional<Fraction>(Fraction{});
    request->factors.push_back(factor.value_or(Fraction{0, 1}));
  }
  request->document = std::move(document);
  request->from = std::move(from);
  return request;
}

void bury(ledger::World& world, const ledger::FeedOrigin& from, const Unusable& why) {
  static log::Thinned plenty(20);
  if (const auto unsaid = plenty.admit())
    log::warning("record.dead", {{"feed", from.feed},
                                 {"topic", from.topic},
                                 {"partition", from.partition},
                                 {"offset", from.offset},
                                 {"code", why.reason},
                                 {"message", std::string_view(why.detail).substr(0, 300)},
                                 {"unsaid", *unsaid}});
  if (from.topic.empty()) {
    world.exceptions.push_back({"record", why.reason, why.detail, from.feed, from.body});
    return;
  }
  ledger::Outgoing out;
  out.topic = from.topic + ".dlq";
  out.lane = from.topic + "/" + std::to_string(from.partition);
  out.key = from.record_key;
  out.headers = from.headers;
  out.headers.insert(out.headers.end(), {{"cd_reason", why.reason},
                                         {"cd_detail", why.detail},
                                         {"cd_topic", from.topic},
                                         {"cd_partition", std::to_string(from.partition)},
                                         {"cd_offset", std::to_string(from.offset)}});
  out.body = from.body;
  world.outgoing.push_back(std::move(out));
}

void tally(store::Tally& tally, ledger::Outcome outcome, std::int64_t by) {
  switch (outcome) {
    case ledger::Outcome::applied:
      tally.applied += by;
      break;
    case ledger::Outcome::superseded:
      tally.superseded += by;
      break;
    case ledger::Outcome::duplicate:
      tally.duplicate += by;
      break;
    case ledger::Outcome::waiting:
      tally.waiting += by;
      break;
    case ledger::Outcome::invalid:
      tally.dead += by;
      break;
  }
}

}  // namespace crossdock::hub
