// The target of a request: path and query, percent-decoding.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crossdock::http {

using Query = std::vector<std::pair<std::string, std::string>>;

/// Percent-decodes one path segment, or one side of a query parameter (`plus` makes + a blank). Nothing when an escape is malformed, or the
/// text is not UTF-8 or holds a control character.
std::optional<std::string> decoded(std::string_view text, bool plus);
/// Path and query of a target in origin or absolute form; neither has the question mark.
struct Target {
  std::string_view path, query;
};
Target split_target(std::string_view target);
/// Whether every segment can be decoded.
bool valid_path(std::string_view path);
/// The parameters in order; false when one cannot be decoded.
bool parse_query(std::string_view text, Query& out);
/// For clients and links: everything but unreserved characters escaped.
std::string percent_encoded(std::string_view text);

}  // namespace crossdock::http
