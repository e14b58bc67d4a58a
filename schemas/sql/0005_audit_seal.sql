-- The audit is sealed afterwards: a chain over the journal's committed entries (PROTOCOLS.md 0, docs/decisions/0010).

-- Which transaction wrote an entry: what the sealer follows. Entries of before are of no living one.
alter table journal add xid xid8 not null default '3';
alter table journal alter xid set default pg_current_xact_id();
create index journal_xid on journal (xid);

-- A link: SHA-256 over the link before and the entry. Its place counts from 1, without gaps.
create table audit_seal (
  entry bigint primary key,                   -- journal.id
  place bigint not null,
  link  bytea not null
);

-- Where the chain has come to. Its row is locked by who seals.
create table audit_head (
  one   boolean primary key default true check (one),
  chain uuid not null default gen_random_uuid(),
  place bigint not null default 0,
  link  bytea not null default decode(repeat('00', 32), 'hex'),
  seen  text not null default '1:1:',         -- a snapshot: what is visible in it is sealed
  server text not null default ''             -- the server whose snapshot that is
) with (fillfactor = 50);
insert into audit_head default values;

-- What was written stays as it was written. A superuser can do otherwise, and is found out by `crossdock audit verify`.
create function keep_as_written() returns trigger language plpgsql as $$
begin
  raise exception '% keeps what was written', tg_table_name using errcode = 'insufficient_privilege';
end
$$;
create trigger journal_kept before update or delete or truncate on journal for each statement execute function keep_as_written();
create trigger audit_seal_kept before update or delete or truncate on audit_seal for each statement execute function keep_as_written();
revoke update, delete, truncate on journal, audit_seal from public, current_user;
