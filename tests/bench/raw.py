"""The limit beside the hub's writers: rows that a hub has written, written again by batched or single statements, without deciding."""
import threading
import time

from measure import connect

TABLES = ["sales_order", "order_line", "warehouse_order", "warehouse_order_line", "commitment", "idempotency_key", "journal", "outbox",
          "change"]
LEFT_OUT = {"journal": {"id"}, "outbox": {"id", "at"}, "change": {"xid", "at"}, "idempotency_key": {"created_at"}}
LOOSE = {"idempotency_key", "journal", "outbox", "change"}  # no foreign keys: dealt out evenly
OWNER = {"sales_order": "id::text", "order_line": "order_id::text", "warehouse_order": "order_id::text", "commitment": "order_id::text",
         "warehouse_order_line": "(select order_id::text from warehouse_order w where w.id = warehouse_order)"}


def record(database, on):
    """Published rows leave the outbox: a trigger keeps a copy while rows are recorded, which no measured round has."""
    if on:
        database.execute("drop table if exists bench_outbox")
        database.execute("create table bench_outbox (like outbox)")
        database.execute("create function bench_keep() returns trigger language plpgsql as "
                         "$$begin insert into bench_outbox select new.*; return null; end$$")
        database.execute("create trigger bench_keep after insert on outbox for each row execute function bench_keep()")
    else:
        database.execute("drop function bench_keep cascade")


def literal(values):
    quoted = ("NULL" if v is None else '"' + v.replace("\\", "\\\\").replace('"', '\\"') + '"' for v in values)
    return "{" + ",".join(quoted) + "}"


def columns(database, table):
    found = database.execute("select attname, format_type(atttypid, null) from pg_attribute where attrelid = %s::regclass and attnum > 0 "
                             "order by attnum", [table]).fetchall()
    return [(name, kind) for name, kind in found if name not in LEFT_OUT.get(table, set())]


class Rows:
    """All that the recorded calls wrote, by table, each row with the order it belongs to."""

    def __init__(self, database, since, tables=TABLES, positions="select distinct sku, location, order_id::text from commitment"):
        self.tables, self.shapes, self.rows = tables, {t: columns(database, t) for t in tables}, {}
        where = {"journal": f" where id > {since['journal']}", "change": f" where xid >= '{since['xid']}'::xid8"}
        for table in tables:
            names = ",".join(f"{name}::text" for name, _ in self.shapes[table])
            source = "bench_outbox" if table == "outbox" else table
            self.rows[table] = database.execute(
                f"select {OWNER.get(table, chr(39) * 2)}, {names} from {source}{where.get(table, '')}").fetchall()
        self.positions = database.execute(
            f"select t.order_id, p.sku, p.location, p.version::text, p.on_hand::text, p.demand, p.snap_sequence::text from ({positions}) "
            "as t(sku, location, order_id) join position p using (sku, location)").fetchall()

    def batches(self, orders, size):
        """[(statement, parameters)...] for each batch of `size` orders (or loose parts, where there are none)."""
        count = max(1, len(orders) // size)
        place = {owner: min(i // size, count - 1) for i, owner in enumerate(orders)}
        parts = [[] for _ in range(count)]
        for table in self.tables:
            rows, dealt = self.rows[table], [[] for _ in range(count)]
            for i, one in enumerate(rows):
                at = i * count // len(rows) if table in LOOSE else place[one[0]]
                dealt[at].append(one[1:])
            names = ", ".join(name for name, _ in self.shapes[table])
            kinds = ", ".join(f"%s::{kind}[]" for _, kind in self.shapes[table])
            for part, of in zip(parts, dealt):
                if table == "change" and of:
                    of = [("".join(body for (body,) in of),)]
                if of:
                    part.append((f"insert into {table} ({names}) select * from unnest({kinds})", [literal(c) for c in zip(*of)]))
        dealt = [{} for _ in range(count)]
        for i, (owner, *position) in enumerate(self.positions):
            dealt[place.get(owner, i * count // len(self.positions))][tuple(position[:2])] = position
        for part, of in zip(parts, dealt):
            if of:
                part.append(("update position p set version = a.version, on_hand = a.on_hand, demand = a.demand, snap_sequence = a.sequence "
                             "from unnest(%s::text[], %s::text[], %s::int8[], %s::numeric[], %s::text[], %s::int8[]) as a(sku, location, "
                             "version, on_hand, demand, sequence) where (p.sku, p.location) = (a.sku, a.location)",
                             [literal(c) for c in zip(*(of[key] for key in sorted(of)))]))
        return parts


def emptied(tables):
    with connect("limits") as database:
        database.execute(f"truncate {', '.join(tables)} cascade")


def write_batches(connection, parts):
    start = time.monotonic()
    for part in parts:
        with connection.pipeline(), connection.transaction():
            for statement, parameters in part:
                connection.execute(statement, parameters, prepare=True)
    return time.monotonic() - start


def write_singly(connections, parts):
    """One statement an order, all its tables in one WITH, `len(connections)` at a time."""
    ones = []
    for part in parts:
        heads = ", ".join(f"w{i} as ({statement})" for i, (statement, _) in enumerate(part))
        ones.append((f"with {heads} select 1", [p for _, parameters in part for p in parameters]))

    def work(number):
        for statement, parameters in ones[number::len(connections)]:
            connections[number].execute(statement, parameters, prepare=True)

    threads = [threading.Thread(target=work, args=[i]) for i in range(len(connections))]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - start
