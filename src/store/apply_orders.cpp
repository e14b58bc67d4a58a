#include "store/apply_parts.hpp"
#include "store/loader.hpp"
#include "store/rows.hpp"

namespace crossdock::store {

using namespace ledger;
using namespace postgres;

namespace {

template <class F>
void each_order(const World& world, F f) {
  for (const auto& [id, order] : world.orders)
    if (order.mark != Mark::clean) f(order);
}

void insert_orders(Transaction& tx, const World& world) {
  UuidArray id;
  TextArray source, number, status, fulfilment, financial, customer, po, head, holds, verdict;
  BytesArray fingerprint;
  IntegerArray revision;
  DecimalArray exposure;
  InstantArray created, updated;
  DateArray due;
  each_order(world, [&](const OrderRow& order) {
    if (order.mark != Mark::created) return;
    id.add(order.id), source.add(order.source), number.add(order.order_number), fingerprint.add(bytes_of(order.fingerprint));
    revision.add(order.revision), status.add(to_text(order.order_status)), fulfilment.add(to_text(order.fulfilment_status));
    financial.add(to_text(order.financial_status)), customer.add(order.customer), po.add(order.customer_po), head.add(order.head);
    holds.add(holds_text(order.holds)), verdict.add(order.verdict), exposure.add(order.exposure), created.add(order.created_at);
    updated.add(order.updated_at), due.add(order.release_due);
  });
  if (id.empty()) return;
  tx.send("insert_orders", id, source, number, fingerprint, revision, status, fulfilment, financial, customer, po, head, holds, verdict,
          exposure, created, updated, due);
}

void update_orders(Transaction& tx, const World& world) {
  UuidArray id;
  TextArray status, fulfilment, financial, holds;
  IntegerArray revision;
  DecimalArray exposure;
  InstantArray updated;
  DateArray due;
  each_order(world, [&](const OrderRow& order) {
    if (order.mark != Mark::changed) return;
    id.add(order.id), revision.add(order.revision), status.add(to_text(order.order_status)),
        fulfilment.add(to_text(order.fulfilment_status));
    financial.add(to_text(order.financial_status)), holds.add(holds_text(order.holds)), exposure.add(order.exposure);
    updated.add(order.updated_at), due.add(order.release_due);
  });
  if (!id.empty()) tx.send("update_orders", id, revision, status, fulfilment, financial, holds, exposure, updated, due);
}

void insert_lines(Transaction& tx, const World& world) {
  UuidArray order_id;
  IntegerArray number, place, numerator, denominator;
  TextArray sku, body, uom;
  DecimalArray ordered, over, open, committed, backordered, awaited, consumed, cancelled;
  each_order(world, [&](const OrderRow& order) {
    for (const auto& line : order.lines) {
      if (line.mark != Mark::created) continue;
      order_id.add(order.id), number.add(line.line), place.add(line.place), sku.add(line.sku), body.add(line.body), uom.add(line.base_uom);
      numerator.add(line.factor.numerator), denominator.add(line.factor.denominator), ordered.add(line.ordered),
          over.add(line.over_shipped);
      open.add(line.open), committed.add(line.committed), backordered.add(line.backordered), awaited.add(line.awaited);
      consumed.add(line.consumed), cancelled.add(line.cancelled);
    }
  });
  if (!order_id.empty())
    tx.send("insert_lines", order_id, number, place, sku, body, uom, numerator, denominator, ordered, over, open, committed, backordered,
            awaited, consumed, cancelled);
}

void update_lines(Transaction& tx, const World& world) {
  UuidArray order_id;
  IntegerArray number;
  DecimalArray over, open, committed, backordered, awaited, consumed, cancelled, shorted;
  each_order(world, [&](const OrderRow& order) {
    for (const auto& line : order.lines) {
      if (line.mark != Mark::changed) continue;
      order_id.add(order.id), number.add(line.line), over.add(line.over_shipped), open.add(line.open), committed.add(line.committed);
      backordered.add(line.backordered), awaited.add(line.awaited), consumed.add(line.consumed), cancelled.add(line.cancelled);
      shorted.add(line.shorted);
    }
  });
  if (!order_id.empty())
    tx.send("update_lines", order_id, number, over, open, committed, backordered, awaited, consumed, cancelled, shorted);
}

void put_commitments(Transaction& tx, const World& world, Mark mark) {
  UuidArray order_id, warehouse_order;
  IntegerArray line_number, number, version;
  TextArray sku, location;
  DateArray date;
  DecimalArray quantity, effected;
  each_order(world, [&](const OrderRow& order) {
    for (const auto& line : order.lines)
      for (const auto& row : line.commitments) {
        if (row.mark != mark) continue;
        order_id.add(order.id), line_number.add(line.line), number.add(row.number), sku.add(row.position.sku),
            location.add(row.position.location);
        date.add(row.date), quantity.add(row.quantity), effected.add(row.effected), version.add(row.version);
        if (row.warehouse_order.empty())
          warehouse_order.add_null();
        else
          warehouse_order.add(row.warehouse_order);
      }
  });
  if (order_id.empty()) return;
  if (mark == Mark::created)
    tx.send("insert_commitments", order_id, line_number, number, sku, location, date, quantity, effected, version, warehouse_order);
  else
    tx.send("update_commitments", order_id, line_number, number, quantity, effected, warehouse_order);
}

void insert_warehouse_orders(Transaction& tx, const World& world) {
  UuidArray id, order_id, line_of;
  TextArray location, state, sku;
  IntegerArray sequence, line_number, order_line;
  DateArray date;
  InstantArray created;
  DecimalArray quantity, shipped;
  each_order(world, [&](const OrderRow& order) {
    for (const auto& row : order.warehouse_orders) {
      if (row.mark != Mark::created) continue;
      id.add(row.id), order_id.add(order.id), location.add(row.location), sequence.add(row.sequence), state.add(row.state);
      date.add(row.ship_date), created.add(row.created_at);
      for (const auto& line : row.lines) {
        line_of.add(row.id), line_number.add(line.line), order_line.add(line.order_line), sku.add(line.sku), quantity.add(line.quantity);
        shipped.add(line.shipped);
      }
    }
  });
  if (id.empty()) return;
  tx.send("insert_warehouse_orders", id, order_id, location, sequence, state, date, created);
  tx.send("insert_warehouse_order_lines", line_of, line_number, order_line, sku, quantity, shipped);
}

void update_warehouse_orders(Transaction& tx, const World& world) {
  UuidArray id, line_of;
  TextArray state;
  IntegerArray line_number;
  DecimalArray shipped;
  each_order(world, [&](const OrderRow& order) {
    for (const auto& row : order.warehouse_orders) {
      if (row.mark != Mark::changed) continue;
      id.add(row.id), state.add(row.state);
      for (const auto& line : row.lines) line_of.add(row.id), line_number.add(line.line), shipped.add(line.shipped);
    }
  });
  if (id.empty()) return;
  tx.send("update_warehouse_orders", id, state);
  tx.send("update_warehouse_order_lines", line_of, line_number, shipped);
}

}  // namespace

void put_orders(Transaction& tx, const World& world) {
  insert_orders(tx, world);
  update_orders(tx, world);
  insert_lines(tx, world);
  update_lines(tx, world);
  put_commitments(tx, world, Mark::created);
  put_commitments(tx, world, Mark::changed);
  insert_warehouse_orders(tx, world);
  update_warehouse_orders(tx, world);
}

}  // namespace crossdock::store
