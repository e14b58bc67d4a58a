// Problems for people (text), for programs (json) and for code hosts (sarif 2.1.0).
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/utf8.hpp"
#include "config/problem.hpp"

namespace crossdock::config {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t widest = 160;  // characters of an excerpt that are shown

std::string_view word(Weight weight) { return weight == Weight::error ? "error" : "warning"; }

struct Paint {
  bool on;
  std::string operator()(std::string_view code, std::string_view text) const {
    return on ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }
};

/// The part of a line that is shown, and the caret's place in it. Control characters could move a terminal's cursor: they become blanks.
struct Excerpt {
  std::string text;
  int caret = 1;
  int room = 1;  // characters from the caret to the end
};

/// A key of the file may stand in a message: its control characters must not reach a terminal.
std::string visible(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  return text;
}

std::vector<std::string> characters(std::string_view line) {
  std::vector<std::string> out;
  while (!line.empty()) {
    const std::size_t n = utf8_sequence(line);
    const auto c = static_cast<unsigned char>(line[0]);
    out.emplace_back(n == 0 ? "?" : c < 0x20 || c == 0x7F ? " " : std::string(line.substr(0, n)));
    line.remove_prefix(std::max<std::size_t>(n, 1));
  }
  return out;
}

Excerpt excerpt_of(const Problem& p) {
  const auto all = characters(p.excerpt);
  const auto caret = static_cast<std::size_t>(std::max(p.column, 1));
  const std::size_t from = caret > widest - 20 ? caret - widest / 2 : 0;
  Excerpt out;
  if (from > 0) out.text = "... ";
  out.caret = static_cast<int>(caret - from + (from > 0 ? 4 : 0));
  for (std::size_t i = from; i < all.size() && i < from + widest; ++i) out.text += all[i];
  if (all.size() > from + widest) out.text += " ...";
  out.room = static_cast<int>(std::min(all.size(), from + widest)) - static_cast<int>(caret) + 1;
  return out;
}

void append_text(std::string& out, const Problem& p, const Paint& paint) {
  std::string place = p.file.empty() ? "configuration" : p.file;
  if (p.line > 0) place += fmt::format(":{}:{}", p.line, p.column);
  const bool error = p.weight == Weight::error;
  out += fmt::format("{}: {}: {}\n", paint("1", place), paint(error ? "1;31" : "1;33", word(p.weight)), visible(p.message));
  if (p.line > 0) {
    const Excerpt excerpt = excerpt_of(p);
    out += fmt::format("{:>6} | {}\n", p.line, excerpt.text);
    const int length = std::max(1, std::min(p.length, excerpt.room));
    const std::string carets(static_cast<std::size_t>(length), '^');
    out += fmt::format("       | {}{}\n", std::string(static_cast<std::size_t>(excerpt.caret - 1), ' '), paint("1;32", carets));
  }
  if (!p.suggestion.empty()) out += fmt::format("       = {}\n", visible(p.suggestion));
}

std::string text(const Problems& problems, bool colour) {
  std::string out;
  std::size_t errors = 0;
  for (const Problem& p : problems) {
    append_text(out, p, Paint{colour});
    if (p.weight == Weight::error) ++errors;
  }
  const std::size_t warnings = problems.size() - errors;
  const auto counted = [](std::size_t n, std::string_view what) { return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s"); };
  out += counted(errors, "error");
  if (warnings > 0) out += ", " + counted(warnings, "warning");
  return out + "\n";
}

std::string dumped(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

std::string json(const Problems& problems) {
  Json list = Json::array();
  for (const Problem& p : problems) {
    Json one{{"file", p.file}, {"line", p.line}, {"column", p.column}, {"level", word(p.weight)}, {"message", p.message}};
    if (!p.suggestion.empty()) one["suggestion"] = p.suggestion;
    list.push_back(std::move(one));
  }
  return dumped(Json{{"problems", std::move(list)}});
}

Json sarif_result(const Problem& p) {
  Json physical{{"artifactLocation", {{"uri", p.file}}}};
  if (p.line > 0) physical["region"] = {{"startLine", p.line}, {"startColumn", p.column}, {"endColumn", p.column + p.length}};
  const std::string message = p.suggestion.empty() ? p.message : p.message + " (" + p.suggestion + ")";
  return {{"ruleId", "configuration"},
          {"level", word(p.weight)},
          {"message", {{"text", message}}},
          {"locations", Json::array({Json{{"physicalLocation", std::move(physical)}}})}};
}

std::string sarif(const Problems& problems) {
  Json results = Json::array();
  for (const Problem& p : problems) results.push_back(sarif_result(p));
  const Json rule{{"id", "configuration"}, {"shortDescription", {{"text", "The configuration is wrong"}}}};
  Json driver{{"name", "crossdock check"}, {"rules", Json::array({rule})}};
  Json run{{"tool", {{"driver", std::move(driver)}}}, {"columnKind", "unicodeCodePoints"}, {"results", std::move(results)}};
  return dumped(
      {{"version", "2.1.0"}, {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"}, {"runs", Json::array({std::move(run)})}});
}

}  // namespace

std::string render(const Problems& problems, Format format, bool colour) {
  switch (format) {
    case Format::text:
      return text(problems, colour);
    case Format::json:
      return json(problems);
    case Format::sarif:
      break;
  }
  return sarif(problems);
}

}  // namespace crossdock::config
