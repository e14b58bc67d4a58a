// The schema's history: numbered SQL, forward only, each applied once in its own transaction.
#pragma once
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crossdock/base/embedded.hpp"
#include "crossdock/base/result.hpp"
#include "crossdock/base/time.hpp"
#include "postgres/connection.hpp"

namespace crossdock::postgres {

struct Migration {
  int number = 0;
  std::string name;      ///< 0001_<name>.sql
  std::string_view sql;  ///< may hold several statements; no BEGIN or COMMIT, nothing that refuses a transaction
  std::string checksum;  ///< SHA-256 of sql, hex
};

/// From the embedded files schemas/sql/NNNN_name.sql (any order). A fault (broken) on a bad name, a number twice or a gap.
Result<std::vector<Migration>> migrations_from(std::span<const Embedded> files);

struct MigrateLimits {
  std::chrono::milliseconds wait_for_other{300'000};  ///< for another instance that is migrating
  std::chrono::milliseconds lock_timeout{10'000};     ///< for the tables that a migration changes
};

/// Applies what is missing and returns the numbers it applied. Two instances that start at once take turns (advisory lock).
/// Faults, nothing applied: `schema_changed` (an applied one has another checksum), `schema_newer` (the database knows more than this
/// binary); `migration_failed` names the one that failed, those before it stay. Technical ones as as_fault().
Result<std::vector<int>> migrate(Connection& connection, std::span<const Migration> migrations, MigrateLimits limits = {});

enum class MigrationState { applied, pending, changed, unknown };
struct MigrationStatus {
  int number = 0;
  std::string name;
  MigrationState state = MigrationState::pending;
  std::optional<Instant> applied_at;
};
/// What the database has against what the binary brings, by number.
Result<std::vector<MigrationStatus>> migration_status(Connection& connection, std::span<const Migration> migrations);
/// A fault unless all are applied and none is changed or unknown. `schema_behind` when some are pending.
Outcome verify_migrations(Connection& connection, std::span<const Migration> migrations);

}  // namespace crossdock::postgres
