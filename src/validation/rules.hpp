// What the owner of an installation has chosen for the order checks (capture.checks in crossdock.yaml). A plain struct; app fills it.
#pragma once
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "promise/check.hpp"
#include "validation/findings.hpp"

namespace crossdock::validation {

/// What happens when the system that should answer does not.
enum class Without { accept, hold, reject, indeterminate, last_known };

struct WithoutAnswer {
  Without use = Without::indeterminate;
  std::chrono::milliseconds max_age{std::chrono::minutes(15)};  ///< of last_known: an older one does not count
  Without otherwise = Without::indeterminate;                   ///< of last_known, where none is young enough
};

/// One check's own settings. `from` is where its facts come from: "store", "memory", or "<system>.<answer>".
struct CheckRule {
  bool made = true;  ///< false: the check is shown as skipped
  std::string from = "store";
  WithoutAnswer without;
  bool refuse = false;  ///< where it is indeterminate, a capture is refused for now (503); else the order is taken on hold
};

struct Rules {
  Rules();
  /// The severity of a code: the table's default unless set.
  Severity severity(Code code) const { return severities[static_cast<std::size_t>(code)]; }
  void set(Code code, Severity severity) { severities[static_cast<std::size_t>(code)] = severity; }

  CheckRule customer, credit, customer_po, item, price, ship_to, shipping_method, dates, terms, currency, totals, atp;
  Decimal price_tolerance;                        ///< a share of the list price: 0.005 is 0.5 %
  std::vector<std::string> restricted_countries;  ///< ISO 3166-1 alpha-2: nothing is shipped there
  promise::AvailabilityRules availability;
  std::array<Severity, 64> severities{};
};

}  // namespace crossdock::validation
