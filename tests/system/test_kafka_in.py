"""PROTOCOLS.md B and API.md section 4: records in, dead letters, offsets."""
import json

import pytest

from kafka_tools import Log
from seed import Seed, figures, fine
from world import eventually, unique


@pytest.fixture(scope="module")
def log(services):
    return Log(services.brokers)


@pytest.fixture(scope="module")
def stock(prefix):
    return f"{prefix}.inventory.v1"


@pytest.fixture(scope="module")
def shipments(prefix):
    return f"{prefix}.shipments.v1"


def on_hand(seed, sku, location, wanted, limit=15):
    eventually(lambda: seed.profile(sku, location)["on_hand"] == wanted, limit=limit, what=f"on hand {wanted}")


def dead(log, topic, wanted, limit=20):
    """Dead letters that `wanted` names, one at least."""
    found = log.read([topic + ".dlq"], until=lambda records: any(map(wanted, records)), limit=limit)
    return [record for record in found if wanted(record)]


@pytest.mark.parametrize("mode", ["binary", "structured", "bare"])
def test_the_three_modes(hub, seed, log, stock, mode):
    sku, location = seed.item(), seed.location()
    log.event(stock, seed.snapshot(location, sku, 10, sequence=1), mode)
    log.event(stock, seed.movement(location, sku, "-2.5", sequence=2), mode)
    log.flush()
    on_hand(seed, sku, location, "7.5")


def test_header_names_in_another_case_and_a_charset(hub, seed, log, stock):
    sku, location = seed.item(), seed.location()
    body = seed.snapshot(location, sku, 10)
    log.send(stock, f"{location}|{sku}", body, {"ce_specversion": "1.0", "ce_id": body["id"], "ce_type": "crossdock.inventory.snapshot.v1", "ce_source": "wms_test", "content-type": "application/json; charset=utf-8"})
    log.flush()
    on_hand(seed, sku, location, "10")


def test_repeats_and_any_order(hub, seed, log, stock):
    sku, location = seed.item(), seed.location()
    events = [seed.snapshot(location, sku, 100, sequence=5), seed.movement(location, sku, -1, sequence=6), seed.movement(location, sku, -10, sequence=7), seed.movement(location, sku, 50, sequence=4)]
    for event in (*reversed(events), *events, *events):
        log.event(stock, event)
    log.flush()
    on_hand(seed, sku, location, "89")


def test_the_same_event_by_kafka_and_by_rest(hub, seed, log, stock):
    sku, location = seed.item(), seed.location()
    events = [seed.snapshot(location, sku, 100, sequence=1), seed.movement(location, sku, -1, sequence=2)]
    for event in events:
        log.event(stock, event)
    log.flush()
    on_hand(seed, sku, location, "99")
    assert {entry["outcome"] for entry in seed.events(*events, expect=None)} <= {"duplicate", "superseded"}
    assert seed.profile(sku, location)["on_hand"] == "99"


POISON = [(b"{", "malformed"), (b"", "empty"), (b"\xff\xfe", "no UTF-8"), (b"[]", "a list"), (b'{"kind":"snapshot"}', "incomplete"), (b'{"a":1,"a":2}', "duplicate key"),
          (b'{"kind":"rumour","id":"1"}', "another kind"), (b"[" * 5000, "too deep"), (b'{"x":"\\u0000"}', "U+0000")]


@pytest.mark.parametrize("body, what", POISON, ids=[what for _, what in POISON])
def test_poison_in_the_middle(hub, seed, log, stock, body, what):
    """It goes to the dead letters, same key, body and headers; what is around it is applied."""
    sku, location = seed.item(), seed.location()
    mark = unique("poison")
    log.event(stock, seed.snapshot(location, sku, 10, sequence=1), key=mark)
    log.send(stock, mark, body, {"x-test": mark, "content-type": "application/json"})
    log.event(stock, seed.movement(location, sku, 5, sequence=2), key=mark)
    log.flush()
    on_hand(seed, sku, location, "15")
    letter = dead(log, stock, lambda record: record.key == mark)[0]
    assert letter.value == body and letter.headers["x-test"] == mark
    assert letter.headers["cd_topic"] == stock and letter.headers["cd_partition"].isdigit() and letter.headers["cd_offset"].isdigit()
    assert letter.headers["cd_reason"] and letter.headers["cd_detail"]


def test_a_dead_letter_points_to_its_record(hub, seed, log, stock):
    mark = unique("poison")
    log.send(stock, mark, b"{nonsense", None)
    log.flush()
    letter = dead(log, stock, lambda record: record.key == mark)[0]
    record = next(record for record in log.read([stock]) if record.key == mark)
    assert (letter.headers["cd_partition"], letter.headers["cd_offset"]) == (str(record.partition), str(record.offset))
    told = [line for line in map(json.loads, hub.log_text().splitlines()) if line["event"] == "record.dead" and line["topic"] == stock]
    assert (record.partition, record.offset) in {(line["partition"], line["offset"]) for line in told}, "whoever reads the log sees it, too"


def test_a_strict_mistake_is_told(hub, seed, log, stock):
    sku, location = seed.item(), seed.location()
    event = {**seed.snapshot(location, sku, 10), "on_hannd": "1"}
    log.event(stock, event, extra={"x-test": event["id"]})
    log.flush()
    letter = dead(log, stock, lambda record: record.headers.get("x-test") == event["id"])[0]
    assert "on_hannd" in letter.headers["cd_detail"] and json.loads(letter.value) == event


