#include "postgres/connection.hpp"

#include <algorithm>
#include <random>

#include "postgres/raw.hpp"
#include "postgres/sanitizers.hpp"
#include "postgres/wire.hpp"

namespace crossdock::postgres {

thread_local Tap::handle Tap::last = nullptr;
thread_local Tap::Limits Tap::limits;

Tap::handle Tap::do_startconnect(handle before) {
  if (before || !limits.curfew || !raw::one_address(options())) return last = connect_direct::do_startconnect(before);
  raw::Link link(nullptr, limits.curfew);
  if (auto connected = link.connect(options(), Deadline::in(limits.time)); !connected)
    throw pqxx::broken_connection(connected.failure().message);
  return last = link.release();
}

std::chrono::milliseconds Backoff::next() {
  thread_local std::minstd_rand random(std::random_device{}());
  const auto ceiling = std::min<std::chrono::milliseconds>(cap_, base_ * (1LL << std::min(failures_, 20)));
  ++failures_;
  std::uniform_int_distribution<long long> spread(base_.count() / 2, std::max(ceiling.count(), base_.count()));
  return std::chrono::milliseconds(spread(random));
}

void Connection::Wire::drop() noexcept {
  work.reset();
  pipeline.reset();
  connection.reset();
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
  Tap::limits = {settings.curfew, std::max<std::chrono::milliseconds>(settings.connect_timeout, std::chrono::seconds(2))};
  try {
    wire_->connection = std::make_unique<pqxx::basic_connection_base<Tap>>(*address);
    wire_->pipeline.emplace(Tap::last);
    const Watchdog::Guard guard(wire_->slot, wire_->connection->sock(), wire_->settings.answer_timeout);
    for (const auto& statement : wire_->statements) {
      wire_->connection->prepare(statement.name, statement.sql);
      wire_->connection->prepare_now(statement.name);  // a statement that does not fit the schema is found here, not in the first batch
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

template <class Call>
auto Transaction::guarded(Call&& call) {
  if (state_ != State::running) throw Error({FailureKind::other, "25P02", "the transaction has failed or ended", false});
  try {
    return wire_.within_limit(std::forward<Call>(call));
  } catch (const std::exception& error) {
    state_ = State::failed;
    throw Error(classify(error, wire_.alive()));
  }
}

Transaction::Transaction(Connection& connection, Isolation isolation) : wire_(*connection.wire_) {
  if (wire_.work) throw Error({FailureKind::other, {}, "a transaction runs on this connection already", false});
  wire_.work.emplace(*wire_.connection);
  try {
    guarded([&] {
      wire_.pipeline->send_sql(isolation == Isolation::read_committed ? "begin isolation level read committed read write"
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

void Transaction::send_with(std::string_view statement, std::span<const Param> params, std::function<void(Rows)> take) {
  guarded([&] { wire_.pipeline->send(statement, params, std::move(take)); });
}

Rows Transaction::run_with(std::string_view statement, std::span<const Param> params) {
  std::optional<Rows> rows;
  send_with(statement, params, [&rows](Rows found) { rows = std::move(found); });
  settle();
  return std::move(*rows);
}

/// What takes the rows may throw as it likes, and may send more: it is called when the answers are all in.
void Transaction::settle() {
  std::vector<Pipeline::Answered> answered;
  guarded([&] { answered = wire_.pipeline->settle(); });
  for (auto& [take, rows] : answered)
    if (take) take(std::move(rows));
}

Rows Transaction::execute(const std::string& sql) {
  settle();
  return guarded([&] { return Rows(std::make_shared<const Rows::Wire>(Rows::Wire{wire_.work->exec(sql), {}})); });
}

Rows Transaction::query_with(const std::string& sql, std::span<const Param> params) {
  std::optional<Rows> rows;
  guarded([&] { wire_.pipeline->send_sql(sql.c_str(), params, [&rows](Rows found) { rows = std::move(found); }); });
  settle();
  return std::move(*rows);
}

void Transaction::commit() {
  // A statement_timeout that fires in COMMIT ends the wait for the synchronous standby, and the answer is success all the same.
  // In a transaction that has failed unnoticed, SET fails where a bare COMMIT would answer ROLLBACK without an error.
  try {
    guarded([&] {
      wire_.pipeline->send_sql("set local statement_timeout = 0");
      wire_.pipeline->send_sql("commit");
    });
    settle();
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
    wire_.within_limit([&] {
      wire_.pipeline->forget();
      wire_.pipeline->send_sql("rollback");
      wire_.pipeline->settle();
    });
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
