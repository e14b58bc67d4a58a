// The store in memory: loads what requests ask for, as the real one does, and writes back what is marked and nothing else. So a decision
// that forgets a mark, or asks for too little, is found here.
#pragma once
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "ledger/capture.hpp"
#include "ledger/master.hpp"
#include "ledger/order.hpp"
#include "ledger/reservation.hpp"
#include "ledger/shipment.hpp"
#include "ledger/stock.hpp"
#include "ledger/world.hpp"

namespace crossdock::ledger {

class Books {
 public:
  Books();

  Instant now;
  Rules rules;
  std::shared_ptr<const promise::Locations> locations;

  /// Locations by code and priority, all in UTC.
  void place(std::vector<std::pair<std::string, int>> codes);
  Date today() const { return Zone().date_of(now); }

  /// Decides a batch as store::decide does: asks until nothing is missing, ends due holds, decides, writes back.
  void decide(const std::vector<Request*>& batch);
  void decide(Request& request) { decide(std::vector<Request*>{&request}); }
  /// The world that a batch would be decided on.
  World load(const std::vector<Request*>& batch, Needs& needs) const;

  std::map<IdempotencyId, IdempotencyRow> keys;
  std::map<std::string, OrderRow> orders;
  std::map<SourceNumber, ShipmentRow> shipments;
  std::map<std::string, ReservationRow> reservations;
  std::map<PositionKey, PositionRow> positions;
  std::map<MovementKey, MovementRow> movements;
  std::vector<AwaitedRow> awaited;
  std::map<EffectKey, EarlyEffectRow> early;
  std::map<MasterId, MasterRow> master;
  std::map<std::string, ExposureRow> exposures;
  std::map<std::string, StockFeedRow> stock_feeds;
  std::vector<Outgoing> outgoing;
  std::vector<JournalEntry> journal;
  std::vector<WaitingRow> waiting;

  PositionRow& position(const PositionKey& key) { return positions.at(key); }
  Decimal atp(const PositionKey& key, int ahead = 0) const;
  std::size_t published(std::string_view name) const;

  /// What must hold at every commit; empty when it does.
  std::string broken_invariant() const;

 private:
  void fill(World& world, Needs& needs) const;
  std::set<std::string> due_in(const World& world, const Needs& asked) const;
  void write(const World& world);
};

/// The demand of a position as its record says: commitments, shipped quantities whose effect is awaited, live holds.
promise::Schedule demand_of(const Books& books, const PositionKey& key);

}  // namespace crossdock::ledger
