// Inventory events: a position is a function of the set of its events, whatever their order and however often each comes.
#pragma once
#include <string>
#include <string_view>

#include "crossdock/model/inventory.hpp"
#include "ledger/world.hpp"

namespace crossdock::ledger {

/// What became of a record.
enum class Outcome : std::uint8_t { applied, superseded, duplicate, waiting, invalid };
std::string_view to_text(Outcome outcome);

/// How a feed numbers its events.
enum class Numbering : std::uint8_t {
  dense,    ///< without gaps: a missing one is raised
  growing,  ///< gaps are normal
  none,     ///< no sequence: ordered by time, told apart by id
};

/// One record of a feed, as far as bookkeeping of waits and watermarks goes.
struct FeedOrigin {
  std::string feed;   ///< "api", or "<system>.<feed>"
  std::string topic;  ///< empty: not from Kafka
  int partition = 0;
  std::int64_t offset = 0;
  std::optional<std::string> record_key;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;              ///< the record's own bytes, kept while it waits
  std::int64_t waiting_id = 0;   ///< not 0: it has waited, under this id
  std::optional<Instant> until;  ///< until when it may wait (kept from the first time)
  std::chrono::milliseconds parent_wait{std::chrono::minutes(15)};
};

class StockEvent final : public Request {
 public:
  InventoryEvent event;
  Numbering numbering = Numbering::growing;
  FeedOrigin from;
  std::chrono::milliseconds clock_skew{0};  ///< of the feed: how far shipped_at and as_of may be apart
  bool parents_known = false;               ///< item and location were seen in memory; else the store is asked

  Outcome outcome = Outcome::invalid;
  Mistakes errors;          ///< of an invalid one
  std::string reason;       ///< of an invalid one: for its dead letter
  std::string stock_owner;  ///< the location document's, if it names one

  void ask(const World& world, Needs& needs) const override;
  void decide(World& world) override;

 private:
  PositionKey key() const { return {event.sku, event.location}; }
  Sequence sequence() const;
  MovementKey movement_key() const;
  bool wait_for_parents(World& world);
  bool refused_for_owner(World& world);
  Decimal netted_off(const World& world) const;
  void take_snapshot(World& world, PositionRow& position);
  void take_movement(World& world, PositionRow& position);
  void refuse(std::string pointer, std::string code, std::string detail);
};

/// Stores a record as waiting for (kind, key); 200-style outcome is the caller's.
void wait_for(World& world, const FeedOrigin& from, std::string kind, std::string want_kind, std::string want_key);

/// The sweep's request: dense feeds whose missing sequence has not come in time.
class RaiseGaps final : public Request {
 public:
  std::vector<PositionKey> keys;
  void ask(const World& world, Needs& needs) const override;
  void decide(World& world) override;
};

/// Marks a position suspect: a record of it could not be used.
class MarkSuspect final : public Request {
 public:
  PositionKey key;
  std::string why;
  void ask(const World& world, Needs& needs) const override;
  void decide(World& world) override;
};

}  // namespace crossdock::ledger
