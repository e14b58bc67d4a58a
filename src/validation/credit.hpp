// The credit rule by itself: the ledger calls it again under the customer's lock, with the exposure that is pending then.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "crossdock/model/finding.hpp"
#include "validation/answers.hpp"
#include "validation/rules.hpp"

namespace crossdock::validation {

/// The facts that count, by the check's rule for a missing answer, and how the check stands.
struct CreditBasis {
  std::optional<CreditFacts> facts;  ///< none: nothing to judge by (no limit known, or no answer)
  std::string source;                ///< the system, or "store"
  std::optional<Instant> as_of;
  Check check;
  std::vector<Finding> findings;  ///< upstream.*: what the rule makes of a missing answer
};

/// `stored` are the customer document's own facts, as of `stored_as_of`: the basis where nobody is asked.
CreditBasis credit_basis(const Answer<CreditFacts>& answer, const std::optional<CreditFacts>& stored, std::optional<Instant> stored_as_of,
                         const Rules& rules, Instant now);

/// owner's exposure + pending + this order's total > limit -> credit.limit_exceeded; hold and past-due amounts likewise.
/// `pending` are open orders that the owner has not acknowledged, this one not among them.
std::vector<Finding> judge_credit(const CreditBasis& basis, Decimal pending, Decimal order_total, const Rules& rules);

}  // namespace crossdock::validation
