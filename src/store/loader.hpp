// Fills a World with what requests ask for, locking in the one order (PROTOCOLS.md 0): master, orders, positions, reservations, exposure.
#pragma once
#include <set>
#include <span>
#include <string>

#include "ledger/world.hpp"
#include "postgres/connection.hpp"
#include "store/due_holds.hpp"

namespace crossdock::store {

/// Thrown to leave a transaction that must begin again with more needs (they were kept in Needs). Not a failure.
struct BeginAgain {};

class Loader {
 public:
  /// `needs` and `due` outlive attempts: what one attempt found out late, the next asks for at once.
  Loader(postgres::Transaction& transaction, ledger::World& world, ledger::Needs& needs, DueHolds& due)
      : transaction_(transaction), world_(world), needs_(needs), due_(due) {
    due_.attempt();
  }

  /// Loads until no request asks for more. Throws BeginAgain when a lock would be taken out of order.
  void load(std::span<ledger::Request* const> requests);
  /// After the decisions: whether what made an identity known (a key, an order, a shipment) committed between its reading and the locks, so
  /// that a refusal rests on the outcome of the request's own duplicate. Then all begins again and finds it.
  bool overtaken(std::span<ledger::Request* const> refused);

 private:
  void ask(std::span<ledger::Request* const> requests);
  bool in_one_trip() const;
  void load_in_one_trip();
  bool load_unlocked();
  bool lock_orders();
  bool read_reservations();
  bool lock_positions();
  void ask_positions(const std::vector<ledger::PositionKey>& keys);
  void create_absent();
  void find_absent();
  void lock_reservations();
  bool load_dependants();
  bool ask_dependants();
  bool ask_awaited(const std::vector<ledger::PositionKey>& keys);
  void find_due_holds();
  void find_new_exposures();

  postgres::Transaction& transaction_;
  ledger::World& world_;
  ledger::Needs& needs_;
  DueHolds& due_;
  ledger::Needs done_;
  std::set<std::string> named_;  ///< reservations that requests themselves ask for
  bool orders_locked_ = false, positions_locked_ = false;
  bool any_due_ = false;                              ///< on the locked positions are holds whose time is over
  ledger::Keys<ledger::PositionKey> awaited_locked_;  ///< whose awaited effects were read under the locks
};

/// Orders with lines, commitments and warehouse orders, unlocked: for reading.
std::vector<ledger::OrderRow> read_orders(postgres::Transaction& transaction, const std::vector<std::string>& ids);
std::vector<ledger::ReservationRow> read_reservations(postgres::Transaction& transaction, const std::vector<std::string>& ids);

}  // namespace crossdock::store
