#include "store/loader.hpp"

#include <algorithm>
#include <utility>

#include "store/in_hand.hpp"
#include "store/load_parts.hpp"
#include "store/rows.hpp"

namespace crossdock::store {

using namespace ledger;

void Loader::ask(std::span<Request* const> requests) {
  auto known = std::exchange(needs_.reservations, {});
  for (const auto* request : requests) request->ask(world_, needs_);
  named_.insert(needs_.reservations.begin(), needs_.reservations.end());
  needs_.reservations.merge(known);
}

/// Captures and holds mostly ask for nothing that depends on what is read without a lock.
bool Loader::in_one_trip() const {
  const auto& n = needs_;
  auto none = [](const auto&... sets) { return (sets.empty() && ...); };
  return none(n.order_ids, n.warehouse_orders, n.shipments, n.reservations, n.new_positions, n.movements, n.movements_of, n.oldest_of,
              n.awaited_at, n.early_at, n.promised_at, n.netted_at, n.master, n.parents, n.stock_feeds) &&
         !n.positions.empty();
}

/// All at once, in the same order as one after the other. If it turns out that more must be locked before the positions (a number that is
/// known already: its order), the attempt begins again.
void Loader::load_in_one_trip() {
  read_unlocked(transaction_, world_, needs_, done_);
  ask_positions(sorted(fresh(needs_.positions, done_.positions)));
  read_dependants(transaction_, world_, needs_, done_);
  transaction_.settle();
  find_due_holds();
}

void Loader::load(std::span<Request* const> requests) {
  ask(requests);
  show_keys(transaction_, needs_.keys);
  if (in_one_trip()) load_in_one_trip(), ask(requests);
  while (load_unlocked() || lock_orders() || read_reservations() || lock_positions() || load_dependants()) ask(requests);
}

/// Of awaited effects this learns whose orders are concerned; the rows are read again under the locks.
bool Loader::load_unlocked() {
  if (positions_locked_ && needs_.master.size() > done_.master.size()) throw BeginAgain{};  // they are locked first
  bool awaited = !positions_locked_ && ask_awaited(fresh(needs_.awaited_at, done_.awaited_at));
  bool any = read_unlocked(transaction_, world_, needs_, done_);
  if (awaited || any) transaction_.settle();
  return awaited || any;
}

/// The orders that they name are needed from then on.
bool Loader::ask_awaited(const std::vector<PositionKey>& keys) {
  if (keys.empty()) return false;
  Pairs pairs(keys);
  auto take = [this](const postgres::Row& row) {
    world_.awaited.push_back(awaited_from(row));
    needs_.order_ids.insert(world_.awaited.back().order_id);
  };
  transaction_.ask("awaited_at", take, pairs.first, pairs.second);
  return true;
}

bool Loader::lock_orders() {
  auto ids = fresh(needs_.order_ids, done_.order_ids);
  if (ids.empty()) return false;
  if (orders_locked_ || positions_locked_) throw BeginAgain{};
  orders_locked_ = true;
  auto wanted = uuids(ids);
  auto take = [this](const postgres::Row& row) {
    auto order = order_from(row);
    world_.order_numbers[{order.source, order.order_number}] = order.id;
    std::string id = order.id;
    world_.orders[id] = std::move(order);
  };
  transaction_.ask("orders", take, wanted);
  read_order_parts(transaction_, wanted, world_);
  return true;
}

bool Loader::read_reservations() {
  auto ids = fresh(needs_.reservations, done_.reservations);
  if (ids.empty()) return false;
  for (auto& row : store::read_reservations(transaction_, ids)) {
    std::string id = row.id;
    for (const auto& line : row.lines) needs_.positions.insert(line.position);
    world_.reservations[id] = std::move(row);
  }
  if (positions_locked_) throw BeginAgain{};
  return true;
}

bool Loader::lock_positions() {
  if (auto wanted = fresh(needs_.new_positions, done_.new_positions); !wanted.empty()) {
    if (positions_locked_) throw BeginAgain{};
    needs_.positions.insert(wanted.begin(), wanted.end());
  }
  auto keys = sorted(fresh(needs_.positions, done_.positions));  // so that pages are met in turn; the statement orders its locks itself
  if (keys.empty()) return false;
  if (positions_locked_) throw BeginAgain{};
  ask_positions(keys);
  lock_reservations();
  ask_dependants();  // what hangs on the positions is seen by later statements, hence under their locks
  transaction_.settle();
  find_absent();
  find_due_holds();
  return true;
}

void Loader::ask_positions(const std::vector<PositionKey>& keys) {
  positions_locked_ = true;
  create_absent();
  Pairs pairs(keys);
  auto take = [this](const postgres::Row& row) {
    auto position = world_.only_promises ? promises_from(row) : position_from(row);
    any_due_ = any_due_ || (position.earliest_expiry && *position.earliest_expiry <= world_.now);
    auto key = position.key;
    world_.positions.insert_or_assign(world_.positions.end(), std::move(key), std::move(position));  // they come sorted
  };
  transaction_.ask(world_.only_promises ? "promises" : "positions", take, pairs.first, pairs.second);
}

/// Positions are made once and never removed: looking whether to make one each time would cost more than locking it.
void Loader::create_absent() {
  if (needs_.absent.empty()) return;
  auto keys = sorted(std::vector<PositionKey>(needs_.absent.begin(), needs_.absent.end()));
  Pairs pairs(keys);
  transaction_.send("new_positions", pairs.first, pairs.second);
}

/// Begins again when there is no row of a position that must have one: it is made before the locks then.
void Loader::find_absent() {
  bool any = false;
  for (const auto& key : needs_.new_positions)
    if (!world_.positions.contains(key)) any = needs_.absent.insert(key) || any;
  if (any) throw BeginAgain{};
}

/// After the positions, all at once; their lines never change.
void Loader::lock_reservations() {
  std::vector<std::string> ids(done_.reservations.begin(), done_.reservations.end());
  if (ids.empty()) return;
  auto take = [this](const postgres::Row& row) {
    auto locked = reservation_from(row);
    auto& known = world_.reservations[locked.id];
    locked.lines = std::move(known.lines);
    known = std::move(locked);
  };
  transaction_.ask("reservations", take, uuids(ids));
}

void Loader::find_due_holds() {
  if (any_due_ && world_.clock_believed && due_.find(transaction_, world_, needs_, named_)) throw BeginAgain{};
}

/// A customer's first order: its row is made before any exposure is locked, so that all lock in one order.
void Loader::find_new_exposures() {
  const auto before = needs_.new_exposures.size();
  if (done_.exposures.size() == world_.exposures.size()) return;
  for (const auto& customer : done_.exposures)
    if (!world_.exposures.contains(customer)) needs_.new_exposures.insert(customer);
  if (needs_.new_exposures.size() > before) throw BeginAgain{};
}

bool Loader::load_dependants() {
  bool any = ask_dependants();
  if (any) transaction_.settle();
  find_new_exposures();
  return any;
}

bool Loader::ask_dependants() {
  bool any = read_dependants(transaction_, world_, needs_, done_);
  if (!positions_locked_) return any;
  // The rows as they are now, under the locks. Orders that came in between are not locked: it begins again with them.
  auto keys = fresh(needs_.awaited_at, awaited_locked_);
  if (!world_.awaited.empty()) keys = sorted(std::move(keys));
  std::erase_if(world_.awaited, [&](const AwaitedRow& row) { return std::binary_search(keys.begin(), keys.end(), row.position); });
  return ask_awaited(keys) || any;
}

bool Loader::overtaken(std::span<Request* const> refused) {
  Needs again;
  for (const auto* request : refused) request->ask(world_, again);
  std::erase_if(again.keys, [this](const IdempotencyId& id) { return world_.keys.contains(id); });
  std::erase_if(again.order_numbers, [this](const SourceNumber& number) { return world_.order_numbers.contains(number); });
  std::erase_if(again.shipments, [this](const SourceNumber& number) { return world_.shipments.contains(number); });
  Needs identities, done;
  identities.keys = std::move(again.keys);
  identities.order_numbers = std::move(again.order_numbers);
  identities.shipments = std::move(again.shipments);
  World seen(world_.now, world_.rules, world_.locations);
  read_unlocked(transaction_, seen, identities, done);
  transaction_.settle();
  return !seen.keys.empty() || !seen.order_numbers.empty() || !seen.shipments.empty();
}

}  // namespace crossdock::store
