// Amounts: a currency's exponent, and products that are rounded once.
#pragma once
#include <optional>
#include <string_view>

#include "crossdock/base/decimal.hpp"

namespace crossdock::validation {

/// Digits after the point of an ISO 4217 currency; none for a code that is no active currency.
std::optional<int> currency_exponent(std::string_view code);

/// quantity x unit_price, rounded half away from zero to `digits` places, once.
Decimal amount_of(Decimal quantity, Decimal unit_price, int digits);

/// Whether the amount needs no more than `digits` places.
bool fits(Decimal amount, int digits);

}  // namespace crossdock::validation
