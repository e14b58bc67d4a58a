// The larger parts of applier.cpp: orders with all that hangs on them, reservations, shipments and their effects.
#pragma once
#include "ledger/world.hpp"
#include "postgres/connection.hpp"

namespace crossdock::store {

void put_orders(postgres::Transaction& transaction, const ledger::World& world);
void put_reservations(postgres::Transaction& transaction, const ledger::World& world);
void put_shipments(postgres::Transaction& transaction, const ledger::World& world);

}  // namespace crossdock::store
