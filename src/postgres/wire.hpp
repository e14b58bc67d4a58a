// Inside this room only: where libpqxx's types are.
#pragma once
#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "postgres/answer.hpp"
#include "postgres/connection.hpp"
#include "postgres/pipeline.hpp"
#include "postgres/watchdog.hpp"

namespace crossdock::postgres {

/// Of plain SQL, by libpqxx; or of a prepared statement, by libpq.
struct Rows::Wire {
  pqxx::result plain;
  Received prepared;
};

/// libpqxx 6 keeps libpq's connection to itself; its connection policy, a public point of extension, is shown it. It also makes it where
/// there is one address: libpq's own call waits for a server that says nothing, whatever the curfew says meanwhile.
class Tap : public pqxx::connect_direct {
 public:
  using connect_direct::connect_direct;
  handle do_startconnect(handle before) override;
  static thread_local handle last;  ///< what this thread connected last
  /// How long it may take, on this thread.
  struct Limits {
    std::shared_ptr<const Curfew> curfew;
    std::chrono::milliseconds time{5'000};
  };
  static thread_local Limits limits;
};

struct Connection::Wire {
  Settings settings;
  std::string role;
  std::vector<Statement> statements;
  std::unique_ptr<pqxx::basic_connection_base<Tap>> connection;
  std::optional<Pipeline> pipeline;          ///< over the same connection
  std::optional<pqxx::nontransaction> work;  ///< while a Transaction lives; we say BEGIN and COMMIT ourselves
  Watchdog::Slot slot;
  int connects = 0;

  bool alive() const { return connection && connection->is_open(); }
  void drop() noexcept;
  /// Runs `call` no longer than the session's limits.
  template <class Call>
  auto within_limit(Call&& call) {
    const Watchdog::Guard guard(slot, connection->sock(), settings.answer_timeout);
    return call();
  }
};

}  // namespace crossdock::postgres
