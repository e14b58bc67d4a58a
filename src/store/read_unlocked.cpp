#include "store/load_parts.hpp"
#include "store/rows.hpp"

namespace crossdock::store {

using namespace ledger;
using postgres::Row;
using postgres::TextArray;
using postgres::Transaction;

namespace {

void read_keys(Transaction& tx, World& world, const std::vector<IdempotencyId>& keys) {
  TextArray client, call, key;
  for (const auto& id : keys) client.add(id.client), call.add(id.call), key.add(id.key);
  auto take = [&world](const Row& row) {
    auto known = key_from(row);
    world.keys[known.id] = std::move(known);
  };
  tx.ask("keys", take, client, call, key);
}

void read_master(Transaction& tx, World& world, const std::vector<MasterId>& ids, const char* statement) {
  Pairs pairs(ids);
  for (const auto& id : ids) world.master.try_emplace(id, MasterRow{id, 0, {}, Mark::clean});
  auto take = [&world](const Row& row) {
    MasterId id{row.text(0), row.text(1)};
    world.master[id] = MasterRow{id, row.integer(2), row.text(3), Mark::clean};
  };
  tx.ask(statement, take, pairs.first, pairs.second);
}

void read_order_numbers(Transaction& tx, World& world, const std::vector<SourceNumber>& numbers) {
  Pairs pairs(numbers);
  auto take = [&world](const Row& row) { world.order_numbers[{row.text(0), row.text(1)}] = row.text(2); };
  tx.ask("order_numbers", take, pairs.first, pairs.second);
}

void read_shipments(Transaction& tx, World& world, const std::vector<SourceNumber>& numbers) {
  Pairs pairs(numbers);
  auto take = [&world](const Row& row) { world.shipments[{row.text(1), row.text(2)}] = shipment_from(row); };
  tx.ask("shipments", take, pairs.first, pairs.second);
}

void read_stock_feeds(Transaction& tx, World& world, const std::vector<std::string>& places) {
  auto take = [&world](const Row& row) {
    world.stock_feeds[row.text(0)] = StockFeedRow{row.text(0), row.text(1), row.text(2), row.text(3), row.instant(4), Mark::clean};
  };
  tx.ask("stock_feeds", take, texts(places));
}

}  // namespace

bool read_unlocked(Transaction& tx, World& world, const Needs& needs, Needs& done) {
  bool any = false;
  auto each = [&any](const auto& asked, auto& of, auto read) {
    auto keys = fresh(asked, of);
    if (keys.empty()) return;
    any = true;
    read(keys);
  };
  each(needs.keys, done.keys, [&](const auto& keys) { read_keys(tx, world, keys); });
  each(needs.parents, done.parents, [&](const auto& ids) { read_master(tx, world, ids, "master_read"); });
  each(needs.order_numbers, done.order_numbers, [&](const auto& numbers) { read_order_numbers(tx, world, numbers); });
  each(needs.warehouse_orders, done.warehouse_orders, [&](const auto& ids) {
    auto take = [&world](const Row& row) { world.warehouse_orders[row.text(0)] = row.text(1); };
    tx.ask("warehouse_order_ids", take, uuids(ids));
  });
  each(needs.shipments, done.shipments, [&](const auto& numbers) { read_shipments(tx, world, numbers); });
  each(needs.stock_feeds, done.stock_feeds, [&](const auto& places) { read_stock_feeds(tx, world, places); });
  // Last of all, so that a row that is read and to be changed ends as it was locked.
  each(needs.master, done.master, [&](const auto& ids) { read_master(tx, world, ids, "master"); });
  return any;
}

}  // namespace crossdock::store
