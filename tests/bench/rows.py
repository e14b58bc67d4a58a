"""What the hub wrote while it worked for real, recorded as rows, so that the limits write the same rows into the same schema."""
import json
import time

from measure import connect

# Not rows of the work: who leases what, what waits for Kafka is read from the trigger's copy, what is sealed is so afterwards.
NOT_WORK = {"lease", "instance", "audit_seal", "audit_head", "outbox", "bench_outbox", "position", "pending_exposure", "feed_cursor", "stock_feed", "bench_stock"}
FIRST = ["sales_order", "order_line", "commitment", "warehouse_order", "warehouse_order_line"]  # parents before children
# Written by key, not inserted. guard: an upsert which an older row cannot win; bumps: grow with each pass, so that the guard lets it in.
UPDATED = {"position": {"keys": ["sku", "location"], "guard": ["last_epoch", "last_sequence"],
                        "bumps": ["version", "snap_sequence", "last_sequence"]},
           "pending_exposure": {"keys": ["customer"]}, "feed_cursor": {"keys": ["topic", "partition"]}}


def keep_outbox(database, on):
    """Published rows leave the outbox: a trigger keeps a copy while rows are recorded, which no measured round has."""
    if not on:
        database.execute("drop function bench_keep cascade")
        return
    database.execute("drop table if exists bench_outbox")
    database.execute("create table bench_outbox (like outbox)")
    database.execute("create function bench_keep() returns trigger language plpgsql as "
                     "$$begin insert into bench_outbox select new.*; return null; end$$")
    database.execute("create trigger bench_keep after insert on outbox for each row execute function bench_keep()")


def shape(database, table):
    """Columns that the writer names: not those which a function fills in (identities, now(), the transaction's number)."""
    return database.execute(
        "select a.attname, format_type(a.atttypid, null) from pg_attribute a left join pg_attrdef d on (d.adrelid, d.adnum) = (a.attrelid, "
        "a.attnum) where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped and a.attidentity = '' and a.attgenerated = '' "
        "and coalesce(pg_get_expr(d.adbin, d.adrelid), '') not like '%%(%%' order by a.attnum", [table]).fetchall()


def owner_of(table, names):
    if table == "sales_order":
        return "id::text"
    if table == "warehouse_order_line":
        return "(select order_id::text from warehouse_order w where w.id = warehouse_order)"
    return "order_id::text" if "order_id" in names else "null"


class Recording:
    """since = Recording(); work; since.rows(...)"""

    def __init__(self):
        self.database = connect()
        keep_outbox(self.database, True)
        self.since = int(self.database.execute("select pg_current_xact_id()::text").fetchone()[0]) % 2**32

    def stop(self):
        keep_outbox(self.database, False)
        tables = [name for (name,) in self.database.execute(
            "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by relname").fetchall()]
        wanted = [t for t in FIRST if t in tables] + [t for t in tables if t not in NOT_WORK and t not in FIRST]
        self.shapes, self.found = {}, {}
        for table in [*wanted, "outbox", *UPDATED]:
            names = [name for name, _ in shape(self.database, table)]
            rows = self.read(table, names)
            if rows:
                self.shapes[table], self.found[table] = shape(self.database, table), rows

    def read(self, table, names):
        columns = ", ".join(f"{name}::text" for name in names)
        source = "bench_outbox" if table == "outbox" else table
        order = " order by ctid" if table != "outbox" else " order by id"
        return self.database.execute(f"select {owner_of(table, names)}, {columns} from {source} "
                                     f"where xmin::text::int8 >= {self.since}{order}").fetchall()

    def write(self, path, units, places, guarded=False, left_out=()):
        """units: names of the orders (or events), which rows with an owner go to; the others are dealt out evenly. places: unit -> keys of
        the positions that it wrote. Other rows that are updated by key go round: one a unit. Answers the rows by table."""
        index = {name: i for i, name in enumerate(units)}
        share = min(1, len(units) / max(1, len(self.found.get("sales_order", units))))
        tables, out = [], [[] for _ in units]
        for table, rows in self.found.items():
            if table in left_out:
                continue
            how = UPDATED.get(table)
            rows = of_these(rows, share) if not how else rows
            names = [name for name, _ in self.shapes[table]]
            tables.append({"name": table, "columns": names, "types": [kind for _, kind in self.shapes[table]], "joined": table == "change",
                           "write": "insert" if not how else "upsert" if guarded and how.get("guard") else "update",
                           "keys": (how or {}).get("keys", []), "guard": (how or {}).get("guard", []),
                           "bumps": (how or {}).get("bumps", []) if guarded else []})
            dealt = [[] for _ in units]
            if table == "position":
                deal_positions(dealt, index, rows, names, places)
            elif how:
                for i, one in enumerate(dealt):
                    one.append(rows[i % len(rows)][1:])
            elif table == "change":
                deal_text(dealt, "".join(row[1] for row in rows))
            else:
                deal(dealt, index, rows)
            for unit, part in zip(out, dealt):
                unit.append(part)
        with open(path, "w") as file:
            json.dump({"at": time.time(), "tables": tables, "units": out}, file)
        return {each["name"]: sum(len(unit[i]) for unit in out) for i, each in enumerate(tables)}

    def copy_parents(self):
        """Rows that the limits update must be there."""
        with connect("limits") as limits:
            for table in ("pending_exposure", "feed_cursor"):
                for row in self.found.get(table, []):
                    marks = ", ".join(f"%s::{kind}" for _, kind in self.shapes[table])
                    limits.execute(f"insert into {table} ({', '.join(n for n, _ in self.shapes[table])}) values ({marks}) "
                                   "on conflict do nothing", row[1:])

    def inserted(self):
        return [table for table in self.found if table not in UPDATED]


def of_these(rows, share):
    """Where fewer orders are written again than were recorded, rows that name no order are only so many as these orders made."""
    if any(row[0] is not None for row in rows):
        return rows
    return rows[:round(len(rows) * share)]


def deal(dealt, index, rows):
    for i, (owner, *row) in enumerate(rows):
        at = i * len(dealt) // len(rows) if owner is None else index.get(owner)
        if at is not None:
            dealt[at].append(row)


def deal_text(dealt, text):
    """A batch writes one row of it, all its units' parts joined."""
    for i, one in enumerate(dealt):
        part = text[i * len(text) // len(dealt):(i + 1) * len(text) // len(dealt)]
        if part:
            one.append([part])


def deal_positions(dealt, index, rows, names, places):
    at = [names.index("sku"), names.index("location")]
    by_key = {tuple(row[1:][i] for i in at): row[1:] for row in rows}
    for unit, keys in places.items():
        if unit in index:
            dealt[index[unit]].extend(by_key[key] for key in sorted(keys) if key in by_key)
