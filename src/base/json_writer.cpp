#include <charconv>

#include "base/utf8.hpp"
#include "crossdock/base/json.hpp"

namespace crossdock::json {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

void append_escape(char c, std::string& out) {
  static constexpr char hex_digits[] = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\b':
      out += "\\b";
      break;
    case '\f':
      out += "\\f";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      out += "\\u00";
      out += hex_digits[static_cast<unsigned char>(c) >> 4];
      out += hex_digits[c & 15];
  }
}

void append_repaired(std::string_view text, std::string& out) {
  while (!text.empty()) {
    const std::size_t n = utf8_sequence(text);
    out += n == 0 ? replacement : text.substr(0, n);
    text.remove_prefix(n == 0 ? 1 : n);
  }
}

}  // namespace

void append_escaped(std::string_view text, std::string& out) {
  unsigned char all = 0;
  for (char c : text) all |= static_cast<unsigned char>(c);
  std::string repaired;
  if (all >= 0x80 && !valid_utf8(text)) {
    append_repaired(text, repaired);
    text = repaired;
  }

  out += '"';
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, from, i - from);
    append_escape(c, out);
    from = i + 1;
  }
  out.append(text, from);
  out += '"';
}

void Writer::before_value() {
  if (comma_) out_ += ',';
  comma_ = true;
}

Writer& Writer::begin_object() {
  before_value();
  out_ += '{';
  comma_ = false;
  return *this;
}

Writer& Writer::end_object() {
  out_ += '}';
  comma_ = true;
  return *this;
}

Writer& Writer::begin_array() {
  before_value();
  out_ += '[';
  comma_ = false;
  return *this;
}

Writer& Writer::end_array() {
  out_ += ']';
  comma_ = true;
  return *this;
}

Writer& Writer::key(std::string_view name) {
  before_value();
  append_escaped(name, out_);
  out_ += ':';
  comma_ = false;
  return *this;
}

Writer& Writer::string(std::string_view text) {
  before_value();
  append_escaped(text, out_);
  return *this;
}

Writer& Writer::boolean(bool value) { return raw(value ? "true" : "false"); }

Writer& Writer::integer(std::int64_t value) {
  char buffer[24];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value);
  return raw({buffer, static_cast<std::size_t>(end.ptr - buffer)});
}

Writer& Writer::null() { return raw("null"); }

Writer& Writer::raw(std::string_view json) {
  before_value();
  out_ += json;
  return *this;
}

Writer& Writer::decimal(Decimal value) {
  before_value();
  out_ += '"';
  value.append_to(out_);
  out_ += '"';
  return *this;
}

Writer& Writer::date(Date value) {
  before_value();
  out_ += '"';
  value.append_to(out_);
  out_ += '"';
  return *this;
}

Writer& Writer::instant(Instant value) {
  before_value();
  out_ += '"';
  value.append_to(out_);
  out_ += '"';
  return *this;
}

}  // namespace crossdock::json
