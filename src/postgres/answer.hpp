// Inside this room only: libpq's results and what they say when they are refusals.
#pragma once
#include <libpq-fe.h>

#include <memory>
#include <string>
#include <string_view>

#include "postgres/failure.hpp"

namespace crossdock::postgres {

struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Received = std::unique_ptr<PGresult, Clear>;

/// Without what libpq ends its messages with.
inline std::string trimmed(const char* text) {
  std::string_view view(text ? text : "");
  while (!view.empty() && (view.back() == '\n' || view.back() == ' ')) view.remove_suffix(1);
  return std::string(view);
}

inline Failure refusal(const PGresult* result) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  Failure failure{FailureKind::other, state ? state : "", trimmed(PQresultErrorMessage(result)), false};
  failure.kind = kind_of(failure.sqlstate);
  return failure;
}

}  // namespace crossdock::postgres
