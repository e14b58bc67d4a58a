// The order checks that need no stock: from the order, master data and others' answers to findings. Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "crossdock/model/finding.hpp"
#include "crossdock/model/order.hpp"
#include "promise/catalog.hpp"
#include "validation/answers.hpp"
#include "validation/credit.hpp"
#include "validation/rules.hpp"

namespace crossdock::validation {

/// A line as the promise and the store need it, frozen at this moment.
struct CheckedLine {
  std::string sku;  ///< ours, also where the customer's was given
  std::string base_uom;
  std::string uom;  ///< the line's, or the base unit
  Fraction factor;  ///< base units per uom
  Decimal base_quantity;
  Decimal step;                       ///< promises are rounded down to this, in the base unit; zero: no rounding
  std::optional<Decimal> unit_price;  ///< per uom
  Decimal amount;                     ///< quantity x unit_price, to the currency's exponent
  Decimal weight_kg;
  std::optional<Date> requested;  ///< the line's or the order's; none: today
  bool usable = false;            ///< item and unit are known: it may be promised
};

/// The outcome of the checks. `order` is as asked with defaults filled in (sku, unit_price, terms, ship-to address) and, where the caller
/// accepts changes, with the proposed ones made.
struct Checked {
  OrderRequest order;
  std::vector<CheckedLine> lines;  ///< one for each of the order's, same places
  std::vector<Finding> findings;
  std::vector<Check> checks;
  Decimal total;               ///< what the order adds to the customer's exposure, in its currency
  bool credit_counts = false;  ///< total is in the credit's currency: it is pending exposure, and credit is judged again under the lock
  CreditBasis credit;          ///< for that
};

/// Makes every check but ATP. `now` gives each location's today.
Checked check_order(const OrderRequest& order, const promise::Catalog& catalog, const Rules& rules, const Answers& answers, Instant now);

/// Whether it names something that the catalogue does not have (`item.unknown` and its like): another instance may just have stored it.
bool names_unknown(const Checked& checked);

/// The check `customer_po` by itself, for the ledger, which knows under its lock who has used the number: puts customer_po.duplicate into
/// checked.findings (in place of one that is there) and the check's status into checked.checks. `others` without this order itself.
void judge_purchase_order(Checked& checked, const std::vector<PurchaseOrderUse>& others, const Rules& rules);

/// reject before indeterminate before hold before change. A change that the caller does not accept rejects.
Decision decide(const std::vector<Finding>& findings, const std::vector<Check>& checks, bool accept_changes);

/// The findings for which a capture that is indeterminate is refused for now, by the rules of their checks; empty: it is taken on hold.
std::vector<const Finding*> refused_for_now(const std::vector<Finding>& findings, const Rules& rules);

/// Puts a check's status in, replacing one of the same name.
void set_check(std::vector<Check>& checks, Check check);

}  // namespace crossdock::validation
