"""PROTOCOLS.md D: strict serializability per position, over two instances and one hot item."""
import copy
import random as randomness
import threading
import time
from decimal import Decimal

import pytest

import history
from history import Operation
from seed import Seed, fine, spread
from world import Api, dice, unique

RELEASED = Decimal(2)


def client(hub, random, seed, place, operations, count):
    api = Api(hub.api_url, checked=False)
    sku, location = place
    kept = []
    for _ in range(count):
        if kept and random.random() < 0.35:
            begin = time.monotonic()
            fine(api.post(f"/v1/reservations/{kept.pop()}/release", None), 200)
            operations.append(Operation("release", begin, time.monotonic()))
            continue
        whole, asked = random.random() < 0.5, Decimal(random.choice((1, 2, 2, 3, 7)))
        begin = time.monotonic()
        response = seed.reserve((sku, asked, location), policy="all_or_nothing" if whole else "per_line", api=api)
        end = time.monotonic()
        body = response.json()
        if response.status_code == 201:
            line = body["lines"][0]
            granted = Decimal(line["granted"])
            operations.append(Operation("grant", begin, end, asked, granted, line["version"], whole=whole))
            if granted == RELEASED:
                kept.append(body["id"])
        else:
            assert (response.status_code, body["code"]) == (409, "insufficient_stock"), response.text
            error = body["errors"][0]
            operations.append(Operation("refusal", begin, end, asked, version=error["version"], available=Decimal(error["available"]), whole=whole))


def load(pair, stock, clients=16, each=60):
    seed = Seed(pair[0])
    place = seed.place(str(stock))
    spread(pair, *place, seed.customer())
    before = seed.profile(*place)
    random = dice("history")
    logs = [[] for _ in range(clients)]
    faults = []

    def body(number):
        try:
            client(pair[number % 2], randomness.Random(random.random()), seed, place, logs[number], each)
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=body, args=(number,), daemon=True) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults, faults
    time.sleep(1)  # for the other instance's commits to reach the one that is asked
    after = seed.profile(*place)
    return [op for log in logs for op in log], before, after


@pytest.mark.parametrize("stock", [40, 100000])
def test_a_hot_item_over_two_instances(pair, stock):
    operations, before, after = load(pair, stock)
    told = history.check(operations, before["version"], Decimal(stock), RELEASED, (after["version"], Decimal(after["atp"][0]["available"])))
    assert not told, told[:10]
    if stock == 40:
        assert any(op.kind == "refusal" for op in operations) and any(op.kind == "release" for op in operations)
    spoiled = copy.deepcopy(operations)
    next(op for op in spoiled if op.kind == "grant" and op.granted > 0).granted += 1
    assert history.check(spoiled, before["version"], Decimal(stock), RELEASED, (after["version"], Decimal(after["atp"][0]["available"])))


def invented(seed, stock=30, count=200):
    """A true history of a sequential position, answered to overlapping clients."""
    random = randomness.Random(seed)
    free, version, operations, kept, clock = Decimal(stock), 5, [], 0, 0.0
    for _ in range(count):
        clock += 1
        begin, end = clock - random.random() * 3, clock + random.random() * 3
        if kept and random.random() < 0.4:
            kept, free, version = kept - 1, free + RELEASED, version + 1
            operations.append(Operation("release", begin, end))
            continue
        whole, asked = random.random() < 0.5, Decimal(random.choice((1, 2, 3, 7)))
        if whole and asked > free:
            operations.append(Operation("refusal", begin, end, asked, version=version, available=free, whole=True))
            continue
        granted = min(asked, free)
        version, free, kept = version + (granted > 0), free - granted, kept + (granted == RELEASED)
        operations.append(Operation("grant", begin, end, asked, granted, version, whole=whole))
    return operations, (version, free)


def spoil(operations, how, random):
    grants = [op for op in operations if op.kind == "grant" and op.granted > 0]
    one, other = random.sample(grants, 2)
    if how == "version twice":
        one.version = other.version
    elif how == "oversold":
        one.asked = one.granted = one.granted + 50
    elif how == "lost grant":
        operations.remove(one)
    elif how == "swapped":
        early, late = min(grants, key=lambda op: op.end), max(grants, key=lambda op: op.begin)
        early.version, late.version = late.version, early.version
    elif how == "wrong refusal":
        next(op for op in operations if op.kind == "refusal").available += 1
    elif how == "old refusal":
        max((op for op in operations if op.kind == "refusal"), key=lambda op: op.begin).version = 5
    elif how == "invented grant":
        operations.append(Operation("grant", one.begin, one.end, Decimal(1), Decimal(1), max(op.version for op in grants) + 1))
    return operations


@pytest.mark.parametrize("number", range(20))
def test_self_test_true_histories_pass(number):
    operations, final = invented(number)
    randomness.Random(number).shuffle(operations)
    assert history.check(operations, 5, Decimal(30), RELEASED, final) == []


@pytest.mark.parametrize("how", ["version twice", "oversold", "lost grant", "swapped", "wrong refusal", "old refusal", "invented grant"])
def test_self_test_false_histories_do_not(how):
    for number in range(20):
        operations, final = invented(number)
        assert history.check(spoil(operations, how, randomness.Random(number)), 5, Decimal(30), RELEASED, final), f"{how} of {number} was not seen"


def test_the_same_request_gets_the_same_grant(pair):
    """Concurrent duplicates of one reservation over two instances take the stock once."""
    from world import together
    seed = Seed(pair[0])
    sku, location = seed.place("100")
    spread(pair, sku, location, seed.customer())
    body, key = {"ttl_seconds": 600, "lines": [{"sku": sku, "quantity": "7", "location": location}]}, unique("key")
    answers = together(32, lambda place: Api(pair[place % 2].api_url, checked=False).post("/v1/reservations", body, key=key))
    good = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.content for answer in good}) == 1 and sum("Idempotency-Replayed" not in answer.headers for answer in good) == 1
    assert all(answer.json()["code"] == "request_in_progress" for answer in answers if answer.status_code != 201)
    assert seed.available(sku, location) == "93"
