// Documents as GET answers them, written from rows.
#pragma once
#include <string>

#include "ledger/rows.hpp"

namespace crossdock::ledger {

std::string render(const OrderRow& order);
std::string render(const ReservationRow& reservation);
/// A warehouse order as listed under its order; `whole` adds what a warehouse needs (order, customer, ship-to): the body of
/// `warehouse_order.released`.
std::string render(const WarehouseOrderRow& warehouse_order, const OrderRow& order, bool whole);
/// {"items": [...], "next": null}: GET /v1/orders/{id}/warehouse-orders.
std::string render_warehouse_orders(const OrderRow& order);

/// The strong ETag of a revision: "\"7\"".
std::string etag(std::int64_t revision);

}  // namespace crossdock::ledger
