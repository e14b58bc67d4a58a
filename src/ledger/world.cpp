#include "ledger/world.hpp"

#include <algorithm>

namespace crossdock::ledger {

namespace {
template <class Map, class Key>
auto* found(Map& map, const Key& key) {
  auto it = map.find(key);
  return it == map.end() ? nullptr : &it->second;
}

/// Applies f to each set of the two; stops at the first false.
template <class Mine, class F>
bool each_of(Mine& mine, const Needs& theirs, F f) {
  return f(mine.keys, theirs.keys) && f(mine.order_numbers, theirs.order_numbers) && f(mine.order_ids, theirs.order_ids) &&
         f(mine.warehouse_orders, theirs.warehouse_orders) && f(mine.shipments, theirs.shipments) &&
         f(mine.reservations, theirs.reservations) && f(mine.positions, theirs.positions) && f(mine.new_positions, theirs.new_positions) &&
         f(mine.movements, theirs.movements) && f(mine.movements_of, theirs.movements_of) && f(mine.oldest_of, theirs.oldest_of) &&
         f(mine.awaited_at, theirs.awaited_at) && f(mine.early_at, theirs.early_at) && f(mine.promised_at, theirs.promised_at) &&
         f(mine.netted_at, theirs.netted_at) && f(mine.master, theirs.master) && f(mine.parents, theirs.parents) &&
         f(mine.exposures, theirs.exposures) && f(mine.new_exposures, theirs.new_exposures) && f(mine.stock_feeds, theirs.stock_feeds) &&
         f(mine.purchase_orders, theirs.purchase_orders);
}
}  // namespace

void Needs::add(const Needs& more) {
  each_of(*this, more, [](auto& mine, const auto& theirs) {
    mine.insert(theirs.begin(), theirs.end());
    return true;
  });
}

bool Needs::covers(const Needs& other) const {
  return each_of(*this, other, [](const auto& mine, const auto& theirs) {
    return std::all_of(theirs.begin(), theirs.end(), [&mine](const auto& key) { return mine.contains(key); });
  });
}

OrderRow* World::order(const std::string& id) { return found(orders, id); }

OrderRow* World::order(const SourceNumber& number) {
  auto* id = found(order_numbers, number);
  return id ? order(*id) : nullptr;
}

ReservationRow* World::reservation(const std::string& id) { return found(reservations, id); }
PositionRow* World::position(const PositionKey& key) { return found(positions, key); }
ShipmentRow* World::shipment(const SourceNumber& number) { return found(shipments, number); }

OrderRow& World::add(OrderRow order) {
  order.mark = Mark::created;
  order_numbers[{order.source, order.order_number}] = order.id;
  std::string id = order.id;
  return orders.insert_or_assign(std::move(id), std::move(order)).first->second;
}

Date World::today(const std::string& location) const { return locations->today(location, now); }

void KeyedRequest::ask(const World& world, Needs& needs) const {
  if (!key.key.empty()) {
    needs.keys.insert(key);
    auto known = world.keys.find(key);
    if (known != world.keys.end()) return;  // a repeat: the answer is there, nothing else is looked at
  }
  ask_more(world, needs);
}

void KeyedRequest::decide(World& world) {
  if (!replayed && reply.status != 0) decided_ = std::move(reply);
  replayed = false;
  reply = Reply{};
  if (!key.key.empty()) {
    if (auto* known = found(world.keys, key)) {
      if (known->fingerprint != fingerprint) {
        reply = Reply::refuse(422, "idempotency_key_reused", "This Idempotency-Key was used with another body; send a new key.");
        return;
      }
      // Bytes that it made itself before (they hold its own id or revision) are no repeat.
      replayed = known->reply.status != decided_.status || known->reply.body != decided_.body;
      reply = known->reply;
      return;
    }
  }
  decide_new(world);
  if (key.key.empty() || reply.status < 200 || reply.status > 299) return;
  world.keys[key] = IdempotencyRow{key, fingerprint, reply, Mark::created};
}

PositionRow* PositionDecision::at(const PositionKey& key) {
  auto* row = world_.position(key);
  if (row) before_.try_emplace(key, Before{*row});
  return row;
}

std::int64_t PositionDecision::version_made(const PositionKey& key) {
  auto it = before_.find(key);
  if (it == before_.end()) {
    auto* row = world_.position(key);
    if (!row) return 0;
    it = before_.try_emplace(key, Before{*row}).first;
  }
  it->second.changes = true;
  return it->second.row.version + 1;
}

std::vector<PositionKey> PositionDecision::settle() {
  std::vector<PositionKey> made;
  for (auto& [key, before] : before_) {
    auto& row = *world_.position(key);
    if (before.changes || row.profile != before.row.profile) {
      row.version = before.row.version + 1;
      made.push_back(key);
    }
    if (row.mark == Mark::clean && row != before.row) row.mark = Mark::changed;  // what was only looked at is not written
  }
  before_.clear();
  return made;
}

void PositionDecision::undo() {
  for (auto& [key, before] : before_) *world_.position(key) = std::move(before.row);
  before_.clear();
}

}  // namespace crossdock::ledger
