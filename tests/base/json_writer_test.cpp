// What the writer and the canonical text make.
#include <gmock/gmock.h>

#include <limits>
#include <random>

#include "crossdock/base/json.hpp"

namespace crossdock::json {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  append_escaped(text, out);
  return out;
}

std::string canonical_number(std::string_view token) {
  std::string out;
  append_canonical_number(token, out);
  return out;
}

TEST(JsonWriter, MindsTheCommas) {
  std::string out = "body: ";
  Writer w(out);
  w.begin_object().key("a").begin_array().end_array().key("b").begin_object().end_object().key("c").begin_array();
  w.integer(1).null().boolean(true).begin_array().end_array().begin_object().key("x").raw("[1]").end_object().string("s").end_array();
  w.key("d").decimal(Decimal::of(12)).key("e").date(Date{0}).key("f").instant(Instant{1'500}).end_object();
  EXPECT_EQ(out, R"(body: {"a":[],"b":{},"c":[1,null,true,[],{"x":[1]},"s"],"d":"12","e":"1970-01-01","f":"1970-01-01T00:00:00.001Z"})");
}

TEST(JsonWriter, WritesExtremeIntegers) {
  std::string out;
  Writer(out).begin_array().integer(std::numeric_limits<std::int64_t>::min()).integer(std::numeric_limits<std::int64_t>::max()).end_array();
  EXPECT_EQ(out, "[-9223372036854775808,9223372036854775807]");
}

TEST(JsonWriter, EscapesOnlyWhatMustBe) {
  EXPECT_EQ(escaped(""), R"("")");
  EXPECT_EQ(escaped("a/b\x7F\xC3\xA9"), "\"a/b\x7F\xC3\xA9\"");
  EXPECT_EQ(escaped("\"\\\b\f\n\r\t\x01\x1F"), R"("\"\\\b\f\n\r\t\u0001\u001f")");
  EXPECT_EQ(escaped(std::string_view("\0", 1)), R"("\u0000")");
}

TEST(JsonWriter, RepairsWhatIsNotUtf8) {
  EXPECT_EQ(escaped("a\xFF\"\xC3"), "\"a\xEF\xBF\xBD\\\"\xEF\xBF\xBD\"");
  EXPECT_EQ(escaped("\xED\xA0\x80\xC3\xA9"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xC3\xA9\"");
}

TEST(JsonWriter, EveryByteStringComesBackAsOneJsonString) {
  std::mt19937 random(7);
  Document document;
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random() % 24, ' ');
    bool ascii = true;
    for (char& c : text) {
      c = static_cast<char>(1 + random() % (round % 2 == 0 ? 127 : 255));
      ascii = ascii && static_cast<unsigned char>(c) < 0x80;
    }
    const std::string written = escaped(text);
    const auto malformed = document.parse(written);
    ASSERT_FALSE(malformed) << written << ": " << malformed->message;
    if (ascii) {
      ASSERT_EQ(document.root().text(), text);
    }
    ASSERT_EQ(escaped(document.root().text()), written);  // repaired once, it stays
  }
}

/// The value of plain digits with an exponent within +-60, as text with 100 places on either side: equal texts, equal values.
std::string expanded(bool minus, const std::string& digits, int shift) {
  std::string out(300, '0');
  bool zero = true;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const int power = static_cast<int>(digits.size() - 1 - i) + shift;
    out[static_cast<std::size_t>(150 - power)] = digits[i];
    zero = zero && digits[i] == '0';
  }
  return (minus && !zero ? "-" : "") + out;
}

struct Spelling {
  std::string token, value;
};

Spelling random_spelling(std::mt19937& random) {
  std::string digits;
  for (unsigned n = 1 + random() % 6; n > 0; --n) digits += static_cast<char>('0' + (random() % 3 == 0 ? 0 : random() % 2 + (n == 1)));
  const bool minus = random() % 3 == 0;
  const std::size_t after = random() % digits.size();
  const int exponent = static_cast<int>(random() % 61) - 30;
  std::string whole = digits.substr(0, digits.size() - after);
  const std::size_t first = whole.find_first_not_of('0');
  whole.erase(0, first == std::string::npos ? whole.size() - 1 : first);
  std::string token = (minus ? "-" : "") + whole;
  if (after > 0) token += "." + digits.substr(digits.size() - after);
  const bool with_exponent = exponent != 0 || random() % 2 == 0;
  if (with_exponent)
    token += (random() % 2 == 0 ? "e" : "E") +
             std::string(exponent < 0        ? "-"
                         : random() % 2 == 0 ? "+"
                                             : "") +
             std::to_string(std::abs(exponent));
  return {token, expanded(minus, digits, exponent - static_cast<int>(after))};
}

TEST(JsonCanonical, SpellsEqualNumbersAlikeAndOthersNot) {
  std::mt19937 random(11);
  std::vector<std::pair<std::string, std::string>> seen;  // value, canonical
  int equal = 0;
  for (int round = 0; round < 3'000; ++round) {
    const Spelling s = random_spelling(random);
    const std::string canonical = canonical_number(s.token);
    ASSERT_EQ(canonical_number(canonical), canonical) << s.token;
    Document document;
    ASSERT_FALSE(document.parse(canonical)) << canonical;
    for (const auto& [value, other] : seen) {
      if (value == s.value) ++equal;
      ASSERT_EQ(value == s.value, other == canonical) << s.token << " " << canonical << " " << other;
    }
    seen.emplace_back(s.value, canonical);
  }
  EXPECT_GT(equal, 1'000) << "the spellings should often be of the same number";
}

TEST(JsonCanonical, NeitherLoopsNorAllocatesForHugeExponents) {
  EXPECT_EQ(canonical_number("1e999999999"), "1e999999999");
  const std::string digits(100'000, '9');
  EXPECT_EQ(canonical_number("10e" + digits), "1e1" + std::string(100'000, '0'));
  EXPECT_EQ(canonical_number("0.1e-" + digits), "1e-1" + std::string(100'000, '0'));
  EXPECT_EQ(canonical_number("0e" + digits), "0");
  EXPECT_EQ(canonical_number("-" + digits + "e0"), "-" + digits);
}

TEST(JsonCanonical, OrderOfMembersAndSpacingDoNotMatterButValuesDo) {
  auto canonical = [](std::string_view text) {
    Document document;
    EXPECT_FALSE(document.parse_copy(text));
    std::string out;
    append_canonical(document.root(), out);
    return out;
  };
  const std::string one = canonical(R"({"a":[1.0,{"x":"\u0041","y":null}],"b":"12.50"})");
  EXPECT_EQ(one, canonical(R"( { "b":"12.50","a" : [ 10e-1 , {"y":null,"x":"A"}] } )"));
  EXPECT_NE(one, canonical(R"({"a":[1.0,{"x":"A","y":null}],"b":"12.5"})"));  // strings are not numbers
  EXPECT_NE(one, canonical(R"({"a":[{"x":"A","y":null},1],"b":"12.50"})"));   // the order of elements counts
  EXPECT_NE(canonical("1"), canonical("\"1\""));
  EXPECT_NE(canonical("{}"), canonical("[]"));
  EXPECT_NE(canonical(R"({"a":"b\",\"c\":\"d"})"), canonical(R"({"a":"b","c":"d"})"));
}

}  // namespace
}  // namespace crossdock::json
