#include "validation/findings.hpp"

#include <algorithm>
#include <array>

namespace crossdock::validation {

namespace {

using enum Severity;

constexpr std::array table{
    FindingRule{Code::customer_unknown, "customer.unknown", "customer", reject, "there is no such customer",
                "check the number, or send the customer first"},
    FindingRule{Code::customer_inactive, "customer.inactive", "customer", reject, "the customer is inactive",
                "ask the owner of the customer to activate it"},
    FindingRule{Code::customer_blocked, "customer.blocked", "customer", reject, "the customer is blocked for orders",
                "ask the owner of the customer why it is blocked"},
    FindingRule{Code::credit_limit_exceeded, "credit.limit_exceeded", "credit", hold, "the order goes beyond the customer's credit limit",
                "wait for a payment, raise the limit, or lift the hold", true},
    FindingRule{Code::credit_hold, "credit.hold", "credit", hold, "the customer's credit is on hold", "ask credit management to lift it",
                true},
    FindingRule{Code::credit_past_due, "credit.past_due", "credit", hold, "the customer has overdue items", "ask for the overdue payment",
                true},
    FindingRule{Code::customer_po_duplicate, "customer_po.duplicate", "customer_po", hold,
                "another order of this customer has the same purchase order number", "make sure that it was not sent twice"},
    FindingRule{Code::item_unknown, "item.unknown", "item", reject, "there is no such item", "check the SKU, or send the item first"},
    FindingRule{Code::item_blocked, "item.blocked", "item", reject, "the item is blocked", "order another item"},
    FindingRule{Code::item_discontinued, "item.discontinued", "item", reject, "the item is no longer sold", "order its successor"},
    FindingRule{Code::location_unknown, "location.unknown", "item", reject, "there is no such location",
                "leave the location out: the sourcing rule chooses"},
    FindingRule{Code::unit_no_conversion, "unit.no_conversion", "unit", reject, "the item is not sold in this unit",
                "use the item's base unit or one of its other units"},
    FindingRule{Code::quantity_below_minimum, "quantity.below_minimum", "quantity", change, "the quantity is below the item's minimum",
                "order at least the minimum"},
    FindingRule{Code::quantity_not_multiple, "quantity.not_multiple", "quantity", change, "the quantity is no multiple of the item's pack",
                "order a multiple"},
    FindingRule{Code::quantity_above_maximum, "quantity.above_maximum", "quantity", change, "the quantity is above the item's maximum",
                "order at most the maximum"},
    FindingRule{Code::quantity_fractional, "quantity.fractional", "quantity", reject, "this unit is counted in whole numbers",
                "order a whole number"},
    FindingRule{Code::price_mismatch, "price.mismatch", "price", change, "the price differs from the price list",
                "order at the listed price, or leave it out"},
    FindingRule{Code::price_missing, "price.missing", "price", hold, "neither the line nor the price list has a price",
                "send unit_price, or add a price"},
    FindingRule{Code::price_expired, "price.expired", "price", hold, "the only listed prices are not valid on this day",
                "add a price that is valid"},
    FindingRule{Code::ship_to_unknown, "ship_to.unknown", "ship_to", reject, "the customer has no such ship-to code",
                "use one of the customer's codes, or send the address without a code"},
    FindingRule{Code::ship_to_restricted, "ship_to.restricted", "ship_to", reject, "nothing is shipped to this country",
                "ship to another country"},
    FindingRule{Code::shipping_method_unknown, "shipping_method.unknown", "shipping_method", reject, "there is no such shipping method",
                "use one of the known methods"},
    FindingRule{Code::shipping_method_ineligible, "shipping_method.ineligible", "shipping_method", reject,
                "the shipping method does not serve this order", "choose another method"},
    FindingRule{Code::shipping_method_overweight, "shipping_method.overweight", "shipping_method", reject,
                "the order is heavier than the shipping method takes", "choose another method, or split the order"},
    FindingRule{Code::dates_past, "dates.past", "dates", change, "the requested date is over", "ask for today or later"},
    FindingRule{Code::dates_lead_time, "dates.lead_time", "dates", info, "the requested date is within the item's lead time",
                "if stock does not suffice, ask for a later date"},
    FindingRule{Code::dates_cancel_after, "dates.cancel_after", "dates", reject, "the order is to be cancelled before it is to go",
                "correct cancel_after or the requested date"},
    FindingRule{Code::terms_mismatch, "terms.mismatch", "terms", hold, "the payment terms are not the customer's",
                "use the customer's terms, or lift the hold"},
    FindingRule{Code::currency_mismatch, "currency.mismatch", "currency", hold, "the currency is not the customer's",
                "use the customer's currency, or lift the hold"},
    FindingRule{Code::totals_mismatch, "totals.mismatch", "totals", reject, "the totals do not add up", "correct the total or the lines"},
    FindingRule{Code::atp_insufficient, "atp.insufficient", "atp", reject, "not all can go by the date asked",
                "order less, ask for a later date, or send on_shortage backorder or partial", true},
    FindingRule{Code::atp_partial, "atp.partial", "atp", info, "only a part is promised", "", true},
    FindingRule{Code::atp_late, "atp.late", "atp", info, "a part goes later than asked", "", true},
    FindingRule{Code::atp_indeterminate, "atp.indeterminate", "atp", indeterminate, "the stock data is too old to promise on",
                "try again when the warehouse's feed is back", true},
    FindingRule{Code::upstream_timeout, "upstream.timeout", "upstream", indeterminate, "the system asked did not answer in time",
                "try again", true},
    FindingRule{Code::upstream_unavailable, "upstream.unavailable", "upstream", indeterminate, "the system asked is not available",
                "try again", true},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (static_cast<std::size_t>(table[i].id) != i) return false;
  }
  return table.size() == static_cast<std::size_t>(Code::upstream_unavailable) + 1;
}
static_assert(in_order(), "the table stands in the order of Code, one row each");

}  // namespace

std::span<const FindingRule> finding_rules() { return table; }

const FindingRule& rule_of(Code code) { return table[static_cast<std::size_t>(code)]; }

const FindingRule* rule_of(std::string_view code) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const FindingRule& rule) { return rule.code == code; });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace crossdock::validation
