// Decimals: what is read is written back alike, and arithmetic keeps its laws. The canonical JSON number is the other opinion on text.
#include "crossdock/base/decimal.hpp"

#include <cstring>

#include "crossdock/base/json.hpp"
#include "fuzz/require.hpp"

namespace {

using crossdock::Decimal;
using crossdock::require;

bool is_json_number(std::string_view text) {
  crossdock::json::Document document;
  return !document.parse_copy(text) && document.root().is(crossdock::json::Kind::number) && document.root().text() == text;
}

void read_and_write(std::string_view text) {
  const Decimal::Parsed parsed = Decimal::parse(text);
  const bool json = is_json_number(text);
  const bool plain = json && text.find_first_of("eE") == std::string_view::npos;
  if (json && !plain) require(parsed.error == Decimal::ParseError::not_a_decimal, "an exponent is no decimal");
  if (plain) require(parsed.error != Decimal::ParseError::not_a_decimal, "a plain number is a decimal");
  if (!parsed) return;
  require(parsed.value.storable(), "what is read can be stored");
  const std::string written = parsed.value.text();
  const Decimal::Parsed again = Decimal::parse(written);
  require(again && again.value == parsed.value, "what is written can be read");
  if (!plain) return;
  std::string canonical;
  crossdock::json::append_canonical_number(text, canonical);
  require(canonical == written, "the canonical number is the decimal's text");
}

struct Operands {
  std::int64_t a = 0, b = 0, numerator = 0, denominator = 0;
};

void reckon(const Operands& o) {
  constexpr std::int64_t limit = 1'000'000'000'000'000'000;
  const Decimal a = Decimal::micros(o.a % limit), b = Decimal::micros(o.b % limit);
  require(a + b - b == a && a - b == -(b - a), "sums");
  require(a * b == b * a && a * -b == -(a * b), "products");
  require(a * Decimal::of(1) == a, "one is neutral");
  for (int digits = 0; digits <= 6; ++digits) {
    const Decimal r = a.rounded(digits), off = r < a ? a - r : r - a;
    require(r.rounded(digits) == r && off + off <= Decimal::of(1), "rounding");
  }
  const Decimal step = b.negative() ? -b : b, down = a.down_to_multiple_of(step);
  require(step.is_zero() ? down == a : down <= a && a - down < step && down.multiple_of(step), "multiples");

  const crossdock::Fraction f{(o.numerator & INT64_MAX) | 1, (o.denominator & INT64_MAX) | 1};
  const auto base = crossdock::to_base(a, f);
  require(base.quantity.is_zero() || base.quantity.negative() == a.negative(), "a factor keeps the sign");
  if (base.quantity.storable() && base.exact) {
    const auto back = crossdock::from_base(base.quantity, f);
    require(back.exact && back.quantity == a, "an exact conversion comes back");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  read_and_write({reinterpret_cast<const char*>(data), size});
  Operands operands;
  std::memcpy(&operands, data, std::min(size, sizeof operands));
  reckon(operands);
  return 0;
}
