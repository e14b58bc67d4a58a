#include "crossdock/model/incoming.hpp"

#include "crossdock/model/codec.hpp"

namespace crossdock {
namespace {

using Incoming = std::variant<IncomingDocument, Mistakes, json::Malformed>;

template <class T>
Incoming decode_as(const Shape& shape, json::View root) {
  T document;
  Mistakes mistakes;
  if (!decode(shape, root, &document, mistakes)) return mistakes;
  return IncomingDocument(std::move(document));
}

Incoming refuse(std::string code, std::string detail) { return Mistakes{{"", std::move(code), std::move(detail), ""}}; }

Incoming by_members(json::View root) {
  if (root.is(json::Kind::object)) {
    if (root.find("kind")) return decode_as<InventoryEvent>(shape_of(Of<InventoryEvent>{}), root);
    if (root.find("shipment_number")) return decode_as<ShipmentRequest>(shape_of(Of<ShipmentRequest>{}), root);
    if (root.find("receipt_number")) return decode_as<ReceiptRequest>(shape_of(Of<ReceiptRequest>{}), root);
    if (root.find("return_number")) return decode_as<ReturnRequest>(shape_of(Of<ReturnRequest>{}), root);
  }
  return refuse("unknown_type",
                "neither the envelope nor the body says what this is: kind, shipment_number, receipt_number or return_number");
}

}  // namespace

Incoming decode_incoming(std::string_view type, std::string_view body, json::Limits limits) {
  json::Document large;  // what is large is not kept
  json::Document& document = body.size() > (64U << 10) ? large : scratch_document();
  if (auto malformed = document.parse_copy(body, limits)) return std::move(*malformed);
  const json::View root = document.root();
  if (type.empty()) return by_members(root);
  if (type == "crossdock.inventory.snapshot.v1") return decode_as<InventoryEvent>(snapshot_shape(), root);
  if (type == "crossdock.inventory.movement.v1") return decode_as<InventoryEvent>(movement_shape(), root);
  if (type == "crossdock.shipment.v1") return decode_as<ShipmentRequest>(shape_of(Of<ShipmentRequest>{}), root);
  if (type == "crossdock.receipt.v1") return decode_as<ReceiptRequest>(shape_of(Of<ReceiptRequest>{}), root);
  if (type == "crossdock.return.v1") return decode_as<ReturnRequest>(shape_of(Of<ReturnRequest>{}), root);
  return refuse("unknown_type", "this type of event is not consumed: " + std::string(type.substr(0, 200)));
}

}  // namespace crossdock
