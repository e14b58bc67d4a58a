"""G4 and G5: orders of five lines, captured by the hub, beside the same rows written by raw batches, one statement per order, and a naive
peer of 11 round trips per order."""
import tempfile
import time
from pathlib import Path

from figures import row
from measure import Limits, connect, interleaved, load
from rows import Recording
from world import ITEMS, Hub

ENOUGH = 4096  # orders recorded


def record(hub, stamp, path):
    """Orders captured for real at 32 connections, as rows for the limits."""
    recording = Recording()
    for i in range(10):
        load(hub.url, "order", 32, 1, f"{stamp}r{i}", ITEMS)
        if hub.database.execute("select count(*) from sales_order where order_number like %s", [f"{stamp}r%"]).fetchone()[0] >= ENOUGH:
            break
    time.sleep(0.5)  # calls under way when the load ended
    hub.settle()
    recording.stop()
    units = [one[0] for one in recording.found["sales_order"]][:ENOUGH]
    places = {}
    for order, sku, location in hub.database.execute("select order_id::text, sku, location from commitment").fetchall():
        places.setdefault(order, set()).add((sku, location))
    written = recording.write(path, units, places, left_out=["feed_cursor"])  # that one is told of freshness meanwhile
    recording.copy_parents()
    per_order = ", ".join(f"{table} {count / len(units):.2f}" for table, count in written.items())
    return recording.inserted(), f"{len(units)} orders recorded; rows per order: {per_order}"


def emptied(tables):
    def run():
        with connect("limits") as database:
            database.execute("set session_replication_role = replica")  # the audit keeps what was written
            database.execute(f"truncate {', '.join(tables)} cascade")
    return run


def capture(rounds, seconds):
    stamp = str(int(time.time()))
    with tempfile.TemporaryDirectory() as folder, Hub() as ours:
        path = Path(folder, "rows.json")
        tables, note = record(ours, stamp, path)
        with Limits(path) as limits:
            def hub(connections):
                return lambda n: ours.measured(lambda: load(ours.url, "order", connections, seconds, f"{stamp}-{connections}-{n}-", ITEMS))

            def limit(command):
                return limits.arm(command, emptied(tables))
            seen = interleaved({
                "capture, 1 connection": hub(1), "capture, 32 connections": hub(32), "capture, 256 connections": hub(256),
                "raw batches of 32": limit("batches 32"), "raw batches of 32 again": limit("batches 32"),
                "raw batches of 256": limit("batches 256"), "one statement, 1 conn.": limit("singly 1"),
                "one statement, 32 conn.": limit("singly 32"), "naive, 11 trips, 32 conn.": limit("naive 32")}, rounds)
    return [row(seen, "capture, 32 connections", "raw batches of 32", goal=[("G4 raw 32", "rate_ratio")], note=note),
            row(seen, "capture, 256 connections", "raw batches of 256", goal=[("G4 raw 256", "rate_ratio")]),
            row(seen, "capture, 32 connections", "one statement, 32 conn.", goal=[("G4 single 32", "rate_ratio")]),
            row(seen, "capture, 32 connections", "naive, 11 trips, 32 conn.", goal=[("G4 naive 32", "rate_ratio")]),
            row(seen, "capture, 256 connections", "naive, 11 trips, 32 conn.", goal=[("G4 naive 256", "rate_ratio")]),
            row(seen, "capture, 1 connection", "one statement, 1 conn.", goal=[("G5 p50", "p50_ratio")]),
            row(seen, "raw batches of 32 again", "raw batches of 32")]
