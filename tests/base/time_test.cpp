// Dates and instants: tables, and the C library as the other opinion.
#include <gmock/gmock.h>

#include <ctime>
#include <random>

#include "crossdock/base/time.hpp"

namespace crossdock {
namespace {

std::int64_t micros_of(std::string_view text) {
  const auto at = Instant::parse(text);
  EXPECT_TRUE(at) << text;
  return at ? at->micros : -1;
}

TEST(Date, ReadsDays) {
  EXPECT_EQ(Date::parse("1970-01-01")->days, 0);
  EXPECT_EQ(Date::parse("1969-12-31")->days, -1);
  EXPECT_EQ(Date::parse("2000-02-29")->days, 11'016);
  EXPECT_EQ(Date::parse("0001-01-01")->days, -719'162);
  EXPECT_EQ(Date::parse("9999-12-31")->days, 2'932'896);
  EXPECT_EQ(*Date::parse("2026-03-01") - *Date::parse("2026-02-01"), 28);
  EXPECT_EQ((*Date::parse("2024-02-28") + 1).text(), "2024-02-29");
}

TEST(Date, RefusesWhatIsNone) {
  for (const char* text : {"",           "2026",       "2026-1-1",   "2026-01-1",   "26-01-01",    "2026-13-01",
                           "2026-00-10", "2026-01-00", "2026-01-32", "2026-02-29",  "1900-02-29",  "2100-02-29",
                           "2026-04-31", "0000-01-01", "2026/01/01", "2026-01-01 ", " 2026-01-01", "2026-01-01T00:00:00Z",
                           "+026-01-01", "-001-01-01", "20260101",   "2026-W01-1",  "2026-001",    "2026-0a-01",
                           "2026-01-0x", "10000-01-01"}) {
    EXPECT_FALSE(Date::parse(text)) << text;
  }
}

TEST(Date, EveryDayAgreesWithTheCLibrary) {
  for (std::int32_t day = Date::parse("0001-01-01")->days; day <= Date::parse("9999-12-31")->days; day += 17) {
    const std::time_t seconds = static_cast<std::time_t>(day) * 86'400;
    std::tm tm{};
    ASSERT_NE(gmtime_r(&seconds, &tm), nullptr);
    char text[32];
    ASSERT_EQ(std::snprintf(text, sizeof text, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday), 10);
    ASSERT_EQ(Date{day}.text(), text);
    ASSERT_EQ(Date::parse(text), Date{day});
  }
}

TEST(Date, BeyondTheCalendarTheNearestBoundIsWritten) {
  EXPECT_EQ(Date{2'147'483'647}.text(), "9999-12-31");
  EXPECT_EQ(Date{-2'147'483'647}.text(), "0001-01-01");
}

TEST(Instant, ReadsRfc3339) {
  const std::pair<const char*, const char*> table[] = {
      {"2026-11-23T10:00:00.123Z", "2026-11-23T10:00:00.123000Z"},       {"2026-11-23T10:00:00Z", "2026-11-23T10:00:00.000000Z"},
      {"2026-11-23t10:00:00z", "2026-11-23T10:00:00.000000Z"},           {"2026-11-23T10:00:00.1Z", "2026-11-23T10:00:00.100000Z"},
      {"2026-11-23T10:00:00.123456789Z", "2026-11-23T10:00:00.123456Z"}, {"2026-11-23T10:00:00.999999999Z", "2026-11-23T10:00:00.999999Z"},
      {"2026-11-23T12:30:00+02:30", "2026-11-23T10:00:00.000000Z"},      {"2026-11-23T00:30:00+01:00", "2026-11-22T23:30:00.000000Z"},
      {"2026-12-31T23:00:00-01:00", "2027-01-01T00:00:00.000000Z"},      {"2026-11-23T10:00:00-00:00", "2026-11-23T10:00:00.000000Z"},
      {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z"},           {"2016-12-31T23:59:60.5Z", "2017-01-01T00:00:00.500000Z"},
      {"1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00.000000Z"},      {"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"},
      {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"},           {"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
      {"0001-01-01T12:00:00+12:00", "0001-01-01T00:00:00.000000Z"},      {"2026-11-23T10:00:00+23:59", "2026-11-22T10:01:00.000000Z"}};
  for (const auto& [text, plain] : table) {
    const auto at = Instant::parse(text);
    ASSERT_TRUE(at) << text;
    EXPECT_EQ(at->micros_text(), plain) << text;
  }
}

TEST(Instant, RefusesWhatIsNone) {
  for (const char* text : {"",
                           "2026-11-23",
                           "2026-11-23T10:00:00",
                           "2026-11-23 10:00:00Z",
                           "2026-11-23T10:00Z",
                           "2026-11-23T24:00:00Z",
                           "2026-11-23T10:60:00Z",
                           "2026-11-23T10:00:61Z",
                           "2026-11-23T10:00:60Z",
                           "2016-12-31T23:59:60+01:00",
                           "2026-11-23T10:00:00.Z",
                           "2026-11-23T10:00:00.1234567890Z",
                           "2026-11-23T10:00:00,1Z",
                           "2026-11-23T10:00:00+0100",
                           "2026-11-23T10:00:00+1:00",
                           "2026-11-23T10:00:00+24:00",
                           "2026-11-23T10:00:00+01:60",
                           "2026-11-23T10:00:00ZZ",
                           "2026-11-23T10:00:00Z ",
                           "2026-02-30T10:00:00Z",
                           "2026-11-23T1:00:00Z",
                           "2026-11-23T10:00:0Z",
                           "20261123T100000Z",
                           "0001-01-01T00:00:00+00:01",
                           "9999-12-31T23:59:59-00:01",
                           "9999-12-31T23:59:60Z",
                           "2026-11-23T-1:00:00Z",
                           "2026-11-23T10:00:00.1",
                           "2026-11-23T10:00:00UTC",
                           "2026-11-23T10:00:00+01:00Z",
                           "2026-11-23T10:00:00 Z",
                           "0000-12-31T23:59:59Z"}) {
    EXPECT_FALSE(Instant::parse(text)) << text;
  }
}

TEST(Instant, RoundTripsInAnyOffset) {
  std::mt19937_64 random(6);
  const std::int64_t low = micros_of("0002-01-01T00:00:00Z"), high = micros_of("9999-01-01T00:00:00Z");
  for (int i = 0; i < 50'000; ++i) {
    const Instant at{low + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(high - low))};
    ASSERT_EQ(Instant::parse(at.micros_text()), at);
    ASSERT_EQ(Instant::parse(at.text())->micros, at.micros - (at.micros % 1000 + 1000) % 1000);  // cut, not rounded
    const int offset = static_cast<int>(random() % 2879) - 1439;
    char east[8];
    std::snprintf(east, sizeof east, "%c%02d:%02d", offset < 0 ? '-' : '+', std::abs(offset) / 60 % 24, std::abs(offset) % 60);
    std::string local = (at + offset * 60'000'000LL).micros_text();
    local.replace(local.size() - 1, 1, east);
    ASSERT_EQ(Instant::parse(local), at) << local;
  }
}

TEST(Instant, BeyondTheCalendarTheNearestBoundIsWritten) {
  EXPECT_EQ(Instant{INT64_MAX}.text(), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(Instant{INT64_MIN}.text(), "0001-01-01T00:00:00.000Z");
}

TEST(Instant, NowIsNow) {
  const std::int64_t seconds = std::time(nullptr);
  EXPECT_NEAR(static_cast<double>(Instant::now().micros / 1'000'000), static_cast<double>(seconds), 2.0);
}

}  // namespace
}  // namespace crossdock
