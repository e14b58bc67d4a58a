// The text of one log line: JSON, secrets hidden.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "observe/log.hpp"

namespace crossdock::log {

/// What must not be shown.
class Redaction {
 public:
  /// False when the text is too short to be told from a word.
  bool add(std::string secret);
  static bool secret_name(std::string_view name);
  /// `text` with known secrets and the password of any URL in it replaced by "***".
  std::string clean(std::string_view text) const;

 private:
  std::vector<std::string> secrets_;  // longest first, so that one inside another does not leave a tail
};

/// Builds lines; pure.
class Line {
 public:
  static std::string text(Instant at, Level level, std::string_view name, std::string_view instance, std::initializer_list<Field> fields,
                          const Redaction& redaction);

 private:
  static void append(std::string& out, const Field& field, const Redaction& redaction);
};

/// `text` as a JSON string with its quotes; bytes that are no UTF-8 become U+FFFD, so that a hostile text cannot break the line.
void append_json_text(std::string& out, std::string_view text);

}  // namespace crossdock::log
