#include "validation/upstream.hpp"

#include <algorithm>

namespace crossdock::validation {

namespace {

std::int64_t age_ms(Instant as_of, Instant now) { return std::max<std::int64_t>(0, now - as_of) / 1000; }

Finding missing_answer(std::string_view pointer, AnswerStatus status, const std::string& source, Without use, const Rules& rules) {
  const auto code = status == AnswerStatus::timed_out ? Code::upstream_timeout : Code::upstream_unavailable;
  auto finding = to_finding({code, std::string(pointer), std::nullopt, std::nullopt, source, std::nullopt}, rules);
  finding.severity = severity_of(use);
  if (!source.empty()) finding.source_system = source;
  return finding;
}

}  // namespace

Standing stand(std::string_view name, std::string_view pointer, AnswerStatus status, const std::string& source,
               std::optional<std::int64_t> duration_ms, bool has_facts, std::optional<Instant> facts_as_of, const WithoutAnswer& without,
               const Rules& rules, Instant now) {
  Standing standing;
  standing.check.name = name;
  standing.check.duration_ms = duration_ms;
  if (!source.empty()) standing.check.source = source;
  if (has_facts && facts_as_of) standing.check.age_ms = age_ms(*facts_as_of, now);
  if (status == AnswerStatus::not_asked || (status == AnswerStatus::answered && has_facts)) {
    standing.judge = has_facts;
    standing.check.status = has_facts ? CheckStatus::passed : CheckStatus::skipped;
    if (status == AnswerStatus::answered && !facts_as_of) standing.check.age_ms = 0;
    return standing;
  }
  const auto use = without.use;
  const bool young = has_facts && facts_as_of && now - *facts_as_of <= std::chrono::microseconds(without.max_age).count();
  if (use == Without::last_known && young) {
    standing.judge = true;
    standing.check.status = CheckStatus::stale;
    return standing;
  }
  standing.check.status = status == AnswerStatus::timed_out ? CheckStatus::timed_out : CheckStatus::unavailable;
  standing.check.age_ms.reset();
  standing.finding = missing_answer(pointer, status, source, use == Without::last_known ? without.otherwise : use, rules);
  return standing;
}

}  // namespace crossdock::validation
