// Stock effects: when a shipped quantity leaves the demand (PROTOCOLS.md G).
#pragma once
#include "crossdock/model/inventory.hpp"
#include "ledger/world.hpp"

namespace crossdock::ledger {

/// Asks for what a movement's reference may meet: awaited effects, their orders.
void ask_effect(const World& world, Needs& needs, const InventoryEvent& event);
/// Asks for the awaited effects of a position, for a snapshot.
void ask_effects_at(const World& world, Needs& needs, const PositionKey& key);

/// A ship movement was seen: what waits for it leaves the demand; what nothing waits for is kept for the shipment to come. `counted`: it
/// changed the stock; false: a snapshot held it already.
void see_movement(World& world, const InventoryEvent& event, PositionRow& position, bool counted);
/// Whether a snapshot of that moment holds the shipped quantity's effect.
bool shown_by(const AwaitedRow& row, Instant as_of, std::int64_t skew_micros);
/// A snapshot was seen: shipments before it (shipped_at + skew < as_of) have had their effect.
void see_snapshot(World& world, const PositionKey& key, Instant as_of, std::int64_t skew_micros, PositionRow& position);
/// Ends up to `quantity` of an awaited effect. Answers how much.
Decimal end_awaited(World& world, AwaitedRow& row, Decimal quantity, PositionRow& position);
/// Keeps a stock effect for a shipment to come. The position's early effects must have been asked for.
void keep_early(World& world, const EffectKey& key, Decimal quantity);
/// Takes up to `quantity` of the early effects kept for a shipment's line. Answers how much.
Decimal take_early(World& world, const ShipmentRow& shipment, int place, const OrderRow& order, const std::string& warehouse_order,
                   int order_place, const PositionKey& key, Decimal quantity);

}  // namespace crossdock::ledger
