#include <array>
#include <map>
#include <mutex>
#include <utility>

#include "promise/projection.hpp"

namespace crossdock::promise {

namespace {

/// Cells at addresses that never change: a reader finds one without a lock, one writer at a time adds blocks.
class Cells {
 public:
  using Cell = Watermarks::Cell;
  static constexpr std::size_t block = 256, blocks = 4096;

  ~Cells() {
    for (auto& held : blocks_) delete[] held.load(std::memory_order_relaxed);
  }

  /// Null: nobody has written there yet, or the number is beyond what there is room for.
  const Cell* find(std::size_t i) const {
    if (i / block >= blocks) return nullptr;
    const auto* held = blocks_[i / block].load(std::memory_order_acquire);
    return held ? &held[i % block] : nullptr;
  }

  /// Under the writer's lock.
  Cell* make(std::size_t i) {
    if (i / block >= blocks) return nullptr;
    auto* held = blocks_[i / block].load(std::memory_order_relaxed);
    if (!held) {
      held = new Cell[block];
      for (std::size_t k = 0; k < block; ++k) held[k].store(Watermarks::never, std::memory_order_relaxed);
      blocks_[i / block].store(held, std::memory_order_release);
    }
    return &held[i % block];
  }

 private:
  std::array<std::atomic<Cell*>, blocks> blocks_{};
};

void raise(Watermarks::Cell* cell, std::int64_t at) {
  if (!cell) return;
  auto held = cell->load(std::memory_order_relaxed);
  while (held < at && !cell->compare_exchange_weak(held, at, std::memory_order_release, std::memory_order_relaxed)) {
  }
}

std::int64_t value(const Watermarks::Cell* cell) { return cell ? cell->load(std::memory_order_acquire) : Watermarks::never; }

std::optional<Instant> instant(std::int64_t micros) {
  if (micros == Watermarks::never) return std::nullopt;
  return Instant{micros};
}

}  // namespace

struct Watermarks::State {
  std::shared_ptr<Numbering> places;
  mutable std::shared_mutex lock;
  std::map<std::pair<std::string, Numbering::Number>, std::uint32_t, std::less<>> feeds;
  std::deque<std::string> sources;  ///< by feed
  Cells by_feed, by_place;
};

Watermarks::Watermarks(std::shared_ptr<Numbering> places) : state_(std::make_unique<State>()) { state_->places = std::move(places); }
Watermarks::~Watermarks() = default;

std::uint32_t Watermarks::feed(std::string_view source, Numbering::Number place) {
  const std::pair<std::string, Numbering::Number> key(source, place);
  {
    std::shared_lock reading(state_->lock);
    const auto found = state_->feeds.find(key);
    if (found != state_->feeds.end()) return found->second;
  }
  std::unique_lock writing(state_->lock);
  const auto next = static_cast<std::uint32_t>(state_->sources.size());
  const auto [at, made] = state_->feeds.try_emplace(key, next);
  if (!made) return at->second;
  state_->sources.emplace_back(source);
  state_->by_feed.make(next);
  return next;
}

void Watermarks::set(std::string_view source, std::string_view location, Instant at) {
  const auto place = state_->places->number_of(location);
  const auto number = feed(source, place);
  std::unique_lock writing(state_->lock);
  raise(state_->by_feed.make(number), at.micros);
  raise(state_->by_place.make(place), at.micros);
}

std::int64_t Watermarks::at(std::uint32_t feed) const { return value(state_->by_feed.find(feed)); }

std::int64_t Watermarks::newest(Numbering::Number place) const { return value(state_->by_place.find(place)); }

std::optional<Instant> Watermarks::of(std::string_view source, std::string_view location) const {
  const auto place = state_->places->find(location);
  if (!place) return std::nullopt;
  std::shared_lock reading(state_->lock);
  const auto found = state_->feeds.find(std::pair<std::string, Numbering::Number>(source, *place));
  if (found == state_->feeds.end()) return std::nullopt;
  return instant(at(found->second));
}

std::optional<Instant> Watermarks::of(std::string_view location) const {
  const auto place = state_->places->find(location);
  if (!place) return std::nullopt;
  return instant(newest(*place));
}

std::string_view Watermarks::source(std::uint32_t feed) const {
  std::shared_lock reading(state_->lock);
  return state_->sources[feed];
}

}  // namespace crossdock::promise
