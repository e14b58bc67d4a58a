#include "http/media.hpp"

#include <algorithm>

#include "http/chars.hpp"

namespace crossdock::http {

namespace {

/// Calls `each` with every parameter after the first semicolon; stops at the first false.
template <class F>
bool each_parameter(std::string_view text, F each) {
  auto semicolon = text.find(';');
  while (semicolon != std::string_view::npos) {
    text.remove_prefix(semicolon + 1);
    semicolon = text.find(';');
    std::string_view parameter = chars::trim(text.substr(0, semicolon));
    auto equals = parameter.find('=');
    std::string_view value = equals == std::string_view::npos ? std::string_view() : parameter.substr(equals + 1);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    if (!parameter.empty() && !each(parameter.substr(0, equals), value)) return false;
  }
  return true;
}

std::string_view type_of(std::string_view text) { return chars::trim(text.substr(0, text.find(';'))); }

bool zero_quality(std::string_view range) {
  return !each_parameter(range, [](std::string_view name, std::string_view value) {
    return !(chars::same(name, "q") && !value.empty() && value.find_first_not_of("0.") == std::string_view::npos);
  });
}

/// How exactly a range names a type: 0 not at all, 1 by */*, 2 by type/*, 3 by name.
int precision(std::string_view range, std::string_view type) {
  if (range == "*/*" || range == "*") return 1;
  if (range.size() > 2 && range.substr(range.size() - 2) == "/*")
    return chars::same(range.substr(0, range.size() - 1), type.substr(0, type.find('/') + 1)) ? 2 : 0;
  return chars::same(range, type) ? 3 : 0;
}

bool accepts(const Request& request, std::string_view type) {
  int best = 0;
  bool wanted = false;
  for (const auto& field : request.fields) {
    if (!chars::same(field.name, "accept")) continue;
    chars::each_member(field.value, [&](std::string_view range) {
      int p = precision(type_of(range), type);
      if (p > best) best = p, wanted = !zero_quality(range);
      return true;
    });
  }
  return best > 0 && wanted;
}

}  // namespace

bool acceptable(const Request& request, std::span<const std::string_view> gives) {
  if (request.headers.accept.empty() || request.headers.accept == "*/*" || gives.empty()) return true;
  return std::any_of(gives.begin(), gives.end(), [&](std::string_view type) { return accepts(request, type_of(type)); });
}

bool takes_body(const Request& request, std::span<const std::string_view> takes) {
  if (!request.headers.content_encoding.empty() && !chars::same(request.headers.content_encoding, "identity")) return false;
  if (takes.empty()) return true;
  std::string_view type = type_of(request.headers.content_type);
  if (std::none_of(takes.begin(), takes.end(), [type](std::string_view t) { return chars::same(t, type); })) return false;
  return each_parameter(request.headers.content_type, [](std::string_view name, std::string_view value) {
    return !chars::same(name, "charset") || chars::same(value, "utf-8") || chars::same(value, "us-ascii");
  });
}

}  // namespace crossdock::http
