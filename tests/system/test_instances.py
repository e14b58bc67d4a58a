"""N instances on one database and one Kafka; kill -9 in the middle (issue 3, section 2.8; PROTOCOLS.md A and E)."""
import threading
import time

import pytest
import requests

from kafka_tools import Log
from seed import Seed, fine, spread
from world import Api, day, eventually, unique


def test_reads_see_writes(pair):
    """At once on the instance that wrote, within 1 s on the other."""
    seed, other = Seed(pair[0]), pair[1].api
    sku, location = seed.place("1000")
    customer, slowest = seed.customer(), 0.0
    for number in range(1, 31):
        order = seed.order((sku, 1, location), customer=customer)
        begun = time.monotonic()
        assert seed.api.get(f"/v1/orders/{order['id']}").status_code == 200
        assert seed.available(sku, location) == str(1000 - number)
        eventually(lambda: other.get(f"/v1/orders/{order['id']}").status_code == 200, limit=1.0, step=0.002, what="the order on the other instance")
        eventually(lambda: seed.available(sku, location, api=other) == str(1000 - number), limit=1.0, step=0.002, what="its stock on the other instance")
        slowest = max(slowest, time.monotonic() - begun)
    print(f"slowest: {slowest * 1000:.0f} ms")


def test_master_data_reaches_the_other(pair):
    seed, other = Seed(pair[0]), pair[1]
    for _ in range(5):
        sku, location = seed.place("10")
        order = seed.order_body((sku, 1, location))
        eventually(lambda: other.api.post("/v1/orders/validate", order).json()["decision"] == "accept", limit=1.5, step=0.01, what="item, location and customer on the other")


def test_what_one_has_just_stored_is_not_unknown_to_the_other(pair):
    """A caller cannot know that its calls go to two instances: an order for a new item is not rejected because the other has not heard of it yet."""
    seed, other = Seed(pair[0]), pair[1].api
    for _ in range(20):
        sku, location, customer = seed.item(), seed.location(), seed.customer()
        told = fine(other.post("/v1/orders/validate", seed.order_body((sku, 1, location), customer=customer)), 200)
        assert not [finding["code"] for finding in told["findings"] if finding["code"].endswith(".unknown")], told["findings"]
        (sku, location), customer = seed.place("5"), seed.customer()
        fine(seed.capture((sku, 1, location), customer=customer, api=other), 201)
        sku, location = seed.item(), seed.location()
        made = seed.reserve((sku, 1, location), api=other)
        assert made.json()["code"] == "insufficient_stock", made.text
    begun = time.monotonic()
    told = other.post("/v1/orders", seed.order_body(("NO-SUCH-ITEM", 1, location)))
    assert told.status_code == 422 and told.json()["findings"][0]["code"] == "item.unknown", "what nobody has stored is"
    assert time.monotonic() - begun < 5


def test_any_instance_takes_any_call(pair):
    seed = Seed(pair[0])
    sku, location = seed.place("100")
    order = seed.order((sku, 5, location), requested_date=day(30))
    path, other = f"/v1/orders/{order['id']}", pair[1].api
    held = eventually(lambda: (told := other.get(path)).status_code == 200 and told)
    response = other.post(f"{path}/holds", {"code": "check", "reason": "x"}, etag=held.headers["ETag"])
    fine(response)
    lifted = seed.api.delete(f"{path}/holds/check", etag=response.headers["ETag"])
    assert fine(lifted, 200)["order_status"] == "accepted"
    made = fine(seed.reserve((sku, 5, location)), 201)
    fine(other.post(f"/v1/reservations/{made['id']}/release", None), 200)
    fine(other.post("/v1/shipments", seed.shipment(order, location, (1, 5, "complete"))), 201)


def test_many_writers_and_the_projection_equals_the_table(pair):
    """After a load over both, both tell the same position, and it is the sum of what was granted."""
    seed = Seed(pair[0])
    places, customer = [seed.place("500") for _ in range(4)], seed.customer()
    for place in places:
        spread(pair, *place, customer)
    taken = {place: 0 for place in places}
    lock = threading.Lock()

    def writer(number):
        api = Api(pair[number % 2].api_url, checked=False)
        for step in range(40):
            place = places[(number + step) % 4]
            if seed.capture((place[0], 1, place[1]), customer=customer, api=api).status_code == 201:
                with lock:
                    taken[place] += 1

    threads = [threading.Thread(target=writer, args=(number,), daemon=True) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken.values()) == 480
    for place, count in taken.items():
        for hub in pair:
            eventually(lambda: seed.available(*place, api=hub.api) == str(500 - count), limit=1.5, what="the same figure on both")


class Buyers:
    """Clients that capture over the instances that live; what was acknowledged is remembered, and what was not is asked again with its key."""

    def __init__(self, fleet, seed, place, customer):
        self.fleet, self.seed, self.place, self.customer = fleet, seed, place, customer
        self.acknowledged, self.unsure, self.stopped, self.lock = {}, [], False, threading.Lock()

    def run(self, number):
        while not self.stopped:
            body, key = self.seed.order_body((self.place[0], 1, self.place[1]), customer=self.customer), unique("key")
            hubs = list(self.fleet.hubs)
            try:
                response = requests.post(hubs[number % len(hubs)].api_url + "/v1/orders", json=body, headers={"Idempotency-Key": key}, timeout=10)
            except requests.RequestException:
                with self.lock:
                    self.unsure.append((body, key))
                time.sleep(0.05)
                continue
            with self.lock:
                if response.status_code == 201:
                    self.acknowledged[body["order_number"]] = response.content
                else:
                    self.unsure.append((body, key))


