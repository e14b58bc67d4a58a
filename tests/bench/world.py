"""The company that is measured: master data and stock loaded by SQL (loading is not what is measured), the hub, the other servers."""
import hashlib
import os
import subprocess
import time
from pathlib import Path

from measure import BENCHES, BUILD, KEY, ROOT, Backends, Server, connect, cpu_of_children, free_port, measured, url_of

ITEMS = 100_000  # at 4 locations: 400,000 positions
LOCATIONS = 4
SCARCE, SCARCE_STOCK = 50, 100  # items S-1 to S-50 with 100 units at L-1: for "never one too many"

ORIGIN = '"source":{"system":"bench","record_id":null,"revision":null,"as_of":null}}'
ITEM = ('","description":null,"status":"active","base_uom":"EA","units":[],"gtin":null,"minimum":null,"multiple":null,"maximum":null,'
        '"safety_stock":[],"weight_kg":null,"lead_time_days":null,"lot_tracked":false,' + ORIGIN)
PLACE = '","name":null,"time_zone":"UTC","priority":100,"cut_off":null,"ship_effect":"movement","stock_owner":null,' + ORIGIN
CUSTOMER = '","name":null,"status":"active","currency":"USD","credit":null,"terms":null,"ship_to":[],' + ORIGIN


def put_master(database, kind, key, prefix, rest, first, last):
    database.execute(f"insert into master select '{kind}', '{prefix}' || i, 1, '{{\"{key}\":\"{prefix}' || i || '{rest}' "
                     f"from generate_series({first}, {last}) i")


def put_stock(database, prefix, items, first, last, on_hand):
    database.execute("insert into position (sku, location, version, on_hand, owner, snap_epoch, snap_sequence, snap_id, snap_as_of, "
                     f"last_epoch, last_sequence) select '{prefix}' || i, 'L-' || l, 1, {on_hand}, 'bench', 1, 1, 's', now(), 1, 1 "
                     f"from generate_series(1, {items}) i, generate_series({first}, {last}) l")
    database.execute(f"insert into stock_feed select 'L-' || l, 'bench', 'api', '', now() from generate_series({first}, {last}) l "
                     "on conflict do nothing")


def seed(database):
    put_master(database, "item", "sku", "I-", ITEM, 1, ITEMS)
    put_master(database, "item", "sku", "S-", ITEM, 1, SCARCE)
    put_master(database, "location", "code", "L-", PLACE, 1, LOCATIONS)
    put_master(database, "customer", "number", "C-", CUSTOMER, 1, 1000)
    put_stock(database, "I-", ITEMS, 1, LOCATIONS, 1_000_000)
    put_stock(database, "S-", SCARCE, 1, 1, SCARCE_STOCK)
    database.execute("vacuum analyze master, position")


def grow():
    """To 10 locations, 1,000,000 positions: --long."""
    for name in ("crossdock", "limits"):
        with connect(name) as database:
            if database.execute("select count(*) from master where kind = 'location'").fetchone()[0] == LOCATIONS:
                put_master(database, "location", "code", "L-", PLACE, LOCATIONS + 1, 10)
                put_stock(database, "I-", ITEMS, LOCATIONS + 1, 10, 1_000_000)
                database.execute("vacuum analyze master, position")


def prepare():
    with connect() as database:
        database.execute("create database limits")
    for name in ("crossdock", "limits"):
        subprocess.run([BUILD / "release/crossdock", "migrate", "up", "-c", ROOT / "tests/bench/hub"], check=True, capture_output=True,
                       env={**os.environ, **ENVIRONMENT, "CROSSDOCK_POSTGRES_URL": url_of(name)})
        with connect(name) as database:
            seed(database)


ENVIRONMENT = {"CROSSDOCK_API_LISTEN": "127.0.0.1:0", "CROSSDOCK_ADMIN_LISTEN": "127.0.0.1:0",
               "CROSSDOCK_BENCH_KEY_SHA256": hashlib.sha256(KEY.encode()).hexdigest()}


class Hub(Server):
    def __init__(self):
        super().__init__([BUILD / "release/crossdock", "run", "-c", ROOT / "tests/bench/hub"], r"ready api=(\S+)", environment=ENVIRONMENT)
        self.url, self.backends, self.database = self.found[1], Backends("crossdock/"), connect()

    def settle(self, seconds=60):
        """Until all is published."""
        end = time.monotonic() + seconds
        while self.database.execute("select exists (select from outbox)").fetchone()[0]:
            if time.monotonic() > end:
                raise RuntimeError(f"the outbox is not empty after {seconds} s")
            time.sleep(0.01)

    def measured(self, work):
        return measured(work, settle=self.settle, hub=self.cpu, PG=self.backends)


def beast(*arguments):
    port = free_port()
    server = Server([BENCHES / "bench_http_hello", "beast", str(port), str(os.cpu_count()), *arguments], "ready")
    server.url = f"http://127.0.0.1:{port}"
    return server


def nginx(folder):
    port = free_port()
    text = (ROOT / "tests/bench/nginx_hello.conf").read_text().replace("PORT", str(port))
    Path(folder, "nginx.conf").write_text(text)
    Path(folder).chmod(0o755)
    server = Server(["sh", "-c", f"echo ready; exec nginx -p {folder} -c {folder}/nginx.conf"], "ready", cpu=cpu_of_children)
    server.url = f"http://127.0.0.1:{port}"
    time.sleep(0.3)
    return server
