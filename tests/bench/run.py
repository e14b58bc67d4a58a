"""What tools/bench calls: runs scenarios, prints the table, writes JSON and the plot."""
import argparse
import json
import os
import sys
import time
from pathlib import Path

from measure import ROOT
from scenarios import SCENARIOS, prepare


def table(results):
    yield f"{'what':28}{'per second':>12}  {'beside its limit':28}{'per second':>12}{'ratio':>8}  {'of rounds':12}{'CPU us (hub+PG)':>20}{'limit':>10}{'CPU ratio':>11}"
    for lines in results.values():
        for one in lines:
            cpu = "+".join(f"{value:.1f}" for value in one["cpu"])
            ratio = "" if one["cpu_ratio"] is None else f"{one['cpu_ratio']:.2f}"
            span = f"{one['rate_low']:.2f}-{one['rate_high']:.2f}"
            yield (f"{one['what']:28}{one['rate']:>12.1f}  {one['limit']:28}{one['limit_rate']:>12.1f}{one['rate_ratio']:>8.2f}  {span:12}"
                   f"{cpu:>20}{sum(one['limit_cpu']):>10.1f}{ratio:>11}")
            if "rss_mib" in one:
                yield f"{'  memory after it':28}{one['rss_mib']:>12.1f}  MiB (limit 100)"


def plot(results):
    """A bar for each paired ratio of throughput, with the range of its rounds; 1 is the limit. Logarithmic from 0.1 to 100."""
    from math import log10
    lines = [one for group in results.values() for one in group]

    def x(value):
        return 330 + 140 * (log10(min(max(value, 0.1), 100)) + 1)
    height = 40 + 26 * len(lines)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="800" height="{height}" font-family="sans-serif" font-size="12">',
           '<rect width="100%" height="100%" fill="white"/>']
    for tick in (0.1, 1, 10, 100):
        out.append(f'<path d="M{x(tick)} 26V{height - 8}" stroke="{"#333" if tick == 1 else "#ccc"}"/>'
                   f'<text x="{x(tick)}" y="18" text-anchor="middle">{tick}x</text>')
    for i, one in enumerate(lines):
        y, ratio = 32 + 26 * i, one["rate_ratio"]
        color = "#999" if "again" in one["what"] else "#2a6fbb"
        left, right = sorted((x(1), x(ratio)))
        out.append(f'<text x="324" y="{y + 13}" text-anchor="end">{one["what"]} / {one["limit"]}</text>'
                   f'<rect x="{left:.1f}" y="{y}" width="{max(right - left, 1):.1f}" height="18" fill="{color}"/>'
                   f'<path d="M{x(one["rate_low"]):.1f} {y + 9}H{x(one["rate_high"]):.1f}" stroke="#000"/>'
                   f'<text x="770" y="{y + 13}" text-anchor="end">{ratio:.2f}</text>')
    return "\n".join([*out, "</svg>\n"])


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("--quick", action="store_true")
    ask.add_argument("--scenario", choices=SCENARIOS, action="append")
    ask.add_argument("--json", default=str(ROOT / "docs/performance/bench.json"))
    asked = ask.parse_args()
    rounds, seconds = (3, 1) if asked.quick else (7, 1)
    prepare()
    results, failed = {}, 0
    head = {"at": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), "cores": os.cpu_count(), "load_before": os.getloadavg()[0],
            "rounds": rounds}
    for name in asked.scenario or SCENARIOS:
        try:
            results[name] = SCENARIOS[name](rounds, seconds)
            print(f"{name} done", file=sys.stderr)
        except Exception as why:  # one that cannot be measured is said, and takes no other with it
            failed += 1
            print(f"{name} NOT MEASURED: {why!r}", file=sys.stderr)
    head["load_after"] = os.getloadavg()[0]
    print(f"{head['at']}, {head['cores']} cores, load {head['load_before']:.1f} to {head['load_after']:.1f}, {rounds} rounds")
    print("\n".join(table(results)))
    Path(asked.json).parent.mkdir(parents=True, exist_ok=True)
    Path(asked.json).write_text(json.dumps({**head, "results": results}, indent=1) + "\n")
    Path(asked.json).with_suffix(".svg").write_text(plot(results))
    return 1 if failed or not results else 0


sys.exit(main())
