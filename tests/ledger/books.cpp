#include "books.hpp"

#include <algorithm>

#include "ledger/render.hpp"

namespace crossdock::ledger {

Books::Books() : now(*Instant::parse("2026-11-23T10:00:00Z")) { place({{"E", 10}, {"W", 20}}); }

void Books::place(std::vector<std::pair<std::string, int>> codes) {
  std::vector<promise::CatalogLocation> all;
  for (auto& [code, priority] : codes) {
    promise::CatalogLocation made;
    made.code = code;
    made.priority = priority;
    all.push_back(std::move(made));
    master[{"location", code}] = MasterRow{{"location", code}, 1, R"({"code":")" + code + "\"}", Mark::clean};
  }
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return std::tie(a.priority, a.code) < std::tie(b.priority, b.code); });
  locations = std::make_shared<promise::Locations>(std::move(all));
}

Decimal Books::atp(const PositionKey& key, int ahead) const {
  auto it = positions.find(key);
  return it == positions.end() ? Decimal() : promise::atp(it->second.profile, today(), today() + ahead, rules.sourcing.atp);
}

std::size_t Books::published(std::string_view name) const {
  std::string topic = rules.topic_prefix + std::string(name) + ".v1";
  return static_cast<std::size_t>(std::count_if(outgoing.begin(), outgoing.end(), [&](const Outgoing& out) { return out.topic == topic; }));
}

namespace {
template <class Stored, class Wanted, class Loaded>
void copy_known(const Stored& stored, const Wanted& wanted, Loaded& loaded) {
  for (const auto& key : wanted)
    if (auto it = stored.find(key); it != stored.end()) loaded.insert_or_assign(it->first, it->second);
}

bool above_snapshot(const MovementRow& movement, const PositionRow& position) {
  return movement.implied() || movement.key.sequence > position.snapshot;
}
}  // namespace

void Books::fill(World& world, Needs& needs) const {
  copy_known(keys, needs.keys, world.keys);
  for (const auto* wanted : {&needs.master, &needs.parents})
    for (const auto& id : *wanted) world.master.try_emplace(id, MasterRow{id, 0, {}, Mark::clean});
  copy_known(master, needs.master, world.master);
  copy_known(master, needs.parents, world.master);
  for (const auto& [id, order] : orders) {
    if (needs.order_numbers.contains({order.source, order.order_number})) needs.order_ids.insert(id);
    for (const auto& row : order.warehouse_orders)
      if (needs.warehouse_orders.contains(row.id)) world.warehouse_orders[row.id] = id;
    if (order.customer_po && needs.purchase_orders.contains({order.customer, *order.customer_po})) {
      auto& uses = world.purchase_orders[{order.customer, *order.customer_po}];
      SourceNumber number{order.source, order.order_number};
      if (std::find(uses.begin(), uses.end(), number) == uses.end()) uses.push_back(number);
    }
  }
  copy_known(shipments, needs.shipments, world.shipments);
  copy_known(stock_feeds, needs.stock_feeds, world.stock_feeds);
  world.awaited.clear();
  for (const auto& row : awaited)
    if (needs.awaited_at.contains(row.position)) {
      world.awaited.push_back(row);
      needs.order_ids.insert(row.order_id);
    }
  for (const auto& id : needs.order_ids)
    if (auto it = orders.find(id); it != orders.end()) {
      world.orders[id] = it->second;
      world.order_numbers[{it->second.source, it->second.order_number}] = id;
    }
  for (const auto& id : needs.reservations)
    if (auto it = reservations.find(id); it != reservations.end()) {
      world.reservations[id] = it->second;
      for (const auto& line : it->second.lines) needs.positions.insert(line.position);
    }
  needs.positions.insert(needs.new_positions.begin(), needs.new_positions.end());
  copy_known(positions, needs.positions, world.positions);
  for (const auto& key : needs.new_positions)
    if (!positions.contains(key)) world.positions.try_emplace(key).first->second.key = key;
  copy_known(movements, needs.movements, world.movements);
  for (const auto& [key, row] : movements)
    if (needs.oldest_of.contains(key.position) ||
        (needs.movements_of.contains(key.position) && above_snapshot(row, positions.at(key.position))))
      world.movements[key] = row;
  for (const auto& [key, row] : early)
    if (needs.early_at.contains(key.position)) world.early[key] = row;
  for (const auto& key : needs.promised_at) world.promised[key] = {};
  for (const auto& key : needs.netted_at) world.at_warehouse[key] = {};
  for (const auto& [id, order] : orders)
    for (const auto& line : order.lines)
      for (const auto& commitment : line.commitments) {
        if (!commitment.quantity.positive()) continue;
        if (needs.promised_at.contains(commitment.position) && commitment.demand().positive())
          world.promised[commitment.position].push_back({commitment.version, {id, order.source, order.order_number}});
        for (const auto& row : order.warehouse_orders)
          if (row.id == commitment.warehouse_order && needs.netted_at.contains(commitment.position))
            world.at_warehouse[commitment.position].push_back({row.created_at, row.state, commitment.demand()});
      }
  for (const auto& customer : needs.exposures) world.exposures.try_emplace(customer, ExposureRow{customer, {}, "", Mark::clean});
  copy_known(exposures, needs.exposures, world.exposures);
}

