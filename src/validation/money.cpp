#include "validation/money.hpp"

#include <algorithm>

namespace crossdock::validation {

namespace {

constexpr std::string_view two_places =
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP CRC CUP CVE CZK DKK "
    "DOP "
    "DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD "
    "LSL "
    "MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD "
    "SCR "
    "SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW "
    "ZWG "
    "BGN CUC ANG SLL BOV COU XAD";
constexpr std::string_view no_places = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
constexpr std::string_view three_places = "BHD IQD JOD KWD LYD OMR TND";
constexpr std::string_view four_places = "CLF UYW";

bool lists(std::string_view list, std::string_view code) {
  for (std::size_t at = 0; at < list.size(); at += 4) {
    if (list.substr(at, 3) == code) return true;
  }
  return false;
}

}  // namespace

std::optional<int> currency_exponent(std::string_view code) {
  if (code.size() != 3) return std::nullopt;
  if (lists(two_places, code)) return 2;
  if (lists(no_places, code)) return 0;
  if (lists(three_places, code)) return 3;
  if (lists(four_places, code)) return 4;
  return std::nullopt;
}

Decimal amount_of(Decimal quantity, Decimal unit_price, int digits) {
  digits = std::clamp(digits, 0, Decimal::places);
  std::int64_t unit = Decimal::one;  // one unit of the wanted place, in millionths
  for (int i = 0; i < digits; ++i) unit /= 10;
  const auto product = quantity.units() * unit_price.units();  // twelve places; both below 10^18
  const auto divisor = static_cast<decltype(product)>(unit) * Decimal::one;
  auto whole = product / divisor;
  const auto rest = product % divisor;
  if ((rest < 0 ? -rest : rest) * 2 >= divisor) whole += product < 0 ? -1 : 1;
  return Decimal::micros(whole * unit);
}

bool fits(Decimal amount, int digits) { return amount.rounded(digits) == amount; }

}  // namespace crossdock::validation
