#include "validation/money.hpp"

#include <algorithm>

namespace crossdock::validation {

Decimal amount_of(Decimal quantity, Decimal unit_price, int digits) {
  digits = std::clamp(digits, 0, Decimal::places);
  std::int64_t unit = Decimal::one;  // one unit of the wanted place, in millionths
  for (int i = 0; i < digits; ++i) unit /= 10;
  const auto product = quantity.units() * unit_price.units();  // twelve places; both below 10^18
  const auto divisor = Int128{unit} * Decimal::one;
  auto whole = product / divisor;
  const auto rest = product % divisor;
  if ((rest < 0 ? -rest : rest) * 2 >= divisor) whole += product < 0 ? -1 : 1;
  return Decimal::micros(whole * unit);
}

}  // namespace crossdock::validation
