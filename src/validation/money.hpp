// Amounts: products that are rounded once.
#pragma once
#include "crossdock/base/decimal.hpp"

namespace crossdock::validation {

/// quantity x unit_price, rounded half away from zero to `digits` places, once.
Decimal amount_of(Decimal quantity, Decimal unit_price, int digits);

}  // namespace crossdock::validation
