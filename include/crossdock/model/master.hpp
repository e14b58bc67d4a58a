// Master data: item, customer, location, supply, price, shipping method.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crossdock/model/common.hpp"

namespace crossdock {

enum class ItemStatus { active, blocked, discontinued };
template <>
struct Words<ItemStatus> {
  static constexpr auto list = words("active", "blocked", "discontinued");
};

enum class CustomerStatus { active, inactive, blocked };
template <>
struct Words<CustomerStatus> {
  static constexpr auto list = words("active", "inactive", "blocked");
};

enum class ShipEffect { movement, snapshot, implied };
template <>
struct Words<ShipEffect> {
  static constexpr auto list = words("movement", "snapshot", "implied");
};

enum class SupplyKind { purchase, transfer, production };
template <>
struct Words<SupplyKind> {
  static constexpr auto list = words("purchase", "transfer", "production");
};

/// base units per `uom`, as a fraction.
struct Unit {
  std::string uom;
  std::int64_t numerator = 1;
  std::int64_t denominator = 1;
  Fraction factor() const { return {numerator, denominator}; }
  friend bool operator==(const Unit&, const Unit&) = default;
};

struct SafetyStock {
  std::string location;
  Decimal quantity;
  friend bool operator==(const SafetyStock&, const SafetyStock&) = default;
};

struct Item {
  std::string sku;
  std::optional<std::string> description;
  ItemStatus status = ItemStatus::active;
  std::string base_uom;
  std::vector<Unit> units;  ///< never the base unit
  std::optional<std::string> gtin;
  std::optional<Decimal> minimum;
  std::optional<Decimal> multiple;
  std::optional<Decimal> maximum;
  std::vector<SafetyStock> safety_stock;
  std::optional<Decimal> weight_kg;
  std::optional<std::int64_t> lead_time_days;
  bool lot_tracked = false;
  std::vector<Identifier> identifiers;
  std::optional<Source> source;
  RawJson ext;
  /// The factor of `uom` (base units per uom): 1 for the base unit, none for a unit that the item does not have.
  std::optional<Fraction> factor_of(std::string_view unit) const;
  friend bool operator==(const Item&, const Item&) = default;
};

struct Credit {
  std::optional<Decimal> limit;  ///< none: no limit
  Decimal exposure;
  bool hold = false;
  friend bool operator==(const Credit&, const Credit&) = default;
};

struct Customer {
  std::string number;
  std::optional<std::string> name;
  CustomerStatus status = CustomerStatus::active;
  std::optional<std::string> currency;
  std::optional<Credit> credit;
  std::optional<std::string> terms;
  std::vector<Address> ship_to;  ///< each with its code
  std::vector<Identifier> identifiers;
  std::optional<Source> source;
  RawJson ext;
  friend bool operator==(const Customer&, const Customer&) = default;
};

struct Location {
  std::string code;
  std::optional<std::string> name;
  std::string time_zone = "UTC";
  std::int64_t priority = 100;         ///< lower is preferred
  std::optional<std::string> cut_off;  ///< "HH:MM" of the location's day
  ShipEffect ship_effect = ShipEffect::movement;
  std::optional<std::string> stock_owner;  ///< the first source that reports stock there
  std::vector<Identifier> identifiers;
  std::optional<Source> source;
  RawJson ext;
  friend bool operator==(const Location&, const Location&) = default;
};

struct SupplyLine {
  std::optional<int> line;  ///< after decoding always set: its place where absent
  std::string sku;
  std::string location;
  Decimal quantity;
  std::optional<Decimal> open;  ///< after decoding always set: the quantity where absent
  Date date;
  bool confirmed = true;
  friend bool operator==(const SupplyLine&, const SupplyLine&) = default;
};

struct Supply {
  std::string number;
  SupplyKind kind = SupplyKind::purchase;
  std::vector<SupplyLine> lines;
  std::optional<Source> source;
  RawJson ext;
  friend bool operator==(const Supply&, const Supply&) = default;
};

struct Price {
  std::string id;
  std::string sku;
  std::optional<std::string> customer;  ///< none: everybody's
  std::string currency;
  Decimal amount;
  Decimal per = Decimal::of(1);
  std::optional<std::string> uom;  ///< the item's base unit where absent
  std::optional<Decimal> min_quantity;
  std::optional<Date> valid_from;
  std::optional<Date> valid_to;  ///< the last day
  std::optional<Source> source;
  RawJson ext;
  friend bool operator==(const Price&, const Price&) = default;
};

struct ShippingMethod {
  std::string code;
  std::optional<std::string> carrier;
  std::optional<std::string> name;
  std::vector<std::string> countries;  ///< empty: everywhere
  std::optional<Decimal> max_weight_kg;
  std::optional<Source> source;
  RawJson ext;
  friend bool operator==(const ShippingMethod&, const ShippingMethod&) = default;
};

}  // namespace crossdock
