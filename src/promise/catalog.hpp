// Master data in memory, compact: what promises and validation look up.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crossdock/base/decimal.hpp"
#include "crossdock/base/time.hpp"
#include "crossdock/model/master.hpp"
#include "promise/words.hpp"

namespace crossdock::promise {

/// A quantity in eight bytes; zero stands for "not said" where a rule of an item is meant.
class Compact {
 public:
  Compact() = default;
  Compact(Decimal value) : micros_(static_cast<std::int64_t>(value.units())) {}
  Decimal value() const { return Decimal::micros(micros_); }
  bool said() const { return micros_ != 0; }
  friend bool operator==(Compact, Compact) = default;

 private:
  std::int64_t micros_ = 0;
};

struct UnitFactor {
  Word uom;
  Fraction factor;  ///< base units per uom
};

struct CatalogItem {
  std::string sku;
  Word base_uom;
  std::vector<UnitFactor> units;
  std::uint64_t gtin = 0;  ///< as a number of up to 14 digits; 0: none
  Compact minimum, multiple, maximum, weight_kg;
  std::int32_t lead_time_days = 0;
  ItemStatus status = ItemStatus::active;
  bool lot_tracked = false;

  /// Base units per `uom`; an empty one is the base unit. None: the item is not sold in it.
  std::optional<Fraction> factor(std::string_view uom) const;
};

struct CatalogPrice {
  std::string id;
  std::int64_t version = 0;
  Word customer;  ///< empty: for everybody
  Word currency;
  Word uom;  ///< empty: the item's base unit
  Compact amount;
  Compact per;
  Compact min_quantity;                      ///< in `uom`
  std::optional<Date> valid_from, valid_to;  ///< both days included
};

struct CatalogLocation {
  std::string code;
  std::string name;
  Zone zone;
  int priority = 100;
  std::string cut_off;  ///< "HH:MM" or empty
  ShipEffect ship_effect = ShipEffect::movement;
  std::string stock_owner;  ///< empty: the first source that reports stock there
  std::int64_t version = 0;
  Numbering::Number number = 0;  ///< its number in the catalog's places()
};

/// All locations at one time, sorted by priority, then code. Immutable: hold the pointer as long as you like.
class Locations {
 public:
  Locations() = default;
  explicit Locations(std::vector<CatalogLocation> sorted);
  const std::vector<CatalogLocation>& all() const { return all_; }
  const CatalogLocation* find(std::string_view code) const;
  /// That location's own date; UTC's where it is not known.
  Date today(std::string_view code, Instant now) const;
  /// Tells this snapshot from every other one of the process.
  std::uint64_t serial() const { return serial_; }

 private:
  std::vector<CatalogLocation> all_;
  std::vector<std::uint32_t> by_code_;
  std::uint64_t serial_ = 0;
};

/// Master data. One thread feeds it (put), any number read. A value is taken only if its version is higher than the one held, so that
/// changes may come in any order and more than once. What a lookup returned stays as it was.
class Catalog {
 public:
  Catalog();
  ~Catalog();
  Catalog(const Catalog&) = delete;
  Catalog& operator=(const Catalog&) = delete;

  bool put(const Item& item, std::int64_t version);
  bool put(const Customer& customer, std::int64_t version);
  bool put(const Location& location, std::int64_t version);
  bool put(const Price& price, std::int64_t version);
  bool put(const ShippingMethod& method, std::int64_t version);
  /// Forgets everything: before a whole reload from a database that is not the one it came from.
  void clear();

  std::shared_ptr<const CatalogItem> item(std::string_view sku) const;
  std::shared_ptr<const Customer> customer(std::string_view number) const;
  std::shared_ptr<const ShippingMethod> shipping_method(std::string_view code) const;
  /// Whether shipping methods are kept here at all: where none is, an order's method cannot be unknown.
  bool keeps_shipping_methods() const;
  /// The item's prices in no order; null if it has none.
  std::shared_ptr<const std::vector<CatalogPrice>> prices(std::string_view sku) const;
  std::shared_ptr<const Locations> locations() const;

  /// Cross-references to our SKU: an item's GTIN, and its identifiers of scheme customer_sku.
  std::optional<std::string> sku_of_gtin(std::string_view gtin) const;
  std::optional<std::string> sku_of_customer(std::string_view customer, std::string_view customer_sku) const;

  /// For the check's hot path: what it needs of an item without a counted pointer. `hash` is hash_of(sku).
  struct Units {
    bool known = false;
    Word base_uom;
    std::optional<Fraction> factor;  ///< of the unit asked
  };
  Units units(std::string_view sku, std::uint64_t hash, std::string_view uom) const;
  /// Fetch ahead what units() will look at: first of all lines, then of all lines again.
  void prefetch(std::uint64_t hash) const;
  void prefetch_entry(std::uint64_t hash) const;

  /// The small numbers of location codes, shared with the projection.
  const std::shared_ptr<Numbering>& places() const;
  struct Sizes {
    std::size_t items = 0, customers = 0, locations = 0, prices = 0, methods = 0;
  };
  Sizes sizes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace crossdock::promise
