#include "postgres/arrays.hpp"

#include <array>

#include "base/hex.hpp"
#include "crossdock/base/id.hpp"

namespace crossdock::postgres {

namespace {

// The header: dimensions (1), whether there are nulls, the element's type, how many, the first index.
constexpr std::size_t nulls_at = 4, count_at = 12, header_bytes = 20;
constexpr std::int64_t micros_to_2000 = 946'684'800'000'000;  // PostgreSQL counts from 2000-01-01
constexpr std::int32_t days_to_2000 = 10'957;

template <class Unsigned>
void store(char* at, Unsigned value) {
  static_assert(sizeof(Unsigned) > 1);
  for (std::size_t i = sizeof(value); i-- > 0; value = static_cast<Unsigned>(value >> 8)) at[i] = static_cast<char>(value);
}

template <class Unsigned>
void append(std::string& out, Unsigned value) {
  std::array<char, sizeof(Unsigned)> bytes;
  store(bytes.data(), value);
  out.append(bytes.data(), bytes.size());
}

/// numeric_send: how many digits to the base 10,000, the weight of the first, the sign, decimals shown; then the digits.
void append_numeric(std::string& out, Decimal value) {
  Int128 units = value.units();
  const bool negative = units < 0;
  if (negative) units = -units;
  Int128 whole = units / Decimal::one;
  const auto fraction = static_cast<std::uint32_t>(units % Decimal::one);
  std::array<std::uint16_t, 12> digits;
  std::size_t first = 10, last = 10;
  for (; whole != 0; whole /= 10'000) digits[--first] = static_cast<std::uint16_t>(whole % 10'000);
  const std::size_t whole_digits = last - first;
  digits[last++] = static_cast<std::uint16_t>(fraction / 100);
  digits[last++] = static_cast<std::uint16_t>(fraction % 100 * 100);
  while (last > first && digits[last - 1] == 0) --last;
  append(out, static_cast<std::uint16_t>(last - first));
  append(out, static_cast<std::uint16_t>(static_cast<std::int16_t>(whole_digits) - 1));
  append(out, static_cast<std::uint16_t>(negative ? 0x4000 : 0));
  append(out, static_cast<std::uint16_t>(Decimal::places));
  for (; first < last; ++first) append(out, digits[first]);
}

}  // namespace

Array::Array(std::uint32_t element_type) : bytes_(header_bytes, '\0') {
  store(bytes_.data(), std::uint32_t{1});
  store(bytes_.data() + 8, element_type);
  store(bytes_.data() + 16, std::uint32_t{1});
}

void Array::clear() {
  bytes_.resize(header_bytes);
  store(bytes_.data() + nulls_at, std::uint32_t{0});
  store(bytes_.data() + count_at, std::uint32_t{0});
  size_ = 0;
  fault_ = {};
}

void Array::count() { store(bytes_.data() + count_at, static_cast<std::uint32_t>(++size_)); }

void Array::put_null() {
  store(bytes_.data() + nulls_at, std::uint32_t{1});
  append(bytes_, ~std::uint32_t{0});
  count();
}

void Array::put(std::string_view element) {
  append(bytes_, static_cast<std::uint32_t>(element.size()));
  bytes_ += element;
  count();
}

std::string& Array::open_element() {
  element_at_ = bytes_.size();
  append(bytes_, std::uint32_t{0});
  return bytes_;
}

void Array::close_element() {
  store(bytes_.data() + element_at_, static_cast<std::uint32_t>(bytes_.size() - element_at_ - 4));
  count();
}

TextArray& TextArray::add(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) refuse("22021 a text holds U+0000, which PostgreSQL's text cannot");
  put(text);
  return *this;
}

IntegerArray& IntegerArray::add(std::int64_t value) {
  append(open_element(), static_cast<std::uint64_t>(value));
  close_element();
  return *this;
}

DecimalArray& DecimalArray::add(Decimal value) {
  append_numeric(open_element(), value);
  close_element();
  return *this;
}

DateArray& DateArray::add(Date value) {
  append(open_element(), static_cast<std::uint32_t>(value.days - days_to_2000));
  close_element();
  return *this;
}

InstantArray& InstantArray::add(Instant value) {
  append(open_element(), static_cast<std::uint64_t>(value.micros - micros_to_2000));
  close_element();
  return *this;
}

PlaceArray& PlaceArray::add(std::uint64_t place) {
  auto& out = open_element();
  append(out, static_cast<std::uint32_t>(place >> 16U));
  append(out, static_cast<std::uint16_t>(place & 0xffffU));
  close_element();
  return *this;
}

UuidArray& UuidArray::add(std::string_view id) {
  if (!is_uuid(id)) {
    refuse("22P02 an id is not a uuid");
    return add_null();
  }
  auto& out = open_element();
  for (std::size_t i = 0; i < id.size(); i += id[i] == '-' ? 1 : 2)
    if (id[i] != '-') out += static_cast<char>(hex_value(id[i]) << 4 | hex_value(id[i + 1]));
  close_element();
  return *this;
}

}  // namespace crossdock::postgres