def test_kill_9_in_the_middle_of_captures(fresh, services):
    """Acknowledged is stored; what was not acknowledged is stored once or not at all, and a retry with its key settles it."""
    fleet = fresh(2)
    seed = Seed(fleet.hubs[0])
    place, customer = seed.place("100000"), seed.customer()
    spread(fleet.hubs, *place, customer)
    buyers = Buyers(fleet, seed, place, customer)
    threads = [threading.Thread(target=buyers.run, args=(number,), daemon=True) for number in range(8)]
    for thread in threads:
        thread.start()
    try:
        for turn in range(4):
            time.sleep(1.0)
            victim = fleet.hubs[turn % 2]
            victim.kill()
            time.sleep(0.2)
            fleet.hubs[turn % 2] = type(victim)(fleet.config, fleet.variables).start()
    finally:
        buyers.stopped = True
        for thread in threads:
            thread.join()
    assert buyers.acknowledged
    api = fleet.hubs[0].raw
    print(f"{len(buyers.acknowledged)} acknowledged, {len(buyers.unsure)} unsure")
    for body, key in buyers.unsure:
        response = eventually(lambda: (told := api.post("/v1/orders", body, key=key)).status_code != 409 and told, what="the outcome")
        assert response.status_code in (200, 201), response.text
        buyers.acknowledged[body["order_number"]] = response.content
    stored = {}
    cursor = None
    while True:
        page = fine(api.get("/v1/orders", params={"source": "webshop", "limit": "500", **({"cursor": cursor} if cursor else {})}))
        for order in page["items"]:
            assert order["order_number"] not in stored, "an order twice"
            stored[order["order_number"]] = order
        cursor = page["next"]
        if not cursor:
            break
    assert set(stored) == set(buyers.acknowledged)
    eventually(lambda: Seed(fleet.hubs[0]).available(*place) == str(100000 - len(stored)), limit=3, what="a stock that fits the orders")
    told = fleet.command("verify", "-c", str(fleet.config))
    assert told.returncode == 0, told.stdout + told.stderr


def test_a_killed_instance_hands_its_partitions_over(fresh, services, prefix):
    fleet = fresh(2)
    log = Log(services.brokers)
    topic = next(line.split("topic:")[1].split(",")[0].strip() for path in fleet.config.rglob("*.yaml") for line in path.read_text().splitlines() if "inventory.v1" in line)
    seed = Seed(fleet.hubs[1])
    location = seed.location()
    skus = [seed.item() for _ in range(30)]
    for sku in skus:
        log.event(topic, seed.snapshot(location, sku, 10, sequence=1))
    log.flush()
    for sku in skus:
        eventually(lambda: seed.profile(sku, location)["on_hand"] == "10", limit=20)
    fleet.hubs[0].kill()
    for sku in skus:
        log.event(topic, seed.movement(location, sku, -3, sequence=2))
    log.flush()
    for sku in skus:
        eventually(lambda: seed.profile(sku, location)["on_hand"] == "7", limit=60, what="records of the dead instance's partitions")


def test_two_start_at_once_on_an_empty_database(fresh, services):
    """The migration is safe when two instances start together."""
    from world import Hub
    fleet = fresh(0)
    hubs = [Hub(fleet.config, fleet.variables).start(wait=False) for _ in range(3)]
    fleet.hubs += hubs
    for hub in hubs:
        hub.wait_ready()
        assert hub.admin.get("/readyz").status_code == 200


def test_a_restart_rebuilds_the_projection(fresh):
    fleet = fresh()
    seed = Seed(fleet.hubs[0])
    places = [seed.place(str(number)) for number in range(1, 21)]
    sku, location = places[-1]
    seed.supply(sku, location, (3, 7))
    seed.order((sku, 5, location), requested_date=day(1))
    fine(seed.reserve((sku, 2, location)), 201)
    before = [seed.profile(*place) for place in places]
    fleet.hubs[0].kill()
    fleet.start(1)
    seed = Seed(fleet.hubs[-1])
    after = [seed.profile(*place) for place in places]
    for old, new in zip(before, after):
        assert {name: old[name] for name in ("on_hand", "unavailable", "version", "atp")} == {name: new[name] for name in ("on_hand", "unavailable", "version", "atp")}


@pytest.mark.parametrize("count", [1])
def test_a_hold_expires_though_its_instance_died(fresh, count):
    fleet = fresh(2)
    seed = Seed(fleet.hubs[0])
    sku, location = seed.place("10")
    fine(seed.reserve((sku, 4, location), ttl=2), 201)
    fleet.hubs[0].kill()
    eventually(lambda: seed.available(sku, location, api=fleet.hubs[1].api) == "6", limit=2)
    eventually(lambda: seed.available(sku, location, api=fleet.hubs[1].api) == "10", limit=6, what="the expired hold")
