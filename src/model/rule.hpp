// What a member's value must be, beyond its type.
#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace crossdock {

enum class Content : std::uint8_t {
  text,       ///< any characters
  code,       ///< one line without control characters
  currency,   ///< ISO 4217
  country,    ///< ISO 3166-1 alpha-2
  uom,        ///< UN/ECE Rec 20
  zone,       ///< IANA time zone
  clock,      ///< HH:MM
  revision,   ///< a code, or an integer read as its digits
  free_form,  ///< any JSON object, kept as it came
};

/// One rule serves every type: each codec reads the part that concerns it. Lists: `least` to `most` elements, each as the rest says.
struct Rule {
  Content content = Content::text;
  std::size_t shortest = 0;
  std::size_t longest = 2000;
  std::int64_t from = std::numeric_limits<std::int64_t>::min();  ///< integers
  std::int64_t to = std::numeric_limits<std::int64_t>::max();
  bool digits_too = false;                                                            ///< integers: a string of digits will do
  enum class Sign : std::uint8_t { any, not_negative, above_zero } sign = Sign::any;  ///< decimals
  std::size_t least = 0;
  std::size_t most = 100;
  std::string_view only = {};  ///< the single word allowed here

  constexpr Rule list(std::size_t at_least, std::size_t at_most) const {
    Rule rule = *this;
    rule.least = at_least;
    rule.most = at_most;
    return rule;
  }
};

namespace rule {

constexpr Rule of(Content content, std::size_t shortest, std::size_t longest) {
  Rule rule;
  rule.content = content;
  rule.shortest = shortest;
  rule.longest = longest;
  return rule;
}
inline constexpr Rule plain{};
inline constexpr Rule many = plain.list(0, 100'000);  ///< lists that we write: long enough for all of them
inline constexpr Rule code = of(Content::code, 1, 64);
inline constexpr Rule number = of(Content::code, 1, 128);  ///< order numbers, references, tracking numbers
inline constexpr Rule note = of(Content::code, 0, 128);    ///< the same where it is not compulsory: blank fields are sent empty
inline constexpr Rule name = of(Content::text, 0, 256);
inline constexpr Rule text = of(Content::text, 0, 2000);
inline constexpr Rule currency = of(Content::currency, 3, 3);
inline constexpr Rule country = of(Content::country, 2, 2);
inline constexpr Rule uom = of(Content::uom, 1, 3);
inline constexpr Rule zone = of(Content::zone, 1, 64);
inline constexpr Rule clock = of(Content::clock, 5, 5);
inline constexpr Rule revision = of(Content::revision, 1, 64);
inline constexpr Rule free_form = of(Content::free_form, 0, 0);

constexpr Rule integer(std::int64_t from, std::int64_t to = std::numeric_limits<std::int64_t>::max()) {
  Rule rule;
  rule.from = from;
  rule.to = to;
  return rule;
}
constexpr Rule integer_or_digits(std::int64_t from, std::int64_t to = std::numeric_limits<std::int64_t>::max()) {
  Rule rule = integer(from, to);
  rule.digits_too = true;
  return rule;
}
inline constexpr Rule line = integer(1, 2'147'483'647);

constexpr Rule decimal(Rule::Sign sign) {
  Rule rule;
  rule.sign = sign;
  return rule;
}
inline constexpr Rule not_negative = decimal(Rule::Sign::not_negative);
inline constexpr Rule above_zero = decimal(Rule::Sign::above_zero);

constexpr Rule only(std::string_view word) {
  Rule rule;
  rule.only = word;
  return rule;
}

}  // namespace rule
}  // namespace crossdock
