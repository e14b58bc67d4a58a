// From a hash to a small number: the open-addressing table under catalog and projection. Nothing is ever taken out.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace crossdock::promise {

/// Eight bytes a cell, at most 70 % full. The caller keeps the keys and compares them. No thread of its own: lock around it.
class FlatIndex {
 public:
  static constexpr std::uint32_t none = UINT32_MAX;

  /// The number under `hash` for which `same(number)` holds.
  template <class Same>
  std::uint32_t find(std::uint64_t hash, Same&& same) const {
    if (cells_.empty()) return none;
    const auto tag = tag_of(hash);
    const std::size_t mask = cells_.size() - 1;
    for (std::size_t i = tag & mask; cells_[i].number != none; i = (i + 1) & mask) {
      if (cells_[i].tag == tag && same(cells_[i].number)) return cells_[i].number;
    }
    return none;
  }

  /// Adds a number that is not there yet.
  void add(std::uint64_t hash, std::uint32_t number) {
    if ((used_ + 1) * 10 > cells_.size() * 7) grow(cells_.empty() ? 16 : cells_.size() * 2);
    place({tag_of(hash), number});
    ++used_;
  }

  void reserve(std::size_t count) {
    std::size_t size = 16;
    while (count * 10 > size * 7) size *= 2;
    if (size > cells_.size()) grow(size);
  }

  void clear() {
    cells_.clear();
    used_ = 0;
  }

  /// A number that may well be the one under `hash` (32 bits are compared): for fetching it ahead.
  std::uint32_t guess(std::uint64_t hash) const {
    return find(hash, [](std::uint32_t) { return true; });
  }

  void prefetch(std::uint64_t hash) const {
    if (!cells_.empty()) __builtin_prefetch(&cells_[tag_of(hash) & (cells_.size() - 1)]);
  }

  /// Which of 64 shards a hash belongs to: bits that the table itself does not use.
  static std::size_t shard(std::uint64_t hash) { return hash & 63; }

 private:
  struct Cell {
    std::uint32_t tag = 0;
    std::uint32_t number = none;
  };

  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

  void place(Cell cell) {
    const std::size_t mask = cells_.size() - 1;
    std::size_t i = cell.tag & mask;
    while (cells_[i].number != none) i = (i + 1) & mask;
    cells_[i] = cell;
  }

  void grow(std::size_t size) {
    std::vector<Cell> old(size);
    old.swap(cells_);
    for (const auto& cell : old) {
      if (cell.number != none) place(cell);
    }
  }

  std::vector<Cell> cells_;
  std::size_t used_ = 0;
};

}  // namespace crossdock::promise
