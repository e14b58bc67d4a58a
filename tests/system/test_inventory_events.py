"""PROTOCOLS.md B over POST /v1/inventory/events: a position is a function of the set of its events."""
import itertools

import pytest

from seed import fine
from world import dice, eventually, instant, unique


def post(api, *events):
    return fine(api.post("/v1/inventory/events", {"events": list(events)}), 200)["results"]


def outcomes(api, *events):
    return [entry["outcome"] for entry in post(api, *events)]


def quantities(seed, sku, location):
    told = seed.profile(sku, location)
    return told["on_hand"], told["unavailable"]


@pytest.fixture
def place(seed):
    return seed.place()


def test_results_stand_in_the_order_given(api, seed, place):
    sku, location = place
    events = [seed.snapshot(location, sku, 10, sequence=1), {"kind": "snapshot"}, seed.movement(location, sku, -3, sequence=2), seed.snapshot(location, sku, 99, sequence=0)]
    results = post(api, *events)
    assert [entry["index"] for entry in results] == [0, 1, 2, 3]
    assert [entry["outcome"] for entry in results] == ["applied", "invalid", "applied", "superseded"]
    assert [entry.get("id") for entry in results if entry["index"] != 1] == [events[0]["id"], events[2]["id"], events[3]["id"]]
    assert results[1]["errors"] and all(entry["pointer"] and entry["code"] == "missing" for entry in results[1]["errors"])
    assert seed.profile(sku, location)["on_hand"] == "7"


def test_a_repeat_is_a_duplicate(api, seed, place):
    sku, location = place
    snapshot, movement = seed.snapshot(location, sku, 10, sequence=1), seed.movement(location, sku, -3, sequence=2)
    assert outcomes(api, snapshot, movement) == ["applied", "applied"]
    version = seed.profile(sku, location)["version"]
    assert outcomes(api, movement)[0] == "duplicate"
    assert outcomes(api, snapshot)[0] in ("duplicate", "superseded")
    assert outcomes(api, movement, movement) == ["duplicate", "duplicate"]
    assert quantities(seed, sku, location) == ("7", "0") and seed.profile(sku, location)["version"] == version


def test_twice_in_one_call(api, seed, place):
    sku, location = place
    movement = seed.movement(location, sku, 5, sequence=1)
    assert outcomes(api, movement, movement) == ["applied", "duplicate"]
    assert seed.profile(sku, location)["on_hand"] == "5"


def test_a_movement_before_any_snapshot_counts_from_zero(api, seed, place):
    sku, location = place
    assert outcomes(api, seed.movement(location, sku, 5, sequence=7)) == ["applied"]
    assert seed.profile(sku, location)["on_hand"] == "5"
    assert outcomes(api, seed.snapshot(location, sku, 100, sequence=6)) == ["applied"]
    assert seed.profile(sku, location)["on_hand"] == "105"


def test_a_snapshot_drops_movements_up_to_it(api, seed, place):
    sku, location = place
    assert outcomes(api, seed.snapshot(location, sku, 10, sequence=5), seed.movement(location, sku, -1, sequence=5), seed.movement(location, sku, -2, sequence=3)) == [
        "applied", "superseded", "superseded"]
    assert seed.profile(sku, location)["on_hand"] == "10"


def test_an_older_snapshot_and_a_later_movement(api, seed, place):
    sku, location = place
    post(api, seed.snapshot(location, sku, 10, sequence=5), seed.movement(location, sku, 4, sequence=9))
    assert outcomes(api, seed.snapshot(location, sku, 20, sequence=7)) == ["applied"]
    assert seed.profile(sku, location)["on_hand"] == "24", "the movement of 9 counts on the snapshot of 7"


def test_a_higher_epoch_begins_anew(api, seed, place):
    sku, location = place
    post(api, seed.snapshot(location, sku, 10, sequence=500), seed.movement(location, sku, 4, sequence=501))
    assert outcomes(api, seed.snapshot(location, sku, 3, sequence=1, epoch=2)) == ["applied"]
    assert seed.profile(sku, location)["on_hand"] == "3"
    assert outcomes(api, seed.movement(location, sku, 7, sequence=502)) == ["superseded"]
    assert outcomes(api, seed.movement(location, sku, 1, sequence=2, epoch=2)) == ["applied"]
    assert seed.profile(sku, location)["on_hand"] == "4"


