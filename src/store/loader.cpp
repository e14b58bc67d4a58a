#include "store/loader.hpp"

#include <algorithm>
#include <unordered_map>

#include "store/rows.hpp"

namespace crossdock::store {

using namespace ledger;
using postgres::IntegerArray;
using postgres::TextArray;
using postgres::UuidArray;

namespace {

/// What `asked` has and `done` has not; counted as done from now on.
template <class Set>
std::vector<typename Set::value_type> fresh(const Set& asked, Set& done) {
  std::vector<typename Set::value_type> out;
  if (asked.size() == done.size()) return out;
  std::set_difference(asked.begin(), asked.end(), done.begin(), done.end(), std::back_inserter(out));
  done.insert(out.begin(), out.end());
  return out;
}

/// Two text arrays from pairs or from keys with two texts.
struct Pairs {
  TextArray first, second;
  explicit Pairs(const std::vector<SourceNumber>& all) {
    for (const auto& [a, b] : all) first.add(a), second.add(b);
  }
  explicit Pairs(const std::vector<PositionKey>& all) {
    for (const auto& key : all) first.add(key.sku), second.add(key.location);
  }
  explicit Pairs(const std::vector<MasterId>& all) {
    for (const auto& id : all) first.add(id.kind), second.add(id.id);
  }
};

UuidArray uuids(const std::vector<std::string>& ids) {
  UuidArray out;
  for (const auto& id : ids)
    if (is_uuid(id)) out.add(id);
  return out;
}

TextArray texts(const std::vector<std::string>& all) {
  TextArray out;
  for (const auto& text : all) out.add(text);
  return out;
}

/// Lines, commitments and warehouse orders of orders that are there already.
template <class Find>
void read_parts(postgres::Transaction& tx, const UuidArray& ids, Find find) {
  for (auto row : tx.run("order_lines", ids)) find(row.text(0)).lines.push_back(line_from(row));
  for (auto row : tx.run("commitments", ids)) {
    auto commitment = commitment_from(row);
    for (auto& line : find(commitment.order_id).lines)
      if (line.line == commitment.line) {
        line.commitments.push_back(std::move(commitment));
        break;
      }
  }
  for (auto row : tx.run("warehouse_orders", ids)) find(row.text(1)).warehouse_orders.push_back(warehouse_order_from(row));
  for (auto row : tx.run("warehouse_order_lines", ids))
    for (auto& warehouse_order : find(row.text(1)).warehouse_orders)
      if (warehouse_order.id == row[0])
        warehouse_order.lines.push_back({static_cast<int>(row.integer(2)), static_cast<int>(row.integer(3)), row.text(4), row.decimal(5), row.decimal(6)});
}

}  // namespace

void Loader::ask(std::span<Request* const> requests) {
  for (const auto* request : requests) request->ask(world_, asked_);
  needs_.add(asked_);
}

void Loader::load(std::span<Request* const> requests) {
  for (;;) {
    ask(requests);
    if (load_unlocked() || lock_orders() || read_reservations() || lock_positions() || load_dependants()) continue;
    return;
  }
}

bool Loader::load_unlocked() {
  bool any = false;
  if (auto keys = fresh(needs_.keys, done_.keys); !keys.empty()) {
    any = true;
    TextArray client, call, key;
    for (const auto& id : keys) client.add(id.client), call.add(id.call), key.add(id.key);
    for (auto row : transaction_.run("keys", client, call, key)) {
      auto known = key_from(row);
      world_.keys[known.id] = std::move(known);
    }
  }
  if (auto ids = fresh(needs_.master, done_.master); !ids.empty()) {
    any = true;
    Pairs pairs(ids);
    for (const auto& id : ids) world_.master[id] = MasterRow{id, 0, {}, Mark::clean};
    for (auto row : transaction_.run(orders_locked_ || positions_locked_ ? "master_read" : "master", pairs.first, pairs.second)) {
      MasterId id{row.text(0), row.text(1)};
      world_.master[id] = MasterRow{id, row.integer(2), row.text(3), Mark::clean};
    }
  }
  if (auto numbers = fresh(needs_.order_numbers, done_.order_numbers); !numbers.empty()) {
    any = true;
    Pairs pairs(numbers);
    for (auto row : transaction_.run("order_numbers", pairs.first, pairs.second)) {
      world_.order_numbers[{row.text(0), row.text(1)}] = row.text(2);
      needs_.order_ids.insert(row.text(2));
    }
  }
  if (auto ids = fresh(needs_.warehouse_orders, done_.warehouse_orders); !ids.empty()) {
    any = true;
    for (auto row : transaction_.run("warehouse_order_ids", uuids(ids))) world_.warehouse_orders[row.text(0)] = row.text(1);
  }
  if (auto numbers = fresh(needs_.shipments, done_.shipments); !numbers.empty()) {
    any = true;
    Pairs pairs(numbers);
    for (auto row : transaction_.run("shipments", pairs.first, pairs.second)) world_.shipments[{row.text(1), row.text(2)}] = shipment_from(row);
  }
  if (auto used = fresh(needs_.purchase_orders, done_.purchase_orders); !used.empty()) {
    any = true;
    Pairs pairs(used);
    for (auto row : transaction_.run("purchase_orders", pairs.first, pairs.second))
      world_.purchase_orders[{row.text(0), row.text(1)}].emplace_back(row.text(2), row.text(3));
  }
  if (auto places = fresh(needs_.stock_feeds, done_.stock_feeds); !places.empty()) {
    any = true;
    for (auto row : transaction_.run("stock_feeds", texts(places)))
      world_.stock_feeds[row.text(0)] = StockFeedRow{row.text(0), row.text(1), row.text(2), row.text(3), row.instant(4), Mark::clean};
  }
  if (!positions_locked_ && needs_.awaited_at.size() > done_.awaited_at.size()) {
    // Before the locks, to learn whose orders are concerned; read again under them.
    any = true;
    std::vector<PositionKey> keys = fresh(needs_.awaited_at, done_.awaited_at);
    Pairs pairs(keys);
    for (auto row : transaction_.run("awaited_at", pairs.first, pairs.second)) world_.awaited.push_back(awaited_from(row));
  }
  return any;
}

bool Loader::lock_orders() {
  auto ids = fresh(needs_.order_ids, done_.order_ids);
  if (ids.empty()) return false;
  if (orders_locked_ || positions_locked_) throw BeginAgain{};
  orders_locked_ = true;
  auto wanted = uuids(ids);
  for (auto row : transaction_.run("orders", wanted)) {
    auto order = order_from(row);
    world_.order_numbers[{order.source, order.order_number}] = order.id;
    std::string id = order.id;
    world_.orders[id] = std::move(order);
  }
  read_parts(transaction_, wanted, [this](const std::string& id) -> OrderRow& { return world_.orders[id]; });
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
  if (auto made = fresh(needs_.new_positions, done_.new_positions); !made.empty()) {
    if (positions_locked_) throw BeginAgain{};
    Pairs pairs(made);
    transaction_.run("new_positions", pairs.first, pairs.second);
    needs_.positions.insert(made.begin(), made.end());
  }
  auto keys = fresh(needs_.positions, done_.positions);
  if (keys.empty()) return false;
  if (positions_locked_) throw BeginAgain{};
  positions_locked_ = true;
  Pairs pairs(keys);
  bool due = false;
  for (auto row : transaction_.run("positions", pairs.first, pairs.second)) {
    auto position = position_from(row);
    due = due || (position.earliest_expiry && *position.earliest_expiry <= world_.now);
    world_.positions[position.key] = std::move(position);
  }
  if (due) find_due_holds();
  // Reservations are locked after positions, all at once; lines never change.
  std::vector<std::string> ids(done_.reservations.begin(), done_.reservations.end());
  if (!ids.empty())
    for (auto row : transaction_.run("reservations", uuids(ids))) {
      auto locked = reservation_from(row);
      auto& known = world_.reservations[locked.id];
      locked.lines = std::move(known.lines);
      known = std::move(locked);
    }
  return true;
}

void Loader::find_due_holds() {
  std::vector<PositionKey> keys;
  for (auto& [key, position] : world_.positions)
    if (position.earliest_expiry && *position.earliest_expiry <= world_.now) {
      keys.push_back(key);
      position.earliest_expiry.reset();
      position.mark = Mark::changed;
    }
  Pairs pairs(keys);
  bool unknown = false;
  for (auto row : transaction_.run("due_holds", pairs.first, pairs.second)) {
    Instant at = row.instant(3);
    std::string id = row.text(2);
    if (at <= world_.now && !asked_.reservations.contains(id)) {
      due_.insert(id);
      unknown = needs_.reservations.insert(id).second || unknown;
    } else {
      auto& earliest = world_.positions[{row.text(0), row.text(1)}].earliest_expiry;
      if (!earliest || at < *earliest) earliest = at;
    }
  }
  if (unknown) throw BeginAgain{};
}

bool Loader::load_dependants() {
  bool any = false;
  if (auto keys = fresh(needs_.movements, done_.movements); !keys.empty()) {
    any = true;
    TextArray sku, location, discriminator;
    IntegerArray epoch, sequence;
    for (const auto& key : keys) {
      sku.add(key.position.sku), location.add(key.position.location), discriminator.add(key.discriminator);
      epoch.add(key.sequence.epoch), sequence.add(key.sequence.number);
    }
    for (auto row : transaction_.run("movements", sku, location, epoch, sequence, discriminator)) {
      auto movement = movement_from(row);
      world_.movements[movement.key] = std::move(movement);
    }
  }
  if (auto keys = fresh(needs_.movements_of, done_.movements_of); !keys.empty()) {
    any = true;
    Pairs pairs(keys);
    for (auto row : transaction_.run("movements_of", pairs.first, pairs.second)) {
      auto movement = movement_from(row);
      world_.movements[movement.key] = std::move(movement);
    }
  }
  if (positions_locked_ && !needs_.awaited_at.empty() && !awaited_again_) {
    // Once, under the locks: the rows as they are now. Orders that came in between are not locked: begin again with them.
    awaited_again_ = true;
    world_.awaited.clear();
    std::vector<PositionKey> keys(needs_.awaited_at.begin(), needs_.awaited_at.end());
    Pairs pairs(keys);
    for (auto row : transaction_.run("awaited_at", pairs.first, pairs.second)) {
      world_.awaited.push_back(awaited_from(row));
      needs_.order_ids.insert(world_.awaited.back().order_id);
    }
    any = true;
  }
  if (auto keys = fresh(needs_.early_at, done_.early_at); !keys.empty()) {
    any = true;
    Pairs pairs(keys);
    for (auto row : transaction_.run("early_at", pairs.first, pairs.second)) {
      auto early = early_from(row);
      world_.early[early.key] = std::move(early);
    }
  }
  if (auto keys = fresh(needs_.commitments_at, done_.commitments_at); !keys.empty()) {
    any = true;
    Pairs pairs(keys);
    for (const auto& key : keys) world_.commitments[key];
    for (auto row : transaction_.run("commitments_at", pairs.first, pairs.second)) {
      auto commitment = commitment_from(row);
      world_.commitments[commitment.position].push_back(std::move(commitment));
    }
  }
  if (auto keys = fresh(needs_.netted_at, done_.netted_at); !keys.empty()) {
    any = true;
    Pairs pairs(keys);
    for (auto row : transaction_.run("netted_at", pairs.first, pairs.second)) world_.at_warehouse[{row.text(0), row.text(1)}] = row.decimal(2);
  }
  if (auto customers = fresh(needs_.exposures, done_.exposures); !customers.empty()) {
    any = true;
    auto wanted = texts(customers);
    transaction_.run("new_exposures", wanted);
    for (auto row : transaction_.run("exposures", wanted)) world_.exposures[row.text(0)] = ExposureRow{row.text(0), row.decimal(1), row.text(2), Mark::clean};
  }
  return any;
}

std::vector<OrderRow> read_orders(postgres::Transaction& tx, const std::vector<std::string>& ids) {
  auto wanted = uuids(ids);
  std::vector<OrderRow> orders;
  std::unordered_map<std::string, std::size_t> place;
  for (auto row : tx.run("orders_read", wanted)) {
    place[row.text(0)] = orders.size();
    orders.push_back(order_from(row));
  }
  if (!orders.empty()) read_parts(tx, wanted, [&](const std::string& id) -> OrderRow& { return orders[place.at(id)]; });
  return orders;
}

std::vector<ReservationRow> read_reservations(postgres::Transaction& tx, const std::vector<std::string>& ids) {
  auto wanted = uuids(ids);
  std::vector<ReservationRow> rows;
  std::unordered_map<std::string, std::size_t> place;
  for (auto row : tx.run("reservations_read", wanted)) {
    place[row.text(0)] = rows.size();
    rows.push_back(reservation_from(row));
  }
  if (!rows.empty())
    for (auto row : tx.run("reservation_lines", wanted)) rows[place.at(row.text(0))].lines.push_back(reservation_line_from(row));
  return rows;
}

}  // namespace crossdock::store
