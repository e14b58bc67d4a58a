-- The canonical record of one installation. Text keys are COLLATE "C": C++ and SQL must sort locked keys alike.

-- Master data of six kinds: whole documents.
create table master (
  kind     text collate "C" not null,          -- item, customer, location, supply, price, shipping_method
  id       text collate "C" not null,
  version  bigint not null,                    -- ours, from 1, one more for each change
  body     text not null,                      -- the document as its codec writes it
  primary key (kind, id)
) with (fillfactor = 80);
create index master_item_gtin on master ((body::json ->> 'gtin')) where kind = 'item' and (body::json ->> 'gtin') is not null;

-- A stock position: what the grant rule needs, in one row that is locked to decide.
create table position (
  sku             text collate "C" not null,
  location        text collate "C" not null,
  version         bigint not null default 0,
  on_hand         numeric(18,6) not null default 0,
  unavailable     numeric(18,6) not null default 0,
  safety_stock    numeric(18,6) not null default 0,
  supply          text not null default '',    -- day:quantity,...
  demand          text not null default '',
  earliest_expiry timestamptz,                 -- of its live holds
  owner           text not null default '',    -- the source that reports its stock
  snap_epoch      bigint not null default 0,   -- the last snapshot: epoch, sequence, what it said
  snap_sequence   bigint not null default -1,
  snap_id         text not null default '',
  snap_as_of      timestamptz,
  last_epoch      bigint not null default 0,   -- the highest sequence seen, snapshots included
  last_sequence   bigint not null default -1,
  moves           bigint not null default 0,   -- movements counted since the snapshot, all in its epoch
  gap_since       timestamptz,                 -- dense feeds: since when a sequence is missing
  suspect         text not null default '',    -- why the figure may be wrong; empty: it is not suspect
  primary key (sku, location)
) with (fillfactor = 50);
create index position_gap on position (gap_since) where gap_since is not null;

-- Movements of a position: each counts once. discriminator is empty where the sequence is the identity, else the event's id.
create table movement (
  sku               text collate "C" not null,
  location          text collate "C" not null,
  epoch             bigint not null,
  sequence          bigint not null,
  discriminator     text collate "C" not null default '',
  id                text not null,
  source            text not null,
  occurred_at       timestamptz not null,
  delta             numeric(18,6) not null,
  unavailable_delta numeric(18,6) not null,
  reason            text not null,
  primary key (sku, location, epoch, sequence, discriminator)
);

-- Orders. `head` is the request without its lines, completed; `verdict` is decision, findings and checks.
create table sales_order (
  id                uuid primary key,
  source            text collate "C" not null,
  order_number      text collate "C" not null,
  fingerprint       bytea not null,
  revision          bigint not null,
  order_status      text not null,
  fulfilment_status text not null,
  financial_status  text not null,
  customer          text collate "C" not null,
  customer_po       text collate "C",
  head              text not null,
  holds             text not null,
  verdict           text not null,
  exposure          numeric(18,6) not null default 0,  -- what it adds to its customer's pending exposure
  created_at        timestamptz not null,
  updated_at        timestamptz not null,
  release_due       date,                              -- the first ship date not yet given to a warehouse; null: nothing to release
  unique (source, order_number)
) with (fillfactor = 70);
create index sales_order_po on sales_order (customer, customer_po) where customer_po is not null;
create index sales_order_release on sales_order (release_due) where release_due is not null;
create index sales_order_status on sales_order (order_status, id);

-- Quantities in the base unit; factor and unit are frozen.
create table order_line (
  order_id     uuid not null references sales_order,
  line         integer not null,
  place        integer not null,              -- its place in the document, from 1
  sku          text collate "C" not null,
  body         text not null,                 -- the line as requested, completed
  base_uom     text not null,
  numerator    bigint not null,
  denominator  bigint not null,
  ordered      numeric(18,6) not null,
  over_shipped numeric(18,6) not null default 0,
  open         numeric(18,6) not null default 0,
  committed    numeric(18,6) not null default 0,
  backordered  numeric(18,6) not null default 0,
  awaited      numeric(18,6) not null default 0,  -- shipped, its stock effect not yet seen
  consumed     numeric(18,6) not null default 0,  -- shipped, its stock effect seen
  cancelled    numeric(18,6) not null default 0,
  primary key (order_id, line),
  constraint line_invariant check (ordered + over_shipped = open + committed + backordered + awaited + consumed + cancelled),
  constraint line_not_negative check (ordered > 0 and over_shipped >= 0 and open >= 0 and committed >= 0 and backordered >= 0
                                      and awaited >= 0 and consumed >= 0 and cancelled >= 0)
) with (fillfactor = 70);

