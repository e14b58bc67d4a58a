// Zones: the odd days of the world, and the C library as the other opinion.
#include <gmock/gmock.h>

#include <cstdlib>
#include <ctime>
#include <random>

#include "crossdock/base/time.hpp"

namespace crossdock {
namespace {

const char* const names[] = {"Europe/Berlin",       "America/New_York", "America/Sao_Paulo", "America/Havana",
                             "Asia/Beirut",         "Asia/Kolkata",     "Asia/Tehran",       "Africa/Cairo",
                             "Australia/Lord_Howe", "Pacific/Apia",     "Asia/Gaza",         "America/St_Johns"};

Zone zone(std::string_view name) {
  const auto found = Zone::find(name);
  EXPECT_TRUE(found) << name;
  return found.value_or(Zone{});
}

TEST(Zone, FindsByName) {
  EXPECT_EQ(zone("Europe/Berlin").name(), "Europe/Berlin");
  EXPECT_EQ(zone("UTC").name(), "UTC");
  EXPECT_EQ(Zone{}.name(), "UTC");
  for (const char* name :
       {"", "Europe/Nowhere", "europe/berlin", "../../etc/passwd", "/etc/localtime", "CEST", "Europe", "Europe/Berlin "}) {
    EXPECT_FALSE(Zone::find(name)) << name;
  }
}

TEST(Zone, KnowsDaysWithoutMidnight) {
  const struct {
    const char *zone, *day, *first;
  } table[] = {
      {"Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00.000Z"},      // an ordinary midnight before the jump at 2
      {"Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00.000Z"},      // a day of 25 hours
      {"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00.000Z"},  // 00:00 jumps to 01:00
      {"Asia/Beirut", "2022-03-27", "2022-03-26T22:00:00.000Z"},        // so here
      {"America/Havana", "2022-03-13", "2022-03-13T05:00:00.000Z"},     // and here
      {"America/Havana", "2022-11-06", "2022-11-06T04:00:00.000Z"},     // 00:00 comes twice: the first
      {"America/Toronto", "1919-03-31", "1919-03-31T04:30:00.000Z"},    // 23:30 jumped to 00:30
      {"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00.000Z"},       // a day that never was
      {"Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00.000Z"},
      {"Asia/Kolkata", "2026-01-01", "2025-12-31T18:30:00.000Z"},
      {"UTC", "2026-01-01", "2026-01-01T00:00:00.000Z"},
  };
  for (const auto& row : table) EXPECT_EQ(zone(row.zone).midnight(*Date::parse(row.day)).text(), row.first) << row.zone << " " << row.day;
}

TEST(Zone, MidnightIsTheFirstInstantOfItsDay) {
  const Date skipped = *Date::parse("2011-12-30");
  for (const char* name : names) {
    const Zone z = zone(name);
    for (Date day = *Date::parse("1980-01-01"); day < *Date::parse("2037-12-31"); day = day + 1) {
      const Instant first = z.midnight(day);
      ASSERT_LT(z.date_of(first + -1), day) << name << " " << day.text();
      if (z.name() == "Pacific/Apia" && day == skipped) continue;
      ASSERT_EQ(z.date_of(first), day) << name << " " << day.text();
    }
  }
}

/// The C library's local time under another TZ, put back at the end.
class LocalTime {
 public:
  explicit LocalTime(const char* name) {
    setenv("TZ", name, 1);
    tzset();
  }
  ~LocalTime() {
    unsetenv("TZ");
    tzset();
  }
  std::tm at(std::int64_t seconds) const {
    const std::time_t t = seconds;
    std::tm tm{};
    localtime_r(&t, &tm);
    return tm;
  }
};

TEST(Zone, AgreesWithTheCLibrary) {
  std::mt19937_64 random(7);
  for (const char* name : names) {
    const Zone z = zone(name);
    const LocalTime c(name);
    for (int i = 0; i < 5'000; ++i) {
      const auto seconds = static_cast<std::int64_t>(random() % 2'145'000'000);
      const std::tm tm = c.at(seconds);
      const Instant at{seconds * 1'000'000 + static_cast<std::int64_t>(random() % 1'000'000)};
      char day[16];
      std::strftime(day, sizeof day, "%Y-%m-%d", &tm);
      ASSERT_EQ(z.date_of(at).text(), day) << name << " " << at.text();
      ASSERT_EQ(z.minute_of_day(at), tm.tm_hour * 60 + tm.tm_min) << name << " " << at.text();
    }
  }
}

TEST(Zone, BeforeTheEpochDaysRoundDown) {
  EXPECT_EQ(Zone{}.date_of(Instant{-1}).text(), "1969-12-31");
  EXPECT_EQ(Zone{}.minute_of_day(Instant{-1}), 1439);
  EXPECT_EQ(zone("Europe/Berlin").minute_of_day(*Instant::parse("1969-12-31T23:59:59Z")), 59);
}

}  // namespace
}  // namespace crossdock
