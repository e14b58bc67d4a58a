// Dates and instants as the contract writes them; time zones by name.
#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crossdock {

/// A calendar day (proleptic Gregorian), days since 1970-01-01. JSON: "YYYY-MM-DD", years 0001 to 9999; text() of a day beyond writes the
/// nearest of these.
struct Date {
  std::int32_t days = 0;
  static std::optional<Date> parse(std::string_view text);
  std::string text() const;
  void append_to(std::string& out) const;
  friend auto operator<=>(const Date&, const Date&) = default;
  friend Date operator+(Date d, std::int32_t n) { return Date{d.days + n}; }
  friend std::int32_t operator-(Date a, Date b) { return a.days - b.days; }
};

/// A point in time, microseconds since 1970-01-01T00:00:00Z. JSON: RFC 3339 in UTC with milliseconds.
struct Instant {
  std::int64_t micros = 0;
  static Instant now();  ///< system clock: for messages and logs; leases and TTLs use the database's
  /// RFC 3339 with `Z` or an offset, up to 9 fraction digits (cut at micros); a leap second (23:59:60 UTC) counts as the next second.
  /// The year in UTC is 0001 to 9999; text() of an instant beyond writes the nearest of these.
  static std::optional<Instant> parse(std::string_view text);
  std::string text() const;         ///< 2026-11-23T10:00:00.123Z
  std::string micros_text() const;  ///< with six fraction digits, for SQL
  void append_to(std::string& out) const;
  friend auto operator<=>(const Instant&, const Instant&) = default;
  friend Instant operator+(Instant i, std::int64_t us) { return Instant{i.micros + us}; }
  friend std::int64_t operator-(Instant a, Instant b) { return a.micros - b.micros; }
};

/// A time zone of the IANA database as the system has it, resolved once. Copying is cheap; any thread. After 2037 the last offset holds.
class Zone {
 public:
  Zone() = default;  ///< UTC
  static std::optional<Zone> find(std::string_view name);
  Date date_of(Instant at) const;
  /// Minutes since local midnight, for cut-off times.
  int minute_of_day(Instant at) const;
  /// The first instant of that local day (for the roll-over of "today"): 00:00, or where the clock skips it the moment of the jump. Of a
  /// day that the zone skipped as a whole (Samoa's 2011-12-30) it is the next day's.
  Instant midnight(Date day) const;
  const std::string& name() const { return name_; }

 private:
  const void* zone_ = nullptr;  // date::time_zone; the third-party name stays inside zone.cpp
  std::string name_ = "UTC";
};

}  // namespace crossdock
