// What a decision tells the world: events for Kafka, steps for the timeline.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "ledger/world.hpp"

namespace crossdock::ledger {

/// Puts an event into its lane: topic and ce_type are `<prefix><name>.v1`, the record's key is `lane`.
void publish(World& world, const Origin& origin, std::string_view name, const std::string& lane, std::int64_t sequence,
             const std::string& subject, std::string body);
/// The same for a position: lane `location|sku`, sequence its version.
void publish_position(World& world, const Origin& origin, std::string_view name, const PositionRow& position, std::string body);
/// The same for an order: lane and subject its id, sequence its revision, body the document as GET answers it.
void publish_order(World& world, const Origin& origin, std::string_view name, const OrderRow& order);

/// `inventory.adjusted`, and `inventory.shortfall` when promises are no longer covered.
void publish_adjusted(World& world, const Origin& origin, const PositionRow& position, std::string_view cause);

/// A step of an order's life (empty order id: audit only). The actor is the origin's client.
void note(World& world, const Origin& origin, const std::string& order_id, std::string_view system, std::string_view step,
          std::string_view document = {}, std::string_view detail = {});

/// The names of all events that this installation publishes: their topics are made before the first.
std::span<const std::string_view> published_events();

std::string lane_of(const PositionKey& key);

/// The headers of a published event in CloudEvents' binary mode; `key` is its partition key.
std::vector<std::pair<std::string, std::string>> cloudevent_headers(const Envelope& envelope, const std::string& key);

}  // namespace crossdock::ledger
