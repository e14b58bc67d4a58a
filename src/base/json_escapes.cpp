// Strings that do not stand for themselves: unescaped into the arena.
#include "base/json_reader.hpp"
#include "base/json_scan.hpp"

namespace crossdock::json {

/// p_ is at the first character that does not stand for itself.
bool Reader::rest_of_string(const char* from, Text& text) {
  std::string& arena = tree_.arena;
  const std::size_t start = arena.size();
  while (*p_ != '"') {
    if (*p_ != '\\') return fail("a control character or the end inside a string");
    arena.append(from, static_cast<std::size_t>(p_ - from));
    if (!escape()) return false;
    from = p_;
    p_ = run_end(p_, end_);
  }
  arena.append(from, static_cast<std::size_t>(p_ - from));
  text = {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(arena.size() - start), true};
  ++p_;
  return true;
}

bool Reader::escape() {
  char c = 0;
  switch (p_[1]) {
    case '"':
      c = '"';
      break;
    case '\\':
      c = '\\';
      break;
    case '/':
      c = '/';
      break;
    case 'b':
      c = '\b';
      break;
    case 'f':
      c = '\f';
      break;
    case 'n':
      c = '\n';
      break;
    case 'r':
      c = '\r';
      break;
    case 't':
      c = '\t';
      break;
    case 'u':
      return unicode_escape();
    default:
      return fail("an unknown escape");
  }
  tree_.arena += c;
  p_ += 2;
  return true;
}

/// The value of \uXXXX's digits, p_ being at the backslash and going behind them; -1 if there are none.
int Reader::four_hex_digits() {
  if (p_[0] != '\\' || p_[1] != 'u') return -1;
  int value = 0;
  for (int i = 2; i < 6; ++i) {
    const char c = p_[i];
    const char lower = static_cast<char>(c | 0x20);
    if (is_digit(c)) {
      value = value * 16 + (c - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      value = value * 16 + (lower - 'a' + 10);
    } else {
      return -1;  // also at the NUL: nothing behind the end is looked at
    }
  }
  p_ += 6;
  return value;
}

bool Reader::unicode_escape() {
  const char* const from = p_;
  auto refuse = [&](std::string_view why) {
    p_ = from;
    return fail(why);
  };
  int code = four_hex_digits();
  if (code < 0) return refuse("\\u wants four hexadecimal digits");
  if (code == 0) return refuse("U+0000 is not taken");
  if (code >= 0xDC00 && code <= 0xDFFF) return refuse("a low surrogate without its high one");
  if (code >= 0xD800 && code <= 0xDBFF) {
    const int low = four_hex_digits();
    if (low < 0xDC00 || low > 0xDFFF) return refuse("a high surrogate without its low one");
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  auto put = [&](int byte) { tree_.arena += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
  return true;
}

}  // namespace crossdock::json