def test_a_wrong_owner_is_dead(hub, seed, log, stock):
    sku, location = seed.place("10")
    event = {**seed.snapshot(location, sku, 99, sequence=10**9), "source": "wms_other"}
    log.event(stock, event, extra={"x-test": event["id"]})
    log.flush()
    assert dead(log, stock, lambda record: record.headers.get("x-test") == event["id"])
    assert seed.profile(sku, location)["on_hand"] == "10"


def test_an_unknown_type_is_dead(hub, seed, log, stock):
    sku, location = seed.item(), seed.location()
    body = seed.snapshot(location, sku, 10)
    log.event(stock, body, extra={"ce_type": "crossdock.weather.v1", "x-test": body["id"]})
    log.flush()
    assert dead(log, stock, lambda record: record.headers.get("x-test") == body["id"])


def test_stock_before_its_item(hub, seed, log, stock):
    sku, location = unique("SKU"), seed.location()
    log.event(stock, seed.snapshot(location, sku, 10, sequence=1))
    log.event(stock, seed.movement(location, sku, -4, sequence=2))
    log.flush()
    eventually(lambda: seed.api.get("/v1/availability", params={"sku": sku}).status_code == 404)
    seed.item(sku=sku)
    on_hand(seed, sku, location, "6")


def test_what_waits_too_long_is_dead(hub, seed, log, stock):
    """parent_wait of the minimal example is 5 s."""
    sku, location = unique("SKU"), seed.location()
    event = seed.snapshot(location, sku, 10, sequence=1)
    log.event(stock, event, extra={"x-test": event["id"]})
    log.flush()
    letter = dead(log, stock, lambda record: record.headers.get("x-test") == event["id"], limit=30)[0]
    assert sku in letter.headers["cd_detail"] or "unknown" in letter.headers["cd_reason"]


@pytest.mark.parametrize("mode", ["binary", "structured", "bare"])
def test_a_shipment(hub, api, seed, log, shipments, stock, mode):
    sku, location = seed.place("50")
    order = seed.order((sku, 12, location))
    body = seed.shipment(order, location, (1, 12, "complete"))
    log.event(shipments, body, mode, key=order["id"])
    log.event(shipments, body, mode, key=order["id"])
    log.event(stock, seed.movement(location, sku, -12, reason="ship", reference={"kind": "shipment", "source": seed.source, "number": body["shipment_number"], "line": 1}))
    log.flush()
    eventually(lambda: figures(fine(api.get(f"/v1/orders/{order['id']}")))["shipped"] == "12", limit=15, what="the shipment")
    eventually(lambda: (seed.available(sku, location), seed.profile(sku, location)["on_hand"]) == ("38", "38"), limit=15, what="the movement")


def test_a_shipment_before_its_order(hub, api, seed, log, shipments):
    sku, location = seed.place("50")
    body = seed.order_body((sku, 12, location))
    shipment = {"source": seed.source, "shipment_number": unique("S"), "order": {"source": "webshop", "order_number": body["order_number"]}, "location": location,
                "lines": [{"order_line": 1, "sku": sku, "quantity": "12", "disposition": "complete"}]}
    log.event(shipments, shipment, key=body["order_number"])
    log.flush()
    order = fine(api.post("/v1/orders", body), 201)
    eventually(lambda: figures(fine(api.get(f"/v1/orders/{order['id']}")))["shipped"] == "12", limit=15, what="the waiting shipment")


def test_a_shipment_with_other_content_is_dead(hub, api, seed, log, shipments):
    sku, location = seed.place("50")
    order = seed.order((sku, 12, location))
    body = seed.shipment(order, location, (1, 5))
    log.event(shipments, body, key=order["id"])
    log.flush()
    eventually(lambda: figures(fine(api.get(f"/v1/orders/{order['id']}")))["shipped"] == "5", limit=15)
    body["lines"][0]["quantity"] = "6"
    log.event(shipments, body, key=order["id"], extra={"x-test": body["shipment_number"]})
    log.flush()
    assert dead(log, shipments, lambda record: record.headers.get("x-test") == body["shipment_number"])
    assert figures(fine(api.get(f"/v1/orders/{order['id']}")))["shipped"] == "5"


def test_offsets_survive(fresh, services):
    """Stopped, killed, started: every record counts once. Records sent while it is away are read."""
    fleet = fresh()
    log, hub = Log(services.brokers), fleet.hubs[0]
    topic = next(line.split("topic:")[1].split(",")[0].strip(" }\n") for path in fleet.config.rglob("*.yaml") for line in path.read_text().splitlines() if "inventory.v1" in line)
    seed = Seed(hub)
    sku, location = seed.item(), seed.location()
    sent = 0

    def send(count):
        nonlocal sent
        for _ in range(count):
            sent += 1
            log.event(topic, seed.movement(location, sku, 1, sequence=sent))
        log.flush()

    send(50)
    on_hand(seed, sku, location, "50")
    hub.stop()
    send(50)
    hub, = fleet.start(1)
    seed = Seed(hub)
    on_hand(seed, sku, location, "100")
    for _ in range(3):
        send(200)
        hub.kill()
        send(20)
        hub, = fleet.start(1)
        seed = Seed(hub)
    on_hand(seed, sku, location, str(sent), limit=60)


def test_many_records_of_many_positions(hub, seed, log, stock):
    location = seed.location()
    skus = [seed.item() for _ in range(40)]
    for sequence in range(1, 51):
        for sku in skus:
            log.event(stock, seed.movement(location, sku, 1, sequence=sequence), mode="bare")
    log.flush()
    for sku in skus:
        on_hand(seed, sku, location, "50", limit=30)
