#include "store/verify.hpp"

#include <map>

#include "ledger/master.hpp"
#include "ledger/rows.hpp"
#include "promise/profile.hpp"

namespace crossdock::store {

using namespace postgres;
using promise::PositionKey;

namespace {

struct Stock {
  promise::Schedule supply, demand;
  Decimal safety;
};

std::string subject_of(const PositionKey& key) { return key.location + "|" + key.sku; }

/// A query whose rows (subject, detail) are the differences.
Verified by_query(Transaction& tx, const char* invariant, const char* says, const char* count, const char* differences) {
  Verified out{invariant, says, 0, {}};
  out.checked = static_cast<std::size_t>(tx.execute(count)[0].integer(0));
  for (auto row : tx.execute(differences)) out.differences.push_back({invariant, row.text(0), row.text(1)});
  return out;
}

Verified line_figures(Transaction& tx) {
  return by_query(
      tx, "line_figures", "ordered + over_shipped = open + committed + backordered + shipped + cancelled on every order line",
      "select count(*) from order_line",
      "select order_id || '/' || line, 'ordered ' || ordered || ', the parts add up to ' || (open + committed + backordered + awaited + "
      "consumed + cancelled - over_shipped) from order_line where ordered + over_shipped <> open + committed + backordered + awaited + "
      "consumed + cancelled limit 100");
}

Verified line_commitments(Transaction& tx) {
  return by_query(
      tx, "line_commitments", "a line's committed quantity is the sum of its commitments", "select count(*) from order_line",
      "select l.order_id || '/' || l.line, 'committed ' || l.committed || ', commitments ' || coalesce(sum(c.quantity), 0) from order_line "
      "l left join commitment c on (c.order_id, c.line) = (l.order_id, l.line) group by l.order_id, l.line, l.committed having "
      "l.committed <> coalesce(sum(c.quantity), 0) limit 100");
}

Verified line_effects(Transaction& tx) {
  return by_query(
      tx, "line_effects", "a line's shipped quantity without stock effect is the sum of its awaited effects",
      "select count(*) from order_line",
      "select l.order_id || '/' || l.line, 'awaited ' || l.awaited || ', effects ' || coalesce(sum(w.quantity), 0) from order_line l "
      "left join awaited_effect w on (w.order_id, w.order_line) = (l.order_id, l.line) group by l.order_id, l.line, l.awaited having "
      "l.awaited <> coalesce(sum(w.quantity), 0) limit 100");
}

Verified feed_accounts(Transaction& tx) {
  return by_query(
      tx, "feed_accounts", "applied + superseded + duplicate + waiting + dead = records read, of each feed partition",
      "select count(*) from feed_cursor",
      "select topic || '/' || partition, 'read ' || (next - start) || ' offsets, accounted for ' || (applied + superseded + duplicate + "
      "waiting + dead) from feed_cursor where next >= 0 and applied + superseded + duplicate + waiting + dead > next - start limit 100");
}

Verified data_gaps(Transaction& tx) {
  return by_query(tx, "data_gaps", "no feed partition has a data gap", "select count(*) from feed_cursor",
                  "select topic || '/' || partition, gap from feed_cursor where gap <> '' limit 100");
}

Verified released_orders(Transaction& tx) {
  return by_query(
      tx, "released_orders", "what a warehouse was told covers what it still has to send, and every warehouse order is known",
      "select count(*) from warehouse_order_line",
      "select c.order_id || '/' || c.line, 'to send ' || sum(c.quantity) || ' by warehouse order ' || c.warehouse_order || ', told ' || "
      "coalesce(max(t.told), 0) from commitment c left join (select warehouse_order, order_line, sum(quantity) as told from "
      "warehouse_order_line group by warehouse_order, order_line) t on (t.warehouse_order, t.order_line) = (c.warehouse_order, c.line) "
      "where c.warehouse_order is not null group by c.order_id, c.line, c.warehouse_order having sum(c.quantity) > "
      "coalesce(max(t.told), 0) or count(t.told) = 0 limit 100");
}

Verified pending_exposures(Transaction& tx) {
  return by_query(
      tx, "pending_exposures", "a customer's pending exposure is the sum over its orders", "select count(*) from pending_exposure",
      "select coalesce(e.customer, o.customer), 'pending ' || coalesce(e.amount, 0) || ', orders ' || coalesce(o.amount, 0) from "
      "pending_exposure e full join (select customer, sum(exposure) as amount from sales_order group by customer) o on o.customer = "
      "e.customer where coalesce(e.amount, 0) <> coalesce(o.amount, 0) limit 100");
}

void add_demand(Transaction& tx, std::map<PositionKey, Stock>& stock) {
  const char* demand =
      "select sku, location, date, quantity - effected from commitment where quantity > effected union all select sku, location, date, "
      "demand from "
      "awaited_effect where demand > 0 union all select l.sku, l.location, l.date, l.granted from reservation_line l join reservation r on "
      "r.id = "
      "l.reservation_id and r.state in ('created', 'updated') where l.granted > 0";
  for (auto row : tx.execute(demand)) stock[{row.text(0), row.text(1)}].demand.add(row.date(2), row.decimal(3));
}

void add_master(Transaction& tx, std::map<PositionKey, Stock>& stock) {
  for (auto row : tx.execute("select kind, body from master where kind in ('item', 'supply')"))
    for (const auto& share : ledger::shares_of(row.text(0), row.text(1))) {
      auto& at = stock[share.key];
      if (share.safety_stock) at.safety = *share.safety_stock;
      for (const auto& [date, quantity] : share.supply.entries()) at.supply.add(date, quantity);
    }
}

/// The position's profile recomputed from the rows it sums up.
Verified position_profiles(Transaction& tx) {
  Verified out{"position_profiles",
               "each position's demand, supply and safety stock are those of its commitments, holds, effects and documents",
               0,
               {}};
  std::map<PositionKey, Stock> expected;
  add_demand(tx, expected);
  add_master(tx, expected);
  for (auto row : tx.execute("select sku, location, supply, demand, safety_stock from position")) {
    ++out.checked;
    PositionKey key{row.text(0), row.text(1)};
    auto& want = expected[key];
    auto differs = [&](const char* what, const std::string& has, const std::string& should) {
      if (has != should)
        out.differences.push_back({out.invariant, subject_of(key), std::string(what) + " is '" + has + "', should be '" + should + "'"});
    };
    differs("demand", row.text(3), want.demand.text());
    differs("supply", row.text(2), want.supply.text());
    differs("safety stock", row.decimal(4).text(), want.safety.text());
    expected.erase(key);
  }
  for (const auto& [key, want] : expected)
    if (!want.demand.empty() || !want.supply.empty() || !want.safety.is_zero())
      out.differences.push_back({out.invariant, subject_of(key), "there is no position, but something is promised or expected there"});
  return out;
}

/// What was counted since the last snapshot: the position has seen every movement above it, once.
Verified position_movements(Transaction& tx) {
  return by_query(
      tx, "position_movements", "a position counts as many movements as are stored above its snapshot or were folded since",
      "select count(*) from position",
      "select p.location || '|' || p.sku, 'counts ' || p.moves || ' movements, stored ' || count(m.*) || ', folded ' || p.folded from "
      "position p left join movement m "
      "on (m.sku, m.location) = (p.sku, p.location) and m.epoch = p.snap_epoch and m.sequence > p.snap_sequence where p.snap_sequence >= 0 "
      "group by p.sku, p.location having p.moves <> count(m.*) + p.folded limit 100");
}

/// The fold of what its owner reported: the last snapshot and the movements that it does not contain (MovementRow::counts). Those beyond
/// the lateness horizon are in snap_on_hand and snap_unavailable.
Verified position_stock(Transaction& tx) {
  return by_query(
      tx, "position_stock", "a position's stock is its last snapshot and the movements after it", "select count(*) from position",
      "select p.location || '|' || p.sku, 'on hand ' || p.on_hand || ', events make ' || (p.snap_on_hand + coalesce(sum(m.delta), 0)) || "
      "'; unavailable ' || p.unavailable || ', events make ' || (p.snap_unavailable + coalesce(sum(m.unavailable_delta), 0)) "
      "from position p left join movement m on (m.sku, m.location) = (p.sku, p.location) and case when m.epoch = -1 then m.occurred_at >= "
      "coalesce(p.snap_as_of, '-infinity') else (m.epoch, m.sequence) > (p.snap_epoch, p.snap_sequence) end group by p.sku, p.location "
      "having p.on_hand <> p.snap_on_hand + coalesce(sum(m.delta), 0) or p.unavailable <> p.snap_unavailable + "
      "coalesce(sum(m.unavailable_delta), 0) limit 100");
}

}  // namespace

Attempt<std::vector<Verified>> verify(Connection& connection) {
  return transact(
      connection,
      [](Transaction& tx) {
        std::vector<Verified> all;
        all.push_back(line_figures(tx));
        all.push_back(line_commitments(tx));
        all.push_back(line_effects(tx));
        all.push_back(position_profiles(tx));
        all.push_back(position_movements(tx));
        all.push_back(position_stock(tx));
        all.push_back(released_orders(tx));
        all.push_back(pending_exposures(tx));
        all.push_back(feed_accounts(tx));
        all.push_back(data_gaps(tx));
        return all;
      },
      Isolation::repeatable_read_read_only);
}

}  // namespace crossdock::store
