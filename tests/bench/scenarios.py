"""The scenarios of tools/bench. Each answers rows of the table: the hub beside its limit, and the limit beside itself (A/A)."""
import json
import os
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import raw
from measure import (BUILD, ROOT, Server, connect, cpu_of_family, hub, interleaved, measured, median, postgres_cpu, rss_of, row, wrk)

ITEMS = 25_000  # at 4 locations: 100,000 positions
SKUS = f"generate_series(1, {ITEMS}) i"


def seed(database):
    """Master data and stock by SQL: loading them is not what is measured."""
    origin = '"source":{"system":"bench","record_id":null,"revision":null,"as_of":null}}'
    item = ('","description":null,"status":"active","base_uom":"EA","units":[],"gtin":null,"minimum":null,"multiple":null,"maximum":null,'
            '"safety_stock":[],"weight_kg":null,"lead_time_days":null,"lot_tracked":false,' + origin)
    place = '","name":null,"time_zone":"UTC","priority":100,"cut_off":null,"ship_effect":"movement","stock_owner":null,' + origin
    customer = '","name":null,"status":"active","currency":"USD","credit":null,"terms":null,"ship_to":[],' + origin
    for kind, key, prefix, rest, count in (("item", "sku", "I-", item, ITEMS), ("location", "code", "L-", place, 4),
                                           ("customer", "number", "C-", customer, 1000)):
        database.execute(f"insert into master select '{kind}', '{prefix}' || i, 1, '{{\"{key}\":\"{prefix}' || i || '{rest}' "
                         f"from generate_series(1, {count}) i")
    database.execute("insert into position (sku, location, version, on_hand, owner, snap_epoch, snap_sequence, snap_id, snap_as_of, "
                     f"last_epoch, last_sequence) select 'I-' || i, 'L-' || l, 1, 1000000, 'bench', 1, 1, 's', now(), 1, 1 from {SKUS}, "
                     "generate_series(1, 4) l")
    database.execute("insert into stock_feed select 'L-' || l, 'bench', 'api', '', now() from generate_series(1, 4) l")
    database.execute("vacuum analyze master, position")


def prepare():
    url = os.environ["CROSSDOCK_POSTGRES_URL"].rsplit("/", 1)[0]
    with connect() as database:
        database.execute("create database limits")
    for name in ("crossdock", "limits"):
        subprocess.run([BUILD / "release/crossdock", "migrate", "up", "-c", ROOT / "config/examples/minimal"], check=True, capture_output=True,
                       env={**os.environ, "CROSSDOCK_POSTGRES_URL": f"{url}/{name}"})
        with connect(name) as database:
            seed(database)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def nginx(folder):
    port = free_port()
    text = (ROOT / "tests/bench/nginx_hello.conf").read_text().replace("PORT", str(port))
    Path(folder, "nginx.conf").write_text(text)
    Path(folder).chmod(0o755)
    server = Server(["sh", "-c", f"echo ready; exec nginx -p {folder} -c {folder}/nginx.conf"], "ready", cpu=cpu_of_family)
    time.sleep(0.3)
    return server, f"http://127.0.0.1:{port}"


def atp(rounds, seconds):
    port, loops = free_port(), os.cpu_count()
    with tempfile.TemporaryDirectory() as folder, hub() as ours, \
            Server([BUILD / "release/tests/bench/bench_http_hello", "beast", str(port), str(loops)], "ready") as beast:
        gate, nginx_url = nginx(folder)
        with gate:
            def arm(url, server):
                return lambda n: measured(lambda: wrk(url, "requests.lua", 32, seconds, "atp", str(n), str(ITEMS)), server.cpu)
            seen = interleaved({"ATP, 3 lines": arm(ours.found[1], ours), "bare Beast": arm(f"http://127.0.0.1:{port}", beast),
                                "bare Beast again": arm(f"http://127.0.0.1:{port}", beast), "nginx return 200": arm(nginx_url, gate)}, rounds)
    return [row(seen, "ATP, 3 lines", "bare Beast"), row(seen, "ATP, 3 lines", "nginx return 200"),
            row(seen, "bare Beast again", "bare Beast")]


def recorded(work, **rows):
    """What `work` made the hub write, as the rows of the limit."""
    with connect() as database:
        since = {"journal": database.execute("select coalesce(max(id), 0) from journal").fetchone()[0],
                 "xid": database.execute("select pg_current_xact_id()::text").fetchone()[0]}
        raw.record(database, True)
        work()
        time.sleep(1)  # calls under way when the load ended
        raw.record(database, False)
        return raw.Rows(database, since, **rows)


def capture(rounds, seconds):
    stamp = str(int(time.time()))
    with hub() as ours:
        def load(name, connections, length):
            return wrk(ours.found[1], "requests.lua", connections, length, "order", stamp + name, str(ITEMS))
        rows = recorded(lambda: load("r", 32, 1))
        orders = sorted(one[0] for one in rows.rows["sales_order"])
        tables = [t for t in raw.TABLES]
        batches = {size: rows.batches(orders, size) for size in (1, 32, 256)}
        writer, writers = connect("limits"), [connect("limits") for _ in range(32)]

        def limit(work):
            def run(_):
                raw.emptied(tables)
                return measured(lambda: (len(orders), work()), lambda: 0, postgres_cpu)
            return run

        def arm(connections):
            return lambda n: measured(lambda: load(f"-{connections}-{n}-", connections, seconds), ours.cpu, postgres_cpu)
        seen = interleaved({
            "capture, 32 connections": arm(32), "capture, 256 connections": arm(256),
            "raw batches of 32": limit(lambda: raw.write_batches(writer, batches[32])),
            "raw batches of 32 again": limit(lambda: raw.write_batches(writer, batches[32])),
            "raw batches of 256": limit(lambda: raw.write_batches(writer, batches[256])),
            "one statement per order": limit(lambda: raw.write_singly(writers, batches[1]))}, rounds)
        for one in [writer, *writers]:
            one.close()
    pairs = [("capture, 32 connections", "raw batches of 32"), ("capture, 32 connections", "one statement per order"),
             ("capture, 256 connections", "raw batches of 256"), ("capture, 256 connections", "one statement per order"),
             ("raw batches of 32 again", "raw batches of 32")]
    return [row(seen, *pair) for pair in pairs]


