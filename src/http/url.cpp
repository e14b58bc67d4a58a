#include "http/url.hpp"

#include "http/chars.hpp"
#include "http/guard.hpp"

namespace crossdock::http {

std::optional<Url> Url::parse(std::string_view text) {
  Url url;
  if (chars::same(text.substr(0, 7), "http://")) {
    text.remove_prefix(7);
  } else if (chars::same(text.substr(0, 8), "https://")) {
    text.remove_prefix(8);
    url.tls = true;
  } else {
    return std::nullopt;
  }
  auto end = text.find_first_of("/?");
  std::string_view authority = text.substr(0, end);
  std::string_view rest = end == std::string_view::npos ? std::string_view() : text.substr(end);
  if (!valid_host(authority) || !chars::all(chars::kTarget, rest)) return std::nullopt;
  url.host_header = authority;
  url.target = rest.empty() || rest.front() != '/' ? "/" + std::string(rest) : std::string(rest);
  auto bracket = authority.rfind(']');
  auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  url.port = colon == std::string_view::npos ? std::string(url.tls ? "443" : "80") : std::string(authority.substr(colon + 1));
  std::string_view host = authority.substr(0, colon);
  if (!host.empty() && host.front() == '[') host = host.substr(1, host.size() - 2);
  url.host = host;
  return url;
}

}  // namespace crossdock::http