World Books::load(const std::vector<Request*>& batch, Needs& needs) const {
  World world(now, rules, locations);
  for (;;) {
    for (const auto* request : batch) request->ask(world, needs);
    Needs before = needs;
    fill(world, needs);
    for (const auto* request : batch) request->ask(world, needs);
    if (before.covers(needs)) return world;
  }
}

std::set<std::string> Books::due_in(const World& world, const Needs& asked) const {
  std::set<std::string> due;
  for (const auto& [id, row] : reservations) {
    if (!row.live() || row.expires_at > now || asked.reservations.contains(id)) continue;
    for (const auto& line : row.lines) {
      auto position = world.positions.find(line.position);
      if (position == world.positions.end() || !line.granted.positive()) continue;
      // As the store does: only where the position says that something is due.
      if (position->second.earliest_expiry && *position->second.earliest_expiry <= now) due.insert(id);
    }
  }
  return due;
}

void Books::decide(const std::vector<Request*>& batch) {
  Needs needs;
  for (int beginning = 0; beginning < 20; ++beginning) {
    Needs asked;
    World world = load(batch, needs);
    world.only_promises = std::all_of(batch.begin(), batch.end(), [](const Request* each) { return each->only_promises(); });
    for (const auto* request : batch) request->ask(world, asked);
    auto due = due_in(world, asked);
    std::size_t known = needs.reservations.size();
    needs.reservations.insert(due.begin(), due.end());
    if (needs.reservations.size() != known) continue;
    for (auto& [key, row] : world.positions) {
      if (!row.earliest_expiry || *row.earliest_expiry > now) continue;
      row.earliest_expiry.reset();
      row.mark = Mark::changed;
      for (const auto& [id, reservation] : reservations)
        for (const auto& line : reservation.lines)
          if (reservation.live() && line.position == key && line.granted.positive() && !due.contains(id))
            row.earliest_expiry = std::min(row.earliest_expiry.value_or(reservation.expires_at), reservation.expires_at);
    }
    for (const auto& id : due) expire(world, *world.reservation(id));
    for (auto* request : batch) request->decide(world);
    if (!needs.covers(world.missing)) {
      needs.add(world.missing);
      continue;
    }
    write(world);
    return;
  }
  ADD_FAILURE() << "a batch kept asking for more";
}

namespace {
template <class Rows, class Row, class Key>
void put(Rows& rows, const Key& key, const Row& row, const char* what) {
  if (row.mark == Mark::clean) return;
  if (row.mark == Mark::created && rows.contains(key)) ADD_FAILURE() << what << " is made twice";
  if (row.mark == Mark::changed && !rows.contains(key)) ADD_FAILURE() << what << " is changed but was never made";
  auto& stored = rows.insert_or_assign(key, row).first->second;
  stored.mark = Mark::clean;
}

/// Marks count row by row: what is not marked is not written.
void put_order(std::map<std::string, OrderRow>& orders, const OrderRow& row) {
  if (row.mark == Mark::clean) return;
  if (row.mark == Mark::created) {
    ASSERT_FALSE(orders.contains(row.id));
    orders[row.id] = row;
  }
  auto& stored = orders.at(row.id);
  auto lines = stored.lines;
  auto warehouse_orders = stored.warehouse_orders;
  stored = row;
  stored.lines = std::move(lines);
  stored.warehouse_orders = std::move(warehouse_orders);
  for (std::size_t i = 0; i < row.lines.size(); ++i) {
    auto commitments = stored.lines[i].commitments;
    if (row.lines[i].mark != Mark::clean) stored.lines[i] = row.lines[i];
    stored.lines[i].commitments = std::move(commitments);
    for (std::size_t c = 0; c < row.lines[i].commitments.size(); ++c)
      if (row.lines[i].commitments[c].mark != Mark::clean) stored.lines[i].commitments[c] = row.lines[i].commitments[c];
  }
  for (std::size_t i = 0; i < row.warehouse_orders.size(); ++i) {
    if (i == stored.warehouse_orders.size()) stored.warehouse_orders.push_back(row.warehouse_orders[i]);
    if (row.warehouse_orders[i].mark != Mark::clean) stored.warehouse_orders[i] = row.warehouse_orders[i];
  }
  stored.mark = Mark::clean;
  for (auto& line : stored.lines) {
    line.mark = Mark::clean;
    for (auto& commitment : line.commitments) commitment.mark = Mark::clean;
  }
  for (auto& warehouse_order : stored.warehouse_orders) warehouse_order.mark = Mark::clean;
}
}  // namespace

