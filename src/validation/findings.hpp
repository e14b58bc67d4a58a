// Every finding that an order check can make: one table, part of the contract (/problems/findings).
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "crossdock/model/finding.hpp"

namespace crossdock::validation {

enum class Code : std::uint8_t {
  customer_unknown,
  customer_inactive,
  customer_blocked,
  credit_limit_exceeded,
  credit_hold,
  credit_past_due,
  customer_po_duplicate,
  item_unknown,
  item_blocked,
  item_discontinued,
  location_unknown,
  unit_no_conversion,
  quantity_below_minimum,
  quantity_not_multiple,
  quantity_above_maximum,
  quantity_fractional,
  price_mismatch,
  price_missing,
  price_expired,
  ship_to_unknown,
  ship_to_restricted,
  shipping_method_unknown,
  shipping_method_ineligible,
  shipping_method_overweight,
  dates_past,
  dates_lead_time,
  dates_cancel_after,
  terms_mismatch,
  currency_mismatch,
  totals_mismatch,
  atp_insufficient,
  atp_partial,
  atp_late,
  atp_indeterminate,
  upstream_timeout,
  upstream_unavailable,
};

/// What the contract says about a code.
struct FindingRule {
  Code id;
  std::string_view code;   ///< "credit.limit_exceeded"
  std::string_view check;  ///< the check that makes it: checks[].name
  Severity severity;       ///< default; rules may say otherwise
  std::string_view means;  ///< for people: what is wrong
  std::string_view todo;   ///< what to do about it: the finding's suggestion unless it has a better one
  bool retryable = false;  ///< the same order may pass later without being changed
};

/// All of them, in the order of Code.
std::span<const FindingRule> finding_rules();
const FindingRule& rule_of(Code code);
/// Null for a code that is none of ours.
const FindingRule* rule_of(std::string_view code);

}  // namespace crossdock::validation
