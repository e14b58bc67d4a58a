"""PROTOCOLS.md G: a shipment, its stock movement, and the promise, in any order."""
import itertools
import uuid

import pytest

from seed import Seed, figures, fine
from world import Api, day, eventually, instant, together, unique


def read(api, order):
    return fine(api.get(f"/v1/orders/{order['id']}"), 200)


def ship_move(seed, sku, location, shipment, quantity, line=1, **members):
    return seed.movement(location, sku, f"-{quantity}", reason="ship", reference={"kind": "shipment", "source": shipment["source"], "number": shipment["shipment_number"], "line": line}, **members)


@pytest.fixture
def ordered(seed):
    """50 on hand, 12 of them promised to an order that is released."""
    sku, location = seed.place("50")
    return sku, location, seed.order((sku, 12, location))


def test_a_whole_shipment(api, seed, ordered):
    sku, location, order = ordered
    body = seed.shipment(order, location, (1, 12, "complete"), carrier="UPS", tracking_number="1Z999AA10123456784", packages=[{"sscc": "003456789012345670", "tracking_number": "1Z"}])
    response = api.post("/v1/shipments", body)
    made = fine(response, 201)
    assert response.headers["Location"].endswith(f"/v1/shipments/{made['id']}") and made["postings"] == []
    for name in ("source", "shipment_number", "location", "carrier", "tracking_number"):
        assert made[name] == body[name]
    assert made["lines"][0]["quantity"] == "12" and made["order"]["id"] == order["id"]
    assert fine(api.get(f"/v1/shipments/{made['id']}"), 200) == made
    told = read(api, order)
    assert figures(told) == {"ordered": "12", "open": "0", "committed": "0", "backordered": "0", "shipped": "12", "cancelled": "0"}
    assert told["fulfilment_status"] == "shipped" and told["revision"] > order["revision"]
    assert told["order_status"] in ("released", "closed")
    assert seed.available(sku, location) == "38", "before its movement the promise stands"
    seed.events(ship_move(seed, sku, location, body, 12))
    assert seed.available(sku, location) == "38" and seed.profile(sku, location)["on_hand"] == "38"


def test_the_order_closes(api, seed, ordered):
    sku, location, order = ordered
    body = seed.shipment(order, location, (1, 12, "complete"))
    fine(api.post("/v1/shipments", body), 201)
    seed.events(ship_move(seed, sku, location, body, 12))
    eventually(lambda: read(api, order)["order_status"] == "closed", what="the end of the order")


def test_the_movement_first(api, seed, ordered):
    sku, location, order = ordered
    body = seed.shipment(order, location, (1, 12, "complete"))
    seed.events(ship_move(seed, sku, location, body, 12))
    assert float(seed.available(sku, location)) <= 38
    fine(api.post("/v1/shipments", body), 201)
    assert seed.available(sku, location) == "38" and figures(read(api, order))["shipped"] == "12"


def test_by_source_and_number(api, seed, ordered):
    sku, location, order = ordered
    body = {**seed.shipment(order, location, (1, 12, "complete")), "order": {"source": "webshop", "order_number": order["order_number"]}}
    fine(api.post("/v1/shipments", body), 201)
    assert figures(read(api, order))["shipped"] == "12"


def test_in_parts(api, seed, ordered):
    sku, location, order = ordered
    first, second = seed.shipment(order, location, (1, 5)), seed.shipment(order, location, (1, 7, "complete"))
    fine(api.post("/v1/shipments", first), 201)
    told = read(api, order)
    assert figures(told)["shipped"] == "5" and float(figures(told)["committed"]) + float(figures(told)["open"]) == 7
    assert told["fulfilment_status"] == "partly_shipped"
    seed.events(ship_move(seed, sku, location, first, 5))
    assert (seed.available(sku, location), seed.profile(sku, location)["on_hand"]) == ("38", "45")
    fine(api.post("/v1/shipments", second), 201)
    assert read(api, order)["fulfilment_status"] == "shipped"
    seed.events(ship_move(seed, sku, location, second, 7))
    assert (seed.available(sku, location), seed.profile(sku, location)["on_hand"]) == ("38", "38")


def test_short_cancel(api, seed, ordered):
    sku, location, order = ordered
    body = seed.shipment(order, location, (1, 10, "short_cancel"))
    fine(api.post("/v1/shipments", body), 201)
    told = read(api, order)
    assert figures(told) == {"ordered": "12", "open": "0", "committed": "0", "backordered": "0", "shipped": "10", "cancelled": "2"}
    assert told["fulfilment_status"] == "shipped"
    seed.events(ship_move(seed, sku, location, body, 10))
    assert seed.available(sku, location) == "40"


