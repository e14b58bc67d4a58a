-- The lateness horizon: movements that were seen before it are added to the base (snap_on_hand, snap_unavailable) and go. Up to the mark
-- nothing that comes again, or later than that, counts; of the hub's own movements (epoch -1) time is the mark.
alter table position
  add folded_epoch    bigint not null default 0,
  add folded_sequence bigint not null default -1,
  add folded_until    timestamptz,
  add folded          bigint not null default 0;  -- of `moves`, those that were folded

-- When the store got it. Those of before count from now on.
alter table movement add seen_at timestamptz not null default now();
create index movement_seen on movement (seen_at);
