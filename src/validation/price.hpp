// Which price of the list applies to a line, and what it is per the line's unit.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crossdock/base/decimal.hpp"
#include "crossdock/base/time.hpp"
#include "promise/catalog.hpp"

namespace crossdock::validation {

struct PriceQuestion {
  const promise::CatalogItem& item;
  std::string_view customer;
  std::string_view currency;
  Date date;              ///< the order's, on which the price must be valid
  Decimal base_quantity;  ///< must reach a price's min_quantity
  Fraction factor;        ///< base units per the line's unit
};

struct PriceAnswer {
  std::optional<Decimal> unit_price;  ///< per the line's unit, to six places
  bool exact = true;                  ///< nothing was cut at six places
  std::string id;
  bool expired = false;  ///< there are prices for this customer and currency, none valid on the date
  bool listed = false;   ///< the item has prices in this currency for this customer
};

/// The customer's own price before everybody's, then the highest min_quantity that is reached, then the latest valid_from.
PriceAnswer price_of(const PriceQuestion& question, const std::vector<promise::CatalogPrice>* prices);

}  // namespace crossdock::validation
