#include "store/statements.hpp"

namespace crossdock::store {

namespace {

std::vector<postgres::Statement> write_identities() {
  return {
      {"put_keys",
       insert_rows("idempotency_key", "client text, call text, key text, fingerprint bytea, status int8, headers text, body text",
                   "order by client collate \"C\", call collate \"C\", key collate \"C\"")},
      {"insert_master",
       insert_rows("master", "kind text, id text, version int8, body text", "order by kind collate \"C\", id collate \"C\"")},
      {"update_master", update_rows("master", "kind text, id text", "version int8, body text")},
  };
}

std::vector<postgres::Statement> write_orders() {
  return {
      {"insert_orders",
       insert_rows("sales_order",
                   "id uuid, source text, order_number text, fingerprint bytea, revision int8, order_status text, fulfilment_status text, "
                   "financial_status text, customer text, customer_po text, head text, holds text, verdict text, exposure numeric, "
                   "created_at timestamptz, updated_at timestamptz, release_due date",
                   "order by source collate \"C\", order_number collate \"C\"")},
      {"update_orders", update_rows("sales_order", "id uuid",
                                    "revision int8, order_status text, fulfilment_status text, financial_status text, holds text, "
                                    "exposure numeric, updated_at timestamptz, release_due date")},
      {"insert_lines",
       insert_rows("order_line",
                   "order_id uuid, line int8, place int8, sku text, body text, base_uom text, numerator int8, denominator int8, "
                   "ordered numeric, over_shipped numeric, open numeric, committed numeric, backordered numeric, awaited numeric, "
                   "consumed numeric, cancelled numeric")},
      {"update_lines", update_rows("order_line", "order_id uuid, line int8",
                                   "over_shipped numeric, open numeric, committed numeric, backordered numeric, awaited numeric, "
                                   "consumed numeric, cancelled numeric, shorted numeric")},
      {"insert_commitments",
       insert_rows("commitment",
                   "order_id uuid, line int8, number int8, sku text, location text, date date, quantity numeric, effected numeric, "
                   "version int8, warehouse_order uuid")},
      {"update_commitments",
       update_rows("commitment", "order_id uuid, line int8, number int8", "quantity numeric, effected numeric, warehouse_order uuid")},
  };
}

std::vector<postgres::Statement> write_warehouse_orders() {
  return {
      {"insert_warehouse_orders",
       insert_rows("warehouse_order",
                   "id uuid, order_id uuid, location text, sequence int8, state text, ship_date date, created_at timestamptz")},
      {"update_warehouse_orders", update_rows("warehouse_order", "id uuid", "state text")},
      {"insert_warehouse_order_lines",
       insert_rows("warehouse_order_line",
                   "warehouse_order uuid, line int8, order_line int8, sku text, quantity numeric, shipped numeric")},
      {"update_warehouse_order_lines", update_rows("warehouse_order_line", "warehouse_order uuid, line int8", "shipped numeric")},
  };
}

std::vector<postgres::Statement> write_positions() {
  return {
      {"update_positions",
       update_rows("position", "ctid tid",
                   "version int8, on_hand numeric, unavailable numeric, safety_stock numeric, supply text, demand text, "
                   "earliest_expiry timestamptz, owner text, snap_epoch int8, snap_sequence int8, snap_id text, snap_as_of timestamptz, "
                   "last_epoch int8, last_sequence int8, moves int8, gap_since timestamptz, suspect text, snap_on_hand numeric, "
                   "snap_unavailable numeric, marks int8, folded_epoch int8, folded_sequence int8, folded_until timestamptz, folded int8")},
      {"promise_positions", update_rows("position", "ctid tid", "version int8, demand text, earliest_expiry timestamptz")},
      {"insert_movements", insert_rows("movement",
                                       "sku text, location text, epoch int8, sequence int8, discriminator text, id text, source text, "
                                       "occurred_at timestamptz, delta numeric, unavailable_delta numeric, reason text")},
      {"delete_movements", delete_rows("movement", "sku text, location text, epoch int8, sequence int8, discriminator text")},
  };
}

std::vector<postgres::Statement> write_reservations() {
  return {
      {"insert_reservations",
       insert_rows("reservation",
                   "id uuid, state text, expires_at timestamptz, reference text, policy text, client text, order_id uuid, "
                   "created_at timestamptz, ext text")},
      {"update_reservations", update_rows("reservation", "id uuid", "state text, expires_at timestamptz, order_id uuid")},
      {"insert_reservation_lines",
       insert_rows("reservation_line",
                   "reservation_id uuid, line int8, sku text, location text, date date, uom text, asked_date date, numerator int8, "
                   "denominator int8, requested numeric, granted numeric, version int8")},
  };
}

std::vector<postgres::Statement> write_shipments() {
  return {
      {"insert_shipments", insert_rows("shipment",
                                       "id uuid, source text, number text, fingerprint bytea, order_id uuid, location text, "
                                       "shipped_at timestamptz, body text, created_at timestamptz",
                                       "order by source collate \"C\", number collate \"C\"")},
      {"insert_awaited",
       insert_rows("awaited_effect",
                   "source text, number text, line int8, part int8, order_id uuid, order_line int8, sku text, location text, date date, "
                   "shipped_at timestamptz, quantity numeric, demand numeric")},
      {"update_awaited",
       update_rows("awaited_effect", "source text, number text, line int8, part int8", "quantity numeric, demand numeric")},
      {"delete_awaited", delete_rows("awaited_effect", "source text, number text, line int8, part int8")},
      {"put_early",
       insert_rows("early_effect",
                   "kind text, source text, number text, line int8, sku text, location text, quantity numeric, seen_at timestamptz",
                   "on conflict (kind, source, number, line, sku, location) do update set quantity = excluded.quantity")},
      {"delete_early", delete_rows("early_effect", "kind text, source text, number text, line int8, sku text, location text")},
  };
}

std::vector<postgres::Statement> write_the_rest() {
  return {
      {"put_exposures", update_rows("pending_exposure", "customer text", "amount numeric, currency text")},
      {"insert_stock_feeds",
       insert_rows("stock_feed", "location text, source text, feed text, topic text, at timestamptz", "order by location collate \"C\"")},
      {"update_stock_feeds", "update stock_feed t set source = a.source, feed = a.feed, topic = a.topic, at = greatest(t.at, a.at) from " +
                                 rows_of("location text, source text, feed text, topic text, at timestamptz") +
                                 " as a where t.location = a.location"},
      {"journal", insert_rows("journal",
                              "at timestamptz, order_id uuid, system text, step text, document text, actor text, detail text, "
                              "correlation_id text")},
      {"outbox", insert_rows("outbox",
                             "shard int8, topic text, key bytea, type text, event_id uuid, subject text, sequence int8, correlation text, "
                             "causation text, traceparent text, event_at timestamptz, document text, headers bytea, body bytea",
                             "returning id")},
      {"waiting", insert_rows("waiting",
                              "want_kind text, want_key text, until timestamptz, kind text, feed text, topic text, partition int8, "
                              "record_offset int8, record_key bytea, headers bytea, body bytea")},
      {"waiting_done", "delete from waiting where id = any($1::int8[])"},
      {"exceptions", insert_rows("exception", "kind text, reason text, detail text, origin text, body bytea")},
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
