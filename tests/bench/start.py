"""G10: from nothing to ready, and the memory after it, beside a binary COPY of the same positions and bare Beast with them in a map."""
import time

import world
from figures import paired, median, row, span
from measure import Limits, interleaved, rss_of, url_of


def started(server_of, memory):
    def run(_):
        with server_of() as server:
            time.sleep(0.3)
            memory.append(rss_of(server.process.pid))
            return {"rate": 1 / server.ready_after, "cpu": {"process": server.cpu() * 1e6}}
    return run


def at_size(name, rounds):
    memory, plain = [], []
    with Limits() as limits:
        def copy(_):
            limits.say("copy")
            return {"rate": 1 / limits.go()["seconds"], "cpu": {}}
        what, held = f"start, {name} positions", "bare Beast with the map"
        seen = interleaved({what: started(world.Hub, memory), "binary COPY": copy, "binary COPY again": copy,
                            held: started(lambda: world.beast(url_of("limits")), plain)}, rounds)
    first = row(seen, what, "binary COPY", goal=[(f"G10 ready {name}", "time_ratio")])
    first["time_ratio"] = span([1 / one for one in paired([a["rate"] for a in seen[what]], [b["rate"] for b in seen["binary COPY"]])])
    first["note"] = f"time: {first['time_ratio']['median']:.2f} of the COPY's"
    second = row(seen, what, held, goal=[("G10 memory", "rss_ratio")] if name == "400 k" else None)
    second["rss_ratio"], second["rss_mib"], second["limit_rss_mib"] = span(paired(memory, plain)), median(memory), median(plain)
    second["note"] = f"memory: {second['rss_mib']:.1f} MiB beside {second['limit_rss_mib']:.1f}, {second['rss_ratio']['median']:.2f}"
    return [first, second, row(seen, "binary COPY again", "binary COPY")]


def start(rounds, _):
    return at_size("400 k", rounds)


def start_million(rounds, _):
    world.grow()
    return at_size("1 M", rounds)
