#include <algorithm>

#include "validation/check.hpp"

namespace crossdock::validation {

Decision decide(const std::vector<Finding>& findings, const std::vector<Check>& checks, bool accept_changes) {
  const auto some = [&](Severity severity) {
    return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) { return finding.severity == severity; });
  };
  if (some(Severity::reject) || (some(Severity::change) && !accept_changes)) return Decision::reject;
  if (some(Severity::indeterminate)) return Decision::indeterminate;
  // A check without an answer on which no finding speaks has not been judged by any rule.
  const bool spoken =
      std::any_of(findings.begin(), findings.end(), [](const Finding& finding) { return finding.code.starts_with("upstream."); });
  const bool silent = std::any_of(checks.begin(), checks.end(), [](const Check& check) {
    return check.status == CheckStatus::timed_out || check.status == CheckStatus::unavailable;
  });
  if (silent && !spoken) return Decision::indeterminate;
  if (some(Severity::hold)) return Decision::hold;
  return some(Severity::change) ? Decision::accept_with_changes : Decision::accept;
}

namespace {

/// The rule of the check that made a finding. A missing answer is told apart by what it was asked about.
const CheckRule* rule_behind(const Finding& finding, const Rules& rules) {
  const auto* known = rule_of(finding.code);
  if (known == nullptr) return nullptr;
  if (known->check == "atp") return &rules.atp;
  if (known->check == "credit") return &rules.credit;
  if (known->check == "shipping_method") return &rules.shipping_method;
  if (known->check == "upstream") return finding.pointer == "/shipping_method" ? &rules.shipping_method : &rules.credit;
  return nullptr;
}

}  // namespace

std::vector<const Finding*> refused_for_now(const std::vector<Finding>& findings, const Rules& rules) {
  std::vector<const Finding*> refused;
  for (const auto& finding : findings) {
    if (finding.severity != Severity::indeterminate) continue;
    const auto* rule = rule_behind(finding, rules);
    if (rule != nullptr && rule->refuse) refused.push_back(&finding);
  }
  return refused;
}

bool names_unknown(const Checked& checked) {
  return std::any_of(checked.findings.begin(), checked.findings.end(),
                     [](const Finding& finding) { return finding.code.ends_with(".unknown"); });
}

void set_check(std::vector<Check>& checks, Check check) {
  // What nobody had to be asked for is judged at once, by what is committed.
  const bool judged = check.status == CheckStatus::passed || check.status == CheckStatus::failed;
  if (judged && !check.duration_ms) check.duration_ms = 0;
  if (judged && !check.age_ms) check.age_ms = 0;
  const auto held = std::find_if(checks.begin(), checks.end(), [&](const Check& one) { return one.name == check.name; });
  if (held == checks.end()) {
    checks.push_back(std::move(check));
  } else {
    *held = std::move(check);
  }
}

void judge_purchase_order(Checked& checked, const std::vector<PurchaseOrderUse>& others, const Rules& rules) {
  std::erase_if(checked.findings, [](const Finding& finding) { return finding.code == rule_of(Code::customer_po_duplicate).code; });
  Check check;
  check.name = "customer_po";
  check.source = "store";
  check.status = checked.order.customer_po && rules.customer_po.made ? CheckStatus::passed : CheckStatus::skipped;
  if (check.status == CheckStatus::passed && !others.empty()) {
    const auto& first = others.front();
    Finding finding;
    const auto& rule = rule_of(Code::customer_po_duplicate);
    finding.code = rule.code;
    finding.severity = rules.severity(Code::customer_po_duplicate);
    finding.pointer = "/customer_po";
    finding.message = std::string(rule.means) + ": " + first.order_number + " of " + first.source;
    finding.value = checked.order.customer_po;
    finding.suggestion = std::string(rule.todo);
    checked.findings.push_back(std::move(finding));
    if (rules.severity(Code::customer_po_duplicate) != Severity::info) check.status = CheckStatus::failed;
  }
  set_check(checked.checks, std::move(check));
}

}  // namespace crossdock::validation
