// What counts when a system should have answered: its facts, the last known ones, or the rule for a missing answer.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "validation/answers.hpp"
#include "validation/note.hpp"

namespace crossdock::validation {

/// How an asked check stands before its facts are judged.
struct Standing {
  bool judge = false;  ///< there are facts to judge by
  Check check;
  std::optional<Finding> finding;  ///< upstream.*, where the rule speaks
};

/// `facts_as_of` belongs to the facts at hand, old or new; none: there are no facts.
Standing stand(std::string_view name, std::string_view pointer, AnswerStatus status, const std::string& source,
               std::optional<std::int64_t> duration_ms, bool has_facts, std::optional<Instant> facts_as_of, const WithoutAnswer& without,
               const Rules& rules, Instant now);

}  // namespace crossdock::validation
