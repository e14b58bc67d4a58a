#include "crossdock/model/codes.hpp"

#include <algorithm>
#include <iterator>
#include <string>

namespace crossdock {
namespace {

struct Currency {
  std::string_view code;
  int exponent;
};

// ISO 4217, sorted; metals, funds of bond markets and test codes are no money of an order.
constexpr Currency currency_table[] = {
    {"AED", 2}, {"AFN", 2}, {"ALL", 2}, {"AMD", 2}, {"ANG", 2}, {"AOA", 2}, {"ARS", 2}, {"AUD", 2}, {"AWG", 2}, {"AZN", 2}, {"BAM", 2},
    {"BBD", 2}, {"BDT", 2}, {"BGN", 2}, {"BHD", 3}, {"BIF", 0}, {"BMD", 2}, {"BND", 2}, {"BOB", 2}, {"BOV", 2}, {"BRL", 2}, {"BSD", 2},
    {"BTN", 2}, {"BWP", 2}, {"BYN", 2}, {"BZD", 2}, {"CAD", 2}, {"CDF", 2}, {"CHE", 2}, {"CHF", 2}, {"CHW", 2}, {"CLF", 4}, {"CLP", 0},
    {"CNY", 2}, {"COP", 2}, {"COU", 2}, {"CRC", 2}, {"CUP", 2}, {"CVE", 2}, {"CZK", 2}, {"DJF", 0}, {"DKK", 2}, {"DOP", 2}, {"DZD", 2},
    {"EGP", 2}, {"ERN", 2}, {"ETB", 2}, {"EUR", 2}, {"FJD", 2}, {"FKP", 2}, {"GBP", 2}, {"GEL", 2}, {"GHS", 2}, {"GIP", 2}, {"GMD", 2},
    {"GNF", 0}, {"GTQ", 2}, {"GYD", 2}, {"HKD", 2}, {"HNL", 2}, {"HTG", 2}, {"HUF", 2}, {"IDR", 2}, {"ILS", 2}, {"INR", 2}, {"IQD", 3},
    {"IRR", 2}, {"ISK", 0}, {"JMD", 2}, {"JOD", 3}, {"JPY", 0}, {"KES", 2}, {"KGS", 2}, {"KHR", 2}, {"KMF", 0}, {"KPW", 2}, {"KRW", 0},
    {"KWD", 3}, {"KYD", 2}, {"KZT", 2}, {"LAK", 2}, {"LBP", 2}, {"LKR", 2}, {"LRD", 2}, {"LSL", 2}, {"LYD", 3}, {"MAD", 2}, {"MDL", 2},
    {"MGA", 2}, {"MKD", 2}, {"MMK", 2}, {"MNT", 2}, {"MOP", 2}, {"MRU", 2}, {"MUR", 2}, {"MVR", 2}, {"MWK", 2}, {"MXN", 2}, {"MXV", 2},
    {"MYR", 2}, {"MZN", 2}, {"NAD", 2}, {"NGN", 2}, {"NIO", 2}, {"NOK", 2}, {"NPR", 2}, {"NZD", 2}, {"OMR", 3}, {"PAB", 2}, {"PEN", 2},
    {"PGK", 2}, {"PHP", 2}, {"PKR", 2}, {"PLN", 2}, {"PYG", 0}, {"QAR", 2}, {"RON", 2}, {"RSD", 2}, {"RUB", 2}, {"RWF", 0}, {"SAR", 2},
    {"SBD", 2}, {"SCR", 2}, {"SDG", 2}, {"SEK", 2}, {"SGD", 2}, {"SHP", 2}, {"SLE", 2}, {"SOS", 2}, {"SRD", 2}, {"SSP", 2}, {"STN", 2},
    {"SVC", 2}, {"SYP", 2}, {"SZL", 2}, {"THB", 2}, {"TJS", 2}, {"TMT", 2}, {"TND", 3}, {"TOP", 2}, {"TRY", 2}, {"TTD", 2}, {"TWD", 2},
    {"TZS", 2}, {"UAH", 2}, {"UGX", 0}, {"USD", 2}, {"USN", 2}, {"UYI", 0}, {"UYW", 4}, {"UZS", 2}, {"VED", 2}, {"VES", 2}, {"VND", 0},
    {"VUV", 0}, {"WST", 2}, {"XAF", 0}, {"XCD", 2}, {"XCG", 2}, {"XOF", 0}, {"XPF", 0}, {"YER", 2}, {"ZAR", 2}, {"ZMW", 2}, {"ZWG", 2},
};

// ISO 3166-1 alpha-2, sorted.
constexpr std::string_view country_table[] = {
    "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX", "AZ", "BA", "BB", "BD", "BE", "BF",
    "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ", "BR", "BS", "BT", "BV", "BW", "BY", "BZ", "CA", "CC", "CD", "CF", "CG",
    "CH", "CI", "CK", "CL", "CM", "CN", "CO", "CR", "CU", "CV", "CW", "CX", "CY", "CZ", "DE", "DJ", "DK", "DM", "DO", "DZ", "EC",
    "EE", "EG", "EH", "ER", "ES", "ET", "FI", "FJ", "FK", "FM", "FO", "FR", "GA", "GB", "GD", "GE", "GF", "GG", "GH", "GI", "GL",
    "GM", "GN", "GP", "GQ", "GR", "GS", "GT", "GU", "GW", "GY", "HK", "HM", "HN", "HR", "HT", "HU", "ID", "IE", "IL", "IM", "IN",
    "IO", "IQ", "IR", "IS", "IT", "JE", "JM", "JO", "JP", "KE", "KG", "KH", "KI", "KM", "KN", "KP", "KR", "KW", "KY", "KZ", "LA",
    "LB", "LC", "LI", "LK", "LR", "LS", "LT", "LU", "LV", "LY", "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK", "ML", "MM", "MN",
    "MO", "MP", "MQ", "MR", "MS", "MT", "MU", "MV", "MW", "MX", "MY", "MZ", "NA", "NC", "NE", "NF", "NG", "NI", "NL", "NO", "NP",
    "NR", "NU", "NZ", "OM", "PA", "PE", "PF", "PG", "PH", "PK", "PL", "PM", "PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO",
    "RS", "RU", "RW", "SA", "SB", "SC", "SD", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS", "ST", "SV",
    "SX", "SY", "SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK", "TL", "TM", "TN", "TO", "TR", "TT", "TV", "TW", "TZ", "UA", "UG",
    "UM", "US", "UY", "UZ", "VA", "VC", "VE", "VG", "VI", "VN", "VU", "WF", "WS", "YE", "YT", "ZA", "ZM", "ZW",
};

struct Spelling {
  std::string_view word;
  std::string_view code;
};

// What people write for a unit, in lower case, sorted.
constexpr Spelling spelling_table[] = {
    {"bag", "BG"},     {"bottle", "BO"},    {"box", "BX"},    {"boxes", "BX"}, {"can", "CA"},     {"carton", "CT"}, {"case", "CS"},
    {"cases", "CS"},   {"cm", "CMT"},       {"ctn", "CT"},    {"doz", "DZN"},  {"dozen", "DZN"},  {"drum", "DR"},   {"ea", "EA"},
    {"each", "EA"},    {"feet", "FOT"},     {"foot", "FOT"},  {"ft", "FOT"},   {"ft2", "FTK"},    {"g", "GRM"},     {"gal", "GLL"},
    {"gallon", "GLL"}, {"gram", "GRM"},     {"hour", "HUR"},  {"hr", "HUR"},   {"in", "INH"},     {"inch", "INH"},  {"kg", "KGM"},
    {"kilo", "KGM"},   {"kilogram", "KGM"}, {"km", "KMT"},    {"l", "LTR"},    {"lb", "LBR"},     {"lbs", "LBR"},   {"liter", "LTR"},
    {"litre", "LTR"},  {"m", "MTR"},        {"m2", "MTK"},    {"m3", "MTQ"},   {"meter", "MTR"},  {"metre", "MTR"}, {"ml", "MLT"},
    {"mm", "MMT"},     {"ounce", "ONZ"},    {"oz", "ONZ"},    {"pack", "PK"},  {"package", "PK"}, {"pair", "PR"},   {"pairs", "PR"},
    {"pallet", "PX"},  {"pc", "EA"},        {"pcs", "EA"},    {"piece", "EA"}, {"pieces", "EA"},  {"pound", "LBR"}, {"roll", "RO"},
    {"set", "SET"},    {"t", "TNE"},        {"tonne", "TNE"}, {"unit", "EA"},  {"yard", "YRD"},   {"yd", "YRD"},
};

}  // namespace

std::optional<int> currency_exponent(std::string_view code) {
  const auto* found = std::lower_bound(std::begin(currency_table), std::end(currency_table), code,
                                       [](const Currency& currency, std::string_view wanted) { return currency.code < wanted; });
  if (found == std::end(currency_table) || found->code != code) return std::nullopt;
  return found->exponent;
}

const std::vector<std::string_view>& currencies() {
  static const std::vector<std::string_view> codes = [] {
    std::vector<std::string_view> all;
    for (const Currency& currency : currency_table) all.push_back(currency.code);
    return all;
  }();
  return codes;
}

bool is_country(std::string_view code) { return std::binary_search(std::begin(country_table), std::end(country_table), code); }

const std::vector<std::string_view>& countries() {
  static const std::vector<std::string_view> codes(std::begin(country_table), std::end(country_table));
  return codes;
}

bool is_uom(std::string_view code) {
  if (code.empty() || code.size() > 3) return false;
  return std::all_of(code.begin(), code.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

std::string_view uom_meant_by(std::string_view word) {
  std::string lower(word);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  const auto* found = std::lower_bound(std::begin(spelling_table), std::end(spelling_table), lower,
                                       [](const Spelling& spelling, std::string_view wanted) { return spelling.word < wanted; });
  return found != std::end(spelling_table) && found->word == lower ? found->code : std::string_view{};
}

}  // namespace crossdock
