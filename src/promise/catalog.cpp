#include "promise/catalog.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <utility>

#include "promise/flat_index.hpp"
#include "promise/latch.hpp"

namespace crossdock::promise {

namespace {

template <class T>
using TextMap = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

/// Whole documents by name, for what is looked up once an order.
template <class T>
class Documents {
 public:
  bool put(const std::string& name, const T& document, std::int64_t version) {
    auto copy = std::make_shared<const T>(document);
    std::unique_lock writing(lock_);
    auto& held = held_[name];
    if (held.document && version <= held.version) return false;
    held = {std::move(copy), version};
    return true;
  }
  std::shared_ptr<const T> find(std::string_view name) const {
    std::shared_lock reading(lock_);
    const auto found = held_.find(name);
    return found == held_.end() ? nullptr : found->second.document;
  }
  void clear() {
    std::unique_lock writing(lock_);
    held_.clear();
  }
  std::size_t size() const {
    std::shared_lock reading(lock_);
    return held_.size();
  }

 private:
  struct Held {
    std::shared_ptr<const T> document;
    std::int64_t version = 0;
  };
  mutable std::shared_mutex lock_;
  TextMap<Held> held_;
};

using Prices = std::vector<CatalogPrice>;

/// What a check needs stands in the entry itself: its name and base unit are one cache line.
struct alignas(64) ItemEntry {
  std::string sku;
  Word base_uom;                            ///< empty: only a price has named the item so far
  std::shared_ptr<const CatalogItem> item;  ///< null then
  std::shared_ptr<const Prices> prices;
  std::int64_t version = 0;
};

struct alignas(64) ItemShard {
  mutable Latch lock;
  FlatIndex index;
  std::vector<ItemEntry> entries;

  std::uint32_t find(std::uint64_t hash, std::string_view sku) const {
    return index.find(hash, [&](std::uint32_t i) { return entries[i].sku == sku; });
  }

