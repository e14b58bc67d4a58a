// Which Idempotency-Keys transactions of other sessions are deciding: so that a duplicate that waited in vain is told so.
#pragma once
#include <set>
#include <span>

#include "ledger/world.hpp"
#include "postgres/connection.hpp"

namespace crossdock::store {

/// Lets other sessions see for how long this transaction decides these keys. A hint: nobody waits for it, and nothing but the words of a
/// refusal rests on it. The server's table of locks is everybody's, so a very large batch shows only a part of its keys.
void show_keys(postgres::Transaction& transaction, const std::set<ledger::IdempotencyId>& keys);
/// The keys of these requests that another session, of whichever instance, is deciding now.
postgres::Attempt<std::set<ledger::IdempotencyId>> keys_elsewhere(postgres::Connection& connection,
                                                                  std::span<ledger::Request* const> requests);

std::vector<postgres::Statement> in_hand_statements();

}  // namespace crossdock::store
