// Documents by the name of their case folder, so that a case needs no C++.
#pragma once
#include <map>
#include <string>

#include "crossdock/model/codec.hpp"
#include "crossdock/model/documents.hpp"

namespace crossdock::test {

/// What became of a text, whatever its document: the answer as JSON, or what was wrong.
struct Read {
  std::string json;
  std::string canonical;
  Mistakes mistakes;
  std::optional<json::Malformed> malformed;
};

template <class T>
Read read_as(const std::string& text) {
  auto decoded = decode_body<T>(text);
  Read read;
  if (auto* document = std::get_if<0>(&decoded)) {
    read.json = to_json(*document);
    read.canonical = canonical_text(shape_of(Of<T>{}), document);
  } else if (auto* mistakes = std::get_if<1>(&decoded)) {
    read.mistakes = std::move(*mistakes);
  } else {
    read.malformed = std::get<2>(decoded);
  }
  return read;
}

using ReadFunction = Read (*)(const std::string&);

inline const std::map<std::string, ReadFunction, std::less<>>& readers() {
  static const std::map<std::string, ReadFunction, std::less<>> all{
      {"availability_answer", read_as<AvailabilityAnswer>},
      {"availability_request", read_as<AvailabilityRequest>},
      {"customer", read_as<Customer>},
      {"hold_request", read_as<HoldRequest>},
      {"extend_request", read_as<ExtendRequest>},
      {"inventory_event", read_as<InventoryEvent>},
      {"inventory_gap", read_as<InventoryGap>},
      {"inventory_shortfall", read_as<InventoryShortfall>},
      {"invoice_request", read_as<InvoiceRequest>},
      {"item", read_as<Item>},
      {"item_availability", read_as<ItemAvailability>},
      {"location", read_as<Location>},
      {"order", read_as<Order>},
      {"order_request", read_as<OrderRequest>},
      {"position_change", read_as<PositionChange>},
      {"price", read_as<Price>},
      {"receipt_request", read_as<ReceiptRequest>},
      {"reservation", read_as<Reservation>},
      {"reservation_request", read_as<ReservationRequest>},
      {"return_request", read_as<ReturnRequest>},
      {"shipment", read_as<Shipment>},
      {"shipment_request", read_as<ShipmentRequest>},
      {"shipping_method", read_as<ShippingMethod>},
      {"supply", read_as<Supply>},
      {"validation", read_as<Validation>},
      {"warehouse_order", read_as<WarehouseOrder>},
  };
  return all;
}

}  // namespace crossdock::test
