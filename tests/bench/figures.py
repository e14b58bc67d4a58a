"""The arithmetic of tools/bench, and nothing else: medians, paired ratios, percentiles, rows of the table. Tested by test_figures.py."""
import statistics


def median(values):
    return statistics.median(values)


def percentile(values, part):
    """The smallest value that at least `part` of the values do not exceed."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values")
    return ordered[max(0, -(-round(part * len(ordered) * 1e9) // 10**9) - 1)]


def paired(ours, theirs):
    """Round by round, ours / theirs. A ratio of medians would mix rounds in which the machine was not the same."""
    if len(ours) != len(theirs) or not ours:
        raise ValueError(f"{len(ours)} rounds beside {len(theirs)}")
    return [a / b for a, b in zip(ours, theirs)]


def span(ratios):
    return {"median": median(ratios), "low": min(ratios), "high": max(ratios)}


def cpu_sum(parts):
    return sum(parts.values())


def row(seen, arm, limit, goal=None, **more):
    """One line of the table. seen: arm -> its rounds, each {"rate", "cpu": {process: us per unit}, "p50", "p99" (us, where known)}."""
    ours, theirs = seen[arm], seen[limit]
    line = {"what": arm, "limit": limit, "goal": goal, **more,
            "rate": median([one["rate"] for one in ours]), "limit_rate": median([one["rate"] for one in theirs]),
            "rate_ratio": span(paired([one["rate"] for one in ours], [one["rate"] for one in theirs])),
            "cpu": {part: median([one["cpu"][part] for one in ours]) for part in ours[0]["cpu"]},
            "limit_cpu": {part: median([one["cpu"][part] for one in theirs]) for part in theirs[0]["cpu"]}}
    both = [[cpu_sum(one["cpu"]) for one in rounds] for rounds in (ours, theirs)]
    if all(value > 0 for value in both[0] + both[1]):
        line["cpu_ratio"] = span(paired(*both))
    for part in ("p50", "p99"):
        if all(one.get(part) for one in ours + theirs):
            line[part], line["limit_" + part] = (median([one[part] for one in rounds]) for rounds in (ours, theirs))
            line[part + "_ratio"] = span(paired([one[part] for one in ours], [one[part] for one in theirs]))
    return line


def too_many(stock, granted):
    """How many units were given away that were not there; 0 is what it must be. stock, granted: position -> quantity."""
    return sum(max(0, quantity - stock.get(key, 0)) for key, quantity in granted.items())


def judged(goals, lines):
    """Each goal beside what was printed. goals: (name, text, "<=" or ">=", bound; None: belongs to a later issue). A line counts for the
    (name, measure) pairs in its `goal`. Answers (name, text, asked, printed, verdict); what was not printed is never met, and
    where single rounds lie on the other side of the bound, that is said."""
    found = {}
    for line in lines:
        for name, measure in line.get("goal") or ():
            found[name] = line.get(measure)
    for name, text, sign, bound in goals:
        value, several = found.get(name), None
        if isinstance(value, dict):
            several, value = (value["low"], value["high"]), value["median"]
        if bound is None:
            verdict = "later"
        elif value is None:
            verdict = "not measured"
        else:
            verdict = "met" if (value <= bound if sign == "<=" else value >= bound) else "missed"
            if several and several[0] < bound < several[1]:
                verdict += ", rounds disagree"
        yield name, text, "" if bound is None else f"{sign} {bound:g}", "" if value is None else f"{value:.2f}", verdict
