#include "ledger/events.hpp"

#include <algorithm>
#include <tuple>

#include "crossdock/model/codec.hpp"
#include "crossdock/model/envelope.hpp"
#include "crossdock/model/inventory.hpp"
#include "ledger/render.hpp"

namespace crossdock::ledger {

std::span<const std::string_view> published_events() {
  static constexpr std::string_view names[] = {
      "order.captured",           "order.held",           "order.hold_lifted",   "order.released",     "order.closed",
      "warehouse_order.released", "inventory.adjusted",   "inventory.shortfall", "inventory.gap",      "reservation.created",
      "reservation.committed",    "reservation.released", "reservation.expired", "shipment.dispatched"};
  return names;
}

std::string lane_of(const PositionKey& key) { return key.location + "|" + key.sku; }

std::vector<std::pair<std::string, std::string>> cloudevent_headers(const Envelope& envelope, const std::string& key) {
  return {{"content-type", "application/json"},
          {"ce_specversion", "1.0"},
          {"ce_id", envelope.id},
          {"ce_type", envelope.type},
          {"ce_source", "/crossdock"},
          {"ce_subject", envelope.subject},
          {"ce_time", envelope.at.text()},
          {"ce_dataschema", dataschema_of(envelope.type)},
          {"ce_correlationid", envelope.correlation_id},
          {"ce_causationid", envelope.causation_id},
          {"ce_sequence", std::to_string(envelope.sequence)},
          {"ce_partitionkey", key},
          {"traceparent", envelope.traceparent}};
}

namespace {
/// "crossdock." + "order.captured" + ".v1".
std::string versioned(std::string_view prefix, std::string_view name) {
  std::string out;
  out.reserve(prefix.size() + name.size() + 3);
  out.append(prefix).append(name).append(".v1");
  return out;
}
}  // namespace

void publish(World& world, const Origin& origin, std::string_view name, const std::string& lane, std::int64_t sequence,
             const std::string& subject, std::string body) {
  auto& out = world.outgoing.emplace_back();
  out.topic = versioned(world.rules.topic_prefix, name);
  out.lane = lane;
  out.key = lane;
  out.envelope = Envelope{versioned("crossdock.", name), new_id(),           subject,  sequence, origin.correlation_id,
                          origin.causation_id,           origin.traceparent, world.now};
  out.body = std::move(body);
}

void publish_position(World& world, const Origin& origin, std::string_view name, const PositionRow& position, std::string body) {
  std::string lane = lane_of(position.key);
  publish(world, origin, name, lane, position.version, lane, std::move(body));
}

void publish_order(World& world, const Origin& origin, std::string_view name, const OrderRow& order) {
  publish(world, origin, name, order.id, order.revision, order.id, render(order));
}

namespace {

/// The newest promise of that position that the order still has; none: it has none any more.
std::optional<std::int64_t> newest_promise(const OrderRow& order, const PositionKey& key) {
  std::optional<std::int64_t> newest;
  for (const auto& line : order.lines)
    for (const auto& commitment : line.commitments)
      if (commitment.position == key && commitment.demand().positive()) newest = std::max(newest.value_or(0), commitment.version);
  return newest;
}

/// The orders that are promised something there, newest promise first: of the stored ones, and of those that this very transaction has
/// captured or changed.
std::vector<OrderRef> orders_promised(const World& world, const PositionKey& key, std::vector<PromisedRow> rows) {
  std::erase_if(rows, [&](const PromisedRow& row) { return world.orders.contains(*row.order.id); });
  for (const auto& [id, order] : world.orders)
    if (auto version = newest_promise(order, key)) rows.push_back({*version, OrderRef{id, order.source, order.order_number}});
  std::sort(rows.begin(), rows.end(),
            [](const PromisedRow& a, const PromisedRow& b) { return std::tie(a.version, a.order.id) > std::tie(b.version, b.order.id); });
  std::vector<OrderRef> orders;
  for (auto& row : rows) orders.push_back(std::move(row.order));
  return orders;
}

/// Names the orders concerned. Asks for them when they were not loaded.
void publish_shortfall(World& world, const Origin& origin, const PositionRow& position, Decimal missing) {
  auto promised = world.promised.find(position.key);
  if (promised == world.promised.end()) {
    world.missing.promised_at.insert(position.key);
    return;
  }
  InventoryShortfall body{position.key.location, position.key.sku, missing, position.version,
                          orders_promised(world, position.key, promised->second)};
  publish_position(world, origin, "inventory.shortfall", position, to_json(body));
}
}  // namespace

void publish_adjusted(World& world, const Origin& origin, const PositionRow& position, std::string_view cause) {
  Date today = world.today(position.key.location);
  PositionChange body{position.key.location,
                      position.key.sku,
                      position.profile.on_hand,
                      position.profile.unavailable,
                      promise::atp(position.profile, today, today, world.rules.sourcing.atp),
                      position.version,
                      std::string(cause)};
  publish_position(world, origin, "inventory.adjusted", position, to_json(body));
  Decimal missing = promise::shortfall(position.profile, today, world.rules.sourcing.atp);
  if (missing.positive()) publish_shortfall(world, origin, position, missing);
}

void note(World& world, const Origin& origin, const std::string& order_id, std::string_view system, std::string_view step,
          std::string_view document, std::string_view detail) {
  world.journal.push_back(JournalEntry{order_id, std::string(system), std::string(step), std::string(document), origin.client,
                                       std::string(detail), origin.correlation_id});
}

}  // namespace crossdock::ledger
