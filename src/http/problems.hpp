// Errors as callers see them: RFC 9457 problems, their codes in one table.
#pragma once
#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crossdock/base/mistakes.hpp"
#include "http/message.hpp"

namespace crossdock::http {

/// One row of the contract's table; the daemon serves /problems/{code} from it.
struct ProblemCode {
  std::string_view code;
  int status;  ///< the usual one
  std::string_view title;
  std::string_view meaning;  ///< what it says and what the caller can do: a sentence or two for the page
  bool repeatable = false;   ///< always goes with Retry-After
};
std::span<const ProblemCode> problem_codes();
const ProblemCode* find_problem(std::string_view code);

/// Builds a problem; title and usual status come from the table (an unknown code is a bug and becomes a 500).
///   return Problem("insufficient_stock", "line 1 asks for 5, 3 are left").errors(std::move(mistakes)).response(request);
class Problem {
 public:
  Problem(std::string_view code, std::string detail);
  /// With another status than the code's usual one (408, 411, 414, 417, 431 at the edge; 503 or 504 for deadline_exceeded).
  Problem(int status, std::string_view code, std::string detail);

  Problem&& errors(Mistakes mistakes) &&;
  /// As the two below, for a problem that is built step by step.
  void add_error(Mistake mistake, std::string members = {});
  void add_member(std::string_view name, std::string json);
  /// An entry of errors[] that carries more than the usual members: `members` is JSON text such as `"available":"3","version":17`.
  Problem&& error(Mistake mistake, std::string members = {}) &&;
  /// Another member of the problem itself: a finished JSON value.
  Problem&& member(std::string_view name, std::string json) &&;
  Problem&& retry_after(std::chrono::seconds wait) &&;  ///< rounded up to 1 s; codes that need one have 1 s by default

  Response response(const Request& request) const;
  Response response(std::string_view correlation_id, std::string_view base = {}) const;

 private:
  struct Entry {
    Mistake mistake;
    std::string members;
  };
  int status_;
  const ProblemCode* row_;
  std::string detail_;
  std::vector<Entry> errors_;
  std::vector<std::pair<std::string, std::string>> members_;
  std::chrono::seconds wait_{0};
};

}  // namespace crossdock::http
