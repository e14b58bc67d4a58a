// The larger parts of applier.cpp: orders with all that hangs on them, reservations, shipments and their effects.
#pragma once
#include <string_view>

#include "crossdock/base/id.hpp"
#include "ledger/world.hpp"
#include "postgres/connection.hpp"

namespace crossdock::store {

void put_orders(postgres::Transaction& transaction, const ledger::World& world);
void put_reservations(postgres::Transaction& transaction, const ledger::World& world);
void put_shipments(postgres::Transaction& transaction, const ledger::World& world);

/// A digest as a column of bytes takes it.
inline std::string_view bytes_of(const Sha256& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

}  // namespace crossdock::store
