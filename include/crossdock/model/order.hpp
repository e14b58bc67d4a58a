// The sales order: as asked for, and as stored. Quantities of a line are in the line's uom (the item's base unit where it has none).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crossdock/model/common.hpp"
#include "crossdock/model/finding.hpp"

namespace crossdock {

enum class OnShortage { reject, backorder, partial };
template <>
struct Words<OnShortage> {
  static constexpr auto list = words("reject", "backorder", "partial");
};

enum class OrderStatus { received, validating, on_hold, accepted, released, closed, cancelled, rejected };
template <>
struct Words<OrderStatus> {
  static constexpr auto list = words("received", "validating", "on_hold", "accepted", "released", "closed", "cancelled", "rejected");
};

enum class FulfilmentStatus { open, partly_shipped, shipped, partly_returned, returned };
template <>
struct Words<FulfilmentStatus> {
  static constexpr auto list = words("open", "partly_shipped", "shipped", "partly_returned", "returned");
};

enum class FinancialStatus { open, partly_invoiced, invoiced };
template <>
struct Words<FinancialStatus> {
  static constexpr auto list = words("open", "partly_invoiced", "invoiced");
};

/// After X12 element 668 (IA, IB, BP, IQ, IP, IS, DR, IR), and how a line ends.
enum class LineStatus {
  accepted,
  backordered,
  partial,
  quantity_changed,
  price_changed,
  substituted,
  rescheduled,
  rejected,
  shipped,
  cancelled
};
template <>
struct Words<LineStatus> {
  static constexpr auto list = words("accepted", "backordered", "partial", "quantity_changed", "price_changed", "substituted",
                                     "rescheduled", "rejected", "shipped", "cancelled");
};

struct Totals {
  std::optional<Decimal> goods;
  std::optional<Decimal> shipping;
  std::optional<Decimal> tax;
  std::optional<Decimal> discount;
  std::optional<Decimal> total;
  friend bool operator==(const Totals&, const Totals&) = default;
};

/// All of an order's head that a caller gives.
struct OrderHeader {
  std::string source;
  std::string order_number;
  std::string customer;
  std::optional<std::string> customer_po;
  std::string currency;
  std::optional<Date> order_date;
  std::optional<Date> requested_date;  ///< today where absent
  std::optional<Date> cancel_after;
  int priority = 5;  ///< lower goes first
  bool ship_complete = false;
  std::optional<std::string> terms;
  std::optional<Address> ship_to;
  std::optional<Address> bill_to;
  std::optional<std::string> shipping_method;
  OnShortage on_shortage = OnShortage::reject;
  bool accept_changes = false;
  std::optional<std::string> reservation;
  std::optional<Totals> totals;
  RawJson ext;
  friend bool operator==(const OrderHeader&, const OrderHeader&) = default;
};

struct OrderLineRequest {
  int line = 0;
  std::string sku;  ///< empty where only customer_sku is given
  std::optional<std::string> customer_sku;
  Decimal quantity;
  std::optional<std::string> uom;
  std::optional<Decimal> unit_price;  ///< per the line's uom; filled from the price list where absent
  std::optional<std::string> location;
  std::optional<Date> requested_date;  ///< the order's where absent
  RawJson ext;
  friend bool operator==(const OrderLineRequest&, const OrderLineRequest&) = default;
};

/// The body of validate, capture and revision.
struct OrderRequest : OrderHeader {
  std::vector<OrderLineRequest> lines;
  friend bool operator==(const OrderRequest&, const OrderRequest&) = default;
};

struct Hold {
  std::string code;
  std::optional<std::string> reason;
  std::string by;
  Instant at;
  friend bool operator==(const Hold&, const Hold&) = default;
};

/// A line as stored: ordered + over_shipped = open + committed + backordered + shipped + cancelled.
struct OrderLine : OrderLineRequest {
  LineStatus status = LineStatus::accepted;
  Decimal ordered;
  Decimal open;
  Decimal committed;
  Decimal backordered;
  Decimal shipped;
  Decimal cancelled;
  Decimal over_shipped;
  std::vector<Promise> promises;
  friend bool operator==(const OrderLine&, const OrderLine&) = default;
};

/// The order as stored and as GET answers it: every member of the request, and what became of it.
struct Order : OrderHeader {
  std::string id;
  std::int64_t revision = 1;
  OrderStatus order_status = OrderStatus::received;
  FulfilmentStatus fulfilment_status = FulfilmentStatus::open;
  FinancialStatus financial_status = FinancialStatus::open;
  std::vector<Hold> holds;
  std::vector<OrderLine> lines;
  Decision decision = Decision::accept;
  std::vector<Finding> findings;
  std::vector<Check> checks;
  Instant created_at;
  Instant updated_at;
  friend bool operator==(const Order&, const Order&) = default;
};

/// The body of POST /v1/orders/{id}/holds.
struct HoldRequest {
  std::string code;
  std::optional<std::string> reason;
  friend bool operator==(const HoldRequest&, const HoldRequest&) = default;
};

/// The body, optional as a whole, of a release, a cancel, or a hold's lifting.
struct ReasonRequest {
  std::optional<std::string> reason;
  friend bool operator==(const ReasonRequest&, const ReasonRequest&) = default;
};

/// One step of GET /v1/orders/{id}/timeline.
struct TimelineStep {
  Instant at;
  std::string system;
  std::string step;
  std::optional<std::string> document;
  std::optional<std::string> actor;
  std::optional<std::string> detail;
  friend bool operator==(const TimelineStep&, const TimelineStep&) = default;
};

}  // namespace crossdock
