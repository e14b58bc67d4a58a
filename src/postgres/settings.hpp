// Where the database is and the limits that every session runs under.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "crossdock/base/result.hpp"

namespace crossdock::postgres {

/// Zero means "no limit" for the three session timeouts.
struct Settings {
  std::string connection;  ///< postgresql://user@host/db?... or key=value; what it says wins over the fields below
  std::string application_name = "crossdock";
  std::chrono::milliseconds connect_timeout{5'000};     ///< rounded up to seconds, at least 2 (libpq's rule)
  std::chrono::milliseconds tcp_user_timeout{10'000};   ///< a half-open connection ends after this
  std::chrono::milliseconds statement_timeout{30'000};  ///< lifted around COMMIT
  std::chrono::milliseconds lock_timeout{2'000};
  std::chrono::milliseconds idle_in_transaction{30'000};
  /// The limit of one call on our side, for a server that is stopped but whose kernel still answers; above the two before it.
  std::chrono::milliseconds answer_timeout{60'000};
  /// Batches join a few keys to large tables whose statistics lag behind: plans by index, made once for each prepared statement. Without it
  /// PostgreSQL reads whole tables (it takes an array of unknown length for many rows) and plans each call anew.
  bool few_keys = false;

  /// The same for another role of the same process: the name appears as crossdock/<role> in pg_stat_activity.
  Settings as(std::string_view role) const;
};

/// The key=value string libpq takes, checked and complete; a fault (broken, "postgres_url") when `connection` does not parse.
Result<std::string> connection_string(const Settings& settings);
/// `connection` without its password, for logs and /health.
std::string redacted(std::string_view connection);

}  // namespace crossdock::postgres
