// One line of a shipment against its order line, its commitments and its position.
#pragma once
#include <optional>
#include <string>

#include "crossdock/model/fulfilment.hpp"
#include "crossdock/model/master.hpp"
#include "ledger/world.hpp"

namespace crossdock::ledger {

class LineShipment {
 public:
  LineShipment(World& in, OrderRow& of_order, const ShipmentRow& with, LineRow& of_line, PositionDecision& under)
      : world(in), order(of_order), shipment(with), line(of_line), decision(under) {}

  World& world;
  OrderRow& order;
  const ShipmentRow& shipment;
  LineRow& line;
  PositionDecision& decision;
  int place = 0;                ///< in the shipment, from 1
  std::string warehouse_order;  ///< empty: none was named
  ShipEffect effect = ShipEffect::movement;
  std::int64_t skew_micros = 0;

  /// Moves `quantity` (base unit) from what was committed, open, backordered or cut short to shipped, beyond that to over_shipped; then
  /// what the disposition says of the rest.
  void ship(Decimal quantity, std::optional<ShipDisposition> disposition);

 private:
  PositionKey key() const { return {line.sku, shipment.location}; }
  bool carried_here(const CommitmentRow& commitment) const;
  Decimal ship_commitment(CommitmentRow& commitment, Decimal quantity);
  Decimal ship_commitments(Decimal quantity, bool here);
  void ship_unpromised(Decimal quantity);
  void await(Date date, Decimal quantity, Decimal demand);
  Decimal demand_here(Date date, Decimal quantity);
  void see_effects();
  void imply_movement(Decimal quantity);
  void end_rest(bool backorder);
  void count_in_warehouse_order(const std::string& id, Decimal quantity);
};

/// shipped when all its lines are, short when nothing more is expected of it.
void close_warehouse_orders(OrderRow& order);

}  // namespace crossdock::ledger
