// Code lists of the outside world: currencies, countries, units of measure.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

namespace crossdock {

/// Minor digits of an ISO 4217 currency (USD 2, JPY 0, KWD 3); none for a code that is not on the list.
std::optional<int> currency_exponent(std::string_view code);
const std::vector<std::string_view>& currencies();

/// ISO 3166-1 alpha-2, upper case.
bool is_country(std::string_view code);
const std::vector<std::string_view>& countries();

/// Whether `code` looks like a UN/ECE Recommendation 20 or 21 code: one to three upper-case letters or digits.
bool is_uom(std::string_view code);
/// The code for what people write instead ("each", "PCS", "kg"); empty if we know none.
std::string_view uom_meant_by(std::string_view word);

}  // namespace crossdock
