#include "store/apply_parts.hpp"

#include "store/loader.hpp"

namespace crossdock::store {

using namespace ledger;
using namespace postgres;

namespace {

void add_or_null(UuidArray& array, const std::string& id) {
  if (id.empty())
    array.add_null();
  else
    array.add(id);
}

void insert_reservations(Transaction& tx, const World& world) {
  UuidArray id, order_id, line_of;
  TextArray state, reference, policy, client, ext, sku, location, uom;
  InstantArray expires, created;
  IntegerArray line_number, numerator, denominator, version;
  DateArray date, asked;
  DecimalArray requested, granted;
  for (const auto& [key, row] : world.reservations) {
    if (row.mark != Mark::created) continue;
    id.add(key), state.add(to_text(row.state)), expires.add(row.expires_at), reference.add(row.reference), policy.add(row.policy);
    client.add(row.client), ext.add(row.ext), created.add(row.created_at), add_or_null(order_id, row.order_id);
    for (const auto& line : row.lines) {
      line_of.add(key), line_number.add(line.line), sku.add(line.position.sku), location.add(line.position.location), date.add(line.date);
      uom.add(line.uom), asked.add(line.asked_date), numerator.add(line.factor.numerator), denominator.add(line.factor.denominator);
      requested.add(line.requested), granted.add(line.granted), version.add(line.version);
    }
  }
  if (id.empty()) return;
  tx.send("insert_reservations", id, state, expires, reference, policy, client, order_id, created, ext);
  tx.send("insert_reservation_lines", line_of, line_number, sku, location, date, uom, asked, numerator, denominator, requested, granted,
          version);
}

void update_reservations(Transaction& tx, const World& world) {
  UuidArray id, order_id;
  TextArray state;
  InstantArray expires;
  for (const auto& [key, row] : world.reservations) {
    if (row.mark != Mark::changed) continue;
    id.add(key), state.add(to_text(row.state)), expires.add(row.expires_at), add_or_null(order_id, row.order_id);
  }
  if (!id.empty()) tx.send("update_reservations", id, state, expires, order_id);
}

void insert_shipments(Transaction& tx, const World& world) {
  UuidArray id, order_id;
  TextArray source, number, location, body;
  BytesArray fingerprint;
  InstantArray shipped, created;
  for (const auto& [key, row] : world.shipments) {
    if (row.mark != Mark::created) continue;
    id.add(row.id), source.add(row.source), number.add(row.number), fingerprint.add(bytes_of(row.fingerprint)), order_id.add(row.order_id);
    location.add(row.location), shipped.add(row.shipped_at), body.add(row.body), created.add(row.created_at);
  }
  if (id.empty()) return;
  tx.send("insert_shipments", id, source, number, fingerprint, order_id, location, shipped, body, created);
}

/// Keys of awaited effects, and the rest where it is wanted.
struct AwaitedColumns {
  TextArray source, number, sku, location;
  IntegerArray line, part, order_line;
  UuidArray order_id;
  DateArray date;
  InstantArray shipped;
  DecimalArray quantity, demand;
  void add(const AwaitedRow& row) {
    source.add(row.source), number.add(row.number), line.add(row.line), part.add(row.part), order_id.add(row.order_id);
    order_line.add(row.order_line), sku.add(row.position.sku), location.add(row.position.location), date.add(row.date);
    shipped.add(row.shipped_at), quantity.add(row.quantity), demand.add(row.demand);
  }
};

void put_awaited(Transaction& tx, const World& world) {
  AwaitedColumns made, changed, gone;
  for (const auto& row : world.awaited) {
    bool ended = row.quantity.is_zero();
    if (row.mark == Mark::created && !ended) made.add(row);
    if (row.mark == Mark::changed) (ended ? gone : changed).add(row);
  }
  if (!made.source.empty())
    tx.send("insert_awaited", made.source, made.number, made.line, made.part, made.order_id, made.order_line, made.sku, made.location,
            made.date, made.shipped, made.quantity, made.demand);
  if (!changed.source.empty())
    tx.send("update_awaited", changed.source, changed.number, changed.line, changed.part, changed.quantity, changed.demand);
  if (!gone.source.empty()) tx.send("delete_awaited", gone.source, gone.number, gone.line, gone.part);
}

void put_early(Transaction& tx, const World& world) {
  TextArray kind, source, number, sku, location, gone_kind, gone_source, gone_number, gone_sku, gone_location;
  IntegerArray line, gone_line;
  DecimalArray quantity;
  InstantArray seen;
  for (const auto& [key, row] : world.early) {
    if (row.mark == Mark::clean) continue;
    if (row.quantity.positive()) {
      kind.add(key.kind), source.add(key.source), number.add(key.number), line.add(key.line), sku.add(key.position.sku);
      location.add(key.position.location), quantity.add(row.quantity), seen.add(row.seen_at);
    } else {
      gone_kind.add(key.kind), gone_source.add(key.source), gone_number.add(key.number), gone_line.add(key.line);
      gone_sku.add(key.position.sku), gone_location.add(key.position.location);
    }
  }
  if (!kind.empty()) tx.send("put_early", kind, source, number, line, sku, location, quantity, seen);
  if (!gone_kind.empty()) tx.send("delete_early", gone_kind, gone_source, gone_number, gone_line, gone_sku, gone_location);
}

}  // namespace

void put_reservations(Transaction& tx, const World& world) {
  insert_reservations(tx, world);
  update_reservations(tx, world);
}

void put_shipments(Transaction& tx, const World& world) {
  insert_shipments(tx, world);
  put_awaited(tx, world);
  put_early(tx, world);
}

}  // namespace crossdock::store
