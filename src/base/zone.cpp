#include <date/tz.h>

#include <chrono>
#include <exception>

#include "crossdock/base/time.hpp"

namespace crossdock {
namespace {

namespace chr = std::chrono;
using Local = date::local_time<chr::microseconds>;

date::sys_time<chr::microseconds> sys(Instant at) { return date::sys_time<chr::microseconds>{chr::microseconds{at.micros}}; }

Local local(const void* zone, Instant at) {
  if (zone == nullptr) return Local{chr::microseconds{at.micros}};
  return static_cast<const date::time_zone*>(zone)->to_local(sys(at));
}

}  // namespace

std::optional<Zone> Zone::find(std::string_view name) {
  if (name == "UTC") return Zone{};  // also where no tzdata is installed
  Zone found;
  try {
    const date::time_zone* zone = date::locate_zone(std::string(name));
    (void)zone->get_info(sys(Instant{}));  // reads the file now: a broken one is found at start, not at midnight
    found.zone_ = zone;
  } catch (const std::exception&) {
    return std::nullopt;
  }
  found.name_ = name;
  return found;
}

Date Zone::date_of(Instant at) const {
  return Date{static_cast<std::int32_t>(date::floor<date::days>(local(zone_, at)).time_since_epoch().count())};
}

int Zone::minute_of_day(Instant at) const {
  const Local time = local(zone_, at);
  return static_cast<int>(date::floor<chr::minutes>(time - date::floor<date::days>(time)).count());
}

Instant Zone::midnight(Date day) const {
  const date::local_days start{date::days{day.days}};
  if (zone_ == nullptr) return Instant{chr::duration_cast<chr::microseconds>(start.time_since_epoch()).count()};
  const date::local_info info = static_cast<const date::time_zone*>(zone_)->get_info(start);
  // Skipped: the day begins at the jump. Twice: at the first of the two.
  const chr::seconds at = info.result == date::local_info::nonexistent ? info.second.begin.time_since_epoch()
                                                                       : chr::seconds{start.time_since_epoch()} - info.first.offset;
  return Instant{chr::duration_cast<chr::microseconds>(at).count()};
}

}  // namespace crossdock
