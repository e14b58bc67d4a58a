// From an order's promises to findings; and, for validate, the promises that memory would give.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "crossdock/model/finding.hpp"
#include "crossdock/model/order.hpp"
#include "promise/catalog.hpp"
#include "promise/projection.hpp"
#include "promise/sourcing.hpp"
#include "validation/check.hpp"

namespace crossdock::validation {

/// What a line gets, in the base unit. Promises by its date stand on that date (or their location's today), others on their own.
struct LinePromises {
  Decimal by_date;                          ///< of base_quantity, what goes by the date asked
  std::vector<promise::Allotment> granted;  ///< all that is promised
  std::optional<Date> earliest_full;        ///< when all could go; none: never as things stand
  bool indeterminate = false;               ///< its stock data is not usable, by rule
  std::optional<Instant> as_of;
};

/// A part of the order's own reservation: its hold is demand that the order may take over.
struct ReservedQuantity {
  std::string sku;
  std::string location;
  Date date;  ///< on which its demand stands
  Decimal quantity;
};

/// Promises as capture would make them, from memory, by on_shortage: lines see what earlier lines took.
std::vector<LinePromises> promise_order(const Checked& checked, const promise::Catalog& catalog, const promise::Projection& projection,
                                        const Rules& rules, Instant now, const std::vector<ReservedQuantity>& reserved = {});

/// atp.insufficient (under `reject`, or nothing at all under `partial`), atp.partial, atp.late, atp.indeterminate: put into
/// checked.findings, with the check `atp` into checked.checks.
void judge_promises(Checked& checked, const std::vector<LinePromises>& promises, const Rules& rules, Instant now);

/// As the API shows them: in each line's unit.
std::vector<Promise> to_promises(const Checked& checked, const std::vector<LinePromises>& promises);

}  // namespace crossdock::validation