namespace {
/// What a batch that says only_promises does not write back must not have changed.
void expect_only_promises(PositionRow before, const PositionRow& after) {
  before.version = after.version;
  before.profile.demand = after.profile.demand;
  before.earliest_expiry = after.earliest_expiry;
  before.mark = after.mark;
  EXPECT_TRUE(before == after) << after.key.sku << " changed beyond what is promised of it";
}
}  // namespace

void Books::write(const World& world) {
  for (const auto& [id, row] : world.keys) put(keys, id, row, "a key");
  for (const auto& [id, row] : world.master) put(master, id, row, "a document");
  for (const auto& [id, row] : world.orders) put_order(orders, row);
  for (const auto& [key, row] : world.positions) {
    if (!positions.contains(key)) positions[key].key = key;  // made by new_positions
    if (world.only_promises) expect_only_promises(positions.at(key), row);
    put(positions, key, row, "a position");
  }
  for (const auto& [key, row] : world.movements) {
    if (row.mark == Mark::gone && movements.erase(key) == 0) ADD_FAILURE() << "a movement goes that was not there";
    if (row.mark == Mark::gone) continue;
    put(movements, key, row, "a movement");
    if (row.mark == Mark::created) movements.at(key).seen_at = now;
  }
  for (const auto& [id, row] : world.reservations) put(reservations, id, row, "a reservation");
  for (const auto& [number, row] : world.shipments) put(shipments, number, row, "a shipment");
  for (const auto& [customer, row] : world.exposures) {
    exposures.try_emplace(customer, ExposureRow{customer, {}, "", Mark::clean});
    put(exposures, customer, row, "an exposure");
  }
  for (const auto& [location, row] : world.stock_feeds) put(stock_feeds, location, row, "a stock feed");
  for (const auto& row : world.awaited) {
    if (row.mark == Mark::clean) continue;
    std::erase_if(awaited, [&](const AwaitedRow& old) {
      return std::tie(old.source, old.number, old.line, old.part) == std::tie(row.source, row.number, row.line, row.part);
    });
    if (row.quantity.is_zero()) continue;
    awaited.push_back(row);
    awaited.back().mark = Mark::clean;
  }
  for (const auto& [key, row] : world.early) {
    if (row.mark == Mark::clean) continue;
    early.erase(key);
    if (row.quantity.positive()) early.emplace(key, row).first->second.mark = Mark::clean;
  }
  outgoing.insert(outgoing.end(), world.outgoing.begin(), world.outgoing.end());
  journal.insert(journal.end(), world.journal.begin(), world.journal.end());
  waiting.insert(waiting.end(), world.waiting.begin(), world.waiting.end());
}

promise::Schedule demand_of(const Books& books, const PositionKey& key) {
  promise::Schedule demand;
  for (const auto& [id, order] : books.orders)
    for (const auto& line : order.lines)
      for (const auto& commitment : line.commitments)
        if (commitment.position == key) demand.add(commitment.date, commitment.demand());
  for (const auto& row : books.awaited)
    if (row.position == key) demand.add(row.date, row.demand);
  for (const auto& [id, reservation] : books.reservations)
    for (const auto& line : reservation.lines)
      if (reservation.live() && line.position == key) demand.add(line.date, line.granted);
  return demand;
}

std::string Books::broken_invariant() const {
  for (const auto& [key, row] : positions)
    if (row.profile.demand != demand_of(*this, key))
      return "demand of " + key.sku + "@" + key.location + " is " + row.profile.demand.text() + ", its record says " +
             demand_of(*this, key).text();
  for (const auto& [id, order] : orders)
    for (const auto& line : order.lines) {
      if (line.ordered + line.over_shipped != line.open + line.committed + line.backordered + line.awaited + line.consumed + line.cancelled)
        return "line invariant of " + order.order_number;
      for (auto figure : {line.over_shipped, line.open, line.committed, line.backordered, line.awaited, line.consumed, line.cancelled})
        if (figure.negative()) return "a negative figure in " + order.order_number;
      Decimal committed, waits;
      for (const auto& commitment : line.commitments) {
        committed += commitment.quantity;
        if (commitment.effected.negative() || commitment.effected > commitment.quantity)
          return "effected beyond its commitment in " + order.order_number;
      }
      for (const auto& row : awaited)
        if (row.order_id == id && row.order_line == line.line) waits += row.quantity;
      if (committed != line.committed) return "commitments of " + order.order_number;
      if (waits != line.awaited) return "awaited effects of " + order.order_number;
    }
  for (const auto& [id, reservation] : reservations)
    for (const auto& line : reservation.lines) {
      if (!reservation.live() || !line.granted.positive()) continue;
      const auto& expiry = positions.at(line.position).earliest_expiry;
      if (!expiry || *expiry > reservation.expires_at) return "the earliest expiry of " + line.position.sku + " misses a hold";
    }
  std::map<std::string, Decimal> pending;
  for (const auto& [id, order] : orders) pending[order.customer] += order.exposure;
  for (const auto& [customer, row] : exposures)
    if (row.amount != pending[customer]) return "pending exposure of " + customer;
  return {};
}

}  // namespace crossdock::ledger
