#include "promise/projection.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <shared_mutex>

#include "promise/catalog.hpp"
#include "promise/flat_index.hpp"
#include "promise/latch.hpp"

namespace crossdock::promise {

namespace {

/// A day's quantity in sixteen bytes. Of a block's first one the members say how many of supply and of demand follow.
struct Dated {
  std::int32_t day;
  std::int64_t micros;
};

/// One position: 56 bytes, and a block for its dated quantities only where it has some.
struct Slot {
  Compact on_hand, unavailable, safety_stock;
  std::int64_t version = 0;
  std::unique_ptr<Dated[]> dated;
  std::uint32_t place = 0;
  std::uint32_t feed = 0;
  bool suspect = false;
  bool backorders = false;
  std::uint32_t marks = 0;
};

std::unique_ptr<Dated[]> pack(const Profile& profile) {
  const auto& supply = profile.supply.entries();
  const auto& demand = profile.demand.entries();
  if (supply.empty() && demand.empty()) return nullptr;
  std::unique_ptr<Dated[]> block(new Dated[1 + supply.size() + demand.size()]);
  block[0] = {static_cast<std::int32_t>(supply.size()), static_cast<std::int64_t>(demand.size())};
  auto* next = &block[1];
  for (const auto* entries : {&supply, &demand}) {
    for (const auto& [date, quantity] : *entries) *next++ = {date.days, static_cast<std::int64_t>(quantity.units())};
  }
  return block;
}

void unpack(const Slot& slot, Profile& profile) {
  profile.on_hand = slot.on_hand.value();
  profile.unavailable = slot.unavailable.value();
  profile.safety_stock = slot.safety_stock.value();
  profile.supply.clear();
  profile.demand.clear();
  if (!slot.dated) return;
  const auto* next = &slot.dated[1];
  for (std::int32_t i = 0; i < slot.dated[0].day; ++i, ++next) profile.supply.append(Date{next->day}, Decimal::micros(next->micros));
  for (std::int64_t i = 0; i < slot.dated[0].micros; ++i, ++next) profile.demand.append(Date{next->day}, Decimal::micros(next->micros));
}

struct alignas(64) PositionEntry {
  std::string sku;
  std::vector<Slot> slots;
};

struct alignas(64) PositionShard {
  mutable Latch lock;
  FlatIndex index;
  std::vector<PositionEntry> entries;
  std::size_t positions = 0;

  const PositionEntry* find(std::uint64_t hash, std::string_view sku) const {
    const auto found = index.find(hash, [&](std::uint32_t i) { return entries[i].sku == sku; });
    return found == FlatIndex::none ? nullptr : &entries[found];
  }

