-- An event's envelope as columns instead of packed headers: the publisher writes the CloudEvents headers from them. Its document is text.
-- Rows of before (headers, body) are published as they are; dead letters go on to use these.
alter table outbox alter headers drop not null;
alter table outbox
  add type        text,                       -- crossdock.order.captured.v1; null: headers and body are somebody's bytes
  add event_id    uuid,
  add subject     text,
  add sequence    bigint,
  add correlation text,
  add causation   text,
  add traceparent text,
  add event_at    timestamptz,
  add document    text;

-- Documents above 2 kB are compressed when written: lz4 costs less CPU than pglz does (docs/decisions/0008).
-- A PostgreSQL that was built without lz4 keeps pglz.
do $$
begin
  alter table outbox alter document set compression lz4;
  alter table idempotency_key alter body set compression lz4;
  alter table sales_order alter head set compression lz4, alter verdict set compression lz4;
  alter table change alter body set compression lz4;
exception when feature_not_supported then
  raise notice 'this PostgreSQL has no lz4; documents are compressed by pglz';
end
$$;
