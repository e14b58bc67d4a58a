// Dates, instants and zones: what is read is written back alike; midnight begins its day.
#include "crossdock/base/time.hpp"

#include <cstring>

#include "fuzz/require.hpp"

namespace {

using crossdock::Date;
using crossdock::Instant;
using crossdock::require;
using crossdock::Zone;

void read_and_write(std::string_view text) {
  if (const auto date = Date::parse(text)) require(date->text() == text, "a date has one spelling");
  if (const auto at = Instant::parse(text)) {
    require(Instant::parse(at->micros_text()) == *at, "an instant is written so that it can be read");
    const auto cut = Instant::parse(at->text());
    require(cut && *at - *cut >= 0 && *at - *cut < 1'000, "milliseconds are cut");
    require(Date::parse(at->text().substr(0, 10)) == Zone{}.date_of(*at), "the day in UTC");
  }
  (void)Zone::find(text);
}

void write_any(std::int64_t number) {
  require(Instant::parse(Instant{number}.micros_text()).has_value(), "every instant is written as one");
  require(Date::parse(Date{static_cast<std::int32_t>(number)}.text()).has_value(), "every date is written as one");
}

void begin_days(unsigned pick, std::uint32_t number) {
  static const Zone zones[] = {Zone{},
                               Zone::find("Europe/Berlin").value_or(Zone{}),
                               Zone::find("America/Sao_Paulo").value_or(Zone{}),
                               Zone::find("Australia/Lord_Howe").value_or(Zone{}),
                               Zone::find("Pacific/Apia").value_or(Zone{}),
                               Zone::find("Asia/Gaza").value_or(Zone{})};
  const Zone& zone = zones[pick % std::size(zones)];
  const Date day{static_cast<std::int32_t>(number % 24'000)};  // 1970 to 2035
  const Instant first = zone.midnight(day);
  require(zone.date_of(first) >= day && zone.date_of(first + -1) < day, "midnight begins its day");
  const int minute = zone.minute_of_day(first);
  require(minute >= 0 && minute < 1440, "a minute of the day");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  read_and_write({reinterpret_cast<const char*>(data), size});
  std::int64_t number = 0;
  std::memcpy(&number, data, std::min(size, sizeof number));
  write_any(number);
  begin_days(static_cast<unsigned>(size), static_cast<std::uint32_t>(number));
  return 0;
}
