// Durations and dates.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "config/scalars.hpp"

namespace crossdock::config {
namespace {

struct TimeUnit {
  std::string_view word;
  std::int64_t factor;
};
// "ms" before "s": the first that ends the text wins.
constexpr std::array<TimeUnit, 5> time_units{TimeUnit{"ms", 1}, TimeUnit{"min", 60'000}, TimeUnit{"s", 1000}, TimeUnit{"h", 3'600'000},
                                             TimeUnit{"d", 86'400'000}};

class DurationType final : public ScalarType {
 public:
  DurationType(milliseconds low, milliseconds high) : low_(low), high_(high) {}
  std::string words() const override { return fmt::format("a duration from {} to {}", duration_text(low_), duration_text(high_)); }
  Shown shown(const void* value) const override { return Shown::of_text(duration_text(*static_cast<const milliseconds*>(value))); }
  Json schema(Definitions&) const override { return {{"type", "string"}, {"pattern", "^(0|[1-9][0-9]*)(ms|s|min|h|d)$"}}; }

 protected:
  std::string parse(const std::string& text, void* out) const override {
    const auto value = parse_duration(text);
    if (!value || *value < low_ || *value > high_) return "expected " + words();
    *static_cast<milliseconds*>(out) = *value;
    return {};
  }
  std::string suggestion(const std::string& text) const override {
    return parse_duration(text) ? "" : "units are ms, s, min, h and d, without a space: 300ms, 10s, 15min";
  }

 private:
  milliseconds low_, high_;
};

class DateType final : public ScalarType {
 public:
  std::string words() const override { return "a date such as 2026-12-01"; }
  Shown shown(const void* value) const override { return Shown::of_text(static_cast<const Date*>(value)->text()); }
  Json schema(Definitions&) const override { return {{"type", "string"}, {"format", "date"}}; }

 protected:
  std::string parse(const std::string& text, void* out) const override {
    const auto value = Date::parse(text);
    if (!value) return "expected " + words();
    *static_cast<Date*>(out) = *value;
    return {};
  }
};

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
  for (const TimeUnit& unit : time_units) {
    if (!text.ends_with(unit.word)) continue;
    const std::string_view digits = text.substr(0, text.size() - unit.word.size());
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos || (digits.size() > 1 && digits[0] == '0'))
      continue;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || number > std::numeric_limits<std::int64_t>::max() / unit.factor) return std::nullopt;
    return milliseconds(number * unit.factor);
  }
  return std::nullopt;
}

std::string duration_text(milliseconds value) {
  const std::int64_t n = value.count();
  constexpr std::array<TimeUnit, 4> largest_first{TimeUnit{"d", 86'400'000}, TimeUnit{"h", 3'600'000}, TimeUnit{"min", 60'000},
                                                  TimeUnit{"s", 1000}};
  if (n == 0) return "0s";
  for (const TimeUnit& unit : largest_first)
    if (n % unit.factor == 0) return fmt::format("{}{}", n / unit.factor, unit.word);
  return fmt::format("{}ms", n);
}

Typed<milliseconds> duration(milliseconds low, milliseconds high) { return {std::make_shared<DurationType>(low, high)}; }
Typed<Date> date() { return {std::make_shared<DateType>()}; }

}  // namespace crossdock::config
