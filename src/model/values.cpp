#include "model/values.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_set>
#include <vector>

#include "crossdock/model/codes.hpp"

namespace crossdock {
namespace {

bool is_text(Reader& reader, const Path& path, json::View view, std::string_view what) {
  if (view.is(json::Kind::string)) return true;
  reader.mistake(path, "wrong_type", "must be a string: " + std::string(what));
  return false;
}

/// Code points; only looked at where the bytes do not settle it.
std::size_t length_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

std::string bounds(const Rule& rule) {
  if (rule.shortest == rule.longest) return "must have " + std::to_string(rule.longest) + " characters";
  return "must have " + std::to_string(rule.shortest) + " to " + std::to_string(rule.longest) + " characters";
}

/// A short code has many neighbours: only its capitals are worth suggesting.
std::string capitals(std::string_view text, bool (*known)(std::string_view)) {
  std::string upper(text);
  for (char& c : upper)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return known(upper) ? upper : std::string();
}

bool is_currency(std::string_view code) { return currency_exponent(code).has_value(); }

bool is_clock(std::string_view text) {
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4)) return false;
  return text.substr(0, 2) < "24" && text.substr(3) < "60";
}

/// What a list of words says to a word that it does not have; empty where all is well.
void check_content(Reader& reader, const Path& path, std::string_view text, Content content) {
  switch (content) {
    case Content::currency:
      if (!is_currency(text)) reader.mistake(path, "not_allowed", "must be an ISO 4217 currency code", capitals(text, is_currency));
      break;
    case Content::country:
      if (!is_country(text))
        reader.mistake(path, "not_allowed", "must be an ISO 3166-1 country code of two letters", capitals(text, is_country));
      break;
    case Content::uom:
      if (!is_uom(text))
        reader.mistake(path, "not_allowed", "must be a UN/ECE Recommendation 20 unit code", std::string(uom_meant_by(text)));
      break;
    case Content::zone:
      if (text != "UTC" && !Zone::find(text)) reader.mistake(path, "not_allowed", "must be an IANA time zone such as America/New_York");
      break;
    case Content::clock:
      if (!is_clock(text)) reader.mistake(path, "wrong_type", "must be a time of day, HH:MM");
      break;
    case Content::code:
    case Content::revision:
      if (has_control(text)) reader.mistake(path, "not_allowed", "must not hold control characters");
      break;
    case Content::text:
    case Content::free_form:
      break;
  }
}

bool listed(Content content) {
  return content == Content::currency || content == Content::country || content == Content::uom || content == Content::clock;
}

void find_duplicates(Reader& reader, const Path& path, json::View view) {
  const bool object = view.is(json::Kind::object);
  if (!object && !view.is(json::Kind::array)) return;
  std::unordered_set<std::string_view> names;
  std::size_t index = 0;
  for (const json::View child : view.children()) {
    const Path here = object ? path.member(child.key()) : path.at(index++);
    if (object && !names.insert(child.key()).second)
      reader.mistake(here, "duplicate_key", "this member stands more than once in its object");
    find_duplicates(reader, here, child);
  }
}

void read_free_form(Reader& reader, const Path& path, json::View view, std::string& value) {
  if (view.is(json::Kind::null)) return;
  if (!view.is(json::Kind::object)) return reader.mistake(path, "wrong_type", "must be an object");
  find_duplicates(reader, path, view);
  value = view.raw();
}

/// The digits of "12", "-12" and "12.0"; none of anything else.
std::optional<std::int64_t> whole_number(std::string_view token, bool& out_of_range) {
  const auto point = token.find('.');
  if (point != std::string_view::npos) {
    if (token.find_first_not_of('0', point + 1) != std::string_view::npos) return std::nullopt;
    token = token.substr(0, point);
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), value);
  if (end != token.data() + token.size() || error == std::errc::invalid_argument) return std::nullopt;
  out_of_range = error == std::errc::result_out_of_range;
  return value;
}

std::string bounds_of_integer(const Rule& rule) {
  const bool endless = rule.to == std::numeric_limits<std::int64_t>::max();
  return endless ? "must be " + std::to_string(rule.from) + " or more"
                 : "must be from " + std::to_string(rule.from) + " to " + std::to_string(rule.to);
}

}  // namespace

bool all_digits(std::string_view text) { return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos; }