def test_short_backorder(api, seed, ordered):
    sku, location, order = ordered
    body = seed.shipment(order, location, (1, 10, "short_backorder"))
    fine(api.post("/v1/shipments", body), 201)
    told = read(api, order)
    assert figures(told) == {"ordered": "12", "open": "0", "committed": "0", "backordered": "2", "shipped": "10", "cancelled": "0"}
    assert told["fulfilment_status"] == "partly_shipped"
    seed.events(ship_move(seed, sku, location, body, 10))
    assert seed.available(sku, location) in ("40", "38"), "what is backordered counts nowhere but in its queue (38: the queue has taken)"


def test_nothing_of_a_line(api, seed, ordered):
    sku, location, order = ordered
    fine(api.post("/v1/shipments", seed.shipment(order, location, (1, 0, "short_cancel"))), 201)
    assert figures(read(api, order)) == {"ordered": "12", "open": "0", "committed": "0", "backordered": "0", "shipped": "0", "cancelled": "12"}
    assert seed.available(sku, location) == "50"


def test_more_than_ordered_is_a_fact(api, seed, ordered):
    sku, location, order = ordered
    body = seed.shipment(order, location, (1, 15, "complete"))
    fine(api.post("/v1/shipments", body), 201)
    told = figures(read(api, order))
    assert told["ordered"] == "12" and told["shipped"] == "15" and told["committed"] == told["open"] == "0"
    seed.events(ship_move(seed, sku, location, body, 15))
    assert (seed.available(sku, location), seed.profile(sku, location)["on_hand"]) == ("35", "35")


def test_the_warehouse_order_follows(api, seed, ordered):
    sku, location, order = ordered
    entry, = eventually(lambda: fine(api.get(f"/v1/orders/{order['id']}/warehouse-orders"))["items"], what="the warehouse order")
    fine(api.post("/v1/shipments", seed.shipment(order, location, (1, 5), warehouse_order=entry["id"])), 201)
    entry, = fine(api.get(f"/v1/orders/{order['id']}/warehouse-orders"))["items"]
    assert entry["lines"][0]["shipped"] == "5"
    fine(api.post("/v1/shipments", seed.shipment(order, location, (1, 7, "complete"), warehouse_order=entry["id"])), 201)
    entry, = fine(api.get(f"/v1/orders/{order['id']}/warehouse-orders"))["items"]
    assert (entry["lines"][0]["shipped"], entry["state"]) == ("12", "shipped")


def test_the_same_content_changes_nothing(api, seed, ordered):
    sku, location, order = ordered
    body = seed.shipment(order, location, (1, 5))
    made = fine(api.post("/v1/shipments", body), 201)
    again = api.post("/v1/shipments", body)
    assert again.status_code == 200 and again.json() == made and "Idempotency-Replayed" not in again.headers
    assert figures(read(api, order))["shipped"] == "5"


def test_other_content_is_409(api, seed, ordered):
    sku, location, order = ordered
    body = seed.shipment(order, location, (1, 5))
    fine(api.post("/v1/shipments", body), 201)
    body["lines"][0]["quantity"] = "6"
    response = api.post("/v1/shipments", body)
    assert (response.status_code, response.json()["code"]) == (409, "document_exists")
    assert figures(read(api, order))["shipped"] == "5"


@pytest.mark.parametrize("change, pointer", [
    ({"order": {"id": "0197b3c8-7f6a-7c02-8d7e-52a7e0f0a001"}}, "/order"), ({"order": {"source": "webshop", "order_number": "no-such"}}, "/order"), ({"location": "NOWHERE"}, "/location")])
def test_unknown_references(api, seed, ordered, change, pointer):
    sku, location, order = ordered
    response = api.post("/v1/shipments", {**seed.shipment(order, location, (1, 5)), **change})
    assert (response.status_code, response.json()["code"]) == (422, "unknown_reference")
    assert response.json()["errors"][0]["pointer"].startswith(pointer)
    assert figures(read(api, order))["shipped"] == "0"


def test_an_unknown_line(api, seed, ordered):
    sku, location, order = ordered
    response = api.post("/v1/shipments", seed.shipment(order, location, {"order_line": 7, "sku": sku, "quantity": "1"}))
    assert response.status_code in (400, 422), response.text
    assert response.json()["errors"][0]["pointer"].startswith("/lines/0")


def test_a_line_without_its_sku(api, seed, ordered):
    """The order's line says what it is."""
    sku, location, order = ordered
    body = seed.shipment(order, location, (1, 5))
    del body["lines"][0]["sku"]
    response = api.post("/v1/shipments", body)
    assert response.status_code in (201, 400), response.text
    if response.status_code == 400:
        assert ("/lines/0/sku", "missing") in [(entry["pointer"], entry["code"]) for entry in response.json()["errors"]]


