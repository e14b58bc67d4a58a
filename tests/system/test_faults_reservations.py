"""PROTOCOLS.md D: one hot item over three instances whose clocks are wrong, killed, frozen, without their database: never one too many, and holds
expire when they should (RELIABILITY.md 1)."""
import random
import re
import signal
import threading
import time
import uuid
from decimal import Decimal

import accounts
import history
import published
import pytest
import wire
from clocks import HOUR, YEAR, Clock
from history import Operation
from kafka_tools import Log
from own_postgres import OwnPostgres, free_port
from seed import Seed, fine, spread
from shim import changed_sql
from world import Api, Fleet, Hub, Services, configuration, eventually, unique

ONE = Decimal(1)
SHORT, LONG = 3, 600


class Rush:
    """Requests for one piece each, 90 % of them for the hot item; some holds are short, some are given back."""

    def __init__(self, hubs, hot, others, requests, seed):
        self.dice, self.hot, self.others, self.requests = random.Random(seed), hot, others, requests
        self.lines = [wire.Line(hubs[number % len(hubs)].api_url) for number in range(36)]
        self.operations, self.open, self.kept, self.retries, self.odd = {place: [] for place in (hot, *others)}, {}, [], 0, []

    def jobs(self):
        for _ in range(self.requests):
            place = self.hot if self.dice.random() < 0.9 else self.dice.choice(self.others)
            ttl = SHORT if self.dice.random() < 0.1 else LONG
            body = {"ttl_seconds": ttl, "lines": [{"sku": place[0], "quantity": "1", "location": place[1]}]}
            yield self.begin(("reserve", place, ttl), wire.request("POST", "/v1/reservations", body, str(uuid.uuid4())))

    def begin(self, what, data):
        token = len(self.open) + 1
        self.open[token] = [what, data, None]
        return token, data

    def done(self, token, answer):
        what, data, begun = self.open[token]
        if answer is None or answer.status >= 500 or (answer.status == 409 and answer.json()["code"] == "request_in_progress"):
            self.retries += 1
            self.open[token][2] = begun or (answer.begin if answer else time.monotonic() - 9)
            return token, data
        begin = begun or answer.begin
        kind, place, rest = what
        if kind == "release":
            if answer.status != 200:
                self.odd.append(answer.content)
            self.operations[place].append(Operation("release", begin, answer.end))
        elif answer.status == 201:
            told = answer.json()
            line = told["lines"][0]
            self.operations[place].append(Operation("grant", begin, answer.end, ONE, Decimal(line["granted"]), line["version"]))
            if rest == SHORT:
                self.operations[place].append(Operation("release", answer.end, answer.end + 60))  # its expiry makes a version, too
            elif self.dice.random() < 0.2:
                return self.begin(("release", place, None), wire.request("POST", f"/v1/reservations/{told['id']}/release", None, str(uuid.uuid4())))
        elif answer.status == 409 and answer.json()["code"] == "insufficient_stock":
            error = answer.json()["errors"][0]
            self.operations[place].append(Operation("refusal", begin, answer.end, ONE, version=error["version"], available=Decimal(error["available"])))
        else:
            self.odd.append(answer.content)
        return None

    def run(self, limit):
        wire.stream(self.lines, self.jobs(), self.done, limit)


def three(services, postgres, variables):
    """Instances on fixed ports, so that a restarted one is found again."""
    both = Services({**services.variables, "CROSSDOCK_POSTGRES_URL": postgres.url()}, owned=False)
    fleet = Fleet(both, configuration(unique("rs").lower().replace("-", ".")), database=postgres.database())
    fleet.hubs = [Hub(fleet.config, {**fleet.variables, **more}, api=f"127.0.0.1:{free_port()}").start(wait=False) for more in variables]
    for hub in fleet.hubs:
        hub.wait_ready()
    return fleet


