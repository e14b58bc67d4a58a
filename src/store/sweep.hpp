// What time brings about: due holds, near ship dates, gaps, waits whose parent has come or whose time is over, old rows.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "ledger/rows.hpp"
#include "postgres/connection.hpp"

namespace crossdock::store {

std::vector<postgres::Statement> sweep_statements();

/// The database's clock. What is due is asked by a reading of it that is believed, so that a jump in the moment after it ends nothing.
Instant clock_of(postgres::Transaction& transaction);
std::vector<std::string> due_reservations(postgres::Transaction& transaction, Instant now, int limit);
/// Orders whose first ungiven ship date is at most `days` ahead (one more is fetched for the time zones; the ledger judges exactly).
std::vector<std::string> due_releases(postgres::Transaction& transaction, int days, int limit);
std::vector<ledger::PositionKey> due_gaps(postgres::Transaction& transaction, Instant now, std::chrono::milliseconds tolerance, int limit);
/// Positions whose oldest movement may be folded and was seen so long ago (ledger/fold.hpp).
std::vector<ledger::PositionKey> due_folds(postgres::Transaction& transaction, Instant now, std::chrono::hours age, int limit);
/// Waiting rows whose item, location or order is there now.
std::vector<ledger::WaitingRow> woken_rows(postgres::Transaction& transaction, int limit);
/// Locks rows that are about to be ended. False: another instance has ended some of them meanwhile.
bool lock_waiting(postgres::Transaction& transaction, std::span<const ledger::WaitingRow> rows);
/// Waiting rows whose time is over.
std::vector<ledger::WaitingRow> overdue_rows(postgres::Transaction& transaction, Instant now, int limit);

/// Ends sessions of this installation (same database, user and application) in the middle of a transaction whose client has sent a part of
/// it and then nothing for `silence`: it is frozen, and PostgreSQL 15 has no limit for that. Answers how many.
std::size_t end_frozen(postgres::Transaction& transaction, std::chrono::milliseconds silence);

struct Retention {
  std::chrono::hours changes{24};
  std::chrono::hours keys{24 * 30};
  std::chrono::hours movements{24 * 30};  ///< the lateness horizon: a movement is kept so long, then it is folded
};
/// Deletes what nobody needs any more, a bounded number of rows a call. Answers whether more may be left.
bool prune(postgres::Transaction& transaction, Instant now, const Retention& retention);

}  // namespace crossdock::store
