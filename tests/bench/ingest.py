"""G7 and G8: snapshots from Kafka into the canonical state, with offsets in the same transaction, beside a raw guarded upsert of 1,000 rows
at a time with the same rows; and the event path without the database beside a bare librdkafka consumer."""
import os
import re
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import world
from capture import emptied
from figures import row
from measure import BENCHES, Limits, connect, interleaved
from rows import Recording

TOPIC = "wms.inventory.v1"
EVENTS = 20_000  # of a round; at 10,000 keys each key twice
PARTS = 4  # of 10,000 events each: the limit's rounds take one after the other, so that they write what is not warm, as the hub's do


def feed(count, keys, sequence, first, topic=TOPIC, rate=0):
    return subprocess.Popen([BENCHES / "bench_feed", os.environ["CROSSDOCK_KAFKA_BROKERS"], topic, str(count), str(rate), str(keys),
                             str(sequence), str(first)], stdout=subprocess.DEVNULL)


class Intake:
    """Events for a hub: they are put into Kafka while the hub is held still: what makes them takes nothing from what is measured."""

    def __init__(self, hub):
        self.hub, self.database = hub, connect()

    def applied(self, which="applied"):
        return int(self.database.execute(f"select coalesce(sum({which}), 0) from feed_cursor where topic = '{TOPIC}'").fetchone()[0])

    def wait(self, before, count, seconds=120):
        end = time.monotonic() + seconds
        while self.applied("applied + superseded + duplicate + waiting + dead") - before < count:
            if time.monotonic() > end:
                raise RuntimeError(f"{self.applied() - before} of {count} events taken in {seconds} s")
            time.sleep(0.005)

    def round(self, count, keys):
        sequence = int(time.time() * 1000)  # above all that came before
        before, all_before = self.applied(), self.applied("applied + superseded + duplicate + waiting + dead")
        self.hub.process.send_signal(signal.SIGSTOP)
        try:
            if feed(count, keys, sequence, sequence * 7919).wait():
                raise RuntimeError("the broker did not take all events")
        finally:
            self.hub.process.send_signal(signal.SIGCONT)
        start = time.monotonic()
        self.wait(all_before, count)
        seconds = time.monotonic() - start
        if self.applied() - before != count:
            raise RuntimeError(f"{self.applied() - before} of {count} events were applied")
        return {"units": count, "seconds": seconds}


def recorded(hub, intake, keys, path):
    recording = Recording()
    intake.round(min(PARTS * 10_000, keys), keys)
    hub.settle()
    recording.stop()
    positions = recording.found["position"]
    names = [name for name, _ in recording.shapes["position"]]
    at = [1 + names.index("sku"), 1 + names.index("location")]
    units = [str(i) for i in range(len(positions))]
    written = recording.write(path, units, {str(i): [tuple(one[c] for c in at)] for i, one in enumerate(positions)}, guarded=True)
    recording.copy_parents()
    return recording.inserted(), f"{len(units)} events recorded; rows per event: " + ", ".join(
        f"{table} {count / len(units):.2f}" for table, count in written.items() if table != "feed_cursor") + "; cursors with each batch"


def at_keys(keys, name, rounds):
    """The hub and its limit at one number of keys."""
    with tempfile.TemporaryDirectory() as folder, world.Hub() as ours:
        intake = Intake(ours)
        intake.round(1000, keys)
        path = Path(folder, "rows.json")
        tables, note = recorded(ours, intake, keys, path)
        with Limits(path) as limits:
            limit = limits.arm(f"batches 1000 {max(1, min(PARTS, keys // 10_000))}", emptied(tables))
            arms = {f"events, {name} keys": lambda _: ours.measured(lambda: intake.round(EVENTS, keys)), f"raw upsert, {name} keys": limit}
            if name == "10^4":
                arms["raw upsert again"] = limit
            seen = interleaved(arms, rounds)
    lines = [row(seen, f"events, {name} keys", f"raw upsert, {name} keys", goal=[(f"G7 {name}", "rate_ratio")], note=note)]
    return lines + ([row(seen, "raw upsert again", f"raw upsert, {name} keys")] if name == "10^4" else [])


def ingest(rounds, _):
    return at_keys(10_000, "10^4", rounds) + at_keys(100_000, "10^5", rounds)


def ingest_million(rounds, _):
    world.grow()
    return at_keys(1_000_000, "10^6", rounds)


PATH_EVENTS, PATH_KEYS = 200_000, 100_000


def event_path(rounds, _):
    topic, brokers = f"bench.path.{int(time.time())}", os.environ["CROSSDOCK_KAFKA_BROKERS"]
    if feed(PATH_EVENTS, PATH_KEYS, 1, 0, topic).wait():
        raise RuntimeError("the broker did not take all events")

    def arm(which):
        def run(_):
            said = subprocess.run([BENCHES / "bench_event_path", which, brokers, topic, str(PATH_EVENTS), str(PATH_KEYS)], check=True,
                                  capture_output=True, text=True, timeout=120).stdout
            count, micros, cpu = (float(word) for word in re.search(r"done (.*)", said).group(1).split())
            return {"rate": count / micros * 1e6, "cpu": {"process": cpu / count}}
        return run
    seen = interleaved({"event path, no database": arm("decide"), "consumed and decoded": arm("decode"), "consumed alone": arm("consume"),
                        "bare librdkafka": arm("bare"), "bare librdkafka again": arm("bare")}, rounds)
    return [row(seen, "event path, no database", "bare librdkafka", goal=[("G8", "cpu_ratio")]),
            row(seen, "consumed and decoded", "bare librdkafka"), row(seen, "consumed alone", "bare librdkafka"),
            row(seen, "bare librdkafka again", "bare librdkafka")]
