// Booleans, whole numbers, sizes, decimals and percents.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "config/scalars.hpp"

namespace crossdock::config {
namespace {

class BooleanType final : public ScalarType {
 public:
  std::string words() const override { return "true or false"; }
  Shown shown(const void* value) const override { return Shown::of_literal(*static_cast<const bool*>(value) ? "true" : "false"); }
  Json schema(Definitions&) const override { return {{"type", "boolean"}}; }

 protected:
  bool takes_quotes() const override { return false; }
  std::string parse(const std::string& text, void* out) const override {
    if (text != "true" && text != "false") return "expected true or false";
    *static_cast<bool*>(out) = text == "true";
    return {};
  }
  std::string suggestion(const std::string& text) const override {
    for (std::string_view word : {"yes", "Yes", "YES", "on", "On", "ON", "True", "TRUE", "y", "1"})
      if (text == word) return "write true";
    for (std::string_view word : {"no", "No", "NO", "off", "Off", "OFF", "False", "FALSE", "n", "0"})
      if (text == word) return "write false";
    return {};
  }
};

/// Decimal digits only: no sign but -, no leading zero, no exponent, no octal.
std::optional<std::int64_t> whole(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || (digits.size() > 1 && digits[0] == '0') || digits.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

class IntegerType final : public ScalarType {
 public:
  IntegerType(int low, int high) : low_(low), high_(high) {}
  std::string words() const override { return fmt::format("a whole number from {} to {}", low_, high_); }
  Shown shown(const void* value) const override { return Shown::of_literal(std::to_string(*static_cast<const int*>(value))); }
  Json schema(Definitions&) const override { return {{"type", "integer"}, {"minimum", low_}, {"maximum", high_}}; }

 protected:
  bool takes_quotes() const override { return false; }
  std::string parse(const std::string& text, void* out) const override {
    const auto value = whole(text);
    if (!value || *value < low_ || *value > high_) return "expected " + words();
    *static_cast<int*>(out) = static_cast<int>(*value);
    return {};
  }

 private:
  int low_, high_;
};

struct SizeUnit {
  std::string_view word;
  std::int64_t factor;
};
constexpr std::array<SizeUnit, 4> size_units{SizeUnit{"GiB", 1LL << 30}, SizeUnit{"MiB", 1LL << 20}, SizeUnit{"KiB", 1LL << 10},
                                             SizeUnit{"B", 1}};

std::string size_text(std::int64_t value) {
  for (const SizeUnit& unit : size_units)
    if (value != 0 && value % unit.factor == 0) return fmt::format("{}{}", value / unit.factor, unit.word);
  return fmt::format("{}B", value);
}

std::optional<std::int64_t> parse_size(std::string_view text) {
  for (const SizeUnit& unit : size_units) {
    if (!text.ends_with(unit.word)) continue;
    const auto number = whole(text.substr(0, text.size() - unit.word.size()));
    if (!number || *number < 0 || *number > std::numeric_limits<std::int64_t>::max() / unit.factor) return std::nullopt;
    return *number * unit.factor;
  }
  return std::nullopt;
}

class SizeType final : public ScalarType {
 public:
  SizeType(std::int64_t low, std::int64_t high) : low_(low), high_(high) {}
  std::string words() const override { return fmt::format("a size from {} to {}", size_text(low_), size_text(high_)); }
  Shown shown(const void* value) const override { return Shown::of_text(size_text(*static_cast<const std::int64_t*>(value))); }
  Json schema(Definitions&) const override { return {{"type", "string"}, {"pattern", "^(0|[1-9][0-9]*)(B|KiB|MiB|GiB)$"}}; }

 protected:
  std::string parse(const std::string& text, void* out) const override {
    const auto value = parse_size(text);
    if (!value || *value < low_ || *value > high_) return "expected " + words();
    *static_cast<std::int64_t*>(out) = *value;
    return {};
  }
  std::string suggestion(const std::string& text) const override {
    return parse_size(text) ? "" : "units are B, KiB, MiB and GiB, without a space: 16MiB";
  }

 private:
  std::int64_t low_, high_;
};

class DecimalType final : public ScalarType {
 public:
  DecimalType(Decimal low, Decimal high, bool percent) : low_(low), high_(high), percent_(percent) {}
  std::string words() const override {
    return fmt::format("a {} from {} to {}", percent_ ? "percentage" : "decimal", spelled(low_), spelled(high_));
  }
  Shown shown(const void* value) const override { return Shown::of_text(spelled(*static_cast<const Decimal*>(value))); }
  Json schema(Definitions&) const override {
    if (percent_) return {{"type", "string"}, {"pattern", "^-?[0-9]+(\\.[0-9]+)?%$"}};
    return {{"type", {"string", "number"}}};
  }

 protected:
  std::string parse(const std::string& text, void* out) const override {
    const auto value = number(text);
    if (!value || *value < low_ || high_ < *value) return "expected " + words();
    *static_cast<Decimal*>(out) = *value;
    return {};
  }
  std::string suggestion(const std::string& text) const override {
    return percent_ && !text.ends_with('%') ? "a percentage ends with %: 0.5%" : "";
  }

 private:
  static constexpr std::int64_t hundred = 100;
  std::string spelled(Decimal value) const { return percent_ ? Decimal::micros(value.units() * hundred).text() + "%" : value.text(); }
  std::optional<Decimal> number(std::string_view text) const {
    if (percent_ && !text.ends_with('%')) return std::nullopt;
    const auto parsed = Decimal::parse(percent_ ? text.substr(0, text.size() - 1) : text);
    if (!parsed || (percent_ && parsed.value.units() % hundred != 0)) return std::nullopt;
    return percent_ ? Decimal::micros(parsed.value.units() / hundred) : parsed.value;
  }
  Decimal low_, high_;
  bool percent_;
};

}  // namespace

Typed<bool> boolean() { return {std::make_shared<BooleanType>()}; }
Typed<int> integer(int low, int high) { return {std::make_shared<IntegerType>(low, high)}; }
Typed<std::int64_t> size(std::int64_t low, std::int64_t high) { return {std::make_shared<SizeType>(low, high)}; }
Typed<Decimal> decimal(Decimal low, Decimal high) { return {std::make_shared<DecimalType>(low, high, false)}; }
Typed<Decimal> percent(Decimal low, Decimal high) { return {std::make_shared<DecimalType>(low, high, true)}; }

}  // namespace crossdock::config
