// Writes a World back, set-based: one statement a table.
#pragma once
#include "ledger/world.hpp"
#include "postgres/connection.hpp"

namespace crossdock::store {

/// Sends everything that is marked, and waits for nothing: what goes wrong shows when the transaction settles or commits. A violated
/// unique key (class 23505) then means that another transaction has taken an identity meanwhile (an idempotency key, an order number, a
/// document): the whole is decided anew on what it left.
/// The rows for Kafka learn their ids.
void apply(postgres::Transaction& transaction, ledger::World& world);

}  // namespace crossdock::store
