"""API.md section 4: what the hub publishes: headers, keys, order, at least once, and outside validators."""
import json
import subprocess

import pytest

from contract import ASYNCAPI, ROOT, undocumented, validator
from kafka_tools import Log
from seed import Seed, fine
from world import day, eventually, instant, unique

NAMES = sorted(message["name"] for message in ASYNCAPI["components"]["messages"].values() if message["name"].count(".") == 3 and not message["name"].startswith(("crossdock.inventory.snapshot", "crossdock.inventory.movement")))
MESSAGE = {message["name"]: name for name, message in ASYNCAPI["components"]["messages"].items()}


BEGUN = instant(-1)


@pytest.fixture(scope="module")
def log(services):
    return Log(services.brokers)


def published(log, key, *names, limit=15):
    """The records of one key, once all `names` are among them."""
    topics = [f"crossdock.{name}.v1" for name in names] or NAMES
    wanted = {f"crossdock.{name}.v1" for name in names}
    records = log.read(topics, until=lambda found: wanted <= {record.topic for record in found if record.key == key}, limit=limit)
    return {record.topic[len("crossdock."):-len(".v1")]: record for record in reversed([record for record in records if record.key == key])}


def test_an_orders_life(api, seed, log):
    sku, location = seed.place("50")
    correlation = unique("corr")
    response = api.post("/v1/orders", seed.order_body((sku, 5, location)), headers={"X-Correlation-Id": correlation})
    order = fine(response, 201)
    shipment = seed.shipment(order, location, (1, 5, "complete"))
    made = fine(api.post("/v1/shipments", shipment), 201)
    seed.events(seed.movement(location, sku, -5, reason="ship", reference={"kind": "shipment", "source": seed.source, "number": shipment["shipment_number"], "line": 1}))
    told = published(log, order["id"], "order.captured", "order.released", "warehouse_order.released", "shipment.dispatched", "order.closed")
    captured = told["order.captured"]
    wanted = {**order, "order_status": captured.json()["order_status"]}  # accepted at first, or released at once
    assert captured.json() == wanted, "the body is the document as GET answers it"
    assert captured.headers["ce_correlationid"] == correlation
    assert told["shipment.dispatched"].json() == made
    assert told["order.closed"].json()["order_status"] == "closed"
    assert int(captured.headers["ce_sequence"]) == order["revision"]
    warehouse = told["warehouse_order.released"].json()
    assert warehouse["location"] == location and warehouse["lines"][0]["quantity"] == "5"
    assert warehouse["id"] == fine(api.get(f"/v1/orders/{order['id']}/warehouse-orders"))["items"][0]["id"]
    sequences = [int(told[name].headers["ce_sequence"]) for name in ("order.captured", "order.released", "order.closed")]
    assert sequences == sorted(sequences)


def test_holds(api, seed, log):
    sku, location = seed.place("50")
    order = seed.order((sku, 5, location), requested_date=day(30))
    path = f"/v1/orders/{order['id']}"
    fine(api.post(f"{path}/holds", {"code": "check", "reason": "x"}, etag=api.get(path).headers["ETag"]))
    fine(api.delete(f"{path}/holds/check", etag=api.get(path).headers["ETag"]))
    told = published(log, order["id"], "order.held", "order.hold_lifted")
    assert [entry["code"] for entry in told["order.held"].json()["holds"]] == ["check"] and told["order.hold_lifted"].json()["holds"] == []


def test_a_capture_on_hold_is_told(api, seed, log):
    sku, location = seed.place("50")
    order = seed.order((sku, 5, location), customer=seed.customer(credit={"limit": "1", "exposure": "1", "hold": True}))
    assert set(published(log, order["id"], "order.captured", "order.held")) >= {"order.captured", "order.held"}


def test_positions(api, seed, log):
    sku, location = seed.place("50")
    seed.events(seed.movement(location, sku, -8))
    version = seed.profile(sku, location)["version"]
    records = log.read(["crossdock.inventory.adjusted.v1"], until=lambda found: any(record.key == f"{location}|{sku}" and int(record.headers["ce_sequence"]) == version for record in found))
    mine = [record for record in records if record.key == f"{location}|{sku}"]
    last = mine[-1].json()
    assert (last["location"], last["sku"], last["on_hand"], last["unavailable"], last["available_today"], last["version"]) == (location, sku, "42", "0", "42", version)
    assert last["cause"]
    assert all(int(record.headers["ce_sequence"]) == record.json()["version"] for record in mine)


def find(log, name, wanted, limit=15):
    records = log.read([f"crossdock.{name}.v1"], until=lambda found: any(map(wanted, found)), limit=limit)
    return next(record for record in records if wanted(record))


def test_reservations(api, seed, log):
    sku, location = seed.place("50")
    kept, left, ended = (fine(seed.reserve((sku, 1, location), ttl=ttl), 201) for ttl in (600, 600, 1))
    seed.order((sku, 1, location), reservation=kept["id"])
    fine(api.post(f"/v1/reservations/{left['id']}/release", None), 200)
    for name, made in (("created", kept), ("created", left), ("committed", kept), ("released", left), ("expired", ended)):
        record = find(log, f"reservation.{name}", lambda record: record.json()["id"] == made["id"])
        assert record.json()["state"] == name or (name == "committed" and record.json()["state"] == "consumed")