def test_a_line_with_another_sku(api, seed, ordered):
    sku, location, order = ordered
    response = api.post("/v1/shipments", seed.shipment(order, location, {"order_line": 1, "sku": seed.item(), "quantity": "5"}))
    assert response.status_code in (400, 422) and response.json()["errors"][0]["pointer"] == "/lines/0/sku"


def test_a_bad_sscc(api, seed, ordered):
    sku, location, order = ordered
    response = api.post("/v1/shipments", seed.shipment(order, location, (1, 5), packages=[{"sscc": "003456789012345675"}]))
    assert response.status_code == 400 and response.json()["errors"][0]["pointer"] == "/packages/0/sscc"


def test_cartons(api, seed):
    sku, location = seed.place("48", units=[{"uom": "CT", "numerator": 12, "denominator": 1}])
    order = seed.order({"sku": sku, "quantity": "3", "uom": "CT", "location": location})
    body = seed.shipment(order, location, {"order_line": 1, "quantity": "24", "uom": "EA"})
    fine(api.post("/v1/shipments", body), 201)
    assert figures(read(api, order))["shipped"] == "2"
    fine(api.post("/v1/shipments", seed.shipment(order, location, {"order_line": 1, "quantity": "1", "uom": "CT", "disposition": "complete"})), 201)
    assert figures(read(api, order))["shipped"] == "3"


def interleave(seed, effect, quantity=12, parts=(5, 7)):
    """An order of 12 from 50 and the things that happen to it, each as a function: two shipments, their movements, a snapshot after both."""
    sku, location = seed.item(), seed.location(ship_effect=effect)
    seed.events(seed.snapshot(location, sku, 50, sequence=1, as_of=instant(-100)))
    order = seed.order((sku, quantity, location))
    # Without a disposition: `complete` in the part that comes first would end the rest of the line.
    shipments = [seed.shipment(order, location, (1, part), shipped_at=instant(-60 + place)) for place, part in enumerate(parts)]
    steps = {f"S{place}": lambda body=body: fine(seed.api.post("/v1/shipments", body), 201) for place, body in enumerate(shipments)}
    if effect == "movement":
        for place, body in enumerate(shipments):
            move = ship_move(seed, sku, location, body, parts[place], sequence=2 + place, occurred_at=instant(-60 + place))
            steps[f"M{place}"] = lambda move=move: seed.events(move, expect=None)
    if effect != "implied":
        count = seed.snapshot(location, sku, 50 - quantity, sequence=9, as_of=instant(-30))
        steps["N"] = lambda: seed.events(count, expect=None)
    return sku, location, order, steps


def run_steps(seed, effect, names, steps, sku, location, order):
    for name in names:
        steps[name]()
        free = float(seed.available(sku, location))
        assert free <= 38, f"oversell window of {free} after {name} in {names} ({effect})"
    return float(seed.available(sku, location)), figures(fine(seed.api.get(f"/v1/orders/{order['id']}")))


@pytest.mark.parametrize("effect, names", [("movement", ("S0", "S1", "M0", "M1", "N")), ("snapshot", ("S0", "S1", "N")), ("implied", ("S0", "S1"))])
def test_every_interleaving_ends_the_same(seed, effect, names):
    """ATP is never above the truth on the way, and right at the end, with every event also repeated."""
    for order_of in itertools.permutations(names):
        sku, location, order, steps = interleave(seed, effect)
        free, told = run_steps(seed, effect, order_of, steps, sku, location, order)
        assert free == 38, f"{free} after {order_of} ({effect})"
        assert told == {"ordered": "12", "open": "0", "committed": "0", "backordered": "0", "shipped": "12", "cancelled": "0"}, order_of
        if effect != "implied":
            steps[next(name for name in order_of if name[0] != "S")]()
            assert float(seed.available(sku, location)) == 38, f"a repeat changed it: {order_of}"
        assert seed.profile(sku, location)["on_hand"] == "38", order_of


def test_every_interleaving_without_the_count(seed):
    for order_of in itertools.permutations(("S0", "S1", "M0", "M1")):
        sku, location, order, steps = interleave(seed, "movement")
        free, _ = run_steps(seed, "movement", order_of, steps, sku, location, order)
        assert free == 38 and seed.profile(sku, location)["on_hand"] == "38", order_of