void read_text(Reader& reader, const Path& path, json::View view, std::string& value, const Rule& rule) {
  if (rule.content == Content::free_form) return read_free_form(reader, path, view, value);
  if (rule.content == Content::revision && view.is(json::Kind::number) && all_digits(view.text())) {
    value = view.text();
    return;
  }
  if (!is_text(reader, path, view, "text")) return;
  const std::string_view text = view.text();
  const bool beyond = text.size() < rule.shortest || (text.size() > rule.longest && length_of(text) > rule.longest);
  if (beyond && !listed(rule.content)) return reader.mistake(path, "out_of_range", bounds(rule));
  check_content(reader, path, text, rule.content);
  value = text;
}

void read_decimal(Reader& reader, const Path& path, json::View view, Decimal& value, const Rule& rule) {
  if (!view.is(json::Kind::string) && !view.is(json::Kind::number))
    return reader.mistake(path, "wrong_type", "must be a decimal, written as a string or a number");
  const Decimal::Parsed parsed = Decimal::parse(view.text());
  if (parsed.error == Decimal::ParseError::not_a_decimal)
    return reader.mistake(path, "wrong_type", "must be a decimal in plain notation such as \"12.5\"");
  if (parsed.error == Decimal::ParseError::out_of_range)
    return reader.mistake(path, "out_of_range", "must have at most 12 digits before the point and 6 after it");
  if (rule.sign == Rule::Sign::above_zero && !parsed.value.positive()) return reader.mistake(path, "out_of_range", "must be above zero");
  if (rule.sign == Rule::Sign::not_negative && parsed.value.negative()) return reader.mistake(path, "out_of_range", "must not be negative");
  value = parsed.value;
}

std::optional<std::int64_t> read_integer(Reader& reader, const Path& path, json::View view, const Rule& rule) {
  const bool digits = rule.digits_too && view.is(json::Kind::string) && all_digits(view.text());
  bool beyond = false;
  std::optional<std::int64_t> value;
  if (digits || view.is(json::Kind::number)) value = whole_number(view.text(), beyond);
  if (!value) {
    reader.mistake(path, "wrong_type", rule.digits_too ? "must be a whole number, or its digits as a string" : "must be a whole number");
    return std::nullopt;
  }
  if (!beyond && *value >= rule.from && *value <= rule.to) return value;
  reader.mistake(path, "out_of_range", bounds_of_integer(rule));
  return std::nullopt;
}

void read_boolean(Reader& reader, const Path& path, json::View view, bool& value) {
  if (!view.is(json::Kind::boolean)) return reader.mistake(path, "wrong_type", "must be true or false");
  value = view.boolean();
}

void read_date(Reader& reader, const Path& path, json::View view, Date& value) {
  if (!is_text(reader, path, view, "a date, YYYY-MM-DD")) return;
  const auto date = Date::parse(view.text());
  if (!date) return reader.mistake(path, "wrong_type", "must be a date, YYYY-MM-DD");
  value = *date;
}

void read_instant(Reader& reader, const Path& path, json::View view, Instant& value) {
  if (!is_text(reader, path, view, "an instant, RFC 3339")) return;
  const auto instant = Instant::parse(view.text());
  if (!instant) return reader.mistake(path, "wrong_type", "must be an instant such as 2026-11-23T10:00:00.123Z");
  value = *instant;
}

std::optional<std::size_t> read_word(Reader& reader, const Path& path, json::View view, std::span<const std::string_view> list,
                                     const Rule& rule) {
  if (!is_text(reader, path, view, "one of the words of its list")) return std::nullopt;
  const std::string_view text = view.text();
  for (std::size_t i = 0; i < list.size(); ++i)
    if (list[i] == text && (rule.only.empty() || rule.only == text)) return i;
  if (!rule.only.empty()) {
    reader.mistake(path, "not_allowed", "must be " + std::string(rule.only), std::string(rule.only));
    return std::nullopt;
  }
  std::string words;
  for (const std::string_view word : list) words.append(words.empty() ? "must be one of " : ", ").append(word);
  reader.mistake(path, "not_allowed", std::move(words), nearest(text, {list.begin(), list.end()}));
  return std::nullopt;
}

bool read_list(Reader& reader, const Path& path, json::View view, const Rule& rule) {
  if (!view.is(json::Kind::array)) {
    reader.mistake(path, "wrong_type", "must be an array");
    return false;
  }
  if (view.size() >= rule.least && view.size() <= rule.most) return true;
  reader.mistake(path, "out_of_range", "must have " + std::to_string(rule.least) + " to " + std::to_string(rule.most) + " elements");
  return false;
}

}  // namespace crossdock
