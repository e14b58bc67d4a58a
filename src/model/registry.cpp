// Which documents there are.
#include <array>

#include "crossdock/model/codec.hpp"

namespace crossdock {

std::span<const CanonicalDocument> canonical_documents() {
  static const std::array<CanonicalDocument, 18> documents{{
      {"customer", &shape_of(Of<Customer>{})},
      {"inventory_event", &shape_of(Of<InventoryEvent>{})},
      {"inventory_movement", &movement_shape()},
      {"inventory_snapshot", &snapshot_shape()},
      {"invoice", &shape_of(Of<Invoice>{})},
      {"item", &shape_of(Of<Item>{})},
      {"location", &shape_of(Of<Location>{})},
      {"order", &shape_of(Of<Order>{})},
      {"order_request", &shape_of(Of<OrderRequest>{})},
      {"position_change", &shape_of(Of<PositionChange>{})},
      {"price", &shape_of(Of<Price>{})},
      {"receipt", &shape_of(Of<Receipt>{})},
      {"reservation", &shape_of(Of<Reservation>{})},
      {"return", &shape_of(Of<Return>{})},
      {"shipment", &shape_of(Of<Shipment>{})},
      {"shipping_method", &shape_of(Of<ShippingMethod>{})},
      {"supply", &shape_of(Of<Supply>{})},
      {"warehouse_order", &shape_of(Of<WarehouseOrder>{})},
  }};
  return documents;
}

const std::vector<const Shape*>& all_shapes() {
  static const std::vector<const Shape*> shapes{
      &shape_of(Of<Source>{}),
      &shape_of(Of<Identifier>{}),
      &shape_of(Of<Address>{}),
      &shape_of(Of<OrderRef>{}),
      &shape_of(Of<Posting>{}),
      &shape_of(Of<Finding>{}),
      &shape_of(Of<Check>{}),
      &shape_of(Of<Promise>{}),
      &shape_of(Of<Validation>{}),
      &shape_of(Of<Totals>{}),
      &shape_of(Of<OrderLineRequest>{}),
      &shape_of(Of<OrderRequest>{}),
      &shape_of(Of<Hold>{}),
      &shape_of(Of<OrderLine>{}),
      &shape_of(Of<Order>{}),
      &shape_of(Of<HoldRequest>{}),
      &shape_of(Of<ReasonRequest>{}),
      &shape_of(Of<TimelineStep>{}),
      &shape_of(Of<ReservationLineRequest>{}),
      &shape_of(Of<ReservationRequest>{}),
      &shape_of(Of<ReservationLine>{}),
      &shape_of(Of<Reservation>{}),
      &shape_of(Of<ExtendRequest>{}),
      &shape_of(Of<WarehouseOrderLine>{}),
      &shape_of(Of<WarehouseOrder>{}),
      &shape_of(Of<Package>{}),
      &shape_of(Of<ShipmentLine>{}),
      &shape_of(Of<ShipmentRequest>{}),
      &shape_of(Of<Shipment>{}),
      &shape_of(Of<ReceiptLine>{}),
      &shape_of(Of<ReceiptRequest>{}),
      &shape_of(Of<Receipt>{}),
      &shape_of(Of<ReturnLine>{}),
      &shape_of(Of<ReturnRequest>{}),
      &shape_of(Of<Return>{}),
      &shape_of(Of<InvoiceLine>{}),
      &shape_of(Of<Charge>{}),
      &shape_of(Of<InvoiceRequest>{}),
      &shape_of(Of<Invoice>{}),
      &shape_of(Of<MovementReference>{}),
      &shape_of(Of<InventoryEvent>{}),
      &shape_of(Of<PositionChange>{}),
      &shape_of(Of<AvailabilityLineRequest>{}),
      &shape_of(Of<AvailabilityRequest>{}),
      &shape_of(Of<Confirmation>{}),
      &shape_of(Of<LocationAvailability>{}),
      &shape_of(Of<AvailabilityLine>{}),
      &shape_of(Of<AvailabilityAnswer>{}),
      &shape_of(Of<AtpStep>{}),
      &shape_of(Of<PositionView>{}),
      &shape_of(Of<ItemAvailability>{}),
      &shape_of(Of<Unit>{}),
      &shape_of(Of<SafetyStock>{}),
      &shape_of(Of<Item>{}),
      &shape_of(Of<Credit>{}),
      &shape_of(Of<Customer>{}),
      &shape_of(Of<Location>{}),
      &shape_of(Of<SupplyLine>{}),
      &shape_of(Of<Supply>{}),
      &shape_of(Of<Price>{}),
      &shape_of(Of<ShippingMethod>{}),
      &snapshot_shape(),
      &movement_shape(),
  };
  return shapes;
}

}  // namespace crossdock
