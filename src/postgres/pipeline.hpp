// Inside this room only: prepared statements that are sent without waiting for each other's answers (libpq's pipeline mode, which
// libpqxx 6 does not offer). A batch then costs a round trip a stage instead of one a statement, and the server works while we encode.
#pragma once
#include <functional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "postgres/params.hpp"
#include "postgres/rows.hpp"

struct pg_conn;

namespace crossdock::postgres {

/// Over a connection that it does not own. One thread. Every call may throw Error; of kind lost when the connection is.
class Pipeline {
 public:
  using Taker = std::function<void(Rows)>;

  explicit Pipeline(pg_conn* connection) : connection_(connection) {}
  /// Sends a prepared statement; `take` gets its rows when settle() has them.
  void send(std::string_view statement, std::span<const Param> params, Taker take);
  /// Sends one statement of plain SQL.
  void send_sql(const char* sql, std::span<const Param> params = {}, Taker take = nullptr);
  /// Waits for all answers: what was sent, in order, with its rows. After a failure, which is thrown, the server has skipped what followed.
  using Answered = std::pair<Taker, Rows>;
  std::vector<Answered> settle();
  /// Waits for what was sent and looks at nothing of it: before a rollback, which a failed statement would have skipped.
  void forget();

 private:
  void enter();
  [[noreturn]] void lost();
  std::vector<Answered> answers();

  pg_conn* connection_;
  std::vector<Taker> takers_;  ///< one for each statement under way
};

}  // namespace crossdock::postgres
