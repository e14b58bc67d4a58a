// The rows of one transaction in memory: what requests ask for, what was loaded under lock, what is to be written.
#pragma once
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "ledger/keys.hpp"
#include "ledger/rows.hpp"
#include "ledger/rules.hpp"
#include "promise/catalog.hpp"

namespace crossdock::ledger {

using SourceNumber = std::pair<std::string, std::string>;  ///< the identity of an order or a document: (source, number)

/// What requests want to see. The store loads it in the one lock order: keys, orders, positions, reservations, commitments, exposure.
struct Needs {
  std::set<IdempotencyId> keys;
  std::set<SourceNumber> order_numbers;
  std::set<std::string> order_ids;
  std::set<std::string> warehouse_orders;  ///< by id: which order they belong to (that order is then asked for by whoever sees it)
  std::set<SourceNumber> shipments;
  std::set<std::string> reservations;   ///< with their lines; their positions must be asked for by whoever sees the lines
  Keys<PositionKey> positions;          ///< locked if they exist
  Keys<PositionKey> new_positions;      ///< created where they do not exist
  Keys<PositionKey> absent;             ///< of new_positions, those that an attempt did not find: the loader's own
  Keys<MovementKey> movements;          ///< exactly these, where they exist
  Keys<PositionKey> movements_of;       ///< all of a position above its snapshot
  Keys<PositionKey> oldest_of;          ///< its movements from the lowest on, a bounded number; of those made by the hub likewise
  Keys<PositionKey> awaited_at;         ///< awaited effects of a position
  Keys<PositionKey> early_at;           ///< early effects kept for a position
  Keys<PositionKey> promised_at;        ///< who is promised something there (shortfalls)
  Keys<PositionKey> netted_at;          ///< positions of which the quantity at the warehouse is asked (netted snapshots)
  std::set<MasterId> master;            ///< to be changed: locked
  std::set<MasterId> parents;           ///< must exist: read, never locked
  std::set<std::string> exposures;      ///< customers
  std::set<std::string> new_exposures;  ///< of these, those that an attempt did not find: the loader's own
  Keys<std::string> stock_feeds;        ///< locations
  std::set<std::pair<std::string, std::string>> purchase_orders;  ///< (customer, customer_po): who has used it already

  void add(const Needs& more);
  bool covers(const Needs& other) const;  ///< whether `other` asks for nothing that this does not
};

/// All that one transaction knows and will write. One thread. Maps hold what was loaded; an absent key was asked for and does not exist.
class World {
 public:
  World(Instant at, const Rules& chosen, std::shared_ptr<const promise::Locations> places)
      : now(at), rules(chosen), locations(std::move(places)) {}

  Instant now;                 ///< the database's clock
  bool clock_believed = true;  ///< false: it has jumped, so nothing that rests on the passing of time is decided
  const Rules& rules;
  std::shared_ptr<const promise::Locations> locations;

  std::map<IdempotencyId, IdempotencyRow> keys;
  std::unordered_map<std::string, OrderRow> orders;  ///< by id
  std::map<SourceNumber, std::string> order_numbers;
  std::map<SourceNumber, ShipmentRow> shipments;
  std::unordered_map<std::string, ReservationRow> reservations;
  std::map<PositionKey, PositionRow> positions;
  /// Of positions nothing but version, demand and earliest_expiry changes (Request::only_promises); snapshots and sequences are not read.
  bool only_promises = false;
  std::map<MovementKey, MovementRow> movements;
  std::vector<AwaitedRow> awaited;
  std::map<EffectKey, EarlyEffectRow> early;
  std::map<std::string, std::string> warehouse_orders;              ///< id -> order id
  std::map<PositionKey, std::vector<PromisedRow>> promised;         ///< as stored, each order once; orders of this world may know better
  std::map<PositionKey, std::vector<AtWarehouseRow>> at_warehouse;  ///< what warehouses have been told, for netted snapshots
  std::map<MasterId, MasterRow> master;
  std::map<std::string, ExposureRow> exposures;
  std::map<std::string, StockFeedRow> stock_feeds;
  std::map<std::pair<std::string, std::string>, std::vector<SourceNumber>> purchase_orders;

