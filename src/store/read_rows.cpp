// Orders and reservations with all that hangs on them, for the loader and for readers.
#include <algorithm>
#include <unordered_map>

#include "store/load_parts.hpp"
#include "store/loader.hpp"
#include "store/rows.hpp"

namespace crossdock::store {

using namespace ledger;
using postgres::Row;
using postgres::TextArray;
using postgres::Transaction;
using postgres::UuidArray;

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

namespace {

/// Lines, commitments and warehouse orders of orders that are there already.
template <class Find>
void read_parts(Transaction& tx, const UuidArray& ids, Find find) {
  auto take_lines = [&](const Row& row) { find(row.text(0)).lines.push_back(line_from(row)); };
  auto take_commitments = [&](const Row& row) {
    auto commitment = commitment_from(row);
    auto& lines = find(commitment.order_id).lines;
    auto line = std::find_if(lines.begin(), lines.end(), [&](const LineRow& each) { return each.line == commitment.line; });
    if (line != lines.end()) line->commitments.push_back(std::move(commitment));
  };
  auto take_warehouse_orders = [&](const Row& row) { find(row.text(1)).warehouse_orders.push_back(warehouse_order_from(row)); };
  auto take_their_lines = [&](const Row& row) {
    for (auto& warehouse_order : find(row.text(1)).warehouse_orders)
      if (warehouse_order.id == row[0])
        warehouse_order.lines.push_back(
            {static_cast<int>(row.integer(2)), static_cast<int>(row.integer(3)), row.text(4), row.decimal(5), row.decimal(6)});
  };
  tx.ask("order_lines", take_lines, ids);
  tx.ask("commitments", take_commitments, ids);
  tx.ask("warehouse_orders", take_warehouse_orders, ids);
  tx.ask("warehouse_order_lines", take_their_lines, ids);
  tx.settle();
}

}  // namespace

void read_order_parts(Transaction& tx, const UuidArray& ids, World& world) {
  read_parts(tx, ids, [&world](const std::string& id) -> OrderRow& { return world.orders.at(id); });
}

std::vector<OrderRow> read_orders(Transaction& tx, const std::vector<std::string>& ids) {
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

std::vector<ReservationRow> read_reservations(Transaction& tx, const std::vector<std::string>& ids) {
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
