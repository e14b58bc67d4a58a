#include "validation/credit.hpp"

#include "validation/note.hpp"
#include "validation/upstream.hpp"

namespace crossdock::validation {

CreditBasis credit_basis(const Answer<CreditFacts>& answer, const std::optional<CreditFacts>& stored, std::optional<Instant> stored_as_of,
                         const Rules& rules, Instant now) {
  CreditBasis basis;
  const bool asked = answer.status != AnswerStatus::not_asked;
  basis.source = asked ? answer.source : "store";
  // Where the system does not answer, what the store knows is a last known answer like any other; the younger one counts.
  const bool from_answer =
      answer.facts && !(stored && answer.status != AnswerStatus::answered && stored_as_of && answer.as_of < stored_as_of);
  basis.facts = from_answer ? answer.facts : stored;
  basis.as_of = from_answer ? answer.as_of : stored_as_of;
  if (answer.status == AnswerStatus::answered && !answer.facts) basis.facts.reset();
  auto standing = stand("credit", "/customer", answer.status, basis.source, answer.duration_ms, basis.facts.has_value(), basis.as_of,
                        rules.credit.without, rules, now);
  if (!standing.judge) basis.facts.reset();
  basis.check = std::move(standing.check);
  if (standing.finding) {
    standing.finding->source_code = answer.source_code;
    basis.findings.push_back(std::move(*standing.finding));
  }
  return basis;
}

std::vector<Finding> judge_credit(const CreditBasis& basis, Decimal pending, Decimal order_total, const Rules& rules) {
  std::vector<Finding> findings;
  if (!basis.facts) return findings;
  const auto& facts = *basis.facts;
  const auto add = [&](Code code, std::optional<std::string> value, std::optional<std::string> allowed, std::string more) {
    auto finding = to_finding({code, "/customer", std::move(value), std::move(allowed), std::move(more), std::nullopt}, rules);
    finding.source_system = basis.source;
    finding.as_of = basis.as_of;
    findings.push_back(std::move(finding));
  };
  const Decimal exposure = facts.exposure + pending + order_total;
  if (facts.limit && exposure > *facts.limit) {
    add(Code::credit_limit_exceeded, exposure.text(), facts.limit->text(),
        facts.exposure.text() + " owed, " + pending.text() + " in open orders, " + order_total.text() + " for this one, limit " +
            facts.limit->text());
  }
  if (facts.hold) add(Code::credit_hold, std::nullopt, std::nullopt, {});
  if (facts.past_due.positive()) add(Code::credit_past_due, facts.past_due.text(), "0", {});
  return findings;
}

}  // namespace crossdock::validation
