// What is wrong with a body: every mistake at once, each with its JSON Pointer (RFC 6901).
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crossdock {

/// One mistake, as `errors[]` of a problem shows it. Codes: missing, unknown_field, duplicate_key, wrong_type, out_of_range, not_allowed,
/// and those that a document adds (check_digit, ...).
struct Mistake {
  std::string pointer;
  std::string code;
  std::string detail;
  std::string suggestion;  ///< empty where there is none
  /// Further members of the error: name and finished JSON value (a short line's `available` and `version`).
  std::vector<std::pair<std::string, std::string>> members{};
};

using Mistakes = std::vector<Mistake>;

/// `pointer` + "/" + token, with ~ and / escaped.
std::string pointer_to(std::string_view pointer, std::string_view token);
/// The nearest of `known` to `word` when it is near enough to be what was meant (edit distance at most 2, or a third of its length).
std::string nearest(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace crossdock