def hurt(fleet, postgres, stopped):
    """kill -9 of one, SIGSTOP of another, a restart and a kill of PostgreSQL, until `stopped`."""
    for turn in range(1000):
        for step in ("kill", "freeze", "restart", "crash"):
            if stopped.wait(0.8):
                return
            hub = fleet.hubs[turn % 3 if step == "kill" else (turn + 1) % 3]
            if step == "kill":
                address = re.sub("http://", "", hub.api_url)
                again = Hub(fleet.config, {name: value for name, value in hub.environment.items() if not name.endswith("_LISTEN")}, api=address)
                hub.kill()
                fleet.hubs[fleet.hubs.index(hub)] = again.start()
            elif step == "freeze":
                hub.signal(signal.SIGSTOP)
                stopped.wait(1.5)
                hub.signal(signal.SIGCONT)
            elif step == "restart":
                postgres.stop()
                postgres.start()
            else:
                postgres.kill_all()
                postgres.start()


def rush(fleet, postgres, stock, requests, nemesis, limit=120):
    seed = Seed(fleet.hubs[-1])
    places = [seed.place(str(stock))] + [seed.place(str(stock)) for _ in range(5)]
    customer = seed.customer()
    for place in places:
        spread(fleet.hubs, *place, customer)
    before = {place: seed.profile(*place)["version"] for place in places}
    work = Rush(fleet.hubs, places[0], places[1:], requests, 11)
    stopped = threading.Event()
    thread = threading.Thread(target=nemesis, args=(fleet, postgres, stopped), daemon=True)
    thread.start()
    try:
        work.run(limit)
    finally:
        stopped.set()
        thread.join()
    assert not work.odd, work.odd[:3]
    time.sleep(SHORT + 2)  # the short holds have expired
    seed, faults = Seed(fleet.hubs[-1]), []
    for place in places:
        after = eventually(lambda: seed.profile(*place), limit=10)
        told = history.check(work.operations[place], before[place], Decimal(stock), ONE, (after["version"], Decimal(after["atp"][0]["available"])))
        faults += [f"{'hot' if place == places[0] else 'other'}: {fault}" for fault in told]
    hot = work.operations[places[0]]
    kinds = {kind: sum(op.kind == kind for op in hot) for kind in ("grant", "refusal", "release")}
    print(kinds, "on the hot item,", work.retries, "asked again")
    return faults, kinds


def no_deadlock(postgres, database="crossdock"):
    assert "deadlock detected" not in postgres.log_text()
    assert postgres.run(f"select deadlocks from pg_stat_database where datname = '{database}'") == [(0,)]


def test_a_hot_item_while_everything_breaks(services, rounds):
    postgres = OwnPostgres().initdb().start()
    fleet = None
    try:
        fleet = three(services, postgres, [Clock(HOUR).variables, Clock(-HOUR).variables, {}])
        faults, kinds = rush(fleet, postgres, 1000, 4_000 if rounds == 1 else 50_000, hurt, limit=100 * rounds)
        assert not faults, faults[:10]
        assert kinds["refusal"] > 100 and kinds["release"] > 50
        no_deadlock(postgres)
        told = fleet.command("verify", "-c", str(fleet.config))
        assert told.returncode == 0, told.stdout
        fleet.end()
    finally:
        kill(fleet)
        postgres.remove()


def kill(fleet):
    for hub in fleet.hubs if fleet else ():
        hub.kill()


def test_without_its_lock_a_position_is_oversold(services, rounds):
    """Negative control: a daemon that reads a position and then writes it, without the lock between."""
    if rounds == 1:
        pytest.skip("with --long; test_reservation_history.py has the short controls of the checker")
    postgres, fleet = OwnPostgres().initdb().start(), None
    broken = changed_sql({"order by p.sku, p.location for no key update of p": "order by p.sku, p.location"})
    try:
        fleet = three(services, postgres, [broken] * 3)
        faults, _ = rush(fleet, postgres, 1000, 5000, lambda *_: None)
        print(faults[:5])
        assert faults
    finally:
        kill(fleet)
        postgres.remove()


