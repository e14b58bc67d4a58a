// The sealer: chains the journal's committed entries after their transactions, so that no order waits for the chain (PROTOCOLS.md 0).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ledger/audit.hpp"
#include "postgres/connection.hpp"

namespace crossdock::store {

/// What a turn did. `head.at` is the database's time.
struct Sealed {
  std::size_t entries = 0;
  bool more = false;  ///< more entries wait
  ledger::AuditHead head;
};

/// One thread. Instances take turns by the lock on the head's row; who finds it taken has nothing to do.
class Seal {
 public:
  explicit Seal(const postgres::Settings& database, std::size_t entries_a_turn = 10'000);
  /// Seals what has been committed since the last turn. Nothing when another instance is at it.
  postgres::Attempt<std::optional<Sealed>> turn();

 private:
  struct Head;
  /// Where this instance is. While it is behind (more waited than a turn takes) it goes by the entries' ids; then once more by their
  /// transactions, for those whose lower ids were committed later.
  struct Pass {
    bool behind = false;
    std::int64_t after = 0;  ///< the last one sealed
    bool seen = false;       ///< the head's snapshot is that of a turn that took everything
  };
  std::optional<Sealed> seal(postgres::Transaction& transaction);
  std::size_t chain(postgres::Transaction& transaction, const postgres::Rows& rows, Head& head);

  std::size_t entries_a_turn_;
  postgres::Connection connection_;
  Pass pass_;
};

}  // namespace crossdock::store
