// Shipments: what went out, whole, in parts, short or over; a warehouse's fact is never refused.
#pragma once
#include <string>
#include <vector>

#include "crossdock/model/fulfilment.hpp"
#include "ledger/effect.hpp"
#include "ledger/order.hpp"
#include "ledger/stock.hpp"

namespace crossdock::ledger {

/// POST /v1/shipments, and a shipment record of a feed.
class Ship final : public KeyedRequest {
 public:
  std::string id;  ///< of the shipment to make
  ShipmentRequest document;
  Sha256 content{};
  std::vector<Fraction> factors;  ///< of each line's unit (its item's); base units per unit
  ShipEffect effect = ShipEffect::movement;
  std::chrono::milliseconds clock_skew{0};
  FeedOrigin from;
  bool may_wait = false;  ///< a feed's record waits for its order

  Outcome outcome = Outcome::invalid;

 protected:
  void ask_more(const World& world, Needs& needs) const override;
  void decide_new(World& world) override;

 private:
  OrderRow* order_in(World& world) const;
  bool known(World& world);
  bool refused(World& world, OrderRow* order);
  ShipmentRow make(const World& world, const OrderRow& order) const;
  void announce(World& world, OrderRow& order, const ShipmentRow& shipment, bool closed);
};

}  // namespace crossdock::ledger
