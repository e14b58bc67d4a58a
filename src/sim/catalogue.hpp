// What the distributor is made of: customers, items, prices, stock and orders, all derived from the real sales by fixed rules, so that
// every neighbour knows the same world without talking to another. Pure.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "crossdock/base/decimal.hpp"
#include "crossdock/base/time.hpp"
#include "sim/retail.hpp"

namespace crossdock::sim {

struct Customer {
  std::string number;
  std::string country;
  std::string status = "active";
  std::string on_shortage;  ///< what its orders want when stock is short
  Decimal limit;            ///< from here on only the ERP knows
  Decimal exposure;
  bool hold = false;
  Decimal past_due;
};

struct Item {
  std::string sku;
  std::string description;
  std::string status = "active";
  std::int64_t demand = 0;  ///< of all orders together
};

struct Price {
  std::string id;
  std::string sku;
  std::string customer;  ///< empty: everybody's
  Decimal amount;
};

struct Supply {
  std::string number;
  std::string sku;
  std::string location;
  std::int64_t quantity = 0;
  int in_days = 0;
};

struct Method {
  std::string code;
  std::string carrier;
  std::string name;
  std::vector<std::string> countries;
};

struct Catalogue {
  std::map<std::string, Customer> customers;
  std::map<std::string, Item> items;
  std::vector<Price> prices;
  std::map<std::string, std::map<std::string, std::int64_t>> stock;  ///< location, sku
  std::vector<Supply> supplies;
  std::vector<Method> methods;
  std::vector<RetailOrder> orders;

  /// What the price list says to this customer, of its own lines or of everybody's.
  Decimal price(std::string_view sku, std::string_view customer) const;
};

inline constexpr std::string_view east = "DC-EAST", west = "DC-WEST";

Catalogue make_catalogue(const Retail& retail);

/// NDJSON for the import calls, one text a kind: items, customers, locations, prices, supplies, shipping-methods.
std::map<std::string, std::string> import_bodies(const Catalogue& catalogue, Date today);

/// The body of an order as the shop sends it.
std::string order_body(const Catalogue& catalogue, const RetailOrder& order);
std::string order_number(const RetailOrder& order);

/// A number that a name always has: rules and faults are drawn from it, so that a run can be repeated.
std::uint64_t lot_of(std::string_view name);

}  // namespace crossdock::sim
