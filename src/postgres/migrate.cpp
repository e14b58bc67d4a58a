#include "postgres/migrate.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "crossdock/base/id.hpp"

namespace crossdock::postgres {
namespace {

/// Any number, the same in every instance: "crossdck" in ASCII.
constexpr std::int64_t advisory_key = 0x63726f7373'64636bLL;

struct Applied {
  std::string name;
  std::string checksum;
  Instant at;
};
using History = std::map<int, Applied>;

History history_of(Transaction& transaction) {
  History history;
  if (transaction.execute("select to_regclass('crossdock_migration') is not null")[0][0] != "t") return history;
  const auto rows = transaction.execute("select number, name, sha256, applied_at from crossdock_migration order by number");
  for (const auto row : rows) {
    history.emplace(static_cast<int>(row.integer(0)), Applied{row.text(1), row.text(2), row.instant(3)});
  }
  return history;
}

std::vector<MigrationStatus> compare(const History& history, std::span<const Migration> migrations) {
  std::map<int, MigrationStatus> all;
  for (const auto& migration : migrations) {
    all[migration.number] = {migration.number, migration.name, MigrationState::pending, {}};
  }
  for (const auto& [number, applied] : history) {
    const auto known = std::find_if(migrations.begin(), migrations.end(), [&](const auto& m) { return m.number == number; });
    auto state = MigrationState::unknown;
    if (known != migrations.end()) state = known->checksum == applied.checksum ? MigrationState::applied : MigrationState::changed;
    all[number] = {number, applied.name, state, applied.at};
  }
  std::vector<MigrationStatus> out;
  out.reserve(all.size());
  for (auto& [number, status] : all) out.push_back(std::move(status));
  return out;
}

std::string titled(const MigrationStatus& status) { return std::to_string(status.number) + " (" + status.name + ")"; }

/// What forbids migrating, and starting.
Outcome acceptable(const std::vector<MigrationStatus>& statuses) {
  for (const auto& status : statuses) {
    if (status.state == MigrationState::changed) {
      return Fault(FaultKind::broken, "schema_changed",
                   "migration " + titled(status) + " was applied with another content; applied migrations are never edited, add a new one");
    }
    if (status.state == MigrationState::unknown) {
      return Fault(FaultKind::broken, "schema_newer",
                   "the database has migration " + titled(status) + ", which this version does not know; run the newer version");
    }
  }
  return Done{};
}

std::string in_ms(std::chrono::milliseconds time) { return "'" + std::to_string(time.count()) + "ms'"; }

/// One turn: takes the lock, looks, applies the next one if there is one. 0 when there was nothing to do.
Result<int> apply_next(Connection& connection, std::span<const Migration> migrations, const MigrateLimits& limits) {
  Outcome allowed = Done{};
  const Migration* current = nullptr;
  const auto applied = transact(connection, [&](Transaction& transaction) {
    transaction.execute("set local statement_timeout = 0; set local lock_timeout = " + in_ms(limits.wait_for_other));
    transaction.query("select pg_advisory_xact_lock($1::bigint)", advisory_key);
    transaction.execute("set local lock_timeout = " + in_ms(limits.lock_timeout));
    const auto statuses = compare(history_of(transaction), migrations);
    allowed = acceptable(statuses);
    const auto next = std::find_if(statuses.begin(), statuses.end(), [](const auto& s) { return s.state == MigrationState::pending; });
    if (!allowed || next == statuses.end()) return 0;
    current = &*std::find_if(migrations.begin(), migrations.end(), [&](const auto& m) { return m.number == next->number; });
    transaction.execute(
        "create table if not exists crossdock_migration (number int primary key, name text not null, sha256 text not null,"
        " applied_at timestamptz not null default clock_timestamp())");
    transaction.execute(std::string(current->sql));
    transaction.query("insert into crossdock_migration (number, name, sha256) values ($1, $2, $3)", current->number, current->name,
                      current->checksum);
    return current->number;
  });
  if (!allowed) return allowed.fault();
  if (applied) return *applied;
  const auto& failure = applied.failure();
  if (!current || failure.kind == FailureKind::lost || failure.kind == FailureKind::retry) return as_fault(failure);
  return Fault(FaultKind::broken, "migration_failed",
               "migration " + std::to_string(current->number) + " (" + current->name + "): " + failure.message);
}

struct AnswerTimeout {
  Connection& connection;
  std::chrono::milliseconds before;
  ~AnswerTimeout() { connection.set_answer_timeout(before); }
};

}  // namespace

Result<std::vector<Migration>> migrations_from(std::span<const Embedded> files) {
  std::vector<Migration> out;
  for (const auto& file : files) {
    const auto name = file.path.substr(file.path.rfind('/') + 1);  // npos + 1 is 0
    const auto digits = name.substr(0, 4);
    const auto number = std::accumulate(digits.begin(), digits.end(), 0, [](int sum, char c) { return sum * 10 + (c - '0'); });
    const bool named = name.size() > 9 && name[4] == '_' && name.ends_with(".sql") && number > 0 &&
                       digits.find_first_not_of("0123456789") == std::string_view::npos;
    if (!named) return Fault(FaultKind::broken, "migration_name", std::string(file.path) + " is not named NNNN_name.sql");
    out.push_back({number, std::string(name.substr(5, name.size() - 9)), file.bytes, hex(sha256(file.bytes))});
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i].number == static_cast<int>(i) + 1) continue;
    return Fault(FaultKind::broken, "migration_number",
                 "migrations count from 1 without gaps; found " + std::to_string(out[i].number) + " in place " + std::to_string(i + 1));
  }
  return out;
}

Result<std::vector<int>> migrate(Connection& connection, std::span<const Migration> migrations, MigrateLimits limits) {
  const AnswerTimeout restore{connection, connection.set_answer_timeout(limits.wait_for_other + std::chrono::hours(2))};
  std::vector<int> applied;
  for (;;) {
    const auto number = apply_next(connection, migrations, limits);
    if (!number) return number.fault();
    if (*number == 0) return applied;
    applied.push_back(*number);
  }
}

Result<std::vector<MigrationStatus>> migration_status(Connection& connection, std::span<const Migration> migrations) {
  const auto history = transact(connection, [](Transaction& t) { return history_of(t); }, Isolation::repeatable_read_read_only);
  if (!history) return as_fault(history.failure());
  return compare(*history, migrations);
}

Outcome verify_migrations(Connection& connection, std::span<const Migration> migrations) {
  const auto statuses = migration_status(connection, migrations);
  if (!statuses) return statuses.fault();
  if (auto allowed = acceptable(*statuses); !allowed) return allowed;
  for (const auto& status : *statuses) {
    if (status.state != MigrationState::pending) continue;
    return Fault(FaultKind::broken, "schema_behind", "migration " + titled(status) + " is not applied; run crossdock migrate");
  }
  return Done{};
}

}  // namespace crossdock::postgres
