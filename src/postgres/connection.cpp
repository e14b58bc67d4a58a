#include "postgres/connection.hpp"

#include <algorithm>
#include <random>

#include "postgres/sanitizers.hpp"
#include "postgres/wire.hpp"

#if PQXX_VERSION_MAJOR < 7
template <>
struct pqxx::string_traits<crossdock::postgres::Param> {
  static constexpr const char* name() noexcept { return "Param"; }
  static constexpr bool has_null() noexcept { return true; }
  static bool is_null(const crossdock::postgres::Param& param) { return param.is_null(); }
  static std::string to_string(const crossdock::postgres::Param& param) { return std::string(param.text()); }
};
#endif

namespace crossdock::postgres {
namespace {

#if PQXX_VERSION_MAJOR < 7
auto in_pqxx(std::span<const Param> params) { return pqxx::prepare::make_dynamic_params(params.begin(), params.end()); }
#else
pqxx::params in_pqxx(std::span<const Param> params) {
  pqxx::params out;
  out.reserve(params.size());
  for (const Param& param : params) {
    if (param.is_null()) {
      out.append();
    } else {
      out.append(param.text());
    }
  }
  return out;
}
#endif

void refuse_nul(std::span<const Param> params) {
  for (std::size_t i = 0; i < params.size(); ++i) {
    if (!params[i].holds_nul()) continue;
    throw Error(
        {FailureKind::data, "22021", "parameter " + std::to_string(i + 1) + " holds U+0000, which PostgreSQL's text cannot", false});
  }
}

}  // namespace

std::chrono::milliseconds Backoff::next() {
  thread_local std::minstd_rand random(std::random_device{}());
  const auto ceiling = std::min<std::chrono::milliseconds>(cap_, base_ * (1LL << std::min(failures_, 20)));
  ++failures_;
  std::uniform_int_distribution<long long> spread(base_.count() / 2, std::max(ceiling.count(), base_.count()));
  return std::chrono::milliseconds(spread(random));
}

void Connection::Wire::drop() noexcept {
  work.reset();
  connection.reset();
}

pqxx::result Connection::Wire::send(const std::string& sql) {
  const Watchdog::Guard guard(slot, connection->sock(), settings.answer_timeout);
  return work->exec(sql);
}

pqxx::result Connection::Wire::send(const std::string& sql, std::span<const Param> params) {
  const Watchdog::Guard guard(slot, connection->sock(), settings.answer_timeout);
#if PQXX_VERSION_MAJOR < 7
  return work->exec_params(sql, in_pqxx(params));
#else
  return work->exec(sql, in_pqxx(params));
#endif
}

pqxx::result Connection::Wire::send_prepared(std::string_view name, std::span<const Param> params) {
  const Watchdog::Guard guard(slot, connection->sock(), settings.answer_timeout);
#if PQXX_VERSION_MAJOR < 7
  return work->exec_prepared(std::string(name), in_pqxx(params));
#else
  return work->exec(pqxx::prepped{std::string(name)}, in_pqxx(params));
#endif
}

Connection::Connection(const Settings& settings, std::string_view role, std::vector<Statement> statements)
    : wire_(std::make_unique<Wire>()) {
  wire_->settings = settings.as(role);
  wire_->slot.keep(settings.curfew);
  wire_->role = role;
  wire_->statements = std::move(statements);
}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Attempt<Done> Connection::connect() {
  if (wire_->alive()) return Done{};
  wire_->drop();
  auto settings = wire_->settings;
  if (settings.curfew) {
    // libpq's own limit is 2 s or more: with less left it is not begun at all.
    const auto until =
        settings.curfew->or_sooner(Deadline::in(std::max<Clock::duration>(settings.connect_timeout, std::chrono::seconds(2))));
    if (until.left() < std::chrono::milliseconds(1'900)) return Failure{FailureKind::lost, {}, "this instance is stopping", false};
    settings.connect_timeout = std::min(settings.connect_timeout, std::chrono::floor<std::chrono::milliseconds>(until.left()));
  }
  const auto address = connection_string(settings);
  if (!address) return Failure{FailureKind::other, {}, address.fault().message(), false};
  try {
    wire_->connection = std::make_unique<pqxx::connection>(*address);
    const Watchdog::Guard guard(wire_->slot, wire_->connection->sock(), wire_->settings.answer_timeout);
    for (const auto& statement : wire_->statements) {
      wire_->connection->prepare(statement.name, statement.sql);
#if PQXX_VERSION_MAJOR < 7
      wire_->connection->prepare_now(statement.name);  // a statement that does not fit the schema is found here, not in the first batch
#endif
    }
  } catch (const std::exception& error) {
    auto failure = classify(error, wire_->alive());
    wire_->drop();
    return failure;
  }
  ++wire_->connects;
  return Done{};
}

void Connection::close() { wire_->drop(); }
bool Connection::open() const { return wire_->alive(); }
const std::string& Connection::role() const { return wire_->role; }
int Connection::backend_pid() const { return wire_->alive() ? wire_->connection->backendpid() : 0; }
int Connection::connects() const { return wire_->connects; }

std::chrono::milliseconds Connection::set_answer_timeout(std::chrono::milliseconds limit) {
  return std::exchange(wire_->settings.answer_timeout, limit);
}

Transaction::Transaction(Connection& connection, Isolation isolation) : wire_(*connection.wire_) {
  if (wire_.work) throw Error({FailureKind::other, {}, "a transaction runs on this connection already", false});
  wire_.work.emplace(*wire_.connection);
  try {
    guarded([&] {
      return wire_.send(isolation == Isolation::read_committed ? "begin isolation level read committed read write"
                                                               : "begin isolation level repeatable read read only");
    });
  } catch (...) {
    wire_.work.reset();
    throw;
  }
}

Transaction::~Transaction() {
  if (state_ != State::ended) rollback();
  wire_.work.reset();
}

template <class Call>
Rows Transaction::guarded(Call&& call) {
  if (state_ != State::running) throw Error({FailureKind::other, "25P02", "the transaction has failed or ended", false});
  try {
    return Rows(std::make_shared<const Rows::Wire>(Rows::Wire{call()}));
  } catch (const std::exception& error) {
    state_ = State::failed;
    throw Error(classify(error, wire_.alive()));
  }
}

Rows Transaction::run_with(std::string_view statement, std::span<const Param> params) {
  return guarded([&] {
    refuse_nul(params);
    return wire_.send_prepared(statement, params);
  });
}

Rows Transaction::execute(const std::string& sql) {
  return guarded([&] { return wire_.send(sql); });
}

Rows Transaction::query_with(const std::string& sql, std::span<const Param> params) {
  return guarded([&] {
    refuse_nul(params);
    return wire_.send(sql, params);
  });
}

void Transaction::commit() {
  // A statement_timeout that fires in COMMIT ends the wait for the synchronous standby, and the answer is success all the same.
  // In a transaction that has failed unnoticed, SET fails where a bare COMMIT would answer ROLLBACK without an error.
  try {
    guarded([&] { return wire_.send("set local statement_timeout = 0; commit"); });
  } catch (const Error& error) {
    auto failure = error.failure();
    failure.in_doubt = failure.kind == FailureKind::lost;
    throw Error(failure);
  }
  state_ = State::ended;
}

void Transaction::rollback() noexcept {
  const bool usable = state_ != State::ended && wire_.alive();
  state_ = State::ended;
  if (!usable) return;
  try {
    wire_.send("rollback");
  } catch (const std::exception&) {
    wire_.drop();  // closing the connection rolls back too
  }
}

Failure detail::failure_in_flight(Connection& connection) {
  Failure failure;
  try {
    throw;
  } catch (const std::exception& error) {
    failure = classify(error);
  } catch (...) {
    failure.message = "an exception that is not a std::exception";
  }
  if (failure.kind == FailureKind::lost) connection.close();
  return failure;
}

}  // namespace crossdock::postgres
