// The URLs that the client calls.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace crossdock::http {

/// http or https only; no user, no fragment; what would need escaping is refused, not repaired.
struct Url {
  bool tls = false;
  std::string host;  ///< without brackets
  std::string port;  ///< "80" or "443" where the URL has none
  std::string host_header;
  std::string target;  ///< path and query, at least "/"

  static std::optional<Url> parse(std::string_view text);
};

}  // namespace crossdock::http
