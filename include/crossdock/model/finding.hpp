// What validation says about an order: decision, findings, checks, promises.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crossdock/model/common.hpp"

namespace crossdock {

enum class Decision { accept, accept_with_changes, hold, reject, indeterminate };
template <>
struct Words<Decision> {
  static constexpr auto list = words("accept", "accept_with_changes", "hold", "reject", "indeterminate");
};

enum class Severity { info, change, hold, reject, indeterminate };
template <>
struct Words<Severity> {
  static constexpr auto list = words("info", "change", "hold", "reject", "indeterminate");
};

enum class CheckStatus { passed, failed, skipped, timed_out, unavailable, stale };
template <>
struct Words<CheckStatus> {
  static constexpr auto list = words("passed", "failed", "skipped", "timed_out", "unavailable", "stale");
};

struct Finding {
  std::string code;  ///< "credit.limit_exceeded": part of the contract
  Severity severity = Severity::info;
  std::string pointer;
  std::string message;
  std::optional<std::string> value;
  std::optional<std::string> allowed;
  std::optional<std::string> suggestion;
  std::optional<std::string> source_system;
  std::optional<std::string> source_code;
  std::optional<Instant> as_of;
  bool retryable = false;
  friend bool operator==(const Finding&, const Finding&) = default;
};

struct Check {
  std::string name;
  CheckStatus status = CheckStatus::passed;
  std::optional<std::string> source;
  std::optional<std::int64_t> duration_ms;
  std::optional<std::int64_t> age_ms;
  friend bool operator==(const Check&, const Check&) = default;
};

/// So much, from there, on that ship date.
struct Promise {
  std::optional<int> line;  ///< in a validation's answer; an order's promises stand under their line
  Decimal quantity;
  Date date;
  std::string location;
  std::optional<std::int64_t> version;  ///< the position's version that the grant made
  friend bool operator==(const Promise&, const Promise&) = default;
};

/// The answer of POST /v1/orders/validate.
struct Validation {
  Decision decision = Decision::accept;
  Instant as_of;
  std::string correlation_id;
  std::vector<Finding> findings;
  std::vector<Check> checks;
  std::vector<Promise> promises;
  friend bool operator==(const Validation&, const Validation&) = default;
};

}  // namespace crossdock
