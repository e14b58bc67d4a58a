// All positions in memory: committed state only, compact, for answers that must come at once (PROTOCOLS.md E).
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "promise/profile.hpp"
#include "promise/words.hpp"

namespace crossdock::promise {

/// A position as the feeder hands it in and a reader gets it back.
struct PositionValue {
  Profile profile;
  std::int64_t version = 0;
  std::string owner;        ///< the source whose stock it is; empty: nobody has reported yet
  bool suspect = false;     ///< a record for it was lost or is missing
  bool backorders = false;  ///< somebody waits in its queue
  std::int64_t marks = 0;   ///< how often `suspect` has changed: it does so within a version
};

/// When a source last told all it knew about a location's stock (last poll answered, partition caught up, heartbeat). Written by feeds,
/// read by every check: one atomic load. Any thread. A time never goes back.
class Watermarks {
 public:
  explicit Watermarks(std::shared_ptr<Numbering> places);
  ~Watermarks();
  Watermarks(const Watermarks&) = delete;
  Watermarks& operator=(const Watermarks&) = delete;

  void set(std::string_view source, std::string_view location, Instant at);
  /// Of that source and location. None: it never told.
  std::optional<Instant> of(std::string_view source, std::string_view location) const;
  /// The newest of any source at the location.
  std::optional<Instant> of(std::string_view location) const;

  using Cell = std::atomic<std::int64_t>;  ///< micros; `never` before the first
  static constexpr std::int64_t never = INT64_MIN;
  /// The location's newest watermark, for the hot path.
  std::int64_t newest(Numbering::Number place) const;
  /// The number of (source, location), given if it has none; and its watermark.
  std::uint32_t feed(std::string_view source, Numbering::Number place);
  std::int64_t at(std::uint32_t feed) const;
  /// The source of a feed's number.
  std::string_view source(std::uint32_t feed) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// What one position's reader gets in a batch of one SKU (all locations of a SKU stand together: one lock per line of a check).
struct Held {
  Numbering::Number place = 0;
  std::uint32_t feed = 0;
  std::int64_t version = 0;
  bool suspect = false;
  bool backorders = false;
  Profile profile;
};

/// Positions by SKU and location. One feeder thread applies, any number of threads read. A value is taken only if its version is higher, or
/// the same with more marks.
class Projection {
 public:
  /// `places` are the catalog's: `Projection projection(catalog.places());`
  explicit Projection(std::shared_ptr<Numbering> places);
  ~Projection();
  Projection(const Projection&) = delete;
  Projection& operator=(const Projection&) = delete;

  bool apply(const PositionKey& key, const PositionValue& value);
  /// Forgets all positions (a whole reload); watermarks stay.
  void clear();
  /// Room for so many SKUs, before a load.
  void reserve(std::size_t skus);

  std::optional<PositionValue> find(const PositionKey& key) const;
  /// All positions of a SKU, in no order, into `held` (its memory is used again). Answers how many; further elements are left over.
  std::size_t read(std::string_view sku, std::vector<Held>& held) const { return read(sku, hash_of(sku), held); }
  std::size_t read(std::string_view sku, std::uint64_t hash, std::vector<Held>& held) const;
  /// Fetch ahead what read() will look at: first of all lines, then of all lines again.
  void prefetch(std::uint64_t hash) const;
  void prefetch_entry(std::uint64_t hash) const;
  void prefetch_slots(std::uint64_t hash) const;
  std::size_t size() const;

  /// The time up to which it has seen every commit: that of the last successful poll, by the clock that checks are asked at. Where that
  /// is put back, this goes back with it.
  void set_current(Instant at);
  Instant as_of() const;

  Watermarks& watermarks() { return watermarks_; }
  const Watermarks& watermarks() const { return watermarks_; }
  const std::shared_ptr<Numbering>& places() const { return places_; }

 private:
  struct State;
  std::shared_ptr<Numbering> places_;
  Watermarks watermarks_;
  std::unique_ptr<State> state_;
  std::atomic<std::int64_t> as_of_{0};
};

}  // namespace crossdock::promise
