#include "store/in_hand.hpp"
#include "store/statements.hpp"

namespace crossdock::store {

namespace {

// Each set of keys comes as arrays; `ordered … for no key update` locks in the keys' order (PROTOCOLS.md 0).
std::string order_columns() {
  return "o.id, o.source, o.order_number, o.fingerprint, o.revision, o.order_status, o.fulfilment_status, o.financial_status, o.customer, "
         "o.customer_po, o.head, o.holds, o.verdict, o.exposure, o.created_at, o.updated_at, o.release_due";
}

std::string position_columns() {
  return "p.sku, p.location, p.version, p.on_hand, p.unavailable, p.safety_stock, p.supply, p.demand, p.earliest_expiry, p.owner, "
         "p.snap_epoch, p.snap_sequence, p.snap_id, p.snap_as_of, p.last_epoch, p.last_sequence, p.moves, p.gap_since, p.suspect, "
         "p.snap_on_hand, p.snap_unavailable, p.marks, p.folded_epoch, p.folded_sequence, p.folded_until, p.folded, p.ctid";
}

std::string awaited_columns() {
  return "w.source, w.number, w.line, w.part, w.order_id, w.order_line, w.sku, w.location, w.date, w.shipped_at, w.quantity, w.demand";
}

/// Lines of the reservation r on the positions asked for. Through `offset` it stays a look-up by r: of an item's lines nearly all are of
/// reservations that have ended long ago, and reading those is what the planner would rather do.
std::string lines_held() {
  return "select h.sku, h.location from reservation_line h where h.reservation_id = r.id and h.granted > 0 and h.sku = any($1::text[]) "
         "and (h.sku, h.location) in (select sku, location from unnest($1::text[], $2::text[]) as a(sku, location)) offset 0";
}

std::string movement_columns() {
  return "m.sku, m.location, m.epoch, m.sequence, m.discriminator, m.id, m.source, m.occurred_at, m.delta, m.unavailable_delta, m.reason";
}

/// Of a position's movements the lowest: what one transaction folds of it.
std::string lowest(const char* epochs) {
  return "(select " + movement_columns() + ", m.seen_at from movement m where m.sku = a.sku and m.location = a.location and m.epoch " +
         epochs + " order by m.epoch, m.sequence, m.discriminator limit 100)";
}

std::vector<postgres::Statement> read_identities() {
  return {
      {"now", "select clock_timestamp()"},
      {"keys", "select k.client, k.call, k.key, k.fingerprint, k.status, k.headers, k.body from " +
                   rows_of("client text, call text, key text") +
                   " as a join idempotency_key k on (k.client, k.call, k.key) = (a.client, a.call, a.key)"},
      {"master", "select m.kind, m.id, m.version, m.body from " + rows_of("kind text, id text") +
                     " as a join master m on (m.kind, m.id) = (a.kind, a.id) order by m.kind, m.id for no key update of m"},
      {"master_read", "select m.kind, m.id, m.version, m.body from " + rows_of("kind text, id text") +
                          " as a join master m on (m.kind, m.id) = (a.kind, a.id)"},
      {"order_numbers", "select o.source, o.order_number, o.id from " + rows_of("source text, number text") +
                            " as a join sales_order o on (o.source, o.order_number) = (a.source, a.number)"},
      {"warehouse_order_ids", "select id, order_id from warehouse_order where id = any($1::uuid[])"},
      {"shipments", "select s.id, s.source, s.number, s.fingerprint, s.order_id, s.location, s.shipped_at, s.body, s.created_at from " +
                        rows_of("source text, number text") + " as a join shipment s on (s.source, s.number) = (a.source, a.number)"},
      {"purchase_orders", "select o.customer, o.customer_po, o.source, o.order_number from " + rows_of("customer text, po text") +
                              " as a join sales_order o on (o.customer, o.customer_po) = (a.customer, a.po) "
                              "where o.order_status <> 'cancelled'"},
      {"lock_stock_feeds", "select location from stock_feed where location = any($1::text[]) order by location for no key update"},
      {"stock_feeds", "select location, source, feed, topic, at from stock_feed where location = any($1::text[])"},
  };
}

std::vector<postgres::Statement> read_order_rows() {
  return {
      {"orders", "select " + order_columns() + " from sales_order o where o.id = any($1::uuid[]) order by o.id for no key update"},
      {"orders_read", "select " + order_columns() + " from sales_order o where o.id = any($1::uuid[]) order by o.id"},
      {"order_lines",
       "select order_id, line, place, sku, body, base_uom, numerator, denominator, ordered, over_shipped, open, committed, backordered, "
       "awaited, consumed, cancelled, shorted from order_line where order_id = any($1::uuid[]) order by order_id, place"},
      {"commitments",
       "select order_id, line, number, sku, location, date, quantity, effected, version, warehouse_order from commitment "
       "where order_id = any($1::uuid[]) order by order_id, line, number"},
      {"warehouse_orders",
       "select id, order_id, location, sequence, state, ship_date, created_at from warehouse_order where order_id = any($1::uuid[]) "
       "order by order_id, created_at, location, sequence"},
      {"warehouse_order_lines",
       "select l.warehouse_order, o.order_id, l.line, l.order_line, l.sku, l.quantity, l.shipped from warehouse_order o "
       "join warehouse_order_line l on l.warehouse_order = o.id where o.order_id = any($1::uuid[]) order by l.warehouse_order, l.line"},
  };
}

std::vector<postgres::Statement> read_reservation_rows() {
  return {
      {"reservations_read",
       "select id, state, expires_at, reference, policy, client, order_id, created_at, ext from reservation where id = any($1::uuid[])"},
      {"reservations",
       "select id, state, expires_at, reference, policy, client, order_id, created_at, ext from reservation where id = any($1::uuid[]) "
       "order by id for no key update"},
      {"reservation_lines",
       "select reservation_id, line, sku, location, date, uom, asked_date, numerator, denominator, requested, granted, version "
       "from reservation_line where reservation_id = any($1::uuid[]) order by reservation_id, line"},
  };
}

std::vector<postgres::Statement> read_positions() {
  return {
      {"new_positions", "insert into position (sku, location) select sku, location from " + rows_of("sku text, location text") +
                            " as a order by sku collate \"C\", location collate \"C\" on conflict do nothing"},
      {"positions", "select " + position_columns() + " from " + rows_of("sku text, location text") +
                        " as a join position p on (p.sku, p.location) = (a.sku, a.location) "
                        "order by p.sku, p.location for no key update of p"},
      {"promises",
       "select p.sku, p.location, p.version, p.on_hand, p.unavailable, p.safety_stock, p.supply, p.demand, p.earliest_expiry, "
       "p.owner, p.suspect, p.ctid from " +
           rows_of("sku text, location text") +
           " as a join position p on (p.sku, p.location) = (a.sku, a.location) "
           "order by p.sku, p.location for no key update of p"},
      // The last of $6 that were looked at is told in any case: there may be more behind it. $6 null: all are looked at.
      {"due_holds",
       "select r.id, l.sku is not null, coalesce(r.n = $6, false) from (select id, expires_at, row_number() over (order by expires_at) as "
       "n from reservation where state in ('created', 'updated') and expires_at <= $3::timestamptz and id <> all($4::uuid[]) order by "
       "expires_at limit $6::int8) r left join lateral (" +
           lines_held() + ") l on true where l.sku is not null or r.n = $6 order by r.expires_at limit $5"},
      {"next_holds",
       "with ahead as materialized (select id, expires_at from reservation where state in ('created', 'updated') and expires_at > "
       "$3::timestamptz order by expires_at limit $4) select l.sku, l.location, min(r.expires_at) from ahead r cross join lateral (" +
           lines_held() + ") l group by l.sku, l.location union all select null, null, max(expires_at) from ahead having count(*) >= $4"},
      {"movements", "select " + movement_columns() + " from " +
                        rows_of("sku text, location text, epoch int8, sequence int8, discriminator text") +
                        " as a join movement m on (m.sku, m.location, m.epoch, m.sequence, m.discriminator) = "
                        "(a.sku, a.location, a.epoch, a.sequence, a.discriminator)"},
      {"oldest_of", "select m.* from " + rows_of("sku text, location text") + " as a cross join lateral (" + lowest("= -1") +
                        " union all " + lowest(">= 0") + ") m"},
      {"movements_of", "select " + movement_columns() + " from " + rows_of("sku text, location text") +
                           " as a join position p on (p.sku, p.location) = (a.sku, a.location) "
                           "join movement m on (m.sku, m.location) = (a.sku, a.location) "
                           "where m.epoch = -1 or (m.epoch, m.sequence) > (p.snap_epoch, p.snap_sequence)"},
  };
}

std::vector<postgres::Statement> read_effects() {
  return {
      {"awaited_at", "select " + awaited_columns() + " from " + rows_of("sku text, location text") +
                         " as a join awaited_effect w on (w.sku, w.location) = (a.sku, a.location)"},
      {"early_at", "select e.kind, e.source, e.number, e.line, e.sku, e.location, e.quantity, e.seen_at from " +
                       rows_of("sku text, location text") + " as a join early_effect e on (e.sku, e.location) = (a.sku, a.location)"},
      {"promised_at", "select c.sku, c.location, o.id, o.source, o.order_number, max(c.version) from " +
                          rows_of("sku text, location text") +
                          " as a join commitment c on (c.sku, c.location) = (a.sku, a.location) and c.quantity > 0 "
                          "and c.quantity > c.effected join sales_order o on o.id = c.order_id group by c.sku, c.location, o.id"},
      {"netted_at", "select c.sku, c.location, w.created_at, w.state, sum(c.quantity - c.effected) from " +
                        rows_of("sku text, location text") +
                        " as a join commitment c on (c.sku, c.location) = (a.sku, a.location) and c.quantity > 0 "
                        "join warehouse_order w on w.id = c.warehouse_order group by c.sku, c.location, w.id"},
  };
}

std::vector<postgres::Statement> read_customers() {
  return {
      {"exposures",
       "select customer, amount, currency from pending_exposure where customer = any($1::text[]) order by customer for no key update"},
      {"new_exposures",
       "insert into pending_exposure (customer, amount, currency) select c, 0, '' from unnest($1::text[]) as a(c) order by c collate \"C\" "
       "on conflict do nothing"},
  };
}

}  // namespace

std::vector<postgres::Statement> load_statements() {
  std::vector<postgres::Statement> all;
  for (auto part : {read_identities, read_order_rows, read_reservation_rows, read_positions, read_effects, read_customers})
    for (auto& statement : part()) all.push_back(std::move(statement));
  return all;
}

std::vector<postgres::Statement> decide_statements() {
  auto all = load_statements();
  for (auto part : {apply_statements, in_hand_statements})
    for (auto& statement : part()) all.push_back(std::move(statement));
  return all;
}

}  // namespace crossdock::store
