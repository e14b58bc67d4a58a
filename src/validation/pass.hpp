// One order on its way through the checks: what all of them look at and write to. Of this room only.
#pragma once
#include <memory>
#include <string_view>

#include "validation/check.hpp"
#include "validation/note.hpp"

namespace crossdock::validation {

class Pass {
 public:
  Pass(const OrderRequest& asked, const promise::Catalog& held, const Rules& chosen, const Answers& given, Instant at);

  const OrderRequest& order;  ///< as asked
  const promise::Catalog& catalog;
  const Rules& rules;
  const Answers& answers;
  const Instant now;
  std::shared_ptr<const Customer> customer;
  std::shared_ptr<const promise::Locations> locations;
  std::vector<std::shared_ptr<const promise::CatalogItem>> items;  ///< by line; null: unknown
  int exponent = 2;                                                ///< of the order's currency
  Checked out;

  Finding& note(const Note& note);
  /// Ends a check: failed if it made a finding above info, else passed; skipped where nothing was looked at.
  void finish(std::string_view check, const CheckRule& rule, bool looked = true);
  /// The day at the line's location; the earliest of all where it has none.
  Date today(const OrderLineRequest& line) const;
  /// Whether the caller takes our proposals for this code.
  bool changes(Code code) const { return out.order.accept_changes && rules.severity(code) == Severity::change; }
};

void check_customer(Pass& pass);
void check_items(Pass& pass);  ///< item, location, unit
void check_quantities(Pass& pass);
void check_prices(Pass& pass);
void check_dates(Pass& pass);
void check_ship_to(Pass& pass);
void check_shipping_method(Pass& pass);
void check_terms_and_currency(Pass& pass);
void check_totals(Pass& pass);
void check_credit(Pass& pass);

}  // namespace crossdock::validation