def expiry(fleet, ttl=3):
    """A hold made by each instance; when each of the others says that it is over, in seconds from its making: (instance, asked, seconds)."""
    seed, told = Seed(fleet.hubs[-1]), []
    place = seed.place("100")
    spread(fleet.hubs, *place, seed.customer())
    made = [(number, time.monotonic(), fine(seed.reserve((*place[:1], 1, place[1]), ttl=ttl, api=hub.raw), 201)["id"]) for number, hub in enumerate(fleet.hubs)]
    waiting = {(number, asked): begun for number, begun, _ in made for asked in range(len(fleet.hubs))}
    names = {number: identity for number, _, identity in made}
    apis = [Api(hub.api_url, checked=False) for hub in fleet.hubs]
    while waiting and time.monotonic() < made[0][1] + ttl + 4:
        for number, asked in list(waiting):
            response = apis[asked].get(f"/v1/reservations/{names[number]}")
            if response.status_code == 404 or response.json()["state"] == "expired":
                told.append((number, asked, time.monotonic() - waiting.pop((number, asked))))
        time.sleep(0.02)
    return told + [(*pair, float("inf")) for pair in waiting]


def punctual(told, ttl=3):
    return [entry for entry in told if not ttl - 0.05 <= entry[2] <= ttl + 1.5]


def test_holds_expire_on_time_whatever_the_clocks_say(services):
    """+1 h, -1 h, and one whose clock jumps ten years while it runs."""
    steered = Clock()
    fleet = Fleet(services, configuration(unique("ex").lower().replace("-", ".")))
    try:
        fleet.hubs = [Hub(fleet.config, {**fleet.variables, **more}).start(wait=False) for more in (Clock(HOUR).variables, Clock(-HOUR).variables, steered.variables)]
        for hub in fleet.hubs:
            hub.wait_ready()
        steered.set(10 * YEAR)
        told = expiry(fleet)
        print(sorted(round(entry[2], 2) for entry in told))
        assert not punctual(told), punctual(told)
        steered.set(-HOUR)
        assert fleet.hubs[2].admin.get("/readyz").status_code == 200
    finally:
        fleet.end()


def test_a_wrong_clock_delays_events_and_loses_none(services):
    """Brokers refuse records from more than an hour ahead. That is not the records' fault: they wait until the clock is right."""
    clock, prefix = Clock(), unique("ts").lower().replace("-", ".")
    fleet = Fleet(services, configuration(prefix, change=lambda name, text: text + f"\npublish:\n  topic_prefix: {prefix}.out.\n" if name == "crossdock.yaml" else text))
    try:
        fleet.hubs = [Hub(fleet.config, {**fleet.variables, **clock.variables}).start()]
        seed = Seed(fleet.hubs[0])
        sku, location = seed.place("100")
        clock.set(YEAR)
        made = [seed.order((sku, 1, location))["id"] for _ in range(5)]
        time.sleep(1.5)
        clock.set(0)
        topic = f"{prefix}.out.order.captured.v1"
        records = Log(services.brokers).read([topic], until=lambda found: set(made) <= {record.key for record in found}, limit=20)
        faults, figures = published.check(published.events_of(records), once={(topic, order) for order in made})
        assert not faults, faults
        assert accounts.rows(fleet.database, "select reason from exception") == []
    finally:
        fleet.end()


def test_a_hub_that_believes_its_own_clock_is_found(services, rounds):
    """Negative control: one whose transactions take an hour more for now."""
    if rounds == 1:
        pytest.skip("with --long; punctual() has its short control below")
    fleet = Fleet(services, configuration(unique("ex").lower().replace("-", ".")))
    try:
        fleet.hubs = [Hub(fleet.config, {**fleet.variables, **more}).start() for more in (changed_sql({"select clock_timestamp()": "select clock_timestamp() + interval '1 hour'"}), {}, {})]
        told = expiry(fleet)
        assert punctual(told), told
    finally:
        fleet.end()


def test_self_test_punctual():
    assert punctual([(0, 1, 3.0), (0, 1, 3.9)]) == []
    assert len(punctual([(0, 1, 2.5), (0, 1, 5.2), (0, 1, float("inf"))])) == 3