@pytest.mark.parametrize("sequence", ["9223372036854775806", "007", "12", 12])
def test_sequences_are_integers_or_digits(api, seed, place, sequence):
    sku, location = place
    assert outcomes(api, seed.snapshot(location, sku, 10, sequence=sequence)) == ["applied"]


@pytest.mark.parametrize("sequence", ["-1", -1, 1.5, "1.5", "x", "", None, "99999999999999999999", [], True])
def test_what_is_no_sequence(api, seed, place, sequence):
    sku, location = place
    result, = post(api, {**seed.snapshot(location, sku, 10), "sequence": sequence})
    assert result["outcome"] == "invalid" and result["errors"][0]["pointer"].endswith("/sequence"), result


def test_sequences_compare_as_numbers(api, seed, place):
    sku, location = place
    post(api, seed.snapshot(location, sku, 10, sequence="9"))
    assert outcomes(api, seed.movement(location, sku, 1, sequence="10")) == ["applied"]


def test_a_status_change_moves_between_the_two(api, seed, place):
    sku, location = place
    post(api, seed.snapshot(location, sku, 10, sequence=1, unavailable="2"))
    post(api, seed.movement(location, sku, "0", sequence=2, unavailable_delta="3", reason="status_change"))
    assert quantities(seed, sku, location) == ("10", "5") and seed.available(sku, location) == "5"


def test_one_bad_event_does_not_stop_the_others(api, seed, place):
    sku, location = place
    good = seed.snapshot(location, sku, 10)
    bad = [{**seed.snapshot(location, sku, 1), "surprise": 1}, {**seed.snapshot(location, sku, "many")}, {**seed.movement(location, sku, 1), "reason": "theft"},
           {**seed.movement(location, sku, 1), "kind": "rumour"}, {"id": "x"}, 7, "text", None, [], {**seed.snapshot(location, sku, 1), "as_of": "yesterday"}]
    results = post(api, *bad[:5], good, *bad[5:])
    assert [entry["outcome"] for entry in results] == ["invalid"] * 5 + ["applied"] + ["invalid"] * 5
    assert seed.profile(sku, location)["on_hand"] == "10"
    unknown = {error["pointer"]: error["code"] for error in results[0]["errors"]}
    assert any(pointer.endswith("/surprise") and code == "unknown_field" for pointer, code in unknown.items()), unknown


def test_another_source_than_the_stock_owner_is_refused(api, seed):
    sku, location = seed.place("10")
    intruder = {**seed.snapshot(location, sku, 1, sequence=10**9), "source": "wms_other"}
    result, = post(api, intruder)
    assert result["outcome"] == "invalid", result
    assert seed.profile(sku, location)["on_hand"] == "10"


def test_a_declared_stock_owner(api, seed):
    location = seed.location(stock_owner="wms_declared")
    sku = seed.item()
    assert outcomes(api, seed.snapshot(location, sku, 5)) == ["invalid"]
    assert outcomes(api, {**seed.snapshot(location, sku, 5), "source": "wms_declared"}) == ["applied"]


@pytest.mark.parametrize("missing", ["item", "location"])
def test_an_event_waits_for_what_it_names(api, seed, missing):
    sku, location = (seed.item(), unique("DC")) if missing == "location" else (unique("SKU"), seed.location())
    assert outcomes(api, seed.snapshot(location, sku, 10, sequence=1), seed.movement(location, sku, -4, sequence=2)) == ["waiting", "waiting"]
    if missing == "item":
        seed.item(sku=sku)
    else:
        seed.location(code=location)
    eventually(lambda: fine(api.get("/v1/availability", params={"sku": sku, "location": location}))["locations"][0]["on_hand"] == "6", what="the waiting events")


def test_a_waiting_event_and_its_later_brother(api, seed):
    """The item arrives after a newer snapshot was applied elsewhere: order does not matter."""
    sku, location = unique("SKU"), seed.location()
    early = seed.snapshot(location, sku, 10, sequence=1)
    assert outcomes(api, early) == ["waiting"]
    seed.item(sku=sku)
    post(api, seed.snapshot(location, sku, 50, sequence=9))
    eventually(lambda: seed.profile(sku, location)["on_hand"] == "50")
    assert outcomes(api, early)[0] in ("duplicate", "superseded")
    assert seed.profile(sku, location)["on_hand"] == "50"


def test_netted_allocated_is_added_back(api, seed):
    """The count has taken the order's 4 off already: with the commitment beside it they must not count twice."""
    sku, location = seed.place("10")
    seed.order((sku, 4, location))
    seed.events(seed.snapshot(location, sku, 6, netted="allocated"))
    assert seed.available(sku, location) == "6"


