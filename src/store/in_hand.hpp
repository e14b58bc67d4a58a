// Which Idempotency-Keys transactions of other sessions are deciding: so that a duplicate that waited in vain is told so.
#pragma once
#include <set>
#include <span>
#include <vector>

#include "ledger/world.hpp"
#include "postgres/connection.hpp"

namespace crossdock::store {

/// Lets other sessions see that this transaction decides these keys, for as long as it lasts. A hint: nobody waits for it, and nothing but
/// the words of a refusal rests on it.
void show_keys(postgres::Transaction& transaction, const std::set<ledger::IdempotencyId>& keys);
/// The keys of these requests that another session, of whichever instance, is deciding now. Of some 10,000 keys one may be named that none
/// decides.
postgres::Attempt<std::set<ledger::IdempotencyId>> keys_elsewhere(postgres::Connection& connection,
                                                                  std::span<ledger::Request* const> requests);

std::vector<postgres::Statement> in_hand_statements();

}  // namespace crossdock::store
