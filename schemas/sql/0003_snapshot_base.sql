-- What a position's last snapshot made of it, before the movements above it: so that `verify` recomputes on_hand and unavailable.
alter table position
  add snap_on_hand     numeric(18,6) not null default 0,
  add snap_unavailable numeric(18,6) not null default 0;

update position p set snap_on_hand = p.on_hand - m.delta, snap_unavailable = p.unavailable - m.unavailable_delta
from (
  select q.sku, q.location, coalesce(sum(m.delta), 0) as delta, coalesce(sum(m.unavailable_delta), 0) as unavailable_delta
  from position q
  left join movement m on (m.sku, m.location) = (q.sku, q.location)
    and case when m.epoch = -1 then m.occurred_at >= coalesce(q.snap_as_of, '-infinity')
             else (m.epoch, m.sequence) > (q.snap_epoch, q.snap_sequence) end
  group by q.sku, q.location
) as m
where (p.sku, p.location) = (m.sku, m.location);
