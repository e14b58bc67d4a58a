#include "postgres/failure.hpp"

#include <pqxx/pqxx>

#include "postgres/answer.hpp"

namespace crossdock::postgres {
namespace {

/// libpqxx 6 gives some class 40 errors a type of their own that does not say its SQLSTATE; 7 gives it.
std::string state_of(const std::exception& error) {
  if (const auto* sql = dynamic_cast<const pqxx::sql_error*>(&error); sql && !sql->sqlstate().empty()) return sql->sqlstate();
  if (dynamic_cast<const pqxx::deadlock_detected*>(&error)) return "40P01";
  if (dynamic_cast<const pqxx::serialization_failure*>(&error)) return "40001";
  if (dynamic_cast<const pqxx::statement_completion_unknown*>(&error)) return "40003";
  if (dynamic_cast<const pqxx::transaction_rollback*>(&error)) return "40000";
  return {};
}

}  // namespace

std::string_view name(FailureKind kind) {
  switch (kind) {
    case FailureKind::data:
      return "data";
    case FailureKind::retry:
      return "retry";
    case FailureKind::lost:
      return "lost";
    case FailureKind::other:
      break;
  }
  return "other";
}

FailureKind kind_of(std::string_view sqlstate) {
  const auto klass = sqlstate.substr(0, 2);
  if (klass == "22" || klass == "23") return FailureKind::data;
  if (klass == "08" || sqlstate == "40003") return FailureKind::lost;
  // 57014 is our own statement_timeout; class 53 and 58 (disk full, out of memory, an I/O error) pass when somebody has made room.
  if (klass == "40" || klass == "53" || klass == "58" || sqlstate == "55P03" || sqlstate == "57014") return FailureKind::retry;
  // 57P0x: the server ends or starts; 25P03: it has closed an idle transaction; 25006: this is not the primary any more.
  if (sqlstate.starts_with("57P") || sqlstate == "25P03" || sqlstate == "25006") return FailureKind::lost;
  return FailureKind::other;
}

Failure classify(const std::exception& error, bool connection_alive) {
  if (const auto* ours = dynamic_cast<const Error*>(&error)) return ours->failure();
  Failure failure{FailureKind::other, state_of(error), trimmed(error.what()), false};
  if (!failure.sqlstate.empty()) failure.kind = kind_of(failure.sqlstate);
  if (dynamic_cast<const pqxx::broken_connection*>(&error) || !connection_alive) failure.kind = FailureKind::lost;
  if (dynamic_cast<const pqxx::in_doubt_error*>(&error) || failure.sqlstate == "40003") {
    failure.kind = FailureKind::lost;
    failure.in_doubt = true;
  }
  return failure;
}

Fault as_fault(const Failure& failure) {
  const auto suffix = failure.sqlstate.empty() ? std::string() : "_" + failure.sqlstate;
  switch (failure.kind) {
    case FailureKind::data:
      return {FaultKind::invalid, "postgres_data" + suffix, failure.message};
    case FailureKind::retry:
      return {FaultKind::unavailable, "postgres_retry" + suffix, failure.message};
    case FailureKind::lost:
      return {FaultKind::unavailable, "postgres_lost", failure.message};
    case FailureKind::other:
      break;
  }
  return {FaultKind::broken, "postgres" + suffix, failure.message};
}

}  // namespace crossdock::postgres