-- What is promised to an order line, and demand on its position until the stock effect of its shipment is seen.
create table commitment (
  order_id        uuid not null,
  line            integer not null,
  number          integer not null,           -- from 1 within the line
  sku             text collate "C" not null,
  location        text collate "C" not null,
  date            date not null,
  quantity        numeric(18,6) not null,     -- still committed: not shipped
  effected        numeric(18,6) not null default 0,  -- of it, the stock effect came before the shipment
  version         bigint not null,            -- of the position, as granted
  warehouse_order uuid,                       -- the warehouse order that carries it
  primary key (order_id, line, number),
  foreign key (order_id, line) references order_line,
  check (quantity >= 0 and effected >= 0 and effected <= quantity)
) with (fillfactor = 70);
create index commitment_position on commitment (sku, location) where quantity > 0;

create table warehouse_order (
  id         uuid primary key,
  order_id   uuid not null references sales_order,
  location   text collate "C" not null,
  sequence   integer not null,
  state      text not null,
  ship_date  date not null,
  created_at timestamptz not null,
  unique (order_id, location, sequence)
) with (fillfactor = 80);

create table warehouse_order_line (
  warehouse_order uuid not null references warehouse_order,
  line            integer not null,
  order_line      integer not null,
  sku             text collate "C" not null,
  quantity        numeric(18,6) not null,     -- in the base unit
  shipped         numeric(18,6) not null default 0,
  primary key (warehouse_order, line)
) with (fillfactor = 80);

-- Holds with a time limit.
create table reservation (
  id         uuid primary key,
  state      text not null,                   -- created, updated, released, expired, committed, consumed
  expires_at timestamptz not null,
  reference  text,
  policy     text not null,
  client     text not null,
  order_id   uuid,                            -- whose commitments it became
  ext        text not null default '',        -- JSON of the caller
  created_at timestamptz not null
) with (fillfactor = 70);
create index reservation_live on reservation (expires_at) where state in ('created', 'updated');

create table reservation_line (
  reservation_id uuid not null references reservation,
  line        integer not null,               -- its place in the request, from 1
  sku         text collate "C" not null,
  location    text collate "C" not null,
  date        date not null,                  -- the day on which its demand stands
  uom         text not null,                  -- as asked; empty: none
  asked_date  date,                           -- as asked
  numerator   bigint not null,
  denominator bigint not null,
  requested   numeric(18,6) not null,         -- in the base unit
  granted     numeric(18,6) not null,
  version     bigint not null,
  primary key (reservation_id, line)
);
create index reservation_line_position on reservation_line (sku, location);

-- Shipments and what they wait for. (source, number) is the identity.
create table shipment (
  id          uuid primary key,
  source      text collate "C" not null,
  number      text collate "C" not null,
  fingerprint bytea not null,
  order_id    uuid not null references sales_order,
  location    text collate "C" not null,
  shipped_at  timestamptz not null,
  body        text not null,
  created_at  timestamptz not null,
  unique (source, number)
);
create index shipment_order on shipment (order_id);

-- A shipped line whose stock effect (a movement, or a later snapshot) has not been seen in full.
create table awaited_effect (
  source     text collate "C" not null,       -- the shipment's
  number     text collate "C" not null,
  line       integer not null,                -- its place in the shipment, from 1
  order_id   uuid not null,
  order_line integer not null,
  sku        text collate "C" not null,
  location   text collate "C" not null,
  date       date not null,                   -- where its demand stands
  shipped_at timestamptz not null,
  quantity   numeric(18,6) not null,          -- shipped, effect awaited, in the base unit
  demand     numeric(18,6) not null,          -- of it, still demand on the position (over-shipments were never promised)
  part       integer not null,                -- one row for each commitment it came from
  primary key (source, number, line, part)
);
create index awaited_effect_position on awaited_effect (sku, location);
create index awaited_effect_order on awaited_effect (order_id);

-- A ship movement that came before its shipment: kept as the effect of the shipment to come.
create table early_effect (
  kind     text not null,                     -- shipment, warehouse_order, order
  source   text collate "C" not null,
  number   text collate "C" not null,
  line     integer not null,                  -- 0: the reference names none
  sku      text collate "C" not null,
  location text collate "C" not null,
  quantity numeric(18,6) not null,
  seen_at  timestamptz not null,
  primary key (kind, source, number, line, sku, location)
);

