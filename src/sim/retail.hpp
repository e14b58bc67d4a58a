// The real orders that the neighbours replay: Online Retail's CSV, read and cleaned. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "crossdock/base/decimal.hpp"
#include "crossdock/base/result.hpp"

namespace crossdock::sim {

struct RetailLine {
  std::string sku;
  std::string description;
  std::int64_t quantity = 0;
  Decimal price;
};

struct RetailOrder {
  std::string number;    ///< the invoice's
  std::string customer;  ///< "CASH" where the data names none: sales over the counter
  std::string country;   ///< ISO 3166-1 alpha-2
  std::vector<RetailLine> lines;
};

/// What was read, and what was left out and why: returns and cancelled invoices (quantity not above zero, number beginning with C),
/// lines without a price, and orders from a country that we do not know.
struct Retail {
  std::vector<RetailOrder> orders;  ///< oldest first; without lines: none
  std::size_t lines = 0;
  std::size_t returns = 0;
  std::size_t without_price = 0;
  std::size_t unknown_country = 0;
};

/// The rows of a CSV text (RFC 4180: quotes, doubled quotes, commas and line ends inside quotes).
std::vector<std::vector<std::string>> read_csv(std::string_view text);
/// A fault (invalid, bad_csv) when a column is missing or a number cannot be read; it names the row.
Result<Retail> read_retail(std::string_view csv);
Result<Retail> read_retail_file(const std::string& path);

}  // namespace crossdock::sim
