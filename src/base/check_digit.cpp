#include "crossdock/base/id.hpp"

namespace crossdock {
namespace {

/// GS1: from the right, the digits before the check digit weigh 3, 1, 3, 1...
bool check_digit_right(std::string_view digits) {
  int sum = 0, weight = 1;
  for (auto c = digits.rbegin(); c != digits.rend(); ++c) {
    if (*c < '0' || *c > '9') return false;
    sum += (*c - '0') * weight;
    weight = 4 - weight;
  }
  return sum % 10 == 0;
}

}  // namespace

bool valid_gtin(std::string_view digits) {
  const std::size_t n = digits.size();
  return (n == 8 || n == 12 || n == 13 || n == 14) && check_digit_right(digits);
}

bool valid_gln(std::string_view digits) { return digits.size() == 13 && check_digit_right(digits); }

bool valid_sscc(std::string_view digits) { return digits.size() == 18 && check_digit_right(digits); }

}  // namespace crossdock
