// Is the audit as it was written? For `crossdock audit verify` and `crossdock verify`.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "ledger/audit.hpp"
#include "postgres/settings.hpp"
#include "postgres/snapshot.hpp"

namespace crossdock::store {

/// What was found; where `bad` is empty, the chain is whole and every head agrees.
struct AuditFound {
  std::string chain;
  std::int64_t places = 0;    ///< links that were followed
  std::int64_t unsealed = 0;  ///< entries that wait for the sealer: those of the last second, or of no daemon running
  std::int64_t entry = 0;     ///< the first bad entry; 0 where none is to be named
  std::string bad;            ///< what is wrong with it, in words
};

/// Follows the chain from its beginning, in one snapshot on a connection of its own. `heads`: of this chain, signatures checked by the
/// caller. `progress` is told how many of how many places have been followed, now and then. Reads the whole journal.
postgres::Attempt<AuditFound> verify_audit(const postgres::Settings& database, std::span<const ledger::AuditHead> heads,
                                           const std::function<void(std::int64_t, std::int64_t)>& progress = {});

}  // namespace crossdock::store