  /// Under the writer's lock.
  Slot& slot(std::uint64_t hash, std::string_view sku, std::uint32_t place) {
    auto* entry = const_cast<PositionEntry*>(find(hash, sku));
    if (!entry) {
      if (entries.size() == entries.capacity()) entries.reserve(std::max<std::size_t>(16, entries.size() * 5 / 4));
      index.add(hash, static_cast<std::uint32_t>(entries.size()));
      entries.push_back({std::string(sku), {}});
      entry = &entries.back();
    }
    for (auto& held : entry->slots) {
      if (held.place == place) return held;
    }
    entry->slots.reserve(entry->slots.size() + 1);  // exactly: there are many of these and each is short
    entry->slots.emplace_back();
    entry->slots.back().place = place;
    entry->slots.back().version = INT64_MIN;
    ++positions;
    return entry->slots.back();
  }
};

}  // namespace

struct Projection::State {
  std::array<PositionShard, 64> shards;
  PositionShard& shard(std::uint64_t hash) { return shards[FlatIndex::shard(hash)]; }
  const PositionShard& shard(std::uint64_t hash) const { return shards[FlatIndex::shard(hash)]; }
};

Projection::Projection(std::shared_ptr<Numbering> places)
    : places_(std::move(places)), watermarks_(places_), state_(std::make_unique<State>()) {}
Projection::~Projection() = default;

bool Projection::apply(const PositionKey& key, const PositionValue& value) {
  const auto place = places_->number_of(key.location);
  const auto feed = watermarks_.feed(value.owner, place);
  auto dated = pack(value.profile);
  const auto hash = hash_of(key.sku);
  auto& shard = state_->shard(hash);
  std::unique_lock writing(shard.lock);
  auto& slot = shard.slot(hash, key.sku, place);
  const auto marks = static_cast<std::uint32_t>(value.marks);
  if (value.version < slot.version || (value.version == slot.version && marks <= slot.marks)) return false;
  slot.on_hand = value.profile.on_hand;
  slot.unavailable = value.profile.unavailable;
  slot.safety_stock = value.profile.safety_stock;
  slot.version = value.version;
  slot.dated = std::move(dated);
  slot.feed = feed;
  slot.suspect = value.suspect;
  slot.marks = marks;
  slot.backorders = value.backorders;
  return true;
}

void Projection::clear() {
  for (auto& shard : state_->shards) {
    std::unique_lock writing(shard.lock);
    shard.index.clear();
    shard.entries.clear();
    shard.positions = 0;
  }
}

void Projection::reserve(std::size_t skus) {
  for (auto& shard : state_->shards) {
    std::unique_lock writing(shard.lock);
    shard.index.reserve(skus / state_->shards.size() + 1);
    shard.entries.reserve(skus / state_->shards.size() + 1);
  }
}

std::optional<PositionValue> Projection::find(const PositionKey& key) const {
  const auto place = places_->find(key.location);
  if (!place) return std::nullopt;
  const auto hash = hash_of(key.sku);
  const auto& shard = state_->shard(hash);
  std::shared_lock reading(shard.lock);
  const auto* entry = shard.find(hash, key.sku);
  if (!entry) return std::nullopt;
  for (const auto& slot : entry->slots) {
    if (slot.place != *place) continue;
    PositionValue value;
    unpack(slot, value.profile);
    value.version = slot.version;
    value.owner = watermarks_.source(slot.feed);
    value.suspect = slot.suspect;
    value.marks = slot.marks;
    value.backorders = slot.backorders;
    return value;
  }
  return std::nullopt;
}

std::size_t Projection::read(std::string_view sku, std::uint64_t hash, std::vector<Held>& held) const {
  const auto& shard = state_->shard(hash);
  std::shared_lock reading(shard.lock);
  const auto* entry = shard.find(hash, sku);
  if (!entry) return 0;
  const auto count = entry->slots.size();
  if (held.size() < count) held.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto& slot = entry->slots[i];
    held[i].place = slot.place;
    held[i].feed = slot.feed;
    held[i].version = slot.version;
    held[i].suspect = slot.suspect;
    held[i].backorders = slot.backorders;
    unpack(slot, held[i].profile);
  }
  return count;
}

void Projection::prefetch(std::uint64_t hash) const { state_->shard(hash).index.prefetch(hash); }

void Projection::prefetch_entry(std::uint64_t hash) const {
  const auto& shard = state_->shard(hash);
  std::shared_lock reading(shard.lock);
  const auto guess = shard.index.guess(hash);
  if (guess != FlatIndex::none) __builtin_prefetch(&shard.entries[guess]);
}

void Projection::prefetch_slots(std::uint64_t hash) const {
  const auto& shard = state_->shard(hash);
  std::shared_lock reading(shard.lock);
  const auto guess = shard.index.guess(hash);
  if (guess == FlatIndex::none) return;
  const auto& slots = shard.entries[guess].slots;
  const auto* first = reinterpret_cast<const char*>(slots.data());
  const auto bytes = std::min<std::size_t>(slots.size() * sizeof(Slot), 512);
  for (std::size_t at = 0; at < bytes; at += 64) __builtin_prefetch(first + at);
}

std::size_t Projection::size() const {
  std::size_t count = 0;
  for (const auto& shard : state_->shards) {
    std::shared_lock reading(shard.lock);
    count += shard.positions;
  }
  return count;
}

void Projection::set_current(Instant at) { as_of_.store(at.micros, std::memory_order_release); }

Instant Projection::as_of() const { return Instant{as_of_.load(std::memory_order_acquire)}; }

}  // namespace crossdock::promise
