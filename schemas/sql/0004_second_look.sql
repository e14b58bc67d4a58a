-- A position that becomes suspect, or ceases to be, keeps its version: `marks` counts these changes, so that of two states of one version
-- every instance's memory knows the later one.
alter table position add marks bigint not null default 0;

-- Of a line's cancelled quantity: what a warehouse's short_cancel ended. An earlier part of the shipment that is told late comes out of it.
alter table order_line
  add shorted numeric(18,6) not null default 0,
  add constraint line_shorted check (shorted >= 0 and shorted <= cancelled);

-- The record that a feed's partition was last read to, by its offset, and what it looked like: a topic that was made anew has another one
-- there.
alter table feed_cursor
  add last_offset bigint not null default -1,
  add last_print  bigint not null default 0;
