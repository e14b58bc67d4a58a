#include "store/load_parts.hpp"
#include "store/rows.hpp"

namespace crossdock::store {

using namespace ledger;
using postgres::IntegerArray;
using postgres::Row;
using postgres::TextArray;
using postgres::Transaction;

namespace {

auto keep_movement(World& world) {
  return [&world](const Row& row) {
    auto movement = movement_from(row);
    world.movements[movement.key] = std::move(movement);
  };
}

void read_movements(Transaction& tx, World& world, const std::vector<MovementKey>& keys) {
  TextArray sku, location, discriminator;
  IntegerArray epoch, sequence;
  for (const auto& key : keys) {
    sku.add(key.position.sku), location.add(key.position.location), discriminator.add(key.discriminator);
    epoch.add(key.sequence.epoch), sequence.add(key.sequence.number);
  }
  tx.ask("movements", keep_movement(world), sku, location, epoch, sequence, discriminator);
}

void read_movements_of(Transaction& tx, World& world, const Pairs& keys) {
  tx.ask("movements_of", keep_movement(world), keys.first, keys.second);
}

void read_oldest(Transaction& tx, World& world, const Pairs& keys) {
  auto take = [&world](const Row& row) {
    auto movement = movement_from(row);
    movement.seen_at = row.instant(11);
    world.movements[movement.key] = std::move(movement);
  };
  tx.ask("oldest_of", take, keys.first, keys.second);
}

void read_early(Transaction& tx, World& world, const Pairs& keys) {
  auto take = [&world](const Row& row) {
    auto early = early_from(row);
    world.early[early.key] = std::move(early);
  };
  tx.ask("early_at", take, keys.first, keys.second);
}

void read_promised(Transaction& tx, World& world, const Pairs& keys) {
  auto take = [&world](const Row& row) {
    world.promised[{row.text(0), row.text(1)}].push_back({row.integer(5), OrderRef{row.text(2), row.text(3), row.text(4)}});
  };
  tx.ask("promised_at", take, keys.first, keys.second);
}

void read_at_warehouse(Transaction& tx, World& world, const Pairs& keys) {
  auto take = [&world](const Row& row) {
    world.at_warehouse[{row.text(0), row.text(1)}].push_back(AtWarehouseRow{row.instant(2), row.text(3), row.decimal(4)});
  };
  tx.ask("netted_at", take, keys.first, keys.second);
}

void lock_exposures(Transaction& tx, World& world, const std::vector<std::string>& customers, const std::vector<std::string>& made) {
  auto wanted = texts(customers);
  if (!made.empty()) tx.send("new_exposures", texts(made));
  auto take = [&world](const Row& row) {
    world.exposures[row.text(0)] = ExposureRow{row.text(0), row.decimal(1), row.text(2), Mark::clean};
  };
  tx.ask("exposures", take, wanted);
}

void read_purchase_orders(Transaction& tx, World& world, const Pairs& used) {
  auto take = [&world](const Row& row) { world.purchase_orders[{row.text(0), row.text(1)}].emplace_back(row.text(2), row.text(3)); };
  tx.ask("purchase_orders", take, used.first, used.second);
}

}  // namespace

bool read_dependants(Transaction& tx, World& world, const Needs& needs, Needs& done) {
  bool any = false;
  auto each = [&any](const auto& asked, auto& of, auto read) {
    auto keys = fresh(asked, of);
    if (keys.empty()) return;
    any = true;
    read(keys);
  };
  each(needs.movements, done.movements, [&](const auto& keys) { read_movements(tx, world, keys); });
  each(needs.movements_of, done.movements_of, [&](const auto& keys) { read_movements_of(tx, world, Pairs(keys)); });
  each(needs.oldest_of, done.oldest_of, [&](const auto& keys) { read_oldest(tx, world, Pairs(keys)); });
  each(needs.early_at, done.early_at, [&](const auto& keys) { read_early(tx, world, Pairs(keys)); });
  each(needs.promised_at, done.promised_at, [&](const auto& keys) {
    for (const auto& key : keys) world.promised[key];  // looked for, though perhaps nobody is promised anything
    read_promised(tx, world, Pairs(keys));
  });
  each(needs.netted_at, done.netted_at, [&](const auto& keys) { read_at_warehouse(tx, world, Pairs(keys)); });
  each(needs.exposures, done.exposures,
       [&](const auto& customers) { lock_exposures(tx, world, customers, fresh(needs.new_exposures, done.new_exposures)); });
  // Under its customer's lock: of two orders with one number the second sees the first.
  each(needs.purchase_orders, done.purchase_orders, [&](const auto& used) { read_purchase_orders(tx, world, Pairs(used)); });
  return any;
}

}  // namespace crossdock::store
