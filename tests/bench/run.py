"""What tools/bench calls: runs scenarios, prints the table, writes JSON, the plot and the goals."""
import argparse
import json
import os
import sys
import time
import traceback
from pathlib import Path

import measure
import plot
import world
from atp import atp, select
from capture import capture
from goals import beside_goals, document
from ingest import event_path, ingest, ingest_million
from measure import ROOT
from peers import peers
from reservations import reservations
from start import start, start_million
from tails import tails

# Each with the seconds that it takes on a quiet machine of two cores, for the time left.
SCENARIOS = {"atp": (atp, 40), "select": (select, 30), "peers": (peers, 80), "start": (start, 50), "capture": (capture, 170),
             "reservations": (reservations, 80), "ingest": (ingest, 90), "event-path": (event_path, 40), "tails": (tails, 150)}
LONG = {"ingest-1m": (ingest_million, 90), "start-1m": (start_million, 70)}  # last: they make the company larger


def ratio(line, name):
    return f"{line[name]['median']:.2f}" if name in line else ""


def table(results):
    yield (f"{'what':27}{'per second':>12}  {'beside':27}{'per second':>12}{'ratio':>8}  {'of rounds':11}{'CPU us':>14}{'limit':>9}"
           f"{'ratio':>7}{'p50 us':>9}{'p99 us':>9}{'limit':>9}{'ratio':>7}")
    for lines in results.values():
        for one in lines:
            cpu = "+".join(f"{value:.1f}" for value in one["cpu"].values())
            theirs = f"{sum(one['limit_cpu'].values()):.1f}" if one["limit_cpu"] else ""
            spread = f"{one['rate_ratio']['low']:.2f}-{one['rate_ratio']['high']:.2f}"
            late = [f"{one[part]:.0f}" if part in one else "" for part in ("p50", "p99", "limit_p99")]
            yield (f"{one['what']:27}{one['rate']:>12.1f}  {one['limit']:27}{one['limit_rate']:>12.1f}"
                   f"{ratio(one, 'rate_ratio'):>8}  {spread:11}{cpu:>14}{theirs:>9}{ratio(one, 'cpu_ratio'):>7}"
                   f"{late[0]:>9}{late[1]:>9}{late[2]:>9}{ratio(one, 'p99_ratio'):>7}")
            if one.get("note"):
                yield f"  {one['note']}"


def head_of(rounds, asked):
    return {"at": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), "cores": os.cpu_count(), "rounds": rounds, "quick": asked.quick,
            "long": asked.long, "load": [os.getloadavg()[0]], "scenarios": asked.scenario or "all"}


def said(head):
    load = head["load"]
    state = "a quiet machine" if max(load[:1]) < 0.5 else f"NOT a quiet machine: load {load[0]:.1f} before the first round"
    return (f"{head['at']}, {head['cores']} cores, {head['rounds']} rounds; {state}; load at each scenario's end "
            f"{', '.join(f'{value:.1f}' for value in load[1:])}.")


def write(asked, head, results):
    path = Path(asked.json)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**head, "results": results}, indent=1) + "\n")
    path.with_suffix(".svg").write_text(plot.picture(results))
    path.with_name("goals.md").write_text("\n".join([*document(results, said(head), table(results)), ""]))


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("--quick", action="store_true")
    ask.add_argument("--long", action="store_true")
    ask.add_argument("--scenario", choices=[*SCENARIOS, *LONG], action="append")
    ask.add_argument("--json")
    asked = ask.parse_args()
    # A part of it, or a quick look, does not take the place of the figures that docs show.
    whole = not asked.quick and not asked.scenario
    asked.json = asked.json or str(ROOT / ("docs/performance" if whole else "build/bench") / "bench.json")
    rounds, seconds = (3, 1) if asked.quick else (7, 1)
    all_of_them = {**SCENARIOS, **LONG}
    wanted = asked.scenario or [*SCENARIOS, *(LONG if asked.long else [])]
    measure.progress.__init__({name: all_of_them[name][1] * rounds / 7 for name in wanted})
    head, results, failed = head_of(rounds, asked), {}, 0
    world.prepare()
    for name in wanted:
        measure.progress.scenario(name)
        try:
            results[name] = all_of_them[name][0](rounds, seconds)
        except Exception:  # one that cannot be measured is said, and takes no other with it
            failed += 1
            print(f"{name} NOT MEASURED: {traceback.format_exc()}", file=sys.stderr)
        head["load"].append(os.getloadavg()[0])
    print(said(head))
    print("\n".join(table(results)))
    print("\n".join(beside_goals(results)))
    write(asked, head, results)
    return 1 if failed or not results else 0


sys.exit(main())
