// What is wrong with a configuration, and where: file:line:col, the line, a caret, what to do.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace crossdock::config {

/// A text that settings came from: a file, or a variable of the environment.
class Source {
 public:
  Source(std::string name, std::string text);
  const std::string& name() const { return name_; }  ///< as problems show it: "systems/erp.yaml", "CROSSDOCK_API_LISTEN"
  const std::string& text() const { return text_; }
  std::string_view line(int number) const;  ///< from 1; without its end; empty beyond the end

 private:
  std::string name_;
  std::string text_;
  std::vector<std::size_t> starts_;  // of lines
};
using SourcePtr = std::shared_ptr<const Source>;

/// A place in a source. Lines and columns count from 1, columns in characters; line 0: the source as a whole.
struct Position {
  SourcePtr source;
  int line = 0;
  int column = 0;
  int length = 1;       ///< characters to underline
  bool secret = false;  ///< what stands here must not be shown
};

enum class Weight { error, warning };

struct Problem {
  std::string file;
  int line = 0;
  int column = 0;
  int length = 1;
  std::string message;     ///< what is wrong, in words of the settings
  std::string suggestion;  ///< what to do; may be empty
  std::string excerpt;     ///< the offending line
  Weight weight = Weight::error;
  bool masked = false;  ///< a secret stood at the column: the excerpt ends there

  static Problem at(const Position& position, std::string message, std::string suggestion = {}, Weight weight = Weight::error);
};

using Problems = std::vector<Problem>;

/// More than this many are not collected: a wrong file is not a wrong line.
inline constexpr std::size_t most_problems = 100;

bool any_error(const Problems& problems);
/// By file, line, column; equal ones once. A secret that one problem hides is hidden in the others of its line, too.
void sort(Problems& problems);

enum class Format { text, json, sarif };
/// All problems as `format` has them; text ends with a line of counts. `colour` only where a terminal reads.
std::string render(const Problems& problems, Format format, bool colour = false);

}  // namespace crossdock::config
