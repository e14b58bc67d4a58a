"""The arithmetic behind the printed figures, each with a variant that is wrong and must be told from it."""
import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import figures  # noqa: E402


def rounds(rates, cpu=None, p99=None):
    cpu, p99 = cpu or [1.0] * len(rates), p99 or [None] * len(rates)
    return [{"rate": rate, "cpu": {"hub": a}, "p99": b} for rate, a, b in zip(rates, cpu, p99)]


def test_a_ratio_is_paired_by_round():
    # The machine was ten times slower in the last two rounds; the hub was twice as fast as its limit in each of them.
    seen = {"ours": rounds([200, 20, 20]), "limit": rounds([100, 10, 10])}
    assert figures.row(seen, "ours", "limit")["rate_ratio"] == {"median": 2, "low": 2, "high": 2}
    # The negative control: medians first, ratio afterwards, is wrong as soon as arms meet another machine.
    seen = {"ours": rounds([200, 20, 30]), "limit": rounds([100, 100, 10])}
    wrong = figures.median([one["rate"] for one in seen["ours"]]) / figures.median([one["rate"] for one in seen["limit"]])
    assert wrong == 0.3 and figures.row(seen, "ours", "limit")["rate_ratio"]["median"] == 2


def test_a_limit_beside_itself_is_one():
    noise = random.Random(1)
    values = rounds([noise.uniform(10, 1000) for _ in range(7)])
    assert figures.row({"a": values}, "a", "a")["rate_ratio"] == {"median": 1, "low": 1, "high": 1}


def test_rounds_that_are_missing_are_an_error():
    with pytest.raises(ValueError):
        figures.paired([1, 2, 3], [1, 2])
    with pytest.raises(ValueError):
        figures.paired([], [])


def test_cpu_is_summed_over_the_processes_of_an_arm():
    seen = {"ours": [{"rate": 1, "cpu": {"hub": 2.0, "postgres": 4.0}}] * 3, "limit": [{"rate": 1, "cpu": {"postgres": 3.0}}] * 3}
    line = figures.row(seen, "ours", "limit")
    assert line["cpu_ratio"]["median"] == 2 and line["cpu"] == {"hub": 2.0, "postgres": 4.0}
    # An arm whose CPU was not read has no ratio; 0 would look like a miracle.
    seen["ours"] = [{"rate": 1, "cpu": {"hub": 0.0}}] * 3
    assert "cpu_ratio" not in figures.row(seen, "ours", "limit")


@pytest.mark.parametrize("part, expected", [(0.5, 50), (0.99, 99), (1, 100), (0.001, 1)])
def test_percentile(part, expected):
    values = list(range(1, 101))
    random.Random(2).shuffle(values)
    assert figures.percentile(values, part) == expected


def test_percentile_is_no_average():
    slow = [1] * 98 + [1000] * 2
    assert figures.percentile(slow, 0.99) == 1000 and figures.percentile(slow, 0.5) == 1


def test_one_unit_too_many_is_found():
    stock = {"a": 500, "b": 500}
    assert figures.too_many(stock, {"a": 500, "b": 3}) == 0
    assert figures.too_many(stock, {"a": 501, "b": 3}) == 1  # one too many at one position, hidden in any sum over all
    assert figures.too_many(stock, {"c": 2}) == 2


GOALS = [("G4 x", "fast enough", ">=", 0.8), ("G1 x", "cheap enough", "<=", 1.35), ("G9 x", "a later issue", "<=", None)]


def verdicts(value, cpu):
    lines = [{"what": "w", "goal": [("G4 x", "rate_ratio")], "rate_ratio": {"median": value, "low": value, "high": value}},
             {"what": "w", "goal": [("G1 x", "cpu_ratio")], "cpu_ratio": cpu and {"median": cpu, "low": cpu, "high": cpu}}]
    return [one[-1] for one in figures.judged(GOALS, lines)]


def test_goals_are_judged_by_the_median_and_the_right_way_round():
    assert verdicts(0.8, 1.35) == ["met", "met", "later"]
    assert verdicts(0.79, 1.36) == ["missed", "missed", "later"]
    assert verdicts(8, 0.1) == ["met", "met", "later"]


def test_what_was_not_printed_is_never_met():
    assert [one[-1] for one in figures.judged(GOALS, [])] == ["not measured", "not measured", "later"]
    assert verdicts(0.9, None) == ["met", "not measured", "later"]


def test_rounds_on_both_sides_of_the_bound_are_said():
    def verdict(low, median, high):
        return next(figures.judged(GOALS, [{"goal": [("G4 x", "r")], "r": {"median": median, "low": low, "high": high}}]))[-1]
    assert verdict(0.7, 0.9, 1.0) == "met, rounds disagree"
    assert verdict(0.5, 0.6, 0.9) == "missed, rounds disagree"
    assert verdict(0.81, 0.9, 1.0) == "met"
