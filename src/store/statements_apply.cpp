#include "store/statements.hpp"

namespace crossdock::store {

namespace {

std::vector<postgres::Statement> write_identities() {
  return {
      {"put_keys",
       "insert into idempotency_key (client, call, key, fingerprint, status, headers, body) select * from unnest($1::text[], $2::text[], "
       "$3::text[], $4::bytea[], $5::int8[], $6::text[], $7::text[]) as a(client, call, key, fingerprint, status, headers, body) "
       "order by client collate \"C\", call collate \"C\", key collate \"C\""},
      {"insert_master",
       "insert into master (kind, id, version, body) select * from unnest($1::text[], $2::text[], $3::int8[], $4::text[]) "
       "as a(kind, id, version, body) order by kind collate \"C\", id collate \"C\""},
      {"update_master",
       "update master m set version = a.version, body = a.body from unnest($1::text[], $2::text[], $3::int8[], $4::text[]) "
       "as a(kind, id, version, body) where (m.kind, m.id) = (a.kind, a.id)"},
  };
}

std::vector<postgres::Statement> write_orders() {
  return {
      {"insert_orders",
       "insert into sales_order (id, source, order_number, fingerprint, revision, order_status, fulfilment_status, financial_status, "
       "customer, customer_po, head, holds, verdict, exposure, created_at, updated_at, release_due) select * from unnest($1::uuid[], "
       "$2::text[], $3::text[], $4::bytea[], $5::int8[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], "
       "$12::text[], $13::text[], $14::numeric[], $15::timestamptz[], $16::timestamptz[], $17::date[]) as a(id, source, order_number, "
       "fingerprint, revision, order_status, fulfilment_status, financial_status, customer, customer_po, head, holds, verdict, exposure, "
       "created_at, updated_at, release_due) order by source collate \"C\", order_number collate \"C\""},
      {"update_orders",
       "update sales_order o set revision = a.revision, order_status = a.order_status, fulfilment_status = a.fulfilment_status, "
       "financial_status = a.financial_status, holds = a.holds, exposure = a.exposure, updated_at = a.updated_at, "
       "release_due = a.release_due from unnest($1::uuid[], $2::int8[], $3::text[], $4::text[], $5::text[], $6::text[], $7::numeric[], "
       "$8::timestamptz[], $9::date[]) as a(id, revision, order_status, fulfilment_status, financial_status, holds, exposure, updated_at, "
       "release_due) where o.id = a.id"},
      {"insert_lines",
       "insert into order_line (order_id, line, place, sku, body, base_uom, numerator, denominator, ordered, over_shipped, open, "
       "committed, "
       "backordered, awaited, consumed, cancelled) select * from unnest($1::uuid[], $2::int8[], $3::int8[], $4::text[], $5::text[], "
       "$6::text[], $7::int8[], $8::int8[], $9::numeric[], $10::numeric[], $11::numeric[], $12::numeric[], $13::numeric[], $14::numeric[], "
       "$15::numeric[], $16::numeric[])"},
      {"update_lines",
       "update order_line l set over_shipped = a.over_shipped, open = a.open, committed = a.committed, backordered = a.backordered, "
       "awaited = a.awaited, consumed = a.consumed, cancelled = a.cancelled, shorted = a.shorted from unnest($1::uuid[], $2::int8[], "
       "$3::numeric[], $4::numeric[], $5::numeric[], $6::numeric[], $7::numeric[], $8::numeric[], $9::numeric[], $10::numeric[]) as "
       "a(order_id, line, over_shipped, open, committed, backordered, awaited, consumed, cancelled, shorted) where (l.order_id, l.line) = "
       "(a.order_id, a.line)"},
      {"insert_commitments",
       "insert into commitment (order_id, line, number, sku, location, date, quantity, effected, version, warehouse_order) select * from "
       "unnest($1::uuid[], $2::int8[], $3::int8[], $4::text[], $5::text[], $6::date[], $7::numeric[], $8::numeric[], $9::int8[], "
       "$10::uuid[])"},
      {"update_commitments",
       "update commitment c set quantity = a.quantity, effected = a.effected, warehouse_order = a.warehouse_order from unnest($1::uuid[], "
       "$2::int8[], $3::int8[], $4::numeric[], $5::numeric[], $6::uuid[]) as a(order_id, line, number, quantity, effected, "
       "warehouse_order) "
       "where (c.order_id, c.line, c.number) = (a.order_id, a.line, a.number)"},
  };
}

std::vector<postgres::Statement> write_warehouse_orders() {
  return {
      {"insert_warehouse_orders",
       "insert into warehouse_order (id, order_id, location, sequence, state, ship_date, created_at) select * from unnest($1::uuid[], "
       "$2::uuid[], $3::text[], $4::int8[], $5::text[], $6::date[], $7::timestamptz[])"},
      {"update_warehouse_orders",
       "update warehouse_order w set state = a.state from unnest($1::uuid[], $2::text[]) as a(id, state) where w.id = a.id"},
      {"insert_warehouse_order_lines",
       "insert into warehouse_order_line (warehouse_order, line, order_line, sku, quantity, shipped) select * from unnest($1::uuid[], "
       "$2::int8[], $3::int8[], $4::text[], $5::numeric[], $6::numeric[])"},
      {"update_warehouse_order_lines",
       "update warehouse_order_line w set shipped = a.shipped from unnest($1::uuid[], $2::int8[], $3::numeric[]) as a(id, line, shipped) "
       "where (w.warehouse_order, w.line) = (a.id, a.line)"},
  };
}

std::vector<postgres::Statement> write_positions() {
  return {
      {"update_positions",
       "update position p set version = a.version, on_hand = a.on_hand, unavailable = a.unavailable, safety_stock = a.safety_stock, "
       "supply = a.supply, demand = a.demand, earliest_expiry = a.earliest_expiry, owner = a.owner, snap_epoch = a.snap_epoch, "
       "snap_sequence = a.snap_sequence, snap_id = a.snap_id, snap_as_of = a.snap_as_of, last_epoch = a.last_epoch, "
       "last_sequence = a.last_sequence, moves = a.moves, gap_since = a.gap_since, suspect = a.suspect, snap_on_hand = a.snap_on_hand, "
       "snap_unavailable = a.snap_unavailable, marks = a.marks from unnest($1::text[], $2::text[], "
       "$3::int8[], $4::numeric[], $5::numeric[], $6::numeric[], $7::text[], $8::text[], $9::timestamptz[], $10::text[], $11::int8[], "
       "$12::int8[], $13::text[], $14::timestamptz[], $15::int8[], $16::int8[], $17::int8[], $18::timestamptz[], $19::text[], "
       "$20::numeric[], "
       "$21::numeric[], $22::int8[]) as a(sku, "
       "location, version, on_hand, unavailable, safety_stock, supply, demand, earliest_expiry, owner, snap_epoch, snap_sequence, snap_id, "
       "snap_as_of, last_epoch, last_sequence, moves, gap_since, suspect, snap_on_hand, snap_unavailable, marks) where (p.sku, p.location) "
       "= "
       "(a.sku, a.location)"},
      {"promise_positions",
       "update position p set version = a.version, demand = a.demand, earliest_expiry = a.earliest_expiry from unnest($1::text[], "
       "$2::text[], $3::int8[], $4::text[], $5::timestamptz[]) as a(sku, location, version, demand, earliest_expiry) where (p.sku, "
       "p.location) = (a.sku, a.location)"},
      {"insert_movements",
       "insert into movement (sku, location, epoch, sequence, discriminator, id, source, occurred_at, delta, unavailable_delta, reason) "
       "select * from unnest($1::text[], $2::text[], $3::int8[], $4::int8[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], "
       "$9::numeric[], $10::numeric[], $11::text[])"},
  };
}

std::vector<postgres::Statement> write_reservations() {
  return {
      {"insert_reservations",
       "insert into reservation (id, state, expires_at, reference, policy, client, order_id, created_at, ext) select * from "
       "unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::timestamptz[], $9::text[])"},
      {"update_reservations",
       "update reservation r set state = a.state, expires_at = a.expires_at, order_id = a.order_id from unnest($1::uuid[], $2::text[], "
       "$3::timestamptz[], $4::uuid[]) as a(id, state, expires_at, order_id) where r.id = a.id"},
      {"insert_reservation_lines",
       "insert into reservation_line (reservation_id, line, sku, location, date, uom, asked_date, numerator, denominator, requested, "
       "granted, version) select * from unnest($1::uuid[], $2::int8[], $3::text[], $4::text[], $5::date[], $6::text[], $7::date[], "
       "$8::int8[], $9::int8[], $10::numeric[], $11::numeric[], $12::int8[])"},
  };
}

std::vector<postgres::Statement> write_shipments() {
  return {
      {"insert_shipments",
       "insert into shipment (id, source, number, fingerprint, order_id, location, shipped_at, body, created_at) select * from "
       "unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::uuid[], $6::text[], $7::timestamptz[], $8::text[], $9::timestamptz[]) "
       "as "
       "a(id, source, number, fingerprint, order_id, location, shipped_at, body, created_at) order by source collate \"C\", number collate "
       "\"C\""},
      {"insert_awaited",
       "insert into awaited_effect (source, number, line, part, order_id, order_line, sku, location, date, shipped_at, quantity, demand) "
       "select * from unnest($1::text[], $2::text[], $3::int8[], $4::int8[], $5::uuid[], $6::int8[], $7::text[], $8::text[], $9::date[], "
       "$10::timestamptz[], $11::numeric[], $12::numeric[])"},
      {"update_awaited",
       "update awaited_effect w set quantity = a.quantity, demand = a.demand from unnest($1::text[], $2::text[], $3::int8[], $4::int8[], "
       "$5::numeric[], $6::numeric[]) as a(source, number, line, part, quantity, demand) "
       "where (w.source, w.number, w.line, w.part) = (a.source, a.number, a.line, a.part)"},
      {"delete_awaited",
       "delete from awaited_effect w using unnest($1::text[], $2::text[], $3::int8[], $4::int8[]) as a(source, number, line, part) "
       "where (w.source, w.number, w.line, w.part) = (a.source, a.number, a.line, a.part)"},
      {"put_early",
       "insert into early_effect (kind, source, number, line, sku, location, quantity, seen_at) select * from unnest($1::text[], "
       "$2::text[], "
       "$3::text[], $4::int8[], $5::text[], $6::text[], $7::numeric[], $8::timestamptz[]) "
       "on conflict (kind, source, number, line, sku, location) do update set quantity = excluded.quantity"},
      {"delete_early",
       "delete from early_effect e using unnest($1::text[], $2::text[], $3::text[], $4::int8[], $5::text[], $6::text[]) as a(kind, source, "
       "number, line, sku, location) where (e.kind, e.source, e.number, e.line, e.sku, e.location) = (a.kind, a.source, a.number, a.line, "
       "a.sku, a.location)"},
  };
}

std::vector<postgres::Statement> write_the_rest() {
  return {
      {"put_exposures",
       "update pending_exposure e set amount = a.amount, currency = a.currency from unnest($1::text[], $2::numeric[], $3::text[]) as "
       "a(customer, amount, currency) where e.customer = a.customer"},
      {"insert_stock_feeds",
       "insert into stock_feed (location, source, feed, topic, at) select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], "
       "$5::timestamptz[]) as a(location, source, feed, topic, at) order by location collate \"C\""},
      {"update_stock_feeds",
       "update stock_feed f set source = a.source, feed = a.feed, topic = a.topic, at = greatest(f.at, a.at) from unnest($1::text[], "
       "$2::text[], $3::text[], $4::text[], $5::timestamptz[]) as a(location, source, feed, topic, at) where f.location = a.location"},
      {"journal",
       "insert into journal (at, order_id, system, step, document, actor, detail, correlation_id) select * from unnest($1::timestamptz[], "
       "$2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])"},
      {"outbox",
       "insert into outbox (shard, topic, key, type, event_id, subject, sequence, correlation, causation, traceparent, event_at, document, "
       "headers, body) select * from unnest($1::int8[], $2::text[], $3::bytea[], $4::text[], $5::uuid[], $6::text[], $7::int8[], "
       "$8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::text[], $13::bytea[], $14::bytea[]) returning id"},
      {"waiting",
       "insert into waiting (want_kind, want_key, until, kind, feed, topic, partition, record_offset, record_key, headers, body) select * "
       "from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::int8[], $8::int8[], $9::bytea[], "
       "$10::bytea[], $11::bytea[])"},
      {"waiting_done", "delete from waiting where id = any($1::int8[])"},
      {"exceptions",
       "insert into exception (kind, reason, detail, origin, body) select * from unnest($1::text[], $2::text[], $3::text[], "
       "$4::text[], $5::bytea[])"},
      {"change", "insert into change (body) values ($1)"},
  };
}

}  // namespace

std::vector<postgres::Statement> apply_statements() {
  std::vector<postgres::Statement> all;
  for (auto part :
       {write_identities, write_orders, write_warehouse_orders, write_positions, write_reservations, write_shipments, write_the_rest})
    for (auto& statement : part()) all.push_back(std::move(statement));
  return all;
}

}  // namespace crossdock::store
