// A file that the build put into the binary (cmake/embed.cmake).
#pragma once
#include <string_view>

namespace crossdock {

/// Lives as long as the program.
struct Embedded {
  std::string_view path;  ///< relative to the source tree, such as schemas/sql/0001_base.sql
  std::string_view bytes;
};

}  // namespace crossdock
