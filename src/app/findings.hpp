// What `crossdock doctor` looks at: each look adds its lines.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "crossdock/base/time.hpp"

namespace crossdock::app {

/// One line, with its remedy where something is to be done.
struct Finding {
  std::string what;
  bool good = true;
  std::string detail;
  std::string remedy;
};

/// Whether a file system has room: less than 5 % or 1 GiB is too little.
Finding room(std::string_view what, const std::string& path, const std::filesystem::space_info& space);
/// The same for where a path lies; a good line that says so where it cannot be seen from here.
Finding room_at(std::string_view what, const std::string& path);
/// Whether a server's certificate lasts: less than 30 days are too few.
Finding days_left(std::string_view system, const std::string& url, Instant end, Instant now);

}  // namespace crossdock::app
