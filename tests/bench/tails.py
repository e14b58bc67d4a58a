"""G11 and G13: what the others feel while the hub is busy. An open loop asks at a fixed rate and measures from when each was due."""
import re
import subprocess
import threading
import time

import ingest
from figures import row
from measure import BENCHES, KEY, interleaved, load
from world import ITEMS, Hub

ATP_RATE, RESERVATION_RATE, CAPTURE_RATE = 2000, 400, 400  # light: they are to wait for others only
SECONDS = 2


def pace(hub, kind, connections, rate, seconds):
    port = hub.url.rsplit(":", 1)[1].rstrip("/")
    said = subprocess.run([BENCHES / "bench_pace", port, KEY, kind, str(connections), str(int(rate)), str(seconds),
                           f"{kind}{time.monotonic_ns()}-", str(ITEMS)], capture_output=True, text=True, check=True, timeout=120).stdout
    answered, wrong, p50, p99, p999, late = (float(word) for word in re.search(r"PACE (.*)", said).group(1).split())
    if wrong:
        raise RuntimeError(f"{wrong:.0f} wrong answers of {answered:.0f}: {said}")
    return {"units": answered, "seconds": seconds + max(late, 0) / 1e6, "p50": p50, "p99": p99, "p999": p999}


class Beside:
    """Load at a fixed rate while the with block runs; `kept` is the part of it that the hub took in time."""

    def __init__(self, hub, intake, capture_rate, ingest_rate, seconds):
        self.hub, self.intake, self.kept = hub, intake, {}
        self.capture_rate, self.ingest_rate, self.seconds = capture_rate, ingest_rate, seconds
        self.trouble = None

    def capture(self):
        try:
            done = pace(self.hub, "order", 64, self.capture_rate, self.seconds)
            self.kept["capture"] = done["units"] / done["seconds"] / self.capture_rate
        except Exception as why:
            self.trouble = why

    def __enter__(self):
        self.threads, self.before, self.begun = [], self.intake.applied(), time.monotonic()
        self.events = int(self.ingest_rate * self.seconds)
        self.feed = ingest.feed(self.events, 100_000, int(time.time() * 1000), time.monotonic_ns() % 99_991, rate=int(self.ingest_rate))
        if self.capture_rate:
            self.threads = [threading.Thread(target=self.capture)]
            self.threads[0].start()
        time.sleep(0.5)  # both under way
        return self

    def __exit__(self, *_):
        for thread in self.threads:
            thread.join()
        self.feed.wait()
        self.intake.wait(self.before, self.events)
        self.kept["ingest"] = self.seconds / max(time.monotonic() - self.begun, self.seconds)
        if self.trouble:
            raise self.trouble


def ceilings(hub, intake):
    """What this hub can do by itself, in this run: captures at 32 connections and events at 10^5 keys per second, the better of two."""
    stamp = str(time.monotonic_ns())
    captures = [load(hub.url, "order", 32, 2, f"{stamp}c{i}", ITEMS) for i in range(2)]
    hub.settle()
    events = [intake.round(20_000, 100_000) for _ in range(2)]
    hub.settle()
    return tuple(max(one["units"] / one["seconds"] for one in several) for several in (captures, events))


def tails(rounds, _):
    kept = {"capture": [], "ingest": []}
    with Hub() as ours:
        intake = ingest.Intake(ours)
        intake.round(1000, 100_000)
        most_captures, most_events = ceilings(ours, intake)

        def alone(kind, connections, rate):
            return lambda _: ours.measured(lambda: pace(ours, kind, connections, rate, SECONDS))

        def beside(kind, connections, rate, captures, events):
            def run(_):
                with Beside(ours, intake, captures, events, SECONDS + 1) as others:
                    done = pace(ours, kind, connections, rate, SECONDS)
                for what, part in others.kept.items():
                    kept[what].append(part)
                ours.settle()
                return {**done, "rate": done["units"] / done["seconds"], "cpu": {}}
            return run
        busy = 0.7 * most_captures, 0.5 * most_events
        seen = interleaved({
            "ATP alone": alone("atp", 16, ATP_RATE), "ATP alone again": alone("atp", 16, ATP_RATE),
            "ATP beside both": beside("atp", 16, ATP_RATE, *busy),
            "reservations alone": alone("reservation", 32, RESERVATION_RATE),
            "reservations beside ingest": beside("reservation", 32, RESERVATION_RATE, 0, busy[1]),
            "captures alone": alone("order", 32, CAPTURE_RATE),
            "captures beside ingest": beside("order", 32, CAPTURE_RATE, 0, busy[1])}, rounds)
    note = (f"open loop at {ATP_RATE}/s; beside {busy[0]:.0f} captures/s (70 % of {most_captures:.0f}) and {busy[1]:.0f} events/s (50 % of "
            f"{most_events:.0f}), of which {min(kept['capture']) * 100:.0f} % and {min(kept['ingest']) * 100:.0f} % or more were kept")
    return [row(seen, "ATP beside both", "ATP alone", goal=[("G11", "p99_ratio")], note=note),
            row(seen, "reservations beside ingest", "reservations alone", goal=[("G13 reservation", "p99_ratio")]),
            row(seen, "captures beside ingest", "captures alone", goal=[("G13 capture", "p99_ratio")]),
            row(seen, "ATP alone again", "ATP alone")]
