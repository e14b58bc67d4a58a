// How a finding is made from its code: text, severity and suggestion come from the table and the rules.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "crossdock/model/finding.hpp"
#include "validation/rules.hpp"

namespace crossdock::validation {

struct Note {
  Code code;
  std::string pointer;
  std::optional<std::string> value;    ///< what was found
  std::optional<std::string> allowed;  ///< what would have passed
  std::string more;                    ///< put behind the table's sentence
  std::optional<std::string> suggestion;
};

/// The finding, worded: "the item is blocked: A-100".
Finding to_finding(const Note& note, const Rules& rules);

/// "/lines/3/quantity"
std::string line_pointer(std::size_t place, std::string_view member);

/// What a policy for a missing answer makes of an order.
Severity severity_of(Without use);

}  // namespace crossdock::validation
