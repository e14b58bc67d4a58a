// What `crossdock doctor` makes of a disk and of a certificate.
#include "app/findings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace crossdock::app {
namespace {

using testing::HasSubstr;

constexpr std::uintmax_t one_gib = 1ULL << 30U;
constexpr std::int64_t one_day = 86'400'000'000;

Finding of(std::uintmax_t capacity, std::uintmax_t available) { return room("data", "/srv", {capacity, available, available}); }

TEST(Findings, a_disk_with_room_is_well) {
  auto one = of(100 * one_gib, 40 * one_gib);
  EXPECT_TRUE(one.good);
  EXPECT_EQ(one.what, "disk data");
  EXPECT_EQ(one.detail, "40.0 GiB free (40 %) at /srv");
  EXPECT_EQ(one.remedy, "");
  EXPECT_TRUE(of(20 * one_gib, one_gib).good) << "just enough";
}

TEST(Findings, a_disk_that_is_nearly_full_is_not) {
  EXPECT_FALSE(of(20 * one_gib, one_gib - 1).good) << "below 1 GiB";
  EXPECT_FALSE(of(2 * one_gib, one_gib / 2).good) << "25 %, but below 1 GiB";
  EXPECT_FALSE(of(100 * one_gib, 5 * one_gib - 1).good) << "below 5 %";
  EXPECT_FALSE(of(0, 0).good);
  EXPECT_THAT(of(100 * one_gib, one_gib).remedy, HasSubstr("make room"));
}

TEST(Findings, what_cannot_be_seen_is_said_so) {
  auto one = room_at("data", "/no/such/place");
  EXPECT_TRUE(one.good);
  EXPECT_THAT(one.detail, HasSubstr("cannot be seen from here"));
  EXPECT_THAT(room_at("data", ".").detail, HasSubstr(" free ("));
}

TEST(Findings, a_certificate_counts_its_days) {
  auto now = *Instant::parse("2026-11-30T12:00:00Z");
  auto left = [&](std::int64_t micros) { return days_left("erp", "https://erp", now + micros, now); };
  EXPECT_TRUE(left(30 * one_day).good);
  EXPECT_EQ(left(30 * one_day).detail, "that of https://erp lasts 30 days, until 2026-12-30");
  EXPECT_EQ(left(30 * one_day).remedy, "");
  EXPECT_FALSE(left(30 * one_day - 1).good);
  auto tomorrow = left(one_day);
  EXPECT_FALSE(tomorrow.good);
  EXPECT_EQ(tomorrow.what, "certificate erp");
  EXPECT_EQ(tomorrow.detail, "that of https://erp lasts 1 day, until 2026-12-01");
  EXPECT_THAT(tomorrow.remedy, HasSubstr("new certificate"));
  EXPECT_FALSE(left(0).good);
  EXPECT_EQ(left(-one_day).detail, "that of https://erp has expired on 2026-11-29");
}

}  // namespace
}  // namespace crossdock::app
