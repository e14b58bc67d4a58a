#include "crossdock/base/time.hpp"

#include <algorithm>
#include <chrono>

namespace crossdock {
namespace {

namespace chr = std::chrono;

constexpr std::int64_t second = 1'000'000, day_micros = 86'400 * second;

constexpr std::int32_t day_number(int y, unsigned m, unsigned d) {
  return chr::sys_days{chr::year{y} / chr::month{m} / chr::day{d}}.time_since_epoch().count();
}
constexpr std::int32_t first_day = day_number(1, 1, 1), last_day = day_number(9999, 12, 31);

/// The number that the `count` digits of `text` from `at` on spell, or -1.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

void append_digits(std::string& out, unsigned value, int count) {
  char buffer[8];
  for (int i = count; i-- > 0; value /= 10) buffer[i] = static_cast<char>('0' + value % 10);
  out.append(buffer, static_cast<std::size_t>(count));
}

/// ".123" at the beginning of `rest`, which it takes away; in micros, or -1.
std::int64_t take_fraction(std::string_view& rest) {
  if (rest.empty() || rest[0] != '.') return 0;
  std::size_t n = 1;
  std::int64_t micros = 0;
  for (; n < rest.size() && rest[n] >= '0' && rest[n] <= '9'; ++n) {
    if (n <= 6) micros = micros * 10 + (rest[n] - '0');
  }
  const std::size_t count = n - 1;
  if (count == 0 || count > 9) return -1;
  for (std::size_t i = count; i < 6; ++i) micros *= 10;
  rest.remove_prefix(n);
  return micros;
}

/// "Z" or "+hh:mm", in minutes east of UTC.
std::optional<int> offset_minutes(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const int hours = digits(text, 1, 2), minutes = digits(text, 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  return (hours * 60 + minutes) * (text[0] == '-' ? -1 : 1);
}

std::int64_t in_range(std::int64_t micros) { return std::clamp(micros, first_day * day_micros, (last_day + 1) * day_micros - 1); }

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

void append_instant(std::string& out, std::int64_t micros, int fraction_digits) {
  micros = in_range(micros);
  const std::int64_t day = floor_div(micros, day_micros);
  const std::int64_t of_day = micros - day * day_micros;
  const auto seconds = static_cast<unsigned>(of_day / second);
  const auto fraction = static_cast<unsigned>(of_day % second);
  Date{static_cast<std::int32_t>(day)}.append_to(out);
  out += 'T';
  append_digits(out, seconds / 3600, 2);
  out += ':';
  append_digits(out, seconds / 60 % 60, 2);
  out += ':';
  append_digits(out, seconds % 60, 2);
  out += '.';
  append_digits(out, fraction_digits == 3 ? fraction / 1000 : fraction, fraction_digits);
  out += 'Z';
}

}  // namespace

std::optional<Date> Date::parse(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int y = digits(text, 0, 4), m = digits(text, 5, 2), d = digits(text, 8, 2);
  if (y < 1 || m < 1 || d < 1) return std::nullopt;
  const chr::year_month_day ymd{chr::year{y}, chr::month{static_cast<unsigned>(m)}, chr::day{static_cast<unsigned>(d)}};
  if (!ymd.ok()) return std::nullopt;
  return Date{static_cast<std::int32_t>(chr::sys_days{ymd}.time_since_epoch().count())};
}

std::string Date::text() const {
  std::string out;
  append_to(out);
  return out;
}

void Date::append_to(std::string& out) const {
  const chr::year_month_day ymd{chr::sys_days{chr::days{std::clamp(days, first_day, last_day)}}};
  append_digits(out, static_cast<unsigned>(static_cast<int>(ymd.year())), 4);
  out += '-';
  append_digits(out, static_cast<unsigned>(ymd.month()), 2);
  out += '-';
  append_digits(out, static_cast<unsigned>(ymd.day()), 2);
}

Instant Instant::now() { return Instant{chr::duration_cast<chr::microseconds>(chr::system_clock::now().time_since_epoch()).count()}; }

std::optional<Instant> Instant::parse(std::string_view text) {
  if (text.size() < 20 || (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':') return std::nullopt;
  const std::optional<Date> date = Date::parse(text.substr(0, 10));
  const int h = digits(text, 11, 2), m = digits(text, 14, 2), s = digits(text, 17, 2);
  if (!date || h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 60) return std::nullopt;
  std::string_view rest = text.substr(19);
  const std::int64_t fraction = take_fraction(rest);
  const std::optional<int> offset = offset_minutes(rest);
  if (fraction < 0 || !offset) return std::nullopt;

  const std::int64_t minute = date->days * 1440LL + h * 60 + m - *offset;
  // A leap second is inserted at the end of a UTC day, nowhere else.
  if (s == 60 && (minute % 1440 + 1440) % 1440 != 1439) return std::nullopt;
  const Instant at{(minute * 60 + s) * second + fraction};
  if (at.micros != in_range(at.micros)) return std::nullopt;
  return at;
}

std::string Instant::text() const {
  std::string out;
  append_instant(out, micros, 3);
  return out;
}

std::string Instant::micros_text() const {
  std::string out;
  append_instant(out, micros, 6);
  return out;
}

void Instant::append_to(std::string& out) const { append_instant(out, micros, 3); }

}  // namespace crossdock
