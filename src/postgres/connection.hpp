// One connection with a role, and the one shape in which work is done on it: transact().
#pragma once
#include <chrono>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "postgres/failure.hpp"
#include "postgres/params.hpp"
#include "postgres/rows.hpp"
#include "postgres/settings.hpp"

namespace crossdock::postgres {

/// A statement that a connection prepares each time it connects.
struct Statement {
  std::string name;
  std::string sql;
};

/// How long to wait before the next attempt; the owner waits. Full jitter between base/2 and the doubling ceiling.
class Backoff {
 public:
  explicit Backoff(std::chrono::milliseconds base = std::chrono::milliseconds(100),
                   std::chrono::milliseconds cap = std::chrono::milliseconds(5'000))
      : base_(base), cap_(cap) {}
  std::chrono::milliseconds next();
  void reset() { failures_ = 0; }

 private:
  std::chrono::milliseconds base_, cap_;
  int failures_ = 0;
};

class Transaction;

/// Owns one connection. Used by one thread at a time; never sleeps; every call is limited by the session's timeouts.
/// Starts closed: transact() connects when needed (one attempt), so after a `lost` failure the owner waits and calls it again.
class Connection {
 public:
  Connection(const Settings& settings, std::string_view role, std::vector<Statement> statements = {});
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  /// One attempt; also prepares the statements. Nothing to do when open.
  Attempt<Done> connect();
  void close();
  bool open() const;
  const std::string& role() const;
  int backend_pid() const;  ///< 0 when closed
  /// Times that connect() succeeded: above 1 after a reconnect.
  int connects() const;
  /// For long work such as a migration: our side's limit of each call from now on; returns the one before.
  std::chrono::milliseconds set_answer_timeout(std::chrono::milliseconds limit);

 private:
  friend class Transaction;
  struct Wire;
  std::unique_ptr<Wire> wire_;
};

enum class Isolation {
  read_committed,             ///< for everything that writes
  repeatable_read_read_only,  ///< one snapshot for several questions
};

/// The work of one transact() call. Its calls throw Error, which transact() turns into a Failure after rolling back;
/// after the first Error no further statement is sent.
/// ask() and send() do not wait: statements run in the order in which they were given, and what they answered, or why one failed, shows
/// at the next run(), settle() or the commit. A batch so costs a round trip a stage, not one a statement.
class Transaction {
 public:
  /// Runs a prepared statement by name and waits for its rows.
  template <class... Args>
  Rows run(std::string_view statement, const Args&... args) {
    return with(statement, [this](std::string_view name, std::span<const Param> params) { return run_with(name, params); }, args...);
  }
  Rows run_with(std::string_view statement, std::span<const Param> params);

  /// Sends a prepared statement whose rows nobody looks at.
  template <class... Args>
  void send(std::string_view statement, const Args&... args) {
    with(statement, [this](std::string_view name, std::span<const Param> params) { send_with(name, params, nullptr); }, args...);
  }
  /// Sends a prepared statement; `take` is called with each of its rows when they are there, in the order of sending.
  template <class Take, class... Args>
  void ask(std::string_view statement, Take take, const Args&... args) {
    auto take_all = [take = std::move(take)](const Rows& rows) mutable {
      for (Row row : rows) take(row);
    };
    with(statement, [&](std::string_view name, std::span<const Param> params) { send_with(name, params, std::move(take_all)); }, args...);
  }
  /// Waits for all that was sent.
  void settle();

  /// SQL that was not prepared: cold paths, migrations, tests. Several statements are allowed when there are no parameters.
  Rows execute(const std::string& sql);
  template <class... Args>
  Rows query(const std::string& sql, const Args&... args) {
    const Param params[] = {Param(nullptr), Param(args)...};
    return query_with(sql, std::span<const Param>(params).subspan(1));
  }
  Rows query_with(const std::string& sql, std::span<const Param> params);

  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  /// For transact() alone: BEGIN in the constructor; commit() or the destructor (rollback) ends it.
  Transaction(Connection& connection, Isolation isolation);
  ~Transaction();
  void commit();
  void rollback() noexcept;

 private:
  template <class Call, class... Args>
  static auto with(std::string_view statement, Call&& call, const Args&... args) {
    if constexpr (sizeof...(Args) == 0) {
      return call(statement, std::span<const Param>());
    } else {
      const Param params[] = {Param(args)...};
      return call(statement, std::span<const Param>(params));
    }
  }
  void send_with(std::string_view statement, std::span<const Param> params, std::function<void(Rows)> take);
  template <class Call>
  auto guarded(Call&& call);
  Connection::Wire& wire_;
  enum class State { running, failed, ended } state_ = State::running;
};

namespace detail {
template <class T>
struct AttemptOf {
  using type = Attempt<T>;
};
template <>
struct AttemptOf<void> {
  using type = Attempt<Done>;
};
template <class T>
struct AttemptOf<Attempt<T>> {
  using type = Attempt<T>;
};
/// Sorts what is in flight as an exception; closes the connection when it is lost.
Failure failure_in_flight(Connection& connection);
}  // namespace detail

/// begin, work(Transaction&), commit. The work returns a value, nothing, or an Attempt whose failure rolls back.
/// On `lost` (also when the answer to COMMIT is lost) re-execute the whole: never look first and decide.
template <class Work>
auto transact(Connection& connection, Work&& work, Isolation isolation = Isolation::read_committed) ->
    typename detail::AttemptOf<std::invoke_result_t<Work&, Transaction&>>::type {
  using Answer = std::invoke_result_t<Work&, Transaction&>;
  using Outcome = typename detail::AttemptOf<Answer>::type;
  if (auto connected = connection.connect(); !connected) return connected.failure();
  try {
    Transaction transaction(connection, isolation);
    if constexpr (std::is_void_v<Answer>) {
      work(transaction);
      transaction.commit();
      return Outcome(Done{});
    } else {
      Outcome outcome(work(transaction));
      if (outcome) transaction.commit();
      return outcome;
    }
  } catch (...) {
    return detail::failure_in_flight(connection);
  }
}

}  // namespace crossdock::postgres
