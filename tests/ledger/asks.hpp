// Requests as the API and the feeds make them, in a line each.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crossdock/model/codec.hpp"
#include "ledger/capture.hpp"
#include "ledger/master.hpp"
#include "ledger/reservation.hpp"
#include "ledger/shipment.hpp"
#include "ledger/stock.hpp"

namespace crossdock::ledger {

inline Decimal qty(std::int64_t whole) { return Decimal::of(whole); }
inline const Origin tester{"tester", "correlation", "cause", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"};
inline const PositionKey shelf{"A", "E"};  ///< where most tests of one position are
inline constexpr std::int64_t one_second = 1'000'000;

struct WantLine {
  std::string sku;
  Decimal quantity;
  std::optional<std::string> location;
  std::optional<Date> date;
  Fraction factor{};
};

inline const validation::Rules& plain_rules() {
  static const validation::Rules rules;
  return rules;
}

inline std::shared_ptr<Capture> capture_of(const std::string& number, const std::vector<WantLine>& lines,
                                           OnShortage on_shortage = OnShortage::reject, std::optional<std::string> reservation = {}) {
  auto request = std::make_shared<Capture>();
  request->id = new_id();
  request->origin = tester;
  request->rules = &plain_rules();
  auto& order = request->checked.order;
  order.source = "shop";
  order.order_number = number;
  order.customer = "C1";
  order.currency = "USD";
  order.on_shortage = on_shortage;
  order.reservation = std::move(reservation);
  for (const auto& want : lines) {
    OrderLineRequest line;
    line.line = static_cast<int>(order.lines.size()) + 1;
    line.sku = want.sku;
    line.quantity = want.quantity;
    line.location = want.location;
    line.requested_date = want.date;
    validation::CheckedLine checked;
    checked.sku = want.sku;
    checked.base_uom = checked.uom = "EA";
    checked.factor = want.factor;
    checked.base_quantity = to_base(want.quantity, want.factor).quantity;
    checked.requested = want.date;
    checked.usable = true;
    request->bodies.push_back(to_json(line));
    order.lines.push_back(std::move(line));
    request->checked.lines.push_back(std::move(checked));
  }
  request->content = fingerprint(order);
  request->fingerprint = request->content;
  request->head = head_of(order);
  return request;
}

/// Gives a request its Idempotency-Key.
template <class T>
std::shared_ptr<T> keyed(std::shared_ptr<T> request, const std::string& key, const std::string& call = "call") {
  request->key = {"tester", call, key};
  return request;
}

inline std::shared_ptr<Reserve> reserve_of(const std::vector<std::tuple<PositionKey, Decimal, std::optional<Date>>>& lines,
                                           ReservationPolicy policy = ReservationPolicy::all_or_nothing,
                                           std::chrono::seconds ttl = std::chrono::seconds(900)) {
  auto request = std::make_shared<Reserve>();
  request->id = new_id();
  request->origin = tester;
  request->policy = policy;
  request->ttl = ttl;
  for (const auto& [key, quantity, date] : lines) request->lines.push_back(HoldLine{key, quantity, {}, "", "EA", date});
  return request;
}

inline std::shared_ptr<StockEvent> event_of(InventoryKind kind, const PositionKey& key, std::int64_t sequence, std::int64_t epoch = 1) {
  auto request = std::make_shared<StockEvent>();
  request->origin = tester;
  request->parents_known = true;
  request->from.feed = "wms.inventory";
  request->from.topic = "wms.inventory.v1";
  auto& event = request->event;
  event.kind = kind;
  event.id = new_id();
  event.source = "wms";
  event.location = key.location;
  event.sku = key.sku;
  event.epoch = epoch;
  event.sequence = sequence;
  return request;
}

inline std::shared_ptr<StockEvent> snapshot_of(const PositionKey& key, std::int64_t sequence, Decimal on_hand, Instant as_of,
                                               std::int64_t epoch = 1) {
  auto request = event_of(InventoryKind::snapshot, key, sequence, epoch);
  request->event.on_hand = on_hand;
  request->event.at = as_of;
  return request;
}

inline std::shared_ptr<StockEvent> movement_of(const PositionKey& key, std::int64_t sequence, Decimal delta, Instant at,
                                               std::int64_t epoch = 1) {
  auto request = event_of(InventoryKind::movement, key, sequence, epoch);
  request->event.delta = delta;
  request->event.at = at;
  return request;
}

inline MovementReference reference_to(ReferenceKind kind, std::string source, std::string number, std::optional<int> line = {}) {
  MovementReference reference;
  reference.kind = kind;
  reference.source = std::move(source);
  reference.number = std::move(number);
  reference.line = line;
  return reference;
}

struct ShipWant {
  int order_line = 1;
  Decimal quantity;
  std::optional<ShipDisposition> disposition;
};

inline std::shared_ptr<Ship> ship_of(const std::string& number, const std::string& order_id, const std::string& location,
                                     const std::vector<ShipWant>& lines, Instant shipped_at) {
  auto request = std::make_shared<Ship>();
  request->id = new_id();
  request->origin = tester;
  auto& document = request->document;
  document.source = "wms";
  document.shipment_number = number;
  document.order = OrderRef{order_id, {}, {}};
  document.location = location;
  document.shipped_at = shipped_at;
  for (const auto& want : lines) {
    ShipmentLine line;
    line.order_line = want.order_line;
    line.quantity = want.quantity;
    line.disposition = want.disposition;
    document.lines.push_back(std::move(line));
    request->factors.push_back({});
  }
  request->content = fingerprint(document);
  return request;
}

}  // namespace crossdock::ledger
