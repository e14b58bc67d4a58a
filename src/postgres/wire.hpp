// Inside this room only: where libpqxx's types are.
#pragma once
#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <span>
#include <string>
#include <vector>

#include "postgres/connection.hpp"
#include "postgres/watchdog.hpp"

namespace crossdock::postgres {

struct Rows::Wire {
  pqxx::result result;
};

struct Connection::Wire {
  Settings settings;
  std::string role;
  std::vector<Statement> statements;
  std::unique_ptr<pqxx::connection> connection;
  std::optional<pqxx::nontransaction> work;  ///< while a Transaction lives; we say BEGIN and COMMIT ourselves
  Watchdog::Slot slot;
  int connects = 0;

  bool alive() const { return connection && connection->is_open(); }
  void drop() noexcept;
  /// Sends SQL and waits for the answer no longer than the session's limits.
  pqxx::result send(const std::string& sql);
  pqxx::result send(const std::string& sql, std::span<const Param> params);
  pqxx::result send_prepared(std::string_view name, std::span<const Param> params);
};

}  // namespace crossdock::postgres
