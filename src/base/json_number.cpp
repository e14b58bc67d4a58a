// One spelling for each number. An exponent may have any number of digits: it is never expanded, and beyond 18 digits it is reckoned as
// text.
#include <charconv>
#include <string>

#include "crossdock/base/json.hpp"

namespace crossdock::json {
namespace {

constexpr std::int64_t most_zeros = 20;

/// A token taken apart: value = digits x 10^(exponent + shift), digits without zeros at either end.
struct Parts {
  bool minus = false;
  std::string digits;
  std::int64_t shift = 0;
  bool exponent_minus = false;
  std::string_view exponent;  // without sign and leading zeros
};

Parts take_apart(std::string_view token) {
  Parts parts;
  if (!token.empty() && token[0] == '-') {
    parts.minus = true;
    token.remove_prefix(1);
  }
  const std::size_t e = token.find_first_of("eE");
  if (e != std::string_view::npos) {
    std::string_view exponent = token.substr(e + 1);
    parts.exponent_minus = !exponent.empty() && exponent[0] == '-';
    exponent.remove_prefix(std::min(exponent.find_first_not_of("+-0"), exponent.size()));
    parts.exponent = exponent;
    token = token.substr(0, e);
  }
  const std::size_t point = token.find('.');
  parts.digits = token.substr(0, point);
  if (point != std::string_view::npos) {
    parts.digits += token.substr(point + 1);
    parts.shift = -static_cast<std::int64_t>(token.size() - point - 1);
  }
  const std::size_t last = parts.digits.find_last_not_of('0');
  const std::size_t kept = last == std::string::npos ? 0 : last + 1;
  parts.shift += static_cast<std::int64_t>(parts.digits.size() - kept);
  parts.digits.resize(kept);
  parts.digits.erase(0, std::min(parts.digits.find_first_not_of('0'), kept));
  return parts;
}

/// |number| + delta as text, number having more than 18 digits and delta few: the sign cannot change.
std::string added(std::string_view number, std::int64_t delta) {
  std::string out(number);
  for (std::size_t i = out.size(); i-- > 0 && delta != 0;) {
    std::int64_t digit = out[i] - '0' + delta % 10;
    delta /= 10;
    if (digit > 9) {
      digit -= 10;
      ++delta;
    } else if (digit < 0) {
      digit += 10;
      --delta;
    }
    out[i] = static_cast<char>('0' + digit);
  }
  if (delta > 0) out.insert(0, std::to_string(delta));
  out.erase(0, std::min(out.find_first_not_of('0'), out.size() - 1));
  return out;
}

void append_scientific(std::string_view digits, std::string_view exponent, std::string& out) {
  out += digits[0];
  if (digits.size() > 1) {
    out += '.';
    out += digits.substr(1);
  }
  out += 'e';
  out += exponent;
}

/// `shift` zeros behind the digits, or the point before the last -shift of them.
void append_plain(std::string_view digits, std::int64_t shift, std::string& out) {
  if (shift >= 0) {
    out += digits;
    out.append(static_cast<std::size_t>(shift), '0');
    return;
  }
  const auto after = static_cast<std::size_t>(-shift);
  if (after < digits.size()) {
    out += digits.substr(0, digits.size() - after);
    out += '.';
    out += digits.substr(digits.size() - after);
  } else {
    out += "0.";
    out.append(after - digits.size(), '0');
    out += digits;
  }
}

}  // namespace

void append_canonical_number(std::string_view token, std::string& out) {
  const Parts parts = take_apart(token);
  if (parts.digits.empty()) {
    out += '0';
    return;
  }
  if (parts.minus) out += '-';
  const auto count = static_cast<std::int64_t>(parts.digits.size());
  if (parts.exponent.size() > 18) {
    // The exponent of the first digit: exponent + shift + count - 1.
    const std::int64_t delta = parts.shift + count - 1;
    append_scientific(parts.digits, (parts.exponent_minus ? "-" : "") + added(parts.exponent, parts.exponent_minus ? -delta : delta), out);
    return;
  }
  std::int64_t exponent = 0;
  std::from_chars(parts.exponent.data(), parts.exponent.data() + parts.exponent.size(), exponent);
  const std::int64_t shift = (parts.exponent_minus ? -exponent : exponent) + parts.shift;
  if (shift <= most_zeros && shift >= -count - most_zeros) {
    append_plain(parts.digits, shift, out);
  } else {
    append_scientific(parts.digits, std::to_string(shift + count - 1), out);
  }
}

}  // namespace crossdock::json
