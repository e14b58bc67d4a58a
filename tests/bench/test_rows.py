"""Recorded rows are dealt out to orders or events without losing or doubling any, or the limits would write less than the hub did."""
import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
os.environ.setdefault("CROSSDOCK_ROOT", str(HERE.parent.parent))
sys.path.insert(0, str(HERE))
import rows  # noqa: E402


def lost(dealt, recorded):
    """Rows that no unit got, or more than one: what a deal must not leave."""
    got = [tuple(row) for unit in dealt for row in unit]
    return sorted(set(recorded) - set(got)) + sorted(row for row in set(got) if got.count(row) > 1)


def test_every_row_finds_its_order_and_the_others_are_spread():
    recorded = [("a", "1"), ("b", "2"), ("a", "3")] + [(None, str(i)) for i in range(4, 14)]
    dealt = [[] for _ in range(2)]
    rows.deal(dealt, {"a": 0, "b": 1}, recorded)
    assert lost(dealt, [row[1:] for row in recorded]) == []
    assert ["1"] in dealt[0] and ["3"] in dealt[0] and ["2"] in dealt[1] and abs(len(dealt[0]) - len(dealt[1])) <= 1


def test_a_deal_that_loses_or_doubles_is_noticed():
    recorded = [(None, str(i)) for i in range(7)]
    dealt = [[] for _ in range(3)]
    for i, (_, *row) in enumerate(recorded[:-1]):  # the last one is forgotten, the first one dealt twice
        dealt[i % 3].append(row)
    dealt[2].append(["0"])
    assert lost(dealt, [row[1:] for row in recorded]) == [("6",), ("0",)]


def test_rows_of_orders_that_are_left_out_are_left_out():
    loose, owned = [(None, str(i)) for i in range(9)], [(str(i), str(i)) for i in range(9)]
    assert len(rows.of_these(loose, 2 / 3)) == 6 and len(rows.of_these(loose, 1)) == 9
    dealt = [[] for _ in range(6)]
    rows.deal(dealt, {str(i): i for i in range(6)}, rows.of_these(owned, 2 / 3))
    assert [len(unit) for unit in dealt] == [1] * 6  # by their owner; the other three have none here


def test_text_is_cut_without_a_gap():
    text, dealt = "".join(chr(97 + i % 26) for i in range(1001)), [[] for _ in range(7)]
    rows.deal_text(dealt, text)
    assert "".join(part for unit in dealt for (part,) in unit) == text


def test_a_position_goes_to_each_order_that_wrote_it():
    names, recorded = ["sku", "location", "version"], [(None, "I-1", "L-1", "5"), (None, "I-2", "L-1", "7")]
    dealt = [[], []]
    rows.deal_positions(dealt, {"a": 0, "b": 1}, recorded, names, {"a": {("I-1", "L-1"), ("I-2", "L-1")}, "b": {("I-1", "L-1")}})
    assert [[row[0] for row in unit] for unit in dealt] == [["I-1", "I-2"], ["I-1"]]
