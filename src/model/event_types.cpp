// The types of events, and the documents that they carry.
#include <array>

#include "crossdock/model/codec.hpp"
#include "crossdock/model/envelope.hpp"

namespace crossdock {

std::span<const EventType> published_types() {
  static const Shape& order = shape_of(Of<Order>{});
  static const Shape& reservation = shape_of(Of<Reservation>{});
  static const Shape& position = shape_of(Of<PositionChange>{});
  static const std::array<EventType, 24> types{{
      {"crossdock.order.captured.v1", &order, "order"},
      {"crossdock.order.changed.v1", &order, "order"},
      {"crossdock.order.held.v1", &order, "order"},
      {"crossdock.order.hold_lifted.v1", &order, "order"},
      {"crossdock.order.released.v1", &order, "order"},
      {"crossdock.order.line_promised.v1", &order, "order"},
      {"crossdock.order.rescheduled.v1", &order, "order"},
      {"crossdock.order.rejected.v1", &order, "order"},
      {"crossdock.order.cancelled.v1", &order, "order"},
      {"crossdock.order.closed.v1", &order, "order"},
      {"crossdock.warehouse_order.released.v1", &shape_of(Of<WarehouseOrder>{}), "warehouse_order"},
      {"crossdock.inventory.adjusted.v1", &position, "position_change"},
      {"crossdock.inventory.shortfall.v1", &shape_of(Of<InventoryShortfall>{}), "inventory_shortfall"},
      {"crossdock.inventory.gap.v1", &shape_of(Of<InventoryGap>{}), "inventory_gap"},
      {"crossdock.reservation.created.v1", &reservation, "reservation"},
      {"crossdock.reservation.committed.v1", &reservation, "reservation"},
      {"crossdock.reservation.released.v1", &reservation, "reservation"},
      {"crossdock.reservation.expired.v1", &reservation, "reservation"},
      {"crossdock.shipment.dispatched.v1", &shape_of(Of<Shipment>{}), "shipment"},
      {"crossdock.receipt.recorded.v1", &shape_of(Of<Receipt>{}), "receipt"},
      {"crossdock.return.received.v1", &shape_of(Of<Return>{}), "return"},
      {"crossdock.invoice.posted.v1", &shape_of(Of<Invoice>{}), "invoice"},
      {"crossdock.posting.accepted.v1", &shape_of(Of<PostingResult>{}), "posting_result"},
      {"crossdock.posting.rejected.v1", &shape_of(Of<PostingResult>{}), "posting_result"},
  }};
  return types;
}

std::span<const EventType> consumed_types() {
  static const std::array<EventType, 5> types{{
      {"crossdock.inventory.snapshot.v1", &snapshot_shape(), "inventory_snapshot"},
      {"crossdock.inventory.movement.v1", &movement_shape(), "inventory_movement"},
      {"crossdock.shipment.v1", &shape_of(Of<ShipmentRequest>{}), "shipment_request"},
      {"crossdock.receipt.v1", &shape_of(Of<ReceiptRequest>{}), "receipt_request"},
      {"crossdock.return.v1", &shape_of(Of<ReturnRequest>{}), "return_request"},
  }};
  return types;
}

std::string schema_id(std::string_view document) { return "urn:crossdock:schema:" + std::string(document) + ":v1"; }

std::string dataschema_of(std::string_view type) {
  for (const auto& types : {published_types(), consumed_types()})
    for (const EventType& known : types)
      if (known.type == type) return schema_id(known.document);
  return {};
}

}  // namespace crossdock
