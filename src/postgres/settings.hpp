// Where the database is and the limits that every session runs under.
#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crossdock/base/deadline.hpp"
#include "crossdock/base/result.hpp"

namespace crossdock::postgres {

/// Once a stop has begun: when every call must have ended. What waits longer is cut, what begins later fails as lost. Any thread.
class Curfew {
 public:
  /// The soonest of all that are set counts.
  void set(Deadline at) {
    auto known = at_.load();
    while (at.at() < known && !at_.compare_exchange_weak(known, at.at())) {
    }
  }
  bool passed() const { return Clock::now() >= at_.load(); }
  Deadline or_sooner(Deadline other) const { return Deadline(std::min(at_.load(), other.at())); }

 private:
  std::atomic<Clock::time_point> at_{Clock::time_point::max()};
};

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
  std::shared_ptr<Curfew> curfew;  ///< of all connections made from this; may be empty

  /// The same for another role of the same process: the name appears as crossdock/<role> in pg_stat_activity.
  Settings as(std::string_view role) const;
};

/// The key=value string libpq takes, checked and complete; a fault (broken, "postgres_url") when `connection` does not parse.
Result<std::string> connection_string(const Settings& settings);
/// The passwords that `connection` holds, as they are sent: to be hidden in the log.
std::vector<std::string> passwords(std::string_view connection);
/// `connection` without its password, for logs and /health.
std::string redacted(std::string_view connection);

}  // namespace crossdock::postgres