  std::vector<Outgoing> outgoing;
  std::vector<JournalEntry> journal;
  std::vector<WaitingRow> waiting;
  std::vector<std::int64_t> waiting_done;  ///< ids of waiting rows that this transaction ends
  std::vector<ExceptionEntry> exceptions;

  /// A decision found less stock than it was asked for. Due holds that are not ended yet may be why.
  bool came_short = false;
  /// What a decision found that it needs beyond what was asked: the store rolls back and begins again with it. Empty at the end.
  Needs missing;

  OrderRow* order(const std::string& id);
  OrderRow* order(const SourceNumber& number);
  ReservationRow* reservation(const std::string& id);
  PositionRow* position(const PositionKey& key);
  ShipmentRow* shipment(const SourceNumber& number);
  OrderRow& add(OrderRow order);
  Date today(const std::string& location) const;  ///< that location's own date; UTC's where it is not known
};

/// Who asks, and the ids that tie its events and log lines together.
struct Origin {
  std::string client;  ///< who calls: for the journal and for whose key it is
  std::string correlation_id;
  std::string causation_id;  ///< the message or request that caused it
  std::string traceparent;
};

/// Something that wants a decision. Built on a loop, decided on a store's writer; `reply` is read after the commit.
class Request {
 public:
  Request() = default;
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;
  virtual ~Request() = default;
  /// Adds what it must see, given what the world already holds. Called again after each step of loading, until it adds nothing.
  /// Must not depend on the outcome of other requests.
  virtual void ask(const World& world, Needs& needs) const = 0;
  /// What it will most likely wait for others on: requests that say the same are decided by one writer, in their order, instead of in
  /// transactions that wait for each other. Nothing but speed rests on it.
  virtual std::string_view meets_on() const { return {}; }
  /// Whether it changes no more of a position than what is promised of it: then less is written. Must be true where it says so.
  virtual bool only_promises() const { return false; }
  /// Decides on the locked rows: changes them and fills in its own answer. Deterministic; may be called again on a fresh world when
  /// the transaction is repeated, so it starts by clearing its answer.
  virtual void decide(World& world) = 0;

  Origin origin;
  Reply reply;
};

/// A request that changes something once: the same Idempotency-Key gets the same bytes.
class KeyedRequest : public Request {
 public:
  IdempotencyId key;  ///< empty key: none is asked for (events, sweeps)
  Sha256 fingerprint{};
  bool replayed = false;

  void ask(const World& world, Needs& needs) const final;
  void decide(World& world) final;

 protected:
  virtual void ask_more(const World& world, Needs& needs) const = 0;
  /// Decides, given that the key is new. A reply of 2xx is kept under the key; any other frees it.
  virtual void decide_new(World& world) = 0;

 private:
  Reply decided_;  ///< by an earlier turn, whose COMMIT may have come through although its answer was lost
};

/// One decision over positions: whatever it changes of a position's quantities makes exactly one version of it, or nothing happened.
/// Ends by settle() or undo().
class PositionDecision {
 public:
  explicit PositionDecision(World& world) : world_(world) {}
  PositionDecision(const PositionDecision&) = delete;
  PositionDecision& operator=(const PositionDecision&) = delete;

  /// The row to change; its state before is remembered. Null: there is no such position.
  PositionRow* at(const PositionKey& key);
  /// Says that the decision changes the position's holds or commitments even where the sums stay; answers the version that it makes.
  std::int64_t version_made(const PositionKey& key);
  /// Gives each position that changed its new version. Answers them, sorted.
  std::vector<PositionKey> settle();
  /// Puts everything back.
  void undo();

 private:
  struct Before {
    PositionRow row;
    bool changes = false;
  };
  World& world_;
  std::map<PositionKey, Before> before_;
};

}  // namespace crossdock::ledger
