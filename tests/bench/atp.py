"""G1 and G3: the availability check of 3 lines with key, correlation id and metrics on, beside servers that answer a fixed 200, and beside
the same question asked of PostgreSQL by a prepared SELECT."""
import glob
import subprocess
import tempfile
from pathlib import Path

from figures import percentile, row
from measure import Backends, interleaved, load, measured, url_of
from world import ITEMS, Hub, beast, nginx

PGBENCH = "/usr/lib/postgresql/15/bin/pgbench"


def arm(server, connections, seconds):
    return lambda n: measured(lambda: load(server.url, "atp", connections, seconds, str(n), ITEMS), server=server.cpu)


def atp(rounds, seconds):
    with tempfile.TemporaryDirectory() as folder, Hub() as ours, beast() as bare, nginx(folder) as gate:
        seen = interleaved({"ATP, 3 lines": arm(ours, 32, seconds), "bare Beast": arm(bare, 32, seconds),
                            "bare Beast again": arm(bare, 32, seconds), "nginx return 200": arm(gate, 32, seconds)}, rounds)
    return [row(seen, "ATP, 3 lines", "bare Beast", goal=[("G1 Beast", "cpu_ratio")]),
            row(seen, "ATP, 3 lines", "nginx return 200", goal=[("G1 nginx", "cpu_ratio")]),
            row(seen, "bare Beast again", "bare Beast")]


SELECT = (f"\\set a random(1, {ITEMS})\n\\set b random(1, {ITEMS})\n\\set c random(1, {ITEMS})\n"
          "select sku, location, on_hand, unavailable, safety_stock, supply, demand from position "
          "where sku in ('I-' || :a, 'I-' || :b, 'I-' || :c);\n")


def pgbench(connections, seconds):
    """The three items' rows by one prepared SELECT; each call's microseconds come from pgbench's own log."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "ask.sql").write_text(SELECT)
        said = subprocess.run([PGBENCH, "-n", f"-c{connections}", "-j1", "-Mprepared", f"-T{seconds}", "-l", f"--log-prefix={folder}/log",
                               "-f", f"{folder}/ask.sql", url_of("limits") + "?application_name=bench/pgbench"],
                              capture_output=True, text=True, check=True).stdout
        calls = [int(line.split()[2]) for name in glob.glob(f"{folder}/log*") for line in Path(name).read_text().splitlines()]
    done = int(said.split("actually processed: ")[1].split()[0].split("/")[0])
    tps = float(said.split("tps = ")[1].split()[0])
    return {"units": done, "seconds": done / tps, "p50": percentile(calls, 0.5), "p99": percentile(calls, 0.99)}


def select(rounds, seconds):
    with Hub() as ours:
        def limit(_):
            return measured(lambda: pgbench(8, seconds), PG=Backends("bench/"))
        seen = interleaved({"ATP, 8 connections": arm(ours, 8, seconds), "prepared SELECT (pgbench)": limit,
                            "prepared SELECT again": limit}, rounds)
    for one in seen["prepared SELECT (pgbench)"] + seen["prepared SELECT again"]:
        one["cpu"] = {}  # its backends end with it: not read
    return [row(seen, "ATP, 8 connections", "prepared SELECT (pgbench)", goal=[("G3 rate", "rate_ratio"), ("G3 p99", "p99_ratio")]),
            row(seen, "prepared SELECT again", "prepared SELECT (pgbench)")]
