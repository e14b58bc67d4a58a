// Decimals: a table of spellings, and arithmetic against long numbers of another library.
#include <gmock/gmock.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <random>

#include "crossdock/base/decimal.hpp"

namespace crossdock {
namespace {

using Long = boost::multiprecision::cpp_int;
using Error = Decimal::ParseError;

Decimal dec(std::string_view text) {
  const Decimal::Parsed parsed = Decimal::parse(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value;
}

Long wide(Int128 units) {
  const bool minus = units < 0;
  __extension__ typedef unsigned __int128 Unsigned;
  Unsigned u = minus ? -static_cast<Unsigned>(units) : static_cast<Unsigned>(units);
  Long out = static_cast<std::uint64_t>(u >> 64);
  out = (out << 64) + static_cast<std::uint64_t>(u);
  return minus ? Long(-out) : out;
}

/// Any storable decimal, more often one with few digits or at an edge.
Decimal random_decimal(std::mt19937_64& random) {
  static constexpr std::int64_t edges[] = {0, 1, 499'999, 500'000, 999'999, 1'000'000, 1'500'000, 999'999'999'999'999'999};
  std::int64_t units = 0;
  switch (random() % 4) {
    case 0:
      units = edges[random() % std::size(edges)];
      break;
    case 1:
      units = static_cast<std::int64_t>(random() % 10'000) * 1'000;
      break;
    case 2:
      units = static_cast<std::int64_t>(random() % 10'000'000'000);
      break;
    default:
      units = static_cast<std::int64_t>(random() % 1'000'000'000'000'000'000);
  }
  return Decimal::micros(random() % 2 == 0 ? units : -units);
}

/// value / divisor, half away from zero.
Long rounded_quotient(const Long& value, const Long& divisor) {
  const Long magnitude = (abs(value) * 2 + divisor) / (divisor * 2);
  return value < 0 ? Long(-magnitude) : magnitude;
}

TEST(Decimal, ReadsPlainNotation) {
  const std::pair<const char*, const char*> table[] = {{"0", "0"},
                                                       {"-0", "0"},
                                                       {"-0.000", "0"},
                                                       {"12", "12"},
                                                       {"12.500", "12.5"},
                                                       {"-0.5", "-0.5"},
                                                       {"0.000001", "0.000001"},
                                                       {"007", "7"},
                                                       {"00.10", "0.1"},
                                                       {"40", "40"},
                                                       {"100", "100"},
                                                       {"1.0000000", "1"},
                                                       {"1.100000000000000000000", "1.1"},
                                                       {"999999999999.999999", "999999999999.999999"},
                                                       {"-999999999999.999999", "-999999999999.999999"},
                                                       {"0000000000000000000001", "1"}};
  for (const auto& [text, plain] : table) {
    const Decimal::Parsed parsed = Decimal::parse(text);
    EXPECT_EQ(parsed.error, Error::none) << text;
    EXPECT_EQ(parsed.value.text(), plain) << text;
  }
}

TEST(Decimal, RefusesOtherNotations) {
  for (const char* text : {"",
                           "-",
                           "+1",
                           ".5",
                           "5.",
                           "-.5",
                           "1e3",
                           "1E3",
                           "0x1",
                           "1,5",
                           " 1",
                           "1 ",
                           "--1",
                           "1.2.3",
                           "abc",
                           "1-",
                           "NaN",
                           "inf",
                           "\xD9\xA1",
                           "1_0",
                           "1.-5",
                           "-+1",
                           "12345678901234567890x",
                           "1.00000001e1"}) {
    EXPECT_EQ(Decimal::parse(text).error, Error::not_a_decimal) << text;
  }
  EXPECT_EQ(Decimal::parse(std::string_view("1\0", 2)).error, Error::not_a_decimal);
}

TEST(Decimal, KnowsItsRange) {
  for (const char* text : {"1000000000000", "-1000000000000", "1.0000001", "0.0000009", "99999999999999999999999999999999999999999999",
                           "1000000000000.0", "-0.0000001"}) {
    EXPECT_EQ(Decimal::parse(text).error, Error::out_of_range) << text;
  }
  EXPECT_TRUE(dec("999999999999.999999").storable());
  EXPECT_FALSE((dec("999999999999.999999") + dec("0.000001")).storable());
  EXPECT_FALSE((-dec("999999999999.999999") - dec("0.000001")).storable());
}

TEST(Decimal, WritesWhatItReads) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; ++i) {
    const Decimal d = random_decimal(random);
    const std::string text = d.text();
    const Decimal::Parsed again = Decimal::parse(text);
    ASSERT_TRUE(again) << text;
    ASSERT_EQ(again.value, d) << text;
    ASSERT_TRUE(text.find('.') == std::string::npos || text.back() != '0') << text;
  }
}

TEST(Decimal, WritesWhatIsTooLargeToStore) {
  const Int128 highest = (static_cast<Int128>(1) << 126) - 1 + (static_cast<Int128>(1) << 126);
  EXPECT_EQ(Decimal::micros(highest).text(), "170141183460469231731687303715884.105727");
  EXPECT_EQ(Decimal::micros(-highest).text(), "-170141183460469231731687303715884.105727");
  EXPECT_EQ(Decimal::micros(-highest - 1).text(), "-170141183460469231731687303715884.105728");
  EXPECT_EQ((Decimal::of(1'000'000'000'000) + Decimal::of(9'000'000'000'000'000'000)).text(), "9000001000000000000");
}

TEST(Decimal, ArithmeticIsThatOfLongNumbers) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 100'000; ++i) {
    const Decimal a = random_decimal(random), b = random_decimal(random);
    const Long la = wide(a.units()), lb = wide(b.units());
    ASSERT_EQ(wide((a + b).units()), la + lb);
    ASSERT_EQ(wide((a - b).units()), la - lb);
    ASSERT_EQ(wide((a * b).units()), rounded_quotient(la * lb, 1'000'000)) << a.text() << " x " << b.text();
    ASSERT_EQ(a < b, la < lb);
    ASSERT_EQ(a == b, la == lb);
    const int digits = static_cast<int>(random() % 7);
    const Long unit = pow(Long(10), static_cast<unsigned>(6 - digits));
    ASSERT_EQ(wide(a.rounded(digits).units()), rounded_quotient(la, unit) * unit) << a.text() << " to " << digits;
  }
}

TEST(Decimal, RoundsHalfAwayFromZero) {
  EXPECT_EQ(dec("0.005").rounded(2), dec("0.01"));
  EXPECT_EQ(dec("-0.005").rounded(2), dec("-0.01"));
  EXPECT_EQ(dec("0.004999").rounded(2), dec("0"));
  EXPECT_EQ(dec("2.5").rounded(0), dec("3"));
  EXPECT_EQ(dec("2.5").rounded(-1), dec("3"));
  EXPECT_EQ(dec("1.234567").rounded(9), dec("1.234567"));
  EXPECT_EQ(dec("0.001") * dec("0.0005"), dec("0.000001"));
  EXPECT_EQ(dec("0.001") * dec("-0.0005"), dec("-0.000001"));
  EXPECT_EQ(dec("0.001") * dec("0.000499"), dec("0"));
}

TEST(Decimal, ProductsBeyond128BitsSaturate) {
  const Decimal huge = Decimal::micros(static_cast<Int128>(1) << 100);
  EXPECT_FALSE((huge * huge).storable());
  EXPECT_TRUE((huge * huge).positive());
  EXPECT_TRUE((huge * -huge).negative());
  EXPECT_TRUE((-huge * -huge).positive());
  const Decimal largest = dec("999999999999.999999");  // the largest storable product is exact
  EXPECT_EQ(wide((largest * largest).units()), rounded_quotient(wide(largest.units()) * wide(largest.units()), 1'000'000));
}

TEST(Decimal, RoundsDownToMultiples) {
  EXPECT_EQ(dec("17").down_to_multiple_of(dec("6")), dec("12"));
  EXPECT_EQ(dec("18").down_to_multiple_of(dec("6")), dec("18"));
  EXPECT_EQ(dec("0.7").down_to_multiple_of(dec("0.25")), dec("0.5"));
  EXPECT_EQ(dec("5").down_to_multiple_of(dec("6")), dec("0"));
  EXPECT_EQ(dec("-1").down_to_multiple_of(dec("6")), dec("-6"));
  EXPECT_EQ(dec("5").down_to_multiple_of(Decimal()), dec("5"));
  std::mt19937_64 random(3);
  for (int i = 0; i < 20'000; ++i) {
    const Decimal a = random_decimal(random), step = random_decimal(random);
    const Decimal down = a.down_to_multiple_of(step);
    if (!step.positive()) {
      ASSERT_EQ(down, a);
      continue;
    }
    ASSERT_TRUE(down.multiple_of(step) && down <= a && a - down < step) << a.text() << " " << step.text();
  }
  EXPECT_FALSE(dec("5").multiple_of(Decimal()));
}

TEST(Decimal, SmallClaims) {
  EXPECT_TRUE(dec("3").whole());
  EXPECT_FALSE(dec("3.000001").whole());
  EXPECT_EQ(min(dec("1"), dec("2")), dec("1"));
  EXPECT_EQ(max(dec("1"), dec("2")), dec("2"));
  EXPECT_EQ(Decimal::of(-3).text(), "-3");
  std::string out = "x";
  dec("1.5").append_to(out);
  EXPECT_EQ(out, "x1.5");
}

std::int64_t random_factor(std::mt19937_64& random) {
  switch (random() % 3) {
    case 0:
      return 1 + static_cast<std::int64_t>(random() % 1'000);
    case 1:
      return 1 + static_cast<std::int64_t>(random() % 1'000'000'000'000);
    default:
      return 1 + static_cast<std::int64_t>(random() >> 1) / 2;
  }
}

TEST(Conversion, IsThatOfLongNumbersForAnyFactor) {
  std::mt19937_64 random(4);
  for (int i = 0; i < 100'000; ++i) {
    const Decimal q = random_decimal(random);
    const Fraction f{random_factor(random), random_factor(random)};
    const Long up = wide(q.units()) * f.numerator, down = wide(q.units()) * f.denominator;
    const Converted base = to_base(q, f), back = from_base(q, f);
    ASSERT_EQ(wide(base.quantity.units()), up / f.denominator);
    ASSERT_EQ(base.exact, up % f.denominator == 0);
    ASSERT_EQ(wide(back.quantity.units()), down / f.numerator);
    ASSERT_EQ(back.exact, down % f.numerator == 0);
  }
}

TEST(Conversion, ATwelfthTwelveTimesIsOne) {
  const Fraction dozen{1, 12};
  EXPECT_EQ(to_base(dec("12"), dozen).quantity, dec("1"));
  EXPECT_TRUE(to_base(dec("12"), dozen).exact);
  EXPECT_EQ(to_base(dec("1"), dozen).quantity, dec("0.083333"));
  EXPECT_FALSE(to_base(dec("1"), dozen).exact);
  EXPECT_EQ(from_base(dec("1"), dozen).quantity, dec("12"));
  EXPECT_EQ(to_base(dec("-1"), dozen).quantity, dec("-0.083333"));
}

TEST(Conversion, SaturatesBeyond128Bits) {
  const Decimal huge = Decimal::micros(static_cast<Int128>(1) << 120);
  const Converted c = to_base(huge, {1'000'000'000, 1});
  EXPECT_FALSE(c.exact);
  EXPECT_FALSE(c.quantity.storable());
  EXPECT_TRUE(to_base(-huge, {1'000'000'000, 1}).quantity.negative());
}

}  // namespace
}  // namespace crossdock
