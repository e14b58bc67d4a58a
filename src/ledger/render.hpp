// Documents as GET answers them, written from rows.
#pragma once
#include <string>

#include "ledger/rows.hpp"

namespace crossdock::ledger {

std::string render(const OrderRow& order);
std::string render(const ReservationRow& reservation);
/// A warehouse order with what a warehouse needs of its order: as GET lists it and as `warehouse_order.released` carries it.
std::string render(const WarehouseOrderRow& warehouse_order, const OrderRow& order);
/// {"items": [...], "next": null}: GET /v1/orders/{id}/warehouse-orders.
std::string render_warehouse_orders(const OrderRow& order);

/// The strong ETag of a revision: "\"7\"".
std::string etag(std::int64_t revision);

}  // namespace crossdock::ledger