def test_one_event_is_one_version(api, seed, place):
    sku, location = place
    seed.events(seed.snapshot(location, sku, 10, sequence=1))
    before = seed.profile(sku, location)["version"]
    seed.events(seed.movement(location, sku, 1, sequence=2))
    assert seed.profile(sku, location)["version"] == before + 1
    post(api, seed.movement(location, sku, 1, sequence=2), seed.snapshot(location, sku, 7, sequence=1))
    assert seed.profile(sku, location)["version"] == before + 1, "what changes nothing makes no version"


def place_of(event):
    return int(event.get("epoch", 1)), int(event["sequence"])


def fold(events):
    """The oracle: PROTOCOLS.md B over a set. The newest snapshot, and every movement after it; an epoch outranks a sequence."""
    distinct = {event["id"]: event for event in events}.values()
    base = max((event for event in distinct if event["kind"] == "snapshot"), key=place_of, default=None)
    start, on_hand = (place_of(base), float(base["on_hand"])) if base else ((-1, -1), 0.0)
    return on_hand + sum(float(event["delta"]) for event in distinct if event["kind"] == "movement" and place_of(event) > start)


def test_all_permutations_give_the_same_position(api, seed):
    location = seed.location()
    for shape in ((("m", 1), ("s", 2), ("m", 3), ("s", 4), ("m", 5)), (("s", 1), ("m", 2), ("m", 3), ("m", 4), ("s", 3))):
        batch, wanted = [], {}
        for order in itertools.permutations(range(5)):
            sku = seed.item()
            made = [seed.movement(location, sku, 10**place, sequence=sequence) if kind == "m" else seed.snapshot(location, sku, 1000000 * place, sequence=sequence)
                    for place, (kind, sequence) in enumerate(shape)]
            for place in order:
                batch.append(made[place])
            batch.append(made[order[0]])
            wanted[sku] = fold(made)
        post(api, *batch)
        for sku, total in wanted.items():
            assert float(seed.profile(sku, location)["on_hand"]) == total, sku


def test_random_sets_in_random_order_with_repeats(api, seed, rounds):
    random = dice("events")
    location = seed.location()
    batch, wanted = [], {}
    for _ in range(60 * rounds):
        sku, events = seed.item(), []
        for sequence in random.sample(range(1, 30), random.randint(1, 10)):
            epoch = random.choice((1, 1, 1, 2))
            made = seed.snapshot(location, sku, random.randint(0, 99), sequence=sequence, epoch=epoch) if random.random() < 0.3 else seed.movement(
                location, sku, random.randint(-20, 20), sequence=sequence, epoch=epoch)
            events.append(made)
        wanted[sku] = fold(events)
        events += random.choices(events, k=3)
        random.shuffle(events)
        batch += events
    random.shuffle(batch)
    for begin in range(0, len(batch), 100):
        post(api, *batch[begin:begin + 100])
    for sku, total in wanted.items():
        assert float(seed.profile(sku, location)["on_hand"]) == total, sku


def test_self_test_a_wrong_fold_is_told_apart():
    """Negative control: an oracle that applies events as they come disagrees with the set's."""
    events = [{"id": "1", "kind": "snapshot", "sequence": 2, "on_hand": "10"}, {"id": "2", "kind": "movement", "sequence": 1, "delta": "5"}]
    arrival = float(events[0]["on_hand"]) + float(events[1]["delta"])
    assert fold(events) == 10 != arrival


def test_up_to_5000_events(api, seed):
    location, sku = seed.location(), seed.item()
    events = [seed.movement(location, sku, 1, sequence=number) for number in range(1, 5001)]
    assert set(outcomes(api, *events)) == {"applied"}
    assert seed.profile(sku, location)["on_hand"] == "5000"
    response = api.post("/v1/inventory/events", {"events": events + [seed.movement(location, sku, 1, sequence=5001)]})
    assert response.status_code in (400, 413) and seed.profile(sku, location)["on_hand"] == "5000"


def test_an_empty_list(api):
    assert api.post("/v1/inventory/events", {"events": []}).status_code in (200, 400)


def test_the_as_of_of_a_position(api, seed, place):
    sku, location = place
    moment = instant(-5)
    post(api, seed.snapshot(location, sku, 10, as_of=moment))
    assert seed.profile(sku, location)["as_of"] >= moment
