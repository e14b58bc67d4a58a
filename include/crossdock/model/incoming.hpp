// What a canonical feed carries: from a record's type and body to a document.
#pragma once
#include <string>
#include <string_view>
#include <variant>

#include "crossdock/base/json.hpp"
#include "crossdock/base/mistakes.hpp"
#include "crossdock/model/fulfilment.hpp"
#include "crossdock/model/inventory.hpp"

namespace crossdock {

using IncomingDocument = std::variant<InventoryEvent, ShipmentRequest, ReceiptRequest, ReturnRequest>;

/// Decodes a body by its type (one of consumed_types()); strict. Of a bare body (empty type) its own members tell what it is: `kind`,
/// `shipment_number`, `receipt_number`, `return_number`. A type that is not consumed, or a body that does not tell, is one Mistake.
std::variant<IncomingDocument, Mistakes, json::Malformed> decode_incoming(std::string_view type, std::string_view body,
                                                                          json::Limits limits = {});

}  // namespace crossdock