-- A customer's open orders that the owner of its credit has not acknowledged.
create table pending_exposure (
  customer text collate "C" primary key,
  amount   numeric(18,6) not null,
  currency text not null
) with (fillfactor = 50);

-- Answers by Idempotency-Key, the bytes as they were sent.
create table idempotency_key (
  client      text collate "C" not null,
  call        text collate "C" not null,
  key         text collate "C" not null,
  fingerprint bytea not null,
  status      smallint not null,
  headers     text not null,                  -- name: value lines
  body        text not null,
  created_at  timestamptz not null default now(),
  primary key (client, call, key)
);
create index idempotency_key_age on idempotency_key using brin (created_at);

-- Every step, for the timeline of an order and for the audit. A plain insert.
create table journal (
  id             bigint generated always as identity primary key,
  at             timestamptz not null,
  order_id       uuid,
  system         text not null,
  step           text not null,
  document       text not null,
  actor          text not null,
  detail         text not null,
  correlation_id text not null
);
create index journal_order on journal (order_id, id) where order_id is not null;

-- Events to publish: a row lives until Kafka has acknowledged it. Within a lane (the key), id grows in commit order, since a lane's
-- rows are written under the lock of its order or position.
create table outbox (
  id      bigint generated always as identity primary key,
  shard   smallint not null,                  -- of the lane; an instance publishes the shards that it leases
  topic   text not null,
  key     bytea,
  headers bytea not null,                     -- name and value, each with its length before it
  body    bytea,
  at      timestamptz not null default now()
);

-- Who publishes which shard, and other work that one instance does at a time.
create table lease (
  name   text collate "C" primary key,
  owner  text not null default '',
  fence  bigint not null default 0,
  until  timestamptz not null default '-infinity'
) with (fillfactor = 50);
-- Instances that are alive: how many share the shards.
create table instance (
  owner text collate "C" primary key,
  until timestamptz not null
) with (fillfactor = 50);

insert into lease (name) select 'outbox-' || n from generate_series(0, 15) n;
insert into lease (name) values ('sweep');

-- Where a feed's partition has been read to, guarded by its owner's epoch.
create table feed_cursor (
  topic        text collate "C" not null,
  partition    integer not null,
  feed         text not null,
  next         bigint not null,
  start        bigint not null,
  owner        text not null default '',
  epoch        bigint not null default 0,
  caught_up_at timestamptz,                   -- when its owner last had nothing more to read
  gap          text not null default '',      -- a data gap that a person must see
  applied      bigint not null default 0,
  superseded   bigint not null default 0,
  duplicate    bigint not null default 0,
  waiting      bigint not null default 0,
  dead         bigint not null default 0,
  primary key (topic, partition)
) with (fillfactor = 50);

-- Which feed a location's stock comes from, and how fresh the source said it is (calls; Kafka feeds use their cursors).
create table stock_feed (
  location text collate "C" primary key,
  source   text not null,
  feed     text not null,                     -- "api", or system.feed
  topic    text not null default '',
  at       timestamptz not null
) with (fillfactor = 50);

-- Records that wait for their item, location or order.
create table waiting (
  id        bigint generated always as identity primary key,
  want_kind text not null,                    -- item, location, order
  want_key  text collate "C" not null,
  until     timestamptz not null,
  kind      text not null,                    -- inventory, shipment
  feed      text not null,
  topic     text not null default '',
  partition integer not null default 0,
  record_offset bigint not null default 0,
  record_key bytea,
  headers   bytea not null,
  body      bytea not null,
  at        timestamptz not null default now()
);
create index waiting_want on waiting (want_kind, want_key);
create index waiting_until on waiting (until);

-- What a person must look at: records that could not be used and came from no topic, waits that ended.
create table exception (
  id     bigint generated always as identity primary key,
  at     timestamptz not null default now(),
  kind   text not null,
  reason text not null,
  detail text not null,
  origin text not null,
  body   bytea
);

-- What each transaction changed, for the projections of all instances (PROTOCOLS.md E).
create table change (
  xid  xid8 not null default pg_current_xact_id(),
  at   timestamptz not null default now(),
  body text not null
);
create index change_xid on change (xid);
create index change_at on change using brin (at);

alter table position set (autovacuum_vacuum_scale_factor = 0.02);
alter table outbox set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
