// The checks of an order's head: customer, dates, ship-to, shipping method, terms, currency, totals, credit.
#include <algorithm>

#include "validation/money.hpp"
#include "validation/pass.hpp"
#include "validation/upstream.hpp"

namespace crossdock::validation {

void check_customer(Pass& pass) {
  const auto& rule = pass.rules.customer;
  const auto say = [&](Code code) { pass.note({code, "/customer", pass.order.customer, std::nullopt, {}, std::nullopt}); };
  if (rule.made && !pass.customer) say(Code::customer_unknown);
  if (rule.made && pass.customer && pass.customer->status == CustomerStatus::inactive) say(Code::customer_inactive);
  if (rule.made && pass.customer && pass.customer->status == CustomerStatus::blocked) say(Code::customer_blocked);
  pass.finish("customer", rule);
}

namespace {

void check_cancel_after(Pass& pass, Date earliest_requested) {
  const auto cancel = pass.order.cancel_after;
  if (!cancel || !(*cancel < earliest_requested)) return;
  pass.note({Code::dates_cancel_after, "/cancel_after", cancel->text(), earliest_requested.text(), {}, std::nullopt});
}

void check_line_dates(Pass& pass, std::size_t i, bool& head_noted) {
  auto& made = pass.out.lines[i];
  const auto& line = pass.order.lines[i];
  const Date today = pass.today(line);
  const Date requested = made.requested.value_or(today);
  const bool own = line.requested_date.has_value();
  if (requested < today && (own || !head_noted)) {
    head_noted = head_noted || !own;
    pass.note(
        {Code::dates_past, own ? line_pointer(i, "requested_date") : "/requested_date", requested.text(), today.text(), {}, std::nullopt});
  }
  if (requested < today && pass.changes(Code::dates_past)) {
    made.requested = today;
    (own ? pass.out.order.lines[i].requested_date : pass.out.order.requested_date) = today;
  }
  if (!pass.items[i] || pass.items[i]->lead_time_days <= 0) return;
  const Date soonest = today + pass.items[i]->lead_time_days;
  if (made.requested && *made.requested < soonest) {
    pass.note({Code::dates_lead_time, line_pointer(i, "requested_date"), made.requested->text(), soonest.text(), made.sku, std::nullopt});
  }
}

}  // namespace

void check_dates(Pass& pass) {
  if (pass.rules.dates.made) {
    bool head_noted = false;
    std::optional<Date> earliest;
    for (std::size_t i = 0; i < pass.order.lines.size(); ++i) {
      check_line_dates(pass, i, head_noted);
      const Date goes = pass.out.lines[i].requested.value_or(pass.today(pass.order.lines[i]));
      if (!earliest || goes < *earliest) earliest = goes;
    }
    if (earliest) check_cancel_after(pass, *earliest);
  }
  pass.finish("dates", pass.rules.dates);
}

namespace {

/// What the caller left out of an address comes from the customer's own one of that code.
void complete(Address& address, const Address& known) {
  if (!address.code) address.code = known.code;
  if (!address.name) address.name = known.name;
  if (address.street.empty()) address.street = known.street;
  if (!address.city) address.city = known.city;
  if (!address.region) address.region = known.region;
  if (!address.postal_code) address.postal_code = known.postal_code;
  if (!address.country) address.country = known.country;
}

void check_ship_to_code(Pass& pass) {
  auto& address = pass.out.order.ship_to;
  if (!pass.customer) return;
  const auto& known = pass.customer->ship_to;
  if (!address && known.size() == 1) address = known.front();
  if (!address || !address->code) return;
  const auto found = std::find_if(known.begin(), known.end(), [&](const Address& one) { return one.code == address->code; });
  if (found != known.end()) {
    complete(*address, *found);
    return;
  }
  std::string codes;
  for (const auto& one : known) codes += (codes.empty() ? "" : ", ") + one.code.value_or("");
  pass.note({Code::ship_to_unknown, "/ship_to/code", address->code, codes, {}, std::nullopt});
}

std::optional<std::string> country_of(const Pass& pass) {
  const auto& address = pass.out.order.ship_to;
  return address ? address->country : std::nullopt;
}

}  // namespace

void check_ship_to(Pass& pass) {
  if (pass.rules.ship_to.made) {
    check_ship_to_code(pass);
    const auto& restricted = pass.rules.restricted_countries;
    const auto country = country_of(pass);
    if (country && std::find(restricted.begin(), restricted.end(), *country) != restricted.end()) {
      pass.note({Code::ship_to_restricted, "/ship_to/country", country, std::nullopt, {}, std::nullopt});
    }
  }
  pass.finish("ship_to", pass.rules.ship_to, pass.customer || pass.order.ship_to);
}

namespace {

void overweight(Pass& pass, std::optional<Decimal> limit) {
  Decimal weight;
  for (const auto& line : pass.out.lines) weight += line.weight_kg;
  if (!limit || weight <= *limit) return;
  pass.note({Code::shipping_method_overweight, "/shipping_method", weight.text(), limit->text(), "in kg", std::nullopt});
}

void check_stored_method(Pass& pass, const ShippingMethod& method) {
  const auto country = country_of(pass);
  const auto& served = method.countries;
  if (country && !served.empty() && std::find(served.begin(), served.end(), *country) == served.end()) {
    std::string allowed;
    for (const auto& one : served) allowed += (allowed.empty() ? "" : ", ") + one;
    pass.note({Code::shipping_method_ineligible, "/shipping_method", country, allowed, "it does not serve " + *country, std::nullopt});
  }
  overweight(pass, method.max_weight_kg);
}

void judge_method(Pass& pass, const MethodFacts& facts) {
  const auto& answer = pass.answers.shipping_method;
  const auto before = pass.out.findings.size();
  if (!facts.eligible)
    pass.note({Code::shipping_method_ineligible, "/shipping_method", pass.order.shipping_method, std::nullopt, facts.reason, std::nullopt});
  overweight(pass, facts.max_weight_kg);
  for (auto i = before; i < pass.out.findings.size(); ++i) {
    pass.out.findings[i].source_system = answer.source;
    pass.out.findings[i].source_code = answer.source_code;
    pass.out.findings[i].as_of = answer.as_of;
  }
}

/// The check by a system's answer; the store's own method is no second opinion.
void check_asked_method(Pass& pass) {
  const auto& answer = pass.answers.shipping_method;
  auto standing = stand("shipping_method", "/shipping_method", answer.status, answer.source, answer.duration_ms, answer.facts.has_value(),
                        answer.as_of, pass.rules.shipping_method.without, pass.rules, pass.now);
  const auto before = pass.out.findings.size();
  if (standing.judge) judge_method(pass, *answer.facts);
  if (pass.out.findings.size() != before) standing.check.status = CheckStatus::failed;
  if (standing.finding) {
    standing.finding->source_code = answer.source_code;
    pass.out.findings.push_back(std::move(*standing.finding));
  }
  set_check(pass.out.checks, std::move(standing.check));
}

}  // namespace

void check_shipping_method(Pass& pass) {
  const auto& rule = pass.rules.shipping_method;
  const auto& method = pass.order.shipping_method;
  if (method && rule.made && pass.answers.shipping_method.status != AnswerStatus::not_asked) {
    check_asked_method(pass);
    return;
  }
  const bool looked = method && rule.made && pass.catalog.keeps_shipping_methods();
  if (looked) {
    if (const auto known = pass.catalog.shipping_method(*method)) {
      check_stored_method(pass, *known);
    } else {
      pass.note({Code::shipping_method_unknown, "/shipping_method", method, std::nullopt, {}, std::nullopt});
    }
  }
  pass.finish("shipping_method", rule, looked);
}

void check_terms_and_currency(Pass& pass) {
  auto& order = pass.out.order;
  const auto& theirs = pass.customer ? pass.customer->terms : std::nullopt;
  if (theirs && !order.terms) order.terms = theirs;
  if (pass.rules.terms.made && theirs && order.terms != theirs) {
    pass.note({Code::terms_mismatch, "/terms", order.terms, theirs, {}, std::nullopt});
  }
  pass.finish("terms", pass.rules.terms, theirs.has_value());
  if (pass.rules.currency.made) {
    const auto& usual = pass.customer ? pass.customer->currency : std::nullopt;
    if (usual && *usual != order.currency) {
      pass.note({Code::currency_mismatch, "/currency", order.currency, usual, {}, std::nullopt});
    }
  }
  pass.finish("currency", pass.rules.currency);
}

namespace {

struct Goods {
  Decimal rounded_lines;  ///< the sum of amounts, each rounded to the currency
  Decimal rounded_sum;    ///< the sum of exact amounts, rounded once
  bool complete = true;   ///< every line has a price
};

Goods goods_of(const Pass& pass) {
  Goods goods;
  Decimal fine;
  for (std::size_t i = 0; i < pass.out.lines.size(); ++i) {
    const auto& price = pass.out.lines[i].unit_price;
    goods.complete = goods.complete && price;
    if (!price) continue;
    goods.rounded_lines += pass.out.lines[i].amount;
    fine += amount_of(pass.out.order.lines[i].quantity, *price, Decimal::places);
  }
  goods.rounded_sum = fine.rounded(pass.exponent);
  return goods;
}

void compare_totals(Pass& pass, const Totals& totals, const Goods& goods) {
  if (totals.goods && goods.complete && *totals.goods != goods.rounded_lines && *totals.goods != goods.rounded_sum) {
    pass.note({Code::totals_mismatch, "/totals/goods", totals.goods->text(), goods.rounded_lines.text(), {}, std::nullopt});
  }
  if (!totals.total || !(totals.goods || goods.complete)) return;
  const Decimal sum = totals.goods.value_or(goods.rounded_lines) + totals.shipping.value_or(Decimal()) + totals.tax.value_or(Decimal()) -
                      totals.discount.value_or(Decimal());
  if (sum != *totals.total) pass.note({Code::totals_mismatch, "/totals/total", totals.total->text(), sum.text(), {}, std::nullopt});
}

/// A change that we made to quantity or price makes the caller's totals history: they are not held against the order.
bool changed(const Pass& pass) {
  return std::any_of(pass.out.findings.begin(), pass.out.findings.end(), [](const Finding& finding) {
    return finding.severity == Severity::change && (finding.code.starts_with("quantity.") || finding.code.starts_with("price."));
  });
}

}  // namespace

void check_totals(Pass& pass) {
  const Totals totals = pass.order.totals.value_or(Totals());
  const auto goods = goods_of(pass);
  const bool looked = pass.order.totals.has_value() && !changed(pass);
  if (pass.rules.totals.made && looked) compare_totals(pass, totals, goods);
  pass.out.total = totals.total && looked ? *totals.total
                                          : goods.rounded_lines + totals.shipping.value_or(Decimal()) + totals.tax.value_or(Decimal()) -
                                                totals.discount.value_or(Decimal());
  pass.finish("totals", pass.rules.totals, looked);
}

void check_credit(Pass& pass) {
  auto& out = pass.out;
  std::optional<CreditFacts> stored;
  std::optional<Instant> stored_as_of;
  if (pass.customer && pass.customer->credit) {
    const auto& credit = *pass.customer->credit;
    stored = CreditFacts{credit.limit, credit.exposure, credit.hold, {}};
    if (pass.customer->source) stored_as_of = pass.customer->source->as_of;
  }
  const bool comparable = pass.customer && (!pass.customer->currency || *pass.customer->currency == pass.order.currency);
  if (!pass.rules.credit.made || !comparable) {
    pass.finish("credit", pass.rules.credit, false);
    out.credit.check = out.checks.back();
    return;
  }
  out.credit = credit_basis(pass.answers.credit, stored, stored_as_of, pass.rules, pass.now);
  out.credit_counts = true;  // also without an answer now: the order weighs on the next one
  out.findings.insert(out.findings.end(), out.credit.findings.begin(), out.credit.findings.end());
  auto check = out.credit.check;
  for (auto& finding : judge_credit(out.credit, pass.answers.pending_exposure, out.total, pass.rules)) {
    if (finding.severity != Severity::info) check.status = CheckStatus::failed;
    out.findings.push_back(std::move(finding));
  }
  set_check(out.checks, std::move(check));
}

}  // namespace crossdock::validation