def test_a_shortfall(api, seed, log):
    sku, location = seed.place("50")
    order = seed.order((sku, 40, location))
    seed.events(seed.snapshot(location, sku, 10))
    record = find(log, "inventory.shortfall", lambda record: record.json().get("sku") == sku)
    assert record.key == f"{location}|{sku}" and order["id"] in record.value.decode()


def test_a_refusal_publishes_nothing(api, seed, log):
    sku, location = seed.place("1")
    body = seed.order_body((sku, 2, location))
    assert api.post("/v1/orders", body).status_code == 422
    after = seed.order((sku, 1, location))
    published(log, after["id"], "order.captured")
    assert not [record for record in log.read(NAMES) if body["order_number"] in record.value.decode()]


def run_sdk(records):
    folder = ROOT / "tests/contract"
    if not (folder / "node_modules/cloudevents").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, check=True, capture_output=True, timeout=300)
    done = subprocess.run(["node", "cloudevents.mjs"], cwd=folder, input=json.dumps(records), capture_output=True, text=True, timeout=120, check=True)
    return json.loads(done.stdout)


def sdk_form(record):
    return {"key": record.key, "value": record.value.decode(), "headers": record.headers}


@pytest.fixture
def records(api, seed, log):
    """The newest of each topic, of this run: a Kafka that is shared may hold an older daemon's."""
    test_an_orders_life(api, seed, log)
    found = {}
    for record in log.read(NAMES, quiet=3.0, limit=40):
        if record.headers["ce_time"] > BEGUN:
            found.setdefault(record.topic, []).append(record)
    return [record for topic in found.values() for record in topic[-300:]]


def test_every_record_passes_the_cloudevents_sdk(records):
    told = run_sdk([sdk_form(record) for record in records])
    assert told["count"] == len(records) > 0 and told["faults"] == [], told["faults"][:5]


def test_every_record_fits_asyncapi(records):
    faults = set()
    for record in records:
        pointer = f"/components/messages/{MESSAGE[record.topic]}"
        for part, value in (("headers", record.headers), ("payload", record.json())):
            for error in validator(f"{pointer}/{part}", "urn:asyncapi").iter_errors(value):
                faults.add(f"{record.topic} {part} {error.json_path}: {error.message[:200]}")
        schema = ASYNCAPI["components"]["messages"][MESSAGE[record.topic]]["payload"]
        faults.update(f"{record.topic}: {name} is not in the contract" for name in undocumented(schema, record.json(), document=ASYNCAPI))
        assert record.key == record.headers["ce_partitionkey"] and record.topic == record.headers["ce_type"]
        assert len({name for name, _ in record.header_list}) == len(record.header_list), "a header twice"
    assert not faults, sorted(faults)[:20]


def test_self_test_the_sdk_sees_a_broken_record():
    """Negative control."""
    good = {"key": "k", "value": "{}", "headers": {"ce_specversion": "1.0", "ce_id": "1", "ce_type": "t", "ce_source": "s", "ce_time": "2026-11-23T10:00:00.000Z",
                                                   "ce_partitionkey": "k", "content-type": "application/json"}}
    assert run_sdk([good])["faults"] == []
    for name, value in (("ce_id", ""), ("ce_source", ""), ("ce_partitionkey", "other"), ("ce_time", "yesterday")):
        assert run_sdk([{**good, "headers": {**good["headers"], name: value}}])["faults"], name


def in_order(records):
    """Per key and topic: ids repeated only as a run, sequences never fall among first appearances."""
    faults, seen, last = [], {}, {}
    for record in records:
        key = (record.topic, record.key)
        identity, sequence = record.headers["ce_id"], int(record.headers["ce_sequence"])
        if identity in seen:
            if seen[identity] != (key, sequence, record.value):
                faults.append(f"{identity} came with another content")
            continue
        seen[identity] = (key, sequence, record.value)
        if sequence < last.get(key, -1):
            faults.append(f"{key}: {sequence} after {last[key]}")
        last[key] = max(sequence, last.get(key, -1))
    return faults


def test_killed_and_started_again_everything_is_published_in_order(fresh, services):
    log, fleet = Log(services.brokers), fresh()
    hub = fleet.hubs[0]
    seed = Seed(hub)
    sku, location = seed.place("100000")
    customer = seed.customer()
    made = []
    for _ in range(4):
        made += [fine(seed.capture((sku, 1, location), customer=customer, api=hub.raw), 201)["id"] for _ in range(40)]
        hub.kill()
        hub, = fleet.start(1)
        seed = Seed(hub)
    wanted = set(made)
    records = log.read(["crossdock.order.captured.v1"], until=lambda found: wanted <= {record.key for record in found}, limit=40)
    assert in_order(records) == []
    records = log.read(["crossdock.inventory.adjusted.v1"])
    assert in_order([record for record in records if record.key == f"{location}|{sku}"]) == []


def test_kafka_away_and_back(own_services, fresh):
    """Capture does not need Kafka; what happened meanwhile is published when it is back."""
    fleet = fresh(services=own_services)
    hub, log = fleet.hubs[0], Log(own_services.brokers)
    seed = Seed(hub)
    sku, location = seed.place("1000")
    customer = seed.customer()
    own_services.command("stop", "kafka")
    made = [fine(seed.capture((sku, 1, location), customer=customer), 201)["id"] for _ in range(20)]
    assert hub.admin.get("/readyz?verbose").status_code == 200
    own_services.command("start", "kafka")
    eventually(lambda: set(made) <= {record.key for record in log.read(["crossdock.order.captured.v1"])}, limit=90, step=1, what="the orders of the outage")
