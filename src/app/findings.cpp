#include "app/findings.hpp"

#include <cstdint>
#include <cstdlib>
#include <system_error>

namespace crossdock::app {

namespace {

constexpr std::uintmax_t gib = 1ULL << 30U;
constexpr std::uintmax_t least_percent = 5;
constexpr std::int64_t least_days = 30;
constexpr std::int64_t day = 86'400'000'000;

/// One digit behind the point.
std::string in_gib(std::uintmax_t bytes) {
  auto tenths = bytes * 10 / gib;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " GiB";
}

}  // namespace

Finding room(std::string_view what, const std::string& path, const std::filesystem::space_info& space) {
  auto percent = space.capacity == 0 ? 0 : static_cast<std::uintmax_t>(100.0L * space.available / space.capacity);
  bool enough = percent >= least_percent && space.available >= gib;
  std::string name("disk ");
  return {name.append(what), enough, in_gib(space.available) + " free (" + std::to_string(percent) + " %) at " + path,
          enough ? "" : "make room on that file system, or a larger one of it: below 5 % or 1 GiB is too little"};
}

Finding room_at(std::string_view what, const std::string& path) {
  std::error_code unseen;
  auto space = std::filesystem::space(path, unseen);
  if (!unseen) return room(what, path, space);
  std::string name("disk ");
  return {name.append(what), true, path + " cannot be seen from here (" + unseen.message() + "): look at it where it lies", ""};
}

Finding days_left(std::string_view system, const std::string& url, Instant end, Instant now) {
  auto left = (end - now) / day;
  bool over = end <= now, enough = !over && left >= least_days;
  std::string name("certificate "), when = end.text().substr(0, 10);
  std::string detail =
      over ? " has expired on " + when : " lasts " + std::to_string(left) + (left == 1 ? " day" : " days") + ", until " + when;
  return {name.append(system), enough, "that of " + url + detail,
          enough ? ""
          : over ? "put a new certificate on that server: the hub refuses to call it"
                 : "put a new certificate on that server in time: the hub refuses an expired one"};
}

}  // namespace crossdock::app
