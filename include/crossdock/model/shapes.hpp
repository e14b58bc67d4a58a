// Which types are documents: each has a Shape, its members declared once.
#pragma once

namespace crossdock {

class Shape;

/// Names a type where no value of it is at hand.
template <class T>
struct Of {};

struct Source;
struct Identifier;
struct Address;
struct OrderRef;
struct Posting;
struct Finding;
struct Check;
struct Promise;
struct Validation;
struct Totals;
struct OrderLineRequest;
struct OrderRequest;
struct Hold;
struct OrderLine;
struct Order;
struct HoldRequest;
struct ReasonRequest;
struct TimelineStep;
struct ReservationLineRequest;
struct ReservationRequest;
struct ReservationLine;
struct Reservation;
struct ExtendRequest;
struct WarehouseOrderLine;
struct WarehouseOrder;
struct Package;
struct ShipmentLine;
struct ShipmentRequest;
struct Shipment;
struct ReceiptLine;
struct ReceiptRequest;
struct Receipt;
struct ReturnLine;
struct ReturnRequest;
struct Return;
struct InvoiceLine;
struct Charge;
struct InvoiceRequest;
struct Invoice;
struct PostingResult;
struct MovementReference;
struct InventoryEvent;
struct PositionChange;
struct InventoryShortfall;
struct InventoryGap;
struct AvailabilityLineRequest;
struct AvailabilityRequest;
struct Confirmation;
struct LocationAvailability;
struct AvailabilityLine;
struct AvailabilityAnswer;
struct AtpStep;
struct PositionView;
struct ItemAvailability;
struct Unit;
struct SafetyStock;
struct Item;
struct Credit;
struct Customer;
struct Location;
struct SupplyLine;
struct Supply;
struct Price;
struct ShippingMethod;

const Shape& shape_of(Of<Source>);
const Shape& shape_of(Of<Identifier>);
const Shape& shape_of(Of<Address>);
const Shape& shape_of(Of<OrderRef>);
const Shape& shape_of(Of<Posting>);
const Shape& shape_of(Of<Finding>);
const Shape& shape_of(Of<Check>);
const Shape& shape_of(Of<Promise>);
const Shape& shape_of(Of<Validation>);
const Shape& shape_of(Of<Totals>);
const Shape& shape_of(Of<OrderLineRequest>);
const Shape& shape_of(Of<OrderRequest>);
const Shape& shape_of(Of<Hold>);
const Shape& shape_of(Of<OrderLine>);
const Shape& shape_of(Of<Order>);
const Shape& shape_of(Of<HoldRequest>);
const Shape& shape_of(Of<ReasonRequest>);
const Shape& shape_of(Of<TimelineStep>);
const Shape& shape_of(Of<ReservationLineRequest>);
const Shape& shape_of(Of<ReservationRequest>);
const Shape& shape_of(Of<ReservationLine>);
const Shape& shape_of(Of<Reservation>);
const Shape& shape_of(Of<ExtendRequest>);
const Shape& shape_of(Of<WarehouseOrderLine>);
const Shape& shape_of(Of<WarehouseOrder>);
const Shape& shape_of(Of<Package>);
const Shape& shape_of(Of<ShipmentLine>);
const Shape& shape_of(Of<ShipmentRequest>);
const Shape& shape_of(Of<Shipment>);
const Shape& shape_of(Of<ReceiptLine>);
const Shape& shape_of(Of<ReceiptRequest>);
const Shape& shape_of(Of<Receipt>);
const Shape& shape_of(Of<ReturnLine>);
const Shape& shape_of(Of<ReturnRequest>);
const Shape& shape_of(Of<Return>);
const Shape& shape_of(Of<InvoiceLine>);
const Shape& shape_of(Of<Charge>);
const Shape& shape_of(Of<InvoiceRequest>);
const Shape& shape_of(Of<Invoice>);
const Shape& shape_of(Of<PostingResult>);
const Shape& shape_of(Of<MovementReference>);
const Shape& shape_of(Of<InventoryEvent>);
const Shape& shape_of(Of<PositionChange>);
const Shape& shape_of(Of<InventoryShortfall>);
const Shape& shape_of(Of<InventoryGap>);
const Shape& shape_of(Of<AvailabilityLineRequest>);
const Shape& shape_of(Of<AvailabilityRequest>);
const Shape& shape_of(Of<Confirmation>);
const Shape& shape_of(Of<LocationAvailability>);
const Shape& shape_of(Of<AvailabilityLine>);
const Shape& shape_of(Of<AvailabilityAnswer>);
const Shape& shape_of(Of<AtpStep>);
const Shape& shape_of(Of<PositionView>);
const Shape& shape_of(Of<ItemAvailability>);
const Shape& shape_of(Of<Unit>);
const Shape& shape_of(Of<SafetyStock>);
const Shape& shape_of(Of<Item>);
const Shape& shape_of(Of<Credit>);
const Shape& shape_of(Of<Customer>);
const Shape& shape_of(Of<Location>);
const Shape& shape_of(Of<SupplyLine>);
const Shape& shape_of(Of<Supply>);
const Shape& shape_of(Of<Price>);
const Shape& shape_of(Of<ShippingMethod>);

/// The two kinds of an InventoryEvent, for a record whose type is known from its envelope: `kind` may be left out.
const Shape& snapshot_shape();
const Shape& movement_shape();

}  // namespace crossdock
