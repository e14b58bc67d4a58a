#include "validation/price.hpp"

#include <numeric>
#include <tuple>

namespace crossdock::validation {

namespace {

bool valid_on(const promise::CatalogPrice& price, Date date) {
  return !(price.valid_from && date < *price.valid_from) && !(price.valid_to && *price.valid_to < date);
}

struct Rate {
  Decimal price;
  bool exact = true;
};

/// amount / per, from the price's unit to the line's: amount x line factor / (per x price factor), rounded half up at six places. None if
/// the fraction is beyond all sense.
std::optional<Rate> per_line_unit(Decimal amount, Decimal per, Fraction of_price, Fraction of_line) {
  std::int64_t over[] = {of_line.numerator, of_price.denominator, Decimal::one};
  std::int64_t under[] = {of_line.denominator, of_price.numerator, static_cast<std::int64_t>(per.units())};
  for (auto& a : over) {
    for (auto& b : under) {
      const auto common = std::gcd(a, b);
      a /= common;
      b /= common;
    }
  }
  auto product = amount.units();
  auto divisor = Int128{1};
  for (const auto a : over) {
    if (__builtin_mul_overflow(product, Int128{a}, &product)) return std::nullopt;
  }
  for (const auto b : under) {
    if (__builtin_mul_overflow(divisor, Int128{b}, &divisor)) return std::nullopt;
  }
  if (divisor <= 0) return std::nullopt;
  auto whole = product / divisor;
  const auto rest = product % divisor;
  if (rest != 0 && rest >= divisor - rest) ++whole;
  return Rate{Decimal::micros(whole), rest == 0};
}

}  // namespace

PriceAnswer price_of(const PriceQuestion& question, const std::vector<promise::CatalogPrice>* prices) {
  PriceAnswer answer;
  if (!prices) return answer;
  const promise::CatalogPrice* best = nullptr;
  Fraction best_factor;
  Decimal best_minimum;
  bool some_valid = false;
  for (const auto& price : *prices) {
    if (!(price.currency == question.currency) || !(price.customer.empty() || price.customer == question.customer)) continue;
    answer.listed = true;
    if (!valid_on(price, question.date)) continue;
    some_valid = true;
    const auto factor = question.item.factor(price.uom.view());
    if (!factor || !price.per.value().positive()) continue;
    const Decimal minimum = to_base(price.min_quantity.value(), *factor).quantity;
    if (question.base_quantity < minimum) continue;
    const auto rank = [&](const promise::CatalogPrice& one, Decimal least) {
      return std::tuple(!one.customer.empty(), least, one.valid_from.value_or(Date{INT32_MIN}));
    };
    if (best && !(rank(*best, best_minimum) < rank(price, minimum)) &&
        !(rank(*best, best_minimum) == rank(price, minimum) && price.id < best->id)) {
      continue;
    }
    best = &price;
    best_factor = *factor;
    best_minimum = minimum;
  }
  answer.expired = answer.listed && !some_valid;
  if (!best) return answer;
  if (const auto rate = per_line_unit(best->amount.value(), best->per.value(), best_factor, question.factor)) {
    answer.unit_price = rate->price;
    answer.exact = rate->exact;
    answer.id = best->id;
  }
  return answer;
}

}  // namespace crossdock::validation
