// Our reader against nlohmann's: who takes a text, and what each reads in it. Used by the tests and by fuzz_json.
#pragma once
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "crossdock/base/json.hpp"

namespace crossdock::json::oracle {

inline bool is_limit(std::string_view message) {
  return message.starts_with("nested deeper") || message.starts_with("longer than") || message.find("more than") != std::string_view::npos;
}

/// The documented differences: we refuse a byte order mark, U+0000 in any dress and what our limits forbid.
inline bool may_refuse(std::string_view text, std::string_view message) {
  return text.starts_with("\xEF\xBB\xBF") || text.find('\0') != std::string_view::npos || message == "U+0000 is not taken" ||
         is_limit(message);
}

/// ...and we take numbers that no double can hold.
inline bool has_huge_number(View v) {
  if (v.is(Kind::number)) return !std::isfinite(std::strtod(std::string(v.text()).c_str(), nullptr));
  for (View child : v.children()) {
    if (has_huge_number(child)) return true;
  }
  return false;
}

/// What differs between the two readings, if anything. Without duplicate names: nlohmann keeps the last.
inline std::optional<std::string> difference(View ours, const nlohmann::json& theirs) {
  auto differs = [&] { return std::string(ours.raw()) + " against " + theirs.dump(); };
  bool same = true;
  switch (ours.kind()) {
    case Kind::null:
      same = theirs.is_null();
      break;
    case Kind::boolean:
      same = theirs.is_boolean() && theirs.get<bool>() == ours.boolean();
      break;
    case Kind::string:
      same = theirs.is_string() && theirs.get_ref<const std::string&>() == ours.text();
      break;
    case Kind::number:
      same = theirs.is_number() && std::strtod(std::string(ours.text()).c_str(), nullptr) == theirs.get<double>() &&
             (!theirs.is_number_integer() || ours.text() == theirs.dump() || ours.text() == "-0");
      break;
    case Kind::array:
    case Kind::object: {
      same = (ours.is(Kind::array) ? theirs.is_array() : theirs.is_object()) && theirs.size() == ours.size();
      std::size_t index = 0;
      if (!same) break;
      for (View child : ours.children()) {
        if (ours.is(Kind::object) && !theirs.contains(child.key())) return differs();
        const nlohmann::json& other = ours.is(Kind::array) ? theirs[index++] : theirs[std::string(child.key())];
        if (auto inner = difference(child, other)) return inner;
      }
    }
  }
  if (same) return std::nullopt;
  return differs();
}

/// Parses with both; a complaint if they disagree otherwise than documented, or if the canonical text is not stable.
inline std::optional<std::string> complaint(Document& document, const std::string& text) {
  const auto malformed = document.parse(text);
  const bool theirs = nlohmann::json::accept(text);
  if (malformed) {
    if (malformed->offset > text.size() || malformed->line < 1 || malformed->column < 1) return "a place outside of the text";
    if (theirs && !may_refuse(text, malformed->message)) return "we refuse what nlohmann takes: " + malformed->message;
    return std::nullopt;
  }
  if (!theirs && !has_huge_number(document.root())) return "we take what nlohmann refuses";
  if (theirs && !document.has_duplicates()) {
    if (auto d = difference(document.root(), nlohmann::json::parse(text))) return d;
  }
  std::string once, twice;
  append_canonical(document.root(), once);
  Document again;
  if (const auto refused = again.parse(once, {.bytes = 1U << 24}))
    return "the canonical text is refused: " + refused->message + ": " + once;
  append_canonical(again.root(), twice);
  if (once != twice) return "the canonical text changes: " + once + " to " + twice;
  if (again.has_duplicates() != document.has_duplicates()) return "the canonical text has other duplicates";
  return std::nullopt;
}

}  // namespace crossdock::json::oracle