def pgbench(script, seconds):
    url = os.environ["CROSSDOCK_POSTGRES_URL"].rsplit("/", 1)[0] + "/limits"
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        said = subprocess.run(["/usr/lib/postgresql/15/bin/pgbench", "-n", "-c32", "-j1", "-Mprepared", f"-T{seconds}", "-f", file.name, url],
                              capture_output=True, text=True, check=True).stdout
    return int(said.split("actually processed: ")[1].split()[0].split("/")[0]), seconds


def reservations(rounds, seconds):
    stamp = str(int(time.time()))
    with connect("limits") as database:
        database.execute("drop table if exists bench_stock")
        database.execute("create table bench_stock (item int primary key, available numeric(18,6) not null) with (fillfactor = 50)")
        database.execute(f"insert into bench_stock select i, 1000000 from {SKUS}")
    update = "update bench_stock set available = available - 1 where item = :item and available >= 1;\n"
    scripts = {"hot": "\\set item 1\n", "zipf": "\\set item random_zipfian(1, 10000, 1.1)\n"}
    with hub() as ours:
        def arm(kind):
            return lambda n: measured(lambda: wrk(ours.found[1], "requests.lua", 32, seconds, kind, f"{kind}{stamp}{n}", "10000"), ours.cpu,
                                      postgres_cpu)

        def limit(kind):
            return lambda _: measured(lambda: pgbench(scripts[kind] + update, seconds), lambda: 0, postgres_cpu)
        seen = interleaved({"reservation, one hot item": arm("hot"), "reservation, zipf": arm("zipf"),
                            "conditional UPDATE, hot": limit("hot"), "conditional UPDATE, hot again": limit("hot"),
                            "conditional UPDATE, zipf": limit("zipf")}, rounds)
    return [row(seen, "reservation, one hot item", "conditional UPDATE, hot"), row(seen, "reservation, zipf", "conditional UPDATE, zipf"),
            row(seen, "conditional UPDATE, hot again", "conditional UPDATE, hot")]


EVENTS = 10_000


def ingest(rounds, _):
    from confluent_kafka import Producer
    producer = Producer({"bootstrap.servers": os.environ["CROSSDOCK_KAFKA_BROKERS"], "linger.ms": 5})
    stamp = [int(time.time())]
    watch = connect()

    def applied():
        return int(watch.execute("select coalesce(sum(applied + superseded + duplicate + waiting + dead), 0) from feed_cursor").fetchone()[0])

    def send():
        stamp[0] += 1
        now, before, start = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()), applied(), time.monotonic()
        for i in range(EVENTS):
            body = {"kind": "snapshot", "id": f"{stamp[0]}-{i}", "source": "bench", "location": f"L-{1 + i % 4}", "sku": f"I-{1 + i // 4}",
                    "sequence": stamp[0], "as_of": now, "on_hand": str(1_000_000 + stamp[0] % 1000)}
            producer.produce("wms.inventory.v1", json.dumps(body), key=f"{body['location']}|{body['sku']}")
        producer.flush()
        while applied() - before < EVENTS:
            if time.monotonic() - start > 60:
                raise RuntimeError(f"{applied() - before} of {EVENTS} events taken in 60 s")
            time.sleep(0.01)
        return EVENTS, time.monotonic() - start

    with hub() as ours:
        send()
        rows = recorded(send, tables=["outbox", "change"], positions="select sku, location, '' from position where "
                        f"snap_sequence = {stamp[0] + 1}")
        batches, writer = rows.batches([str(i) for i in range(EVENTS)], 1000), connect("limits")

        def limit(_):
            raw.emptied(["outbox", "change"])
            return measured(lambda: (EVENTS, raw.write_batches(writer, batches)), lambda: 0, postgres_cpu)
        seen = interleaved({"events from Kafka": lambda _: measured(send, ours.cpu, postgres_cpu), "raw upsert of 1000": limit,
                            "raw upsert again": limit}, rounds)
        writer.close()
    watch.close()
    return [row(seen, "events from Kafka", "raw upsert of 1000"), row(seen, "raw upsert again", "raw upsert of 1000")]


def start(rounds, _):
    memory = []

    def ready(_):
        with hub() as ours:
            time.sleep(0.3)
            memory.append(rss_of(ours.process.pid))
            return {"rate": 1 / ours.ready_after, "cpu": [ours.cpu() * 1e6]}

    def copy(_):
        begun = time.monotonic()
        with connect() as database, database.cursor().copy("copy position to stdout (format binary)") as out:
            for _ in out:
                pass
        return {"rate": 1 / (time.monotonic() - begun), "cpu": [0]}
    seen = interleaved({"start, 100,000 positions": ready, "binary COPY": copy, "binary COPY again": copy}, rounds)
    lines = [row(seen, "start, 100,000 positions", "binary COPY"), row(seen, "binary COPY again", "binary COPY")]
    lines[0]["rss_mib"] = median(memory)
    return lines


SCENARIOS = {"atp": atp, "start": start, "capture": capture, "reservations": reservations, "ingest": ingest}
