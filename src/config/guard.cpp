// The doorkeeper: size, encoding, control characters and nesting, before the YAML library sees the text.
#include <fmt/format.h>

#include "base/utf8.hpp"
#include "config/yaml.hpp"

namespace crossdock::config {
namespace {

/// Where byte `offset` stands.
Position position_of(const SourcePtr& source, std::size_t offset) {
  Position out{source, 1, 1, 1};
  const std::string_view text = source->text();
  for (std::size_t i = 0; i < offset && i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '\n') {
      ++out.line;
      out.column = 1;
    } else if ((c & 0xC0U) != 0x80U) {
      ++out.column;
    }
  }
  return out;
}

std::optional<Problem> check_encoding(const SourcePtr& source) {
  const std::string_view text = source->text();
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t n = utf8_sequence(text.substr(i));
    if (n == 0) return Problem::at(position_of(source, i), "not UTF-8", "save the file as UTF-8");
    const auto c = static_cast<unsigned char>(text[i]);
    if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7F)
      return Problem::at(position_of(source, i), fmt::format("a control character (0x{:02x})", c), "remove it");
    i += n;
  }
  return std::nullopt;
}

/// Deepest nesting that the bytes can stand for, counted generously: brackets, and the indicators that open a level at a line's start.
class Nesting {
 public:
  bool too_deep(char c) {
    if (c == '\n') {
      line_start_ = true;
      indicators_ = 0;
      after_blank_ = true;
      return false;
    }
    const bool blank = c == ' ' || c == '\t';
    if (line_start_ && after_blank_ && (c == '-' || c == '?' || c == ':'))
      ++indicators_;
    else if (!blank)
      line_start_ = false;
    if (c == '[' || c == '{')
      ++open_;
    else if ((c == ']' || c == '}') && open_ > 0)
      --open_;
    after_blank_ = blank;
    return open_ > 2 * deepest || indicators_ > deepest;
  }

 private:
  bool line_start_ = true, after_blank_ = true;
  int indicators_ = 0, open_ = 0;
};

}  // namespace

std::optional<Problem> guard(const SourcePtr& source) {
  const std::string_view text = source->text();
  if (text.size() > most_bytes)
    return Problem::at({source, 0, 0, 1}, fmt::format("larger than 1 MiB ({} bytes)", text.size()), "split it, one thing a file");
  if (auto problem = check_encoding(source)) return problem;
  Nesting nesting;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (nesting.too_deep(text[i])) return Problem::at(position_of(source, i), fmt::format("nested deeper than {} levels", deepest));
  return std::nullopt;
}

}  // namespace crossdock::config
