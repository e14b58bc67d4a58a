"""The picture: a bar for each paired ratio, with the range of its rounds; 1 is the limit. Logarithmic from 0.1 to 100. The ratio is what
the goal asks for, throughput where it asks for none."""
from math import log10


def x(value):
    return 420 + 140 * (log10(min(max(value, 0.1), 100)) + 1)


SAID = {"rate_ratio": "rate", "cpu_ratio": "CPU", "p50_ratio": "p50", "p99_ratio": "p99", "time_ratio": "time", "rss_ratio": "memory"}


def shown(line):
    asked = [measure for _, measure in line.get("goal") or () if measure in SAID and measure in line]
    return asked[0] if asked else "rate_ratio"


def picture(results):
    lines = [one for group in results.values() for one in group]
    height = 40 + 26 * len(lines)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="900" height="{height}" font-family="sans-serif" font-size="12">',
           '<rect width="100%" height="100%" fill="white"/>']
    for tick in (0.1, 1, 10, 100):
        out.append(f'<path d="M{x(tick)} 26V{height - 8}" stroke="{"#333" if tick == 1 else "#ccc"}"/>'
                   f'<text x="{x(tick)}" y="18" text-anchor="middle">{tick}x</text>')
    for i, one in enumerate(lines):
        y, ratio = 32 + 26 * i, one[shown(one)]
        color = "#999" if "again" in one["what"] else "#2a6fbb"
        left, right = sorted((x(1), x(ratio["median"])))
        out.append(f'<text x="414" y="{y + 13}" text-anchor="end">{SAID[shown(one)]}: {one["what"]} / {one["limit"]}</text>'
                   f'<rect x="{left:.1f}" y="{y}" width="{max(right - left, 1):.1f}" height="18" fill="{color}"/>'
                   f'<path d="M{x(ratio["low"]):.1f} {y + 9}H{x(ratio["high"]):.1f}" stroke="#000"/>'
                   f'<text x="870" y="{y + 13}" text-anchor="end">{ratio["median"]:.2f}</text>')
    return "\n".join([*out, "</svg>\n"])
