#include "validation/note.hpp"

namespace crossdock::validation {

Finding to_finding(const Note& note, const Rules& rules) {
  const auto& rule = rule_of(note.code);
  Finding finding;
  finding.code = rule.code;
  finding.severity = rules.severity(note.code);
  finding.pointer = note.pointer;
  finding.message = rule.means;
  if (!note.more.empty()) finding.message += ": " + note.more;
  finding.value = note.value;
  finding.allowed = note.allowed;
  finding.suggestion = note.suggestion;
  if (!finding.suggestion && !rule.todo.empty()) finding.suggestion = std::string(rule.todo);
  finding.retryable = rule.retryable;
  return finding;
}

std::string line_pointer(std::size_t place, std::string_view member) {
  std::string pointer = "/lines/" + std::to_string(place);
  if (!member.empty()) pointer.append("/").append(member);
  return pointer;
}

Severity severity_of(Without use) {
  switch (use) {
    case Without::accept:
      return Severity::info;
    case Without::hold:
      return Severity::hold;
    case Without::reject:
      return Severity::reject;
    case Without::indeterminate:
    case Without::last_known:
      return Severity::indeterminate;
  }
  return Severity::indeterminate;
}

}  // namespace crossdock::validation
