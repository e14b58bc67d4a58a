#include "validation/rules.hpp"

namespace crossdock::validation {

Rules::Rules() {
  for (const auto& rule : finding_rules()) set(rule.id, rule.severity);
  atp.from = "memory";
}

}  // namespace crossdock::validation
