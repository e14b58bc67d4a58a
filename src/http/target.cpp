#include "http/target.hpp"

#include <algorithm>

#include "base/hex.hpp"
#include "base/utf8.hpp"

namespace crossdock::http {

namespace {

bool control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

}  // namespace

std::optional<std::string> decoded(std::string_view text, bool plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      int high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      out.push_back(plus && text[i] == '+' ? ' ' : text[i]);
    }
  }
  if (std::any_of(out.begin(), out.end(), control) || !valid_utf8(out)) return std::nullopt;
  return out;
}

Target split_target(std::string_view target) {
  if (!target.empty() && target.front() != '/' && target != "*") {
    auto scheme = target.find("://");
    auto begin = scheme == std::string_view::npos ? std::string_view::npos : target.find_first_of("/?", scheme + 3);
    target = begin == std::string_view::npos ? std::string_view("/") : target.substr(begin);
  }
  auto mark = target.find('?');
  Target parts{target.substr(0, mark), mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1)};
  if (parts.path.empty()) parts.path = "/";
  return parts;
}

bool valid_path(std::string_view path) {
  if (path.find('%') == std::string_view::npos) return true;
  while (!path.empty()) {
    auto slash = path.find('/', 1);
    if (!decoded(path.substr(0, slash), false)) return false;
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash);
  }
  return true;
}

bool parse_query(std::string_view text, Query& out) {
  while (!text.empty()) {
    auto end = text.find('&');
    std::string_view pair = text.substr(0, end);
    if (!pair.empty()) {
      auto equals = pair.find('=');
      auto name = decoded(pair.substr(0, equals), true);
      auto value = decoded(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), true);
      if (!name || !value) return false;
      out.emplace_back(std::move(*name), std::move(*value));
    }
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return true;
}

std::string percent_encoded(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    auto u = static_cast<unsigned char>(c);
    bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out.push_back(c);
    } else {
      out.append({'%', kHex[u >> 4], kHex[u & 15]});
    }
  }
  return out;
}

}  // namespace crossdock::http
