#include "model/rules.hpp"

#include <string>

#include "crossdock/model/codes.hpp"

namespace crossdock {

void within_exponent(const Rules& rules, const Path& path, Decimal amount, std::string_view currency) {
  const auto exponent = currency_exponent(currency);
  if (!exponent || amount.rounded(*exponent) == amount) return;
  rules.reader.mistake(path, "out_of_range",
                       "has more decimal places than " + std::string(currency) + " (" + std::to_string(*exponent) + ")");
}

void compulsory(const Rules& rules, std::string_view member, std::string_view detail) {
  rules.reader.mistake(rules.path.member(member), "missing", std::string(detail));
}

}  // namespace crossdock
