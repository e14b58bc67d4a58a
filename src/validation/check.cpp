#include "validation/check.hpp"

#include <algorithm>

#include "crossdock/model/codes.hpp"
#include "validation/pass.hpp"

namespace crossdock::validation {

Pass::Pass(const OrderRequest& asked, const promise::Catalog& held, const Rules& chosen, const Answers& given, Instant at)
    : order(asked), catalog(held), rules(chosen), answers(given), now(at), locations(held.locations()) {
  customer = catalog.customer(asked.customer);
  exponent = currency_exponent(asked.currency).value_or(2);
  out.order = asked;
  out.lines.resize(asked.lines.size());
  items.resize(asked.lines.size());
}

Finding& Pass::note(const Note& note) {
  out.findings.push_back(to_finding(note, rules));
  return out.findings.back();
}

void Pass::finish(std::string_view name, const CheckRule& rule, bool looked) {
  Check check;
  check.name = name;
  check.source = rule.from == "memory" ? "memory" : "store";
  check.status = rule.made && looked ? CheckStatus::passed : CheckStatus::skipped;
  for (const auto& finding : out.findings) {
    const auto* known = rule_of(finding.code);
    if (known && known->check == name && finding.severity != Severity::info) check.status = CheckStatus::failed;
  }
  set_check(out.checks, std::move(check));
}

Date Pass::today(const OrderLineRequest& line) const {
  if (line.location && locations->find(*line.location)) return locations->today(*line.location, now);
  std::optional<Date> first;
  for (const auto& location : locations->all()) {
    const Date day = location.zone.date_of(now);
    if (!first || day < *first) first = day;
  }
  return first.value_or(Zone().date_of(now));
}

namespace {

/// What is stored says which day was meant. Only now: the checks tell a date that was asked for from today.
void fill_requested_date(Pass& pass) {
  if (pass.out.order.requested_date) return;
  std::optional<Date> first;
  for (const auto& line : pass.order.lines) first = std::min(first.value_or(pass.today(line)), pass.today(line));
  pass.out.order.requested_date = first;
}

}  // namespace

Checked check_order(const OrderRequest& order, const promise::Catalog& catalog, const Rules& rules, const Answers& answers, Instant now) {
  Pass pass(order, catalog, rules, answers, now);
  check_customer(pass);
  check_items(pass);
  check_quantities(pass);
  check_prices(pass);
  check_dates(pass);
  check_ship_to(pass);
  check_shipping_method(pass);
  check_terms_and_currency(pass);
  check_totals(pass);
  check_credit(pass);
  fill_requested_date(pass);
  std::vector<PurchaseOrderUse> others;
  for (const auto& use : answers.purchase_orders) {
    if (use.source != order.source || use.order_number != order.order_number) others.push_back(use);
  }
  judge_purchase_order(pass.out, others, rules);
  return std::move(pass.out);
}

}  // namespace crossdock::validation
