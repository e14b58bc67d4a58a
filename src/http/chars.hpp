// Character classes of RFC 9110 and 9112, as tables.
#pragma once
#include <array>
#include <cstddef>
#include <string_view>

namespace crossdock::http::chars {

using Table = std::array<bool, 256>;

constexpr Table table_of(std::string_view extra, bool alnum = true) {
  Table t{};
  if (alnum) {
    for (int c = '0'; c <= '9'; ++c) t[static_cast<std::size_t>(c)] = true;
    for (int c = 'a'; c <= 'z'; ++c) t[static_cast<std::size_t>(c)] = t[static_cast<std::size_t>(c - 32)] = true;
  }
  for (char c : extra) t[static_cast<unsigned char>(c)] = true;
  return t;
}

inline constexpr Table kToken = table_of("!#$%&'*+-.^_`|~");
/// Path and query of RFC 3986; brackets too, which clients leave bare in queries.
inline constexpr Table kTarget = table_of("-._~!$&'()*+,;=:@/?%[]");
/// Reg-name and port of an authority; no comma, which would be a list of hosts.
inline constexpr Table kHost = table_of("-._~!$&'()*+;=%:");
inline constexpr Table kDigit = table_of("0123456789", false);

constexpr bool is(const Table& t, char c) { return t[static_cast<unsigned char>(c)]; }

constexpr bool all(const Table& t, std::string_view text) {
  for (char c : text) {
    if (!is(t, c)) return false;
  }
  return true;
}

/// Tab, visible ASCII, blank and obs-text; no branch per byte, so that it is vectorised.
constexpr bool field_value(std::string_view text) {
  unsigned bad = 0;
  for (char c : text) {
    auto u = static_cast<unsigned char>(c);
    bad |= static_cast<unsigned>(((u < 0x20) & (u != 0x09)) | (u == 0x7f));
  }
  return bad == 0;
}

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

constexpr bool same(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

/// Without the blanks and tabs around it.
constexpr std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Calls `each` with every non-empty member of a comma list, trimmed; stops at the first false.
template <class F>
constexpr bool each_member(std::string_view list, F each) {
  while (!list.empty()) {
    auto comma = list.find(',');
    auto member = trim(list.substr(0, comma));
    if (!member.empty() && !each(member)) return false;
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return true;
}

}  // namespace crossdock::http::chars
