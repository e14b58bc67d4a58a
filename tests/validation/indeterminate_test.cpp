// What becomes of a capture that nobody can judge now: on hold, or refused for now, by the rule of the check that cannot say.
#include <gtest/gtest.h>

#include "validation/check.hpp"

namespace crossdock::validation {
namespace {

Finding finding(Code code, std::string pointer, Severity severity = Severity::indeterminate) {
  Finding made;
  made.code = rule_of(code).code;
  made.pointer = std::move(pointer);
  made.severity = severity;
  return made;
}

/// Who refuses, by initials: c, s, a.
std::string refused(const std::vector<Finding>& findings, std::string_view rules_that_refuse) {
  Rules rules;
  rules.credit.refuse = rules_that_refuse.find('c') != std::string_view::npos;
  rules.shipping_method.refuse = rules_that_refuse.find('s') != std::string_view::npos;
  rules.atp.refuse = rules_that_refuse.find('a') != std::string_view::npos;
  std::string out;
  for (const auto* each : refused_for_now(findings, rules)) out += each->code + each->pointer + ";";
  return out;
}

TEST(Indeterminate, is_on_hold_unless_the_check_says_refuse) {
  const auto credit = finding(Code::upstream_timeout, "/customer"), method = finding(Code::upstream_unavailable, "/shipping_method");
  const auto stock = finding(Code::atp_indeterminate, "/lines/0/quantity");
  EXPECT_EQ(refused({credit, method, stock}, ""), "");
  EXPECT_EQ(refused({credit, method, stock}, "c"), "upstream.timeout/customer;");
  EXPECT_EQ(refused({credit, method, stock}, "s"), "upstream.unavailable/shipping_method;");
  EXPECT_EQ(refused({credit, method, stock}, "a"), "atp.indeterminate/lines/0/quantity;");
  EXPECT_EQ(refused({credit, stock}, "csa"), "upstream.timeout/customer;atp.indeterminate/lines/0/quantity;");
}

TEST(Indeterminate, is_only_what_has_that_severity) {
  for (auto severity : {Severity::info, Severity::change, Severity::hold, Severity::reject})
    EXPECT_EQ(refused({finding(Code::upstream_timeout, "/customer", severity), finding(Code::credit_hold, "/customer", severity)}, "csa"),
              "");
  EXPECT_EQ(refused({finding(Code::credit_hold, "/customer")}, "c"), "credit.hold/customer;") << "a severity chosen by the owner";
  EXPECT_EQ(refused({finding(Code::item_blocked, "/lines/0/sku")}, "csa"), "") << "a check without that rule is on hold";
}

}  // namespace
}  // namespace crossdock::validation
