// Exact decimals: quantities, amounts and prices never pass through a binary float.
#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace crossdock {

/// The compilers' 128-bit integer; GCC's -Wpedantic wants it named once and excused.
__extension__ typedef __int128 Int128;

/// A decimal with six places, as PostgreSQL's numeric(18,6). Any thread; no allocation but for text.
/// Arithmetic is exact in 128 bits; a sum of any realistic number of quantities cannot overflow.
class Decimal {
 public:
  static constexpr int places = 6;
  static constexpr std::int64_t one = 1'000'000;

  enum class ParseError { none, not_a_decimal, out_of_range };
  struct Parsed;
  /// Plain notation ("12", "-0.5", "12.500"): no exponent, no leading '+', no bare point. At most 12 digits before the point
  /// (leading zeros aside) and 6 after it, further digits must be zeros; else `out_of_range`. Anything else: `not_a_decimal`.
  static Parsed parse(std::string_view text);

  constexpr Decimal() = default;
  static constexpr Decimal of(std::int64_t whole) { return micros(static_cast<Int128>(whole) * one); }
  static constexpr Decimal micros(Int128 units) {
    Decimal d;
    d.units_ = units;
    return d;
  }
  constexpr Int128 units() const { return units_; }

  constexpr bool is_zero() const { return units_ == 0; }
  constexpr bool negative() const { return units_ < 0; }
  constexpr bool positive() const { return units_ > 0; }
  constexpr bool whole() const { return units_ % one == 0; }
  /// Within numeric(18,6): |value| < 10^12.
  constexpr bool storable() const { return units_ < limit && units_ > -limit; }

  friend constexpr Decimal operator+(Decimal a, Decimal b) { return micros(a.units_ + b.units_); }
  friend constexpr Decimal operator-(Decimal a, Decimal b) { return micros(a.units_ - b.units_); }
  friend constexpr Decimal operator-(Decimal a) { return micros(-a.units_); }
  constexpr Decimal& operator+=(Decimal b) {
    units_ += b.units_;
    return *this;
  }
  constexpr Decimal& operator-=(Decimal b) {
    units_ -= b.units_;
    return *this;
  }
  friend constexpr auto operator<=>(Decimal a, Decimal b) = default;

  /// The product, rounded half away from zero at six places (prices times quantities), as PostgreSQL rounds numeric. Exact for storable
  /// factors; a product of others that would leave 128 bits saturates, which is not storable().
  friend Decimal operator*(Decimal a, Decimal b);
  /// Rounded half away from zero to `digits` places, 0 to 6 (a currency's exponent).
  Decimal rounded(int digits) const;
  /// The largest multiple of `step` that is not above this (for negatives, too). A step of zero or less changes nothing.
  Decimal down_to_multiple_of(Decimal step) const;
  constexpr bool multiple_of(Decimal step) const { return step.units_ != 0 && units_ % step.units_ == 0; }

  /// Plain notation without trailing zeros: "40", "12.5", "-0.000001".
  std::string text() const;
  void append_to(std::string& out) const;

 private:
  static constexpr Int128 limit = static_cast<Int128>(1'000'000'000'000) * one;
  Int128 units_ = 0;
};

struct Decimal::Parsed {
  Decimal value;
  ParseError error = ParseError::none;
  explicit operator bool() const { return error == ParseError::none; }
};

/// A unit's factor: base units per unit, kept as a fraction so that 12 x (1/12) is 1. Both above zero, up to 2^63 - 1.
struct Fraction {
  std::int64_t numerator = 1;
  std::int64_t denominator = 1;
  friend bool operator==(const Fraction&, const Fraction&) = default;
};

/// quantity x factor, rounded down (towards zero) at six places. `exact` tells whether nothing was cut. Any factor is right for a storable
/// quantity (10^18 x 2^63 fits in 128 bits); the result need not be storable. What leaves 128 bits saturates and is not exact.
struct Converted {
  Decimal quantity;
  bool exact = true;
};
Converted to_base(Decimal quantity, Fraction factor);
/// quantity / factor, rounded down at six places.
Converted from_base(Decimal quantity, Fraction factor);

constexpr Decimal min(Decimal a, Decimal b) { return b < a ? b : a; }
constexpr Decimal max(Decimal a, Decimal b) { return a < b ? b : a; }

}  // namespace crossdock