def test_a_snapshot_from_before_the_shipment_is_no_effect(api, seed):
    sku, location = seed.item(), seed.location(ship_effect="snapshot")
    seed.events(seed.snapshot(location, sku, 50, sequence=1, as_of=instant(-100)))
    order = seed.order((sku, 12, location))
    fine(api.post("/v1/shipments", seed.shipment(order, location, (1, 12, "complete"), shipped_at=instant(-50))), 201)
    seed.events(seed.snapshot(location, sku, 50, sequence=2, as_of=instant(-80)))
    assert seed.available(sku, location) == "38"
    seed.events(seed.snapshot(location, sku, 38, sequence=3, as_of=instant(-20)))
    assert seed.available(sku, location) == "38" and seed.profile(sku, location)["on_hand"] == "38"


def test_an_implied_movement_stands_among_snapshots(api, seed):
    """By shipped_at against as_of: a count from before it does not undo it, one from after it holds it already."""
    sku, location = seed.item(), seed.location(ship_effect="implied")
    seed.events(seed.snapshot(location, sku, 50, sequence=1, as_of=instant(-100)))
    order = seed.order((sku, 12, location))
    fine(api.post("/v1/shipments", seed.shipment(order, location, (1, 12, "complete"), shipped_at=instant(-50))), 201)
    assert seed.profile(sku, location)["on_hand"] == "38"
    seed.events(seed.snapshot(location, sku, 49, sequence=2, as_of=instant(-80)))
    assert seed.profile(sku, location)["on_hand"] == "37"
    seed.events(seed.snapshot(location, sku, 37, sequence=3, as_of=instant(-20)))
    assert seed.profile(sku, location)["on_hand"] == "37" and seed.available(sku, location) == "37"


def test_a_movement_without_reference_is_no_effect(api, seed, ordered):
    sku, location, order = ordered
    fine(api.post("/v1/shipments", seed.shipment(order, location, (1, 12, "complete"))), 201)
    seed.events(seed.movement(location, sku, "-12"))
    assert seed.available(sku, location) == "26", "the promise still awaits its effect"


def test_two_lines_and_two_places(api, seed):
    location = seed.location()
    first, _ = seed.place("10", location=location)
    second, _ = seed.place("10", location=location)
    order = seed.order((first, 4, location), (second, 6, location))
    body = seed.shipment(order, location, (2, 6, "complete"), (1, 4, "complete"))
    fine(api.post("/v1/shipments", body), 201)
    seed.events(ship_move(seed, second, location, body, 6, line=1), ship_move(seed, first, location, body, 4, line=2))
    assert (seed.available(first, location), seed.available(second, location)) == ("6", "4")
    told = read(api, order)
    assert figures(told, 1)["shipped"] == "4" and figures(told, 2)["shipped"] == "6" and told["fulfilment_status"] == "shipped"


def test_lots_and_serials_travel(api, seed, ordered):
    sku, location, order = ordered
    line = {"order_line": 1, "quantity": "2", "lot": "L-7", "serials": ["a", "b"], "expiry": day(100)}
    made = fine(api.post("/v1/shipments", seed.shipment(order, location, line)), 201)
    assert {name: made["lines"][0][name] for name in ("lot", "serials", "expiry")} == {"lot": "L-7", "serials": ["a", "b"], "expiry": day(100)}


def test_the_timeline_tells_the_shipment(api, seed, ordered):
    sku, location, order = ordered
    fine(api.post("/v1/shipments", seed.shipment(order, location, (1, 12, "complete"))), 201)
    steps = " ".join(str(entry["step"]) for entry in fine(api.get(f"/v1/orders/{order['id']}/timeline"))["items"])
    assert "ship" in steps or "dispatch" in steps, steps


def test_a_shortfall_is_a_fact(api, seed):
    """Physical stock may fall below the promises: the event is taken and the order stands."""
    sku, location = seed.place("10")
    order = seed.order((sku, 8, location))
    seed.events(seed.snapshot(location, sku, 3))
    assert seed.available(sku, location) == "0" and seed.profile(sku, location)["on_hand"] == "3"
    assert figures(read(api, order))["committed"] == "8"


def test_concurrent_duplicates_of_a_shipment(pair):
    seed = Seed(pair[0])
    sku, location = seed.place("50")
    order = seed.order((sku, 12, location))
    body = seed.shipment(order, location, (1, 12, "complete"))
    eventually(lambda: pair[1].raw.get(f"/v1/orders/{order['id']}").status_code == 200)
    answers = together(16, lambda place: Api(pair[place % 2].api_url, checked=False).post("/v1/shipments", body, key=unique("k") + uuid.uuid4().hex))
    assert sorted({answer.status_code for answer in answers}) == [200, 201], [answer.text[:200] for answer in answers]
    assert sum(answer.status_code == 201 for answer in answers) == 1
    assert figures(read(pair[0].api, order))["shipped"] == "12"
