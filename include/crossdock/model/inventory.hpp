// Stock as its owner reports it, and as a position stands afterwards. Quantities are in the item's base unit.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crossdock/model/common.hpp"

namespace crossdock {

enum class InventoryKind { snapshot, movement };
template <>
struct Words<InventoryKind> {
  static constexpr auto list = words("snapshot", "movement");
};

/// What a snapshot's on hand has already had taken off.
enum class Netted { none, allocated, picked };
template <>
struct Words<Netted> {
  static constexpr auto list = words("none", "allocated", "picked");
};

enum class MovementReason { receipt, ship, adjust, transfer, count, status_change, return_ };
template <>
struct Words<MovementReason> {
  static constexpr auto list = words("receipt", "ship", "adjust", "transfer", "count", "status_change", "return");
};

enum class ReferenceKind { shipment, warehouse_order, order, receipt, return_, supply, count };
template <>
struct Words<ReferenceKind> {
  static constexpr auto list = words("shipment", "warehouse_order", "order", "receipt", "return", "supply", "count");
};

/// The document that caused a movement.
struct MovementReference {
  ReferenceKind kind = ReferenceKind::shipment;
  std::optional<std::string> source;  ///< the event's own where absent
  std::string number;
  std::optional<int> line;  ///< the line's place in that document, from 1
  friend bool operator==(const MovementReference&, const MovementReference&) = default;
};

/// A snapshot or a movement: `kind` says which members count.
struct InventoryEvent {
  InventoryKind kind = InventoryKind::snapshot;
  std::string id;
  std::string source;
  std::string location;
  std::string sku;
  std::int64_t epoch = 1;
  std::int64_t sequence = 0;
  Instant at;  ///< a snapshot's as_of, a movement's occurred_at

  // of a snapshot
  Decimal on_hand;
  Decimal unavailable;
  Netted netted = Netted::none;

  // of a movement
  Decimal delta;
  Decimal unavailable_delta;
  MovementReason reason = MovementReason::adjust;
  std::optional<MovementReference> reference;
  std::optional<std::string> lot;
  std::vector<std::string> serials;
  std::optional<Date> expiry;

  RawJson ext;
  friend bool operator==(const InventoryEvent&, const InventoryEvent&) = default;
};

/// The body of `inventory.adjusted`.
struct PositionChange {
  std::string location;
  std::string sku;
  Decimal on_hand;
  Decimal unavailable;
  Decimal available_today;
  std::int64_t version = 0;
  std::string cause;
  friend bool operator==(const PositionChange&, const PositionChange&) = default;
};

/// The body of `inventory.shortfall`: stock fell below what is promised.
struct InventoryShortfall {
  std::string location;
  std::string sku;
  Decimal quantity;  ///< how much is not covered
  std::int64_t version = 0;
  std::vector<OrderRef> orders;  ///< the orders concerned, newest promise first
  friend bool operator==(const InventoryShortfall&, const InventoryShortfall&) = default;
};

/// The body of `inventory.gap`: a position's missing sequence, or a topic's lost offsets.
struct InventoryGap {
  std::string source;
  std::optional<std::string> location;
  std::optional<std::string> sku;
  std::optional<std::int64_t> epoch;
  std::optional<std::string> topic;
  std::optional<std::int64_t> partition;
  std::int64_t from = 0;  ///< the first missing sequence or offset
  std::int64_t to = 0;    ///< the last one
  friend bool operator==(const InventoryGap&, const InventoryGap&) = default;
};

}  // namespace crossdock
