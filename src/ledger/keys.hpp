// Keys that requests ask for. Pure.
#pragma once
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger/rows.hpp"

namespace crossdock::ledger {

inline std::size_t hash_of(std::string_view text) { return std::hash<std::string_view>()(text); }
inline std::size_t hash_of(const PositionKey& key) { return hash_of(key.sku) * 31 + hash_of(key.location); }
inline std::size_t hash_of(const MovementKey& key) {
  return (hash_of(key.position) * 31 + static_cast<std::size_t>(key.sequence.number)) * 31 + static_cast<std::size_t>(key.sequence.epoch);
}

/// A set that only grows, in the order in which its keys came. Requests ask for the same again after each step of loading: what is there
/// already costs a hash and one comparison.
template <class Key>
class Keys {
 public:
  using value_type = Key;
  using Iterator = typename std::vector<Key>::const_iterator;
  Keys() = default;
  Keys(std::initializer_list<Key> keys) { insert(keys.begin(), keys.end()); }

  Iterator begin() const { return keys_.begin(); }
  Iterator end() const { return keys_.end(); }
  std::size_t size() const { return keys_.size(); }
  bool empty() const { return keys_.empty(); }
  bool contains(const Key& key) const { return !slots_.empty() && slots_[find(key, spread(key))].place != 0; }

  /// Whether it was not there.
  bool insert(const Key& key) {
    if ((keys_.size() + 1) * 2 > slots_.size()) grow();
    const auto hash = spread(key);
    auto& slot = slots_[find(key, hash)];
    if (slot.place != 0) return false;
    keys_.push_back(key);
    slot = {static_cast<std::uint32_t>(keys_.size()), hash};
    return true;
  }
  template <class From>
  void insert(From first, From last) {
    for (; first != last; ++first) insert(*first);
  }

 private:
  struct Slot {
    std::uint32_t place = 0;  ///< in keys_, plus one; 0: free
    std::uint32_t hash = 0;
  };

  static std::uint32_t spread(const Key& key) {
    const std::uint64_t mixed = static_cast<std::uint64_t>(hash_of(key)) * 0x9e3779b97f4a7c15ULL;
    return static_cast<std::uint32_t>(mixed >> 32);
  }
  /// The slot of the key, or the free one where it would stand.
  std::size_t find(const Key& key, std::uint32_t hash) const {
    auto at = hash & (slots_.size() - 1);
    while (slots_[at].place != 0 && (slots_[at].hash != hash || keys_[slots_[at].place - 1] != key)) at = (at + 1) & (slots_.size() - 1);
    return at;
  }
  void grow() {
    slots_.assign(slots_.empty() ? 16 : slots_.size() * 2, Slot{});
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      const auto hash = spread(keys_[i]);
      slots_[find(keys_[i], hash)] = {static_cast<std::uint32_t>(i + 1), hash};
    }
  }

  std::vector<Key> keys_;
  std::vector<Slot> slots_;  ///< a power of two of them, at most half of them taken
};

}  // namespace crossdock::ledger