  /// The entry of a SKU, made if there is none. Under the writer's lock.
  ItemEntry& entry(std::uint64_t hash, std::string_view sku) {
    const auto found = find(hash, sku);
    if (found != FlatIndex::none) return entries[found];
    if (entries.size() == entries.capacity()) entries.reserve(std::max<std::size_t>(16, entries.size() * 5 / 4));
    index.add(hash, static_cast<std::uint32_t>(entries.size()));
    entries.emplace_back().sku = sku;
    return entries.back();
  }
};

/// A GTIN of 8, 12, 13 or 14 digits as the number that all four forms share; 0 for anything else.
std::uint64_t gtin_number(std::string_view text) {
  if (text.empty() || text.size() > 14) return 0;
  std::uint64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return 0;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return number;
}

std::string reference(std::string_view customer, std::string_view customer_sku) {
  std::string key;
  key.reserve(customer.size() + customer_sku.size() + 1);
  key.append(customer).append(1, '\0').append(customer_sku);
  return key;
}

Compact compact(const std::optional<Decimal>& value) { return value ? Compact(*value) : Compact(); }

std::shared_ptr<const CatalogItem> compact(const Item& item) {
  auto made = std::make_shared<CatalogItem>();
  made->sku = item.sku;
  made->base_uom = Word::of(item.base_uom);
  made->units.reserve(item.units.size());
  for (const auto& unit : item.units) made->units.push_back({Word::of(unit.uom), unit.factor()});
  made->gtin = item.gtin ? gtin_number(*item.gtin) : 0;
  made->minimum = compact(item.minimum);
  made->multiple = compact(item.multiple);
  made->maximum = compact(item.maximum);
  made->weight_kg = compact(item.weight_kg);
  made->lead_time_days = static_cast<std::int32_t>(std::clamp<std::int64_t>(item.lead_time_days.value_or(0), 0, 100'000));
  made->status = item.status;
  made->lot_tracked = item.lot_tracked;
  return made;
}

CatalogPrice compact(const Price& price, std::int64_t version) {
  CatalogPrice made;
  made.id = price.id;
  made.version = version;
  made.customer = Word::of(price.customer.value_or(""));
  made.currency = Word::of(price.currency);
  made.uom = Word::of(price.uom.value_or(""));
  made.amount = price.amount;
  made.per = price.per;
  made.min_quantity = compact(price.min_quantity);
  made.valid_from = price.valid_from;
  made.valid_to = price.valid_to;
  return made;
}

CatalogLocation compact(const Location& location, std::int64_t version, Numbering& places) {
  CatalogLocation made;
  made.code = location.code;
  made.name = location.name.value_or("");
  made.zone = Zone::find(location.time_zone).value_or(Zone());
  made.priority = static_cast<int>(std::clamp<std::int64_t>(location.priority, INT32_MIN, INT32_MAX));
  made.cut_off = location.cut_off.value_or("");
  made.ship_effect = location.ship_effect;
  made.stock_owner = location.stock_owner.value_or("");
  made.version = version;
  made.number = places.number_of(location.code);
  return made;
}

std::shared_ptr<const Prices> without(const std::shared_ptr<const Prices>& prices, std::string_view id) {
  if (!prices) return nullptr;
  auto rest = std::make_shared<Prices>();
  for (const auto& price : *prices) {
    if (price.id != id) rest->push_back(price);
  }
  return rest->empty() ? nullptr : rest;
}

std::shared_ptr<const Prices> with(const std::shared_ptr<const Prices>& prices, const CatalogPrice& price) {
  auto made = std::make_shared<Prices>();
  made->reserve(prices ? prices->size() + 1 : 1);
  if (prices) {
    for (const auto& other : *prices) {
      if (other.id != price.id) made->push_back(other);
    }
  }
  made->push_back(price);
  return made;
}

}  // namespace

struct Catalog::State {
  std::shared_ptr<Numbering> places = std::make_shared<Numbering>();
  std::array<ItemShard, 64> shards;
  Documents<Customer> customers;
  Documents<ShippingMethod> methods;

  mutable std::shared_mutex references_lock;
  std::unordered_map<std::uint64_t, std::string> by_gtin;
  TextMap<std::string> by_customer_sku;
  TextMap<std::vector<std::string>> customer_skus;  ///< by our SKU: its keys in by_customer_sku

  std::mutex prices_lock;  ///< held by put(Price) throughout: which SKU a price stands under
  struct PricePlace {
    std::int64_t version = 0;
    std::string sku;
  };
  TextMap<PricePlace> price_places;

  mutable std::shared_mutex locations_lock;
  std::map<std::string, CatalogLocation, std::less<>> by_code;
  std::shared_ptr<const Locations> locations = std::make_shared<const Locations>();

  ItemShard& shard(std::uint64_t hash) { return shards[FlatIndex::shard(hash)]; }
  const ItemShard& shard(std::uint64_t hash) const { return shards[FlatIndex::shard(hash)]; }

  void index_references(const CatalogItem* before, const CatalogItem& now, const Item& item);
};

/// Takes the item's old cross-references out and puts its new ones in.
void Catalog::State::index_references(const CatalogItem* before, const CatalogItem& now, const Item& item) {
  std::vector<std::string> keys;
  for (const auto& identifier : item.identifiers) {
    if (identifier.scheme == "customer_sku" && identifier.customer) keys.push_back(reference(*identifier.customer, identifier.value));
  }
  std::unique_lock writing(references_lock);
  if (before && before->gtin != 0 && before->gtin != now.gtin) {
    const auto held = by_gtin.find(before->gtin);
    if (held != by_gtin.end() && held->second == now.sku) by_gtin.erase(held);
  }
  if (now.gtin != 0) by_gtin[now.gtin] = now.sku;
  const auto old = customer_skus.find(now.sku);
  if (old != customer_skus.end()) {
    for (const auto& key : old->second) {
      const auto held = by_customer_sku.find(key);
      if (held != by_customer_sku.end() && held->second == now.sku) by_customer_sku.erase(held);
    }
    customer_skus.erase(old);
  }
  for (const auto& key : keys) by_customer_sku[key] = now.sku;
  if (!keys.empty()) customer_skus[now.sku] = std::move(keys);
}

Catalog::Catalog() : state_(std::make_unique<State>()) {}
Catalog::~Catalog() = default;

bool Catalog::put(const Item& item, std::int64_t version) {
  const auto made = compact(item);
  const auto hash = hash_of(item.sku);
  std::shared_ptr<const CatalogItem> before;
  {
    auto& shard = state_->shard(hash);
    std::unique_lock writing(shard.lock);
    auto& entry = shard.entry(hash, item.sku);
    if (entry.item && version <= entry.version) return false;
    before = std::exchange(entry.item, made);
    entry.base_uom = made->base_uom;
    entry.version = version;
  }
  state_->index_references(before.get(), *made, item);
  return true;
}

bool Catalog::put(const Customer& customer, std::int64_t version) { return state_->customers.put(customer.number, customer, version); }

bool Catalog::put(const ShippingMethod& method, std::int64_t version) { return state_->methods.put(method.code, method, version); }

bool Catalog::put(const Location& location, std::int64_t version) {
  auto made = compact(location, version, *state_->places);
  std::unique_lock writing(state_->locations_lock);
  const auto held = state_->by_code.find(location.code);
  if (held != state_->by_code.end() && version <= held->second.version) return false;
  state_->by_code.insert_or_assign(location.code, std::move(made));
  std::vector<CatalogLocation> all;
  all.reserve(state_->by_code.size());
  for (const auto& [code, one] : state_->by_code) all.push_back(one);
  state_->locations = std::make_shared<const Locations>(std::move(all));
  return true;
}

bool Catalog::put(const Price& price, std::int64_t version) {
  const auto made = compact(price, version);
  std::lock_guard one_at_a_time(state_->prices_lock);
  auto& place = state_->price_places[price.id];
  if (!place.sku.empty() && version <= place.version) return false;
  if (!place.sku.empty() && place.sku != price.sku) {
    const auto hash = hash_of(place.sku);
    auto& shard = state_->shard(hash);
    std::unique_lock writing(shard.lock);
    auto& entry = shard.entry(hash, place.sku);
    entry.prices = without(entry.prices, price.id);
  }
  place = {version, price.sku};
  const auto hash = hash_of(price.sku);
  auto& shard = state_->shard(hash);
  std::unique_lock writing(shard.lock);
  auto& entry = shard.entry(hash, price.sku);
  entry.prices = with(entry.prices, made);
  return true;
}

void Catalog::clear() {
  for (auto& shard : state_->shards) {
    std::unique_lock writing(shard.lock);
    shard.index.clear();
    shard.entries.clear();
  }
  state_->customers.clear();
  state_->methods.clear();
  {
    std::unique_lock writing(state_->references_lock);
    state_->by_gtin.clear();
    state_->by_customer_sku.clear();
    state_->customer_skus.clear();
  }
  {
    std::lock_guard one_at_a_time(state_->prices_lock);
    state_->price_places.clear();
  }
  std::unique_lock writing(state_->locations_lock);
  state_->by_code.clear();
  state_->locations = std::make_shared<const Locations>();
}

std::shared_ptr<const CatalogItem> Catalog::item(std::string_view sku) const {
  const auto hash = hash_of(sku);
  const auto& shard = state_->shard(hash);
  std::shared_lock reading(shard.lock);
  const auto found = shard.find(hash, sku);
  return found == FlatIndex::none ? nullptr : shard.entries[found].item;
}

std::shared_ptr<const std::vector<CatalogPrice>> Catalog::prices(std::string_view sku) const {
  const auto hash = hash_of(sku);
  const auto& shard = state_->shard(hash);
  std::shared_lock reading(shard.lock);
  const auto found = shard.find(hash, sku);
  return found == FlatIndex::none ? nullptr : shard.entries[found].prices;
}

std::shared_ptr<const Customer> Catalog::customer(std::string_view number) const { return state_->customers.find(number); }

std::shared_ptr<const ShippingMethod> Catalog::shipping_method(std::string_view code) const { return state_->methods.find(code); }

bool Catalog::keeps_shipping_methods() const { return state_->methods.size() != 0; }

std::shared_ptr<const Locations> Catalog::locations() const {
  std::shared_lock reading(state_->locations_lock);
  return state_->locations;
}

std::optional<std::string> Catalog::sku_of_gtin(std::string_view gtin) const {
  const auto number = gtin_number(gtin);
  std::shared_lock reading(state_->references_lock);
  const auto found = state_->by_gtin.find(number);
  if (number == 0 || found == state_->by_gtin.end()) return std::nullopt;
  return found->second;
}

std::optional<std::string> Catalog::sku_of_customer(std::string_view customer, std::string_view customer_sku) const {
  std::shared_lock reading(state_->references_lock);
  const auto found = state_->by_customer_sku.find(reference(customer, customer_sku));
  if (found == state_->by_customer_sku.end()) return std::nullopt;
  return found->second;
}

Catalog::Units Catalog::units(std::string_view sku, std::uint64_t hash, std::string_view uom) const {
  const auto& shard = state_->shard(hash);
  std::shared_lock reading(shard.lock);
  const auto found = shard.find(hash, sku);
  if (found == FlatIndex::none) return {};
  const auto& entry = shard.entries[found];
  if (!entry.item) return {};
  if (uom.empty() || entry.base_uom == uom) return {true, entry.base_uom, Fraction{}};
  return {true, entry.base_uom, entry.item->factor(uom)};
}

void Catalog::prefetch(std::uint64_t hash) const { state_->shard(hash).index.prefetch(hash); }

void Catalog::prefetch_entry(std::uint64_t hash) const {
  const auto& shard = state_->shard(hash);
  std::shared_lock reading(shard.lock);
  const auto guess = shard.index.guess(hash);
  if (guess != FlatIndex::none) __builtin_prefetch(&shard.entries[guess]);
}

const std::shared_ptr<Numbering>& Catalog::places() const { return state_->places; }

Catalog::Sizes Catalog::sizes() const {
  Sizes sizes;
  for (const auto& shard : state_->shards) {
    std::shared_lock reading(shard.lock);
    for (const auto& entry : shard.entries) {
      sizes.items += entry.item ? 1 : 0;
      sizes.prices += entry.prices ? entry.prices->size() : 0;
    }
  }
  sizes.customers = state_->customers.size();
  sizes.methods = state_->methods.size();
  sizes.locations = locations()->all().size();
  return sizes;
}

}  // namespace crossdock::promise
