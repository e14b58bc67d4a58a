#include "postgres/arrays.hpp"

#include <array>
#include <charconv>

#include "crossdock/base/id.hpp"
#include "postgres/params.hpp"

namespace crossdock::postgres {

void Array::clear() {
  text_ = "{}";
  size_ = 0;
  nul_ = false;
}

std::string& Array::open() {
  text_.pop_back();
  if (size_ != 0) text_ += ',';
  ++size_;
  return text_;
}

void Array::put(std::string_view plain) {
  open() += plain;
  close();
}

void Array::quote(std::string_view text) {
  auto& out = open();
  out += '"';
  std::size_t from = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\0') nul_ = true;
    if (c != '"' && c != '\\') continue;
    out.append(text, from, at - from);
    out += '\\';
    from = at;
  }
  out.append(text, from);
  out += '"';
  close();
}

IntegerArray& IntegerArray::add(std::int64_t value) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  put(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
  return *this;
}

DecimalArray& DecimalArray::add(Decimal value) {
  value.append_to(open());
  close();
  return *this;
}

DateArray& DateArray::add(Date value) {
  value.append_to(open());
  close();
  return *this;
}

InstantArray& InstantArray::add(Instant value) {
  put(value.micros_text());
  return *this;
}

UuidArray& UuidArray::add(std::string_view id) {
  if (is_uuid(id)) {
    put(id);
  } else {
    quote(id);
  }
  return *this;
}

BytesArray& BytesArray::add(std::string_view bytes) {
  auto& out = open();
  out += "\"\\";  // the array parser takes one backslash, the bytea parser the next
  append_hex(bytes, out);
  out += '"';
  close();
  return *this;
}

void append_hex(std::string_view bytes, std::string& out) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += "\\x";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
}

Param::Param(Bytes bytes) {
  owned_.emplace();
  append_hex(bytes.data, *owned_);
}

}  // namespace crossdock::postgres
