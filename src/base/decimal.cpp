#include "crossdock/base/decimal.hpp"

#include <limits>

namespace crossdock {
namespace {

__extension__ typedef unsigned __int128 UInt128;

constexpr Int128 highest = static_cast<Int128>(~static_cast<UInt128>(0) >> 1);
constexpr std::int64_t powers[] = {1, 10, 100, 1'000, 10'000, 100'000, 1'000'000};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

UInt128 magnitude(Int128 units) { return units < 0 ? -static_cast<UInt128>(units) : static_cast<UInt128>(units); }

/// units / divisor (above zero), rounded half away from zero.
Int128 divide_rounded(Int128 units, std::int64_t divisor) {
  Int128 quotient = units / divisor;
  const Int128 rest = units % divisor;
  if (magnitude(rest) * 2 >= static_cast<UInt128>(divisor)) quotient += units < 0 ? -1 : 1;
  return quotient;
}

Converted scaled(Decimal quantity, std::int64_t times, std::int64_t over) {
  Int128 product = 0;
  if (__builtin_mul_overflow(quantity.units(), static_cast<Int128>(times), &product)) {
    return {Decimal::micros(quantity.negative() ? -highest : highest), false};
  }
  return {Decimal::micros(product / over), product % over == 0};
}

/// Writes the digits of `value` so that they end before `end`, at least `least` of them.
template <class Number>
char* write_digits(Number value, char* end, int least) {
  while (value != 0 || least > 0) {
    *--end = static_cast<char>('0' + static_cast<int>(value % 10));
    value /= 10;
    --least;
  }
  return end;
}

}  // namespace

Decimal::Parsed Decimal::parse(std::string_view text) {
  const char* p = text.data();
  const char* const end = p + text.size();
  const Parsed no_decimal{{}, ParseError::not_a_decimal};

  const bool minus = p != end && *p == '-';
  if (minus) ++p;
  if (p == end || !is_digit(*p)) return no_decimal;
  while (p != end && *p == '0') ++p;
  std::int64_t units = 0;
  bool fits = true;
  int before = 0;
  for (; p != end && is_digit(*p); ++p) {
    if (++before <= 12) units = units * 10 + (*p - '0');
  }
  if (before > 12) fits = false;

  int after = 0;
  if (p != end && *p == '.') {
    ++p;
    if (p == end || !is_digit(*p)) return no_decimal;
    for (; p != end && is_digit(*p); ++p) {
      if (after < places) {
        units = units * 10 + (*p - '0');
        ++after;
      } else if (*p != '0') {
        fits = false;
      }
    }
  }
  if (p != end) return no_decimal;
  if (!fits) return {{}, ParseError::out_of_range};
  units *= powers[places - after];
  return {micros(minus ? -units : units), ParseError::none};
}

// Storable factors are below 10^18 units each, so their product is below 10^36, far from 2^127 (1.7 x 10^38): the first branch is only for
// sums and products that were never stored.
Decimal operator*(Decimal a, Decimal b) {
  Int128 product = 0;
  if (__builtin_mul_overflow(a.units_, b.units_, &product)) return Decimal::micros(a.negative() == b.negative() ? highest : -highest);
  return Decimal::micros(divide_rounded(product, Decimal::one));
}

Decimal Decimal::rounded(int digits) const {
  const std::int64_t unit = powers[places - (digits < 0 ? 0 : digits > places ? places : digits)];
  return micros(divide_rounded(units_, unit) * unit);
}

Decimal Decimal::down_to_multiple_of(Decimal step) const {
  if (!step.positive()) return *this;
  Int128 rest = units_ % step.units_;
  if (rest < 0) rest += step.units_;
  return micros(units_ - rest);
}

std::string Decimal::text() const {
  std::string out;
  append_to(out);
  return out;
}

void Decimal::append_to(std::string& out) const {
  char buffer[48];  // 39 digits of 2^127, a point, a sign
  char* const end = buffer + sizeof buffer;
  const UInt128 all = magnitude(units_);
  UInt128 before = all / static_cast<UInt128>(one);
  auto after = static_cast<std::uint32_t>(all % static_cast<UInt128>(one));

  char* p = end;
  if (after != 0) {
    int digits = places;
    while (after % 10 == 0) {
      after /= 10;
      --digits;
    }
    p = write_digits(after, p, digits);
    *--p = '.';
  }
  // 64-bit divisions are several times faster, and everything real fits.
  if (before <= std::numeric_limits<std::uint64_t>::max()) {
    p = write_digits(static_cast<std::uint64_t>(before), p, 1);
  } else {
    p = write_digits(before, p, 1);
  }
  if (units_ < 0) *--p = '-';
  out.append(p, static_cast<std::size_t>(end - p));
}

Converted to_base(Decimal quantity, Fraction factor) { return scaled(quantity, factor.numerator, factor.denominator); }

Converted from_base(Decimal quantity, Fraction factor) { return scaled(quantity, factor.denominator, factor.numerator); }

}  // namespace crossdock
