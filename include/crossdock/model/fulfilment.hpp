// What warehouses and accounting report: warehouse orders, shipments, receipts, returns, invoices.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crossdock/model/common.hpp"

namespace crossdock {

enum class WarehouseOrderState { planned, sent, acknowledged, picking, shipped, short_, cancel_requested, cancelled };
template <>
struct Words<WarehouseOrderState> {
  static constexpr auto list = words("planned", "sent", "acknowledged", "picking", "shipped", "short", "cancel_requested", "cancelled");
};

/// What becomes of the rest of the line; where absent, it stays open.
enum class ShipDisposition { complete, short_cancel, short_backorder };
template <>
struct Words<ShipDisposition> {
  static constexpr auto list = words("complete", "short_cancel", "short_backorder");
};

enum class ReturnDisposition { restock, scrap, inspect };
template <>
struct Words<ReturnDisposition> {
  static constexpr auto list = words("restock", "scrap", "inspect");
};

struct WarehouseOrderLine {
  int line = 0;
  int order_line = 0;
  std::string sku;
  Decimal quantity;
  std::optional<std::string> uom;
  Decimal shipped;
  friend bool operator==(const WarehouseOrderLine&, const WarehouseOrderLine&) = default;
};

/// What a warehouse is told to send: (order, location, sequence).
struct WarehouseOrder {
  std::string id;
  std::string location;
  int sequence = 1;
  WarehouseOrderState state = WarehouseOrderState::planned;
  Date ship_date;
  OrderRef order;  ///< all three members
  std::optional<std::string> customer;
  std::optional<std::string> customer_po;
  std::optional<Address> ship_to;
  std::optional<std::string> shipping_method;
  std::vector<WarehouseOrderLine> lines;
  friend bool operator==(const WarehouseOrder&, const WarehouseOrder&) = default;
};

struct Package {
  std::optional<std::string> sscc;
  std::optional<std::string> tracking_number;
  friend bool operator==(const Package&, const Package&) = default;
};

struct ShipmentLine {
  int order_line = 0;
  std::string sku;   ///< empty where not given
  Decimal quantity;  ///< 0 where nothing went out (with a disposition)
  std::optional<std::string> uom;
  std::optional<ShipDisposition> disposition;
  std::optional<std::string> lot;
  std::vector<std::string> serials;
  std::optional<Date> expiry;
  RawJson ext;
  friend bool operator==(const ShipmentLine&, const ShipmentLine&) = default;
};

struct ShipmentRequest {
  std::string source;
  std::string shipment_number;
  std::optional<OrderRef> order;               ///< at least one of the two; stored, the order with its id
  std::optional<std::string> warehouse_order;  ///< our warehouse order's id
  std::string location;
  std::optional<std::string> carrier;
  std::optional<std::string> tracking_number;
  std::optional<Instant> shipped_at;  ///< when recorded, where absent
  std::vector<Package> packages;
  std::vector<ShipmentLine> lines;
  RawJson ext;
  friend bool operator==(const ShipmentRequest&, const ShipmentRequest&) = default;
};

struct Shipment : ShipmentRequest {
  std::string id;
  std::vector<Posting> postings;
  Instant recorded_at;
  friend bool operator==(const Shipment&, const Shipment&) = default;
};

struct ReceiptLine {
  std::optional<int> supply_line;
  std::string sku;
  Decimal quantity;
  std::optional<std::string> uom;
  std::optional<std::string> lot;
  std::vector<std::string> serials;
  std::optional<Date> expiry;
  RawJson ext;
  friend bool operator==(const ReceiptLine&, const ReceiptLine&) = default;
};

struct ReceiptRequest {
  std::string source;
  std::string receipt_number;
  std::optional<std::string> supply;
  std::string location;
  std::optional<Instant> received_at;
  std::vector<ReceiptLine> lines;
  RawJson ext;
  friend bool operator==(const ReceiptRequest&, const ReceiptRequest&) = default;
};

struct Receipt : ReceiptRequest {
  std::string id;
  std::vector<Posting> postings;
  Instant recorded_at;
  friend bool operator==(const Receipt&, const Receipt&) = default;
};

struct ReturnLine {
  std::optional<int> order_line;
  std::string sku;
  Decimal quantity;
  std::optional<std::string> uom;
  std::optional<std::string> reason;
  ReturnDisposition disposition = ReturnDisposition::inspect;
  std::optional<std::string> lot;
  std::vector<std::string> serials;
  std::optional<Date> expiry;
  RawJson ext;
  friend bool operator==(const ReturnLine&, const ReturnLine&) = default;
};

struct ReturnRequest {
  std::string source;
  std::string return_number;
  std::optional<OrderRef> order;
  std::string location;
  std::optional<Instant> returned_at;
  std::vector<ReturnLine> lines;
  RawJson ext;
  friend bool operator==(const ReturnRequest&, const ReturnRequest&) = default;
};

struct Return : ReturnRequest {
  std::string id;
  std::vector<Posting> postings;
  Instant recorded_at;
  friend bool operator==(const Return&, const Return&) = default;
};

struct InvoiceLine {
  std::optional<int> order_line;
  std::string sku;
  Decimal quantity;
  std::optional<std::string> uom;
  std::optional<Decimal> unit_price;
  Decimal amount;
  RawJson ext;
  friend bool operator==(const InvoiceLine&, const InvoiceLine&) = default;
};

/// The body of `posting.accepted` and `posting.rejected`: a system's answer to a document.
struct PostingResult {
  std::string system;
  std::string document;  ///< shipment, receipt, return, invoice
  std::string id;        ///< of that document
  std::string status;
  std::optional<std::string> remote_id;
  std::optional<std::string> code;
  std::optional<std::string> detail;
  friend bool operator==(const PostingResult&, const PostingResult&) = default;
};

struct Charge {
  std::string code;
  Decimal amount;
  friend bool operator==(const Charge&, const Charge&) = default;
};

struct InvoiceRequest {
  std::string source;
  std::string invoice_number;
  std::optional<OrderRef> order;
  std::optional<Instant> invoiced_at;
  std::string currency;
  std::vector<InvoiceLine> lines;
  std::vector<Charge> charges;
  Decimal total;
  RawJson ext;
  friend bool operator==(const InvoiceRequest&, const InvoiceRequest&) = default;
};

struct Invoice : InvoiceRequest {
  std::string id;
  std::vector<Posting> postings;
  Instant recorded_at;
  friend bool operator==(const Invoice&, const Invoice&) = default;
};

}  // namespace crossdock
