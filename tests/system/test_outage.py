"""A lost database: capture answers 503 with Retry-After, ATP goes on with its age shown, and everything comes back (issue 3, section 5)."""
import os
import pathlib
import signal
import time
import uuid

import psycopg
import pytest

from seed import Seed, fine
from world import Api, eventually


def degraded(hub):
    return hub.admin.get("/readyz?verbose").json()["degraded"]


@pytest.fixture
def hit(own_services, fresh):
    fleet = fresh(services=own_services)
    seed = Seed(fleet.hubs[0])
    return fleet, seed, seed.place("100"), seed.customer(), own_services


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_postgres_away_and_back(hit, how):
    fleet, seed, (sku, location), customer, services = hit
    hub = fleet.hubs[0]
    body, key = seed.order_body((sku, 1, location), customer=customer), str(uuid.uuid4())
    fine(seed.capture((sku, 1, location), customer=customer), 201)
    services.command(how, "postgres")
    response, = eventually(lambda: [told for told in [hub.api.post("/v1/orders", body, key=key, timeout=40)] if told.status_code == 503], limit=60, what="503")
    assert response.json()["code"] in ("overloaded", "not_ready") and int(response.headers["Retry-After"]) >= 1
    eventually(lambda: response.headers["X-Correlation-Id"] in hub.log_text(), limit=3, what="a log line with the failure's correlation id")
    assert seed.available(sku, location) == "99", "ATP goes on"
    line = fine(hub.api.post("/v1/availability/check", {"lines": [{"sku": sku, "quantity": "1"}]}))["lines"][0]
    assert line["locations"][0]["age_ms"] >= 0
    time.sleep(2.5)
    assert hub.admin.get("/livez").status_code == 200
    ready = hub.admin.get("/readyz?verbose")
    assert ready.status_code == 200 and degraded(hub) and ready.json()["why"]
    assert hub.api.get("/v1/orders").status_code == 503
    for path, sent in (("/v1/reservations", {"ttl_seconds": 60, "lines": [{"sku": sku, "quantity": "1", "location": location}]}), ("/v1/inventory/events", {"events": [seed.snapshot(location, sku, 1)]})):
        response = hub.api.post(path, sent, timeout=40)
        assert response.status_code == 503 and response.headers["Retry-After"]
    services.command("start", "postgres")
    response = eventually(lambda: (told := hub.api.post("/v1/orders", body, key=key)).status_code == 201 and told, limit=40, step=0.3, what="capture after the outage")
    assert response.json()["order_number"] == body["order_number"]
    eventually(lambda: seed.available(sku, location) == "98", limit=5)
    eventually(lambda: not degraded(hub), limit=15, what="health")


def test_no_answer_is_lost_in_a_restart_of_postgres(hit):
    """Acknowledged orders are there after kill -9 of PostgreSQL under load."""
    fleet, seed, (sku, location), customer, services = hit
    hub, kept = fleet.hubs[0], []
    seed.stock(location, sku, 100000)
    from world import together

    def buy(number):
        api, end, mine = Api(hub.api_url, checked=False), time.monotonic() + 6, []
        while time.monotonic() < end:
            body = seed.order_body((sku, 1, location), customer=customer)
            response = api.post("/v1/orders", body, timeout=60)
            if response.status_code == 201:
                mine.append(response.json()["id"])
            else:
                assert response.status_code in (503, 504), response.text
        return mine

    def hurt(number):
        time.sleep(2)
        services.command("kill", "postgres")
        services.command("start", "postgres")
        return []

    for part in together(7, lambda place: hurt(place) if place == 0 else buy(place)):
        kept += part
    api = eventually(lambda: hub.raw.get("/v1/orders").status_code == 200 and hub.raw, limit=30)
    assert kept
    for identity in kept:
        assert api.get(f"/v1/orders/{identity}").status_code == 200, "acknowledged and lost"


def test_starting_without_a_database(own_services, fresh):
    """While PostgreSQL is away the daemon stays up and says so."""
    from world import Hub
    fleet = fresh(0, services=own_services)
    own_services.command("stop", "postgres")
    hub = Hub(fleet.config, fleet.variables).start(wait=False)
    fleet.hubs.append(hub)
    time.sleep(3)
    assert hub.process.poll() is None, f"it ended: {hub.log_text()[-2000:]}"
    own_services.command("start", "postgres")
    hub.wait_ready()
    assert hub.admin.get("/readyz").status_code == 200


@pytest.mark.parametrize("safe", [False, True], ids=["unsafe", "negative_control_safe"])
def test_it_does_not_start_on_a_database_that_could_lose_orders(fresh, safe):
    from world import Hub
    fleet = fresh(0)
    with psycopg.connect(fleet.database, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f'alter database "{name}" set synchronous_commit = {"on" if safe else "off"}')
    hub = Hub(fleet.config, fleet.variables).start(wait=False)
    if safe:
        hub.wait_ready()
        fleet.hubs.append(hub)
        return
    assert hub.process.wait(30) not in (0, None)
    assert "unsafe_database" in hub.log_text() and "synchronous_commit" in hub.log_text()


@pytest.mark.parametrize("away", [("postgres",), ("kafka",), ("postgres", "kafka")], ids="-".join)
def test_sigterm_is_obeyed_whatever_is_away(hit, away):
    """Stops in order within its budget (30 s)."""
    fleet, seed, (sku, location), customer, services = hit
    for _ in range(40):
        fine(seed.capture((sku, 1, location), customer=customer), 201)
    for which in away:
        services.command("kill", which)
    time.sleep(3)
    begun = time.monotonic()
    fleet.hubs[0].stop(limit=40)
    print(f"ended after {time.monotonic() - begun:.1f} s")


def test_sigterm_is_obeyed_with_a_backlog_that_nobody_takes(hit):
    """Kafka goes, orders come, PostgreSQL goes: what is not published waits in the store, and the stop does not wait for it."""
    fleet, seed, (sku, location), customer, services = hit
    seed.stock(location, sku, 100000)
    services.command("kill", "kafka")
    for _ in range(200):
        fine(seed.capture((sku, 1, location), customer=customer), 201)
    services.command("kill", "postgres")
    time.sleep(0.3)
    begun = time.monotonic()
    fleet.hubs[0].stop(limit=40)
    print(f"ended after {time.monotonic() - begun:.1f} s")


class Frozen:
    """PostgreSQL with all its processes stopped: connections stay open, new ones are taken by the kernel, and nothing is ever answered."""

    def __init__(self, services):
        main = int((pathlib.Path(services.variables["CROSSDOCK_SERVICES"]) / "postgres.pid").read_text().split()[0])
        stats = [path.read_text().rsplit(")", 1) for path in pathlib.Path("/proc").glob("[0-9]*/stat")]
        self.processes = [main] + [int(head.split(" ", 1)[0]) for head, rest in stats if int(rest.split()[1]) == main]

    def __enter__(self):
        for process in self.processes:
            os.kill(process, signal.SIGSTOP)

    def __exit__(self, *failed):
        for process in self.processes:
            os.kill(process, signal.SIGCONT)


@pytest.mark.parametrize("budget", [2, 6])
def test_sigterm_is_obeyed_while_postgres_hangs(own_services, fresh, budget):
    """Every wait for the database is cut in time. A budget shorter than an attempt to connect (5 s) may be kept by force, and then says so."""
    from world import together
    fleet = fresh(0, services=own_services, change=lambda name, text: text + f"\ndrain: {budget}s\n" if name == "crossdock.yaml" else text)
    hub, = fleet.start(1)
    seed = Seed(hub)
    sku, location = seed.place("100000")
    customer = seed.customer()

    def buy(number):
        if number == 6:
            with Frozen(own_services):
                time.sleep(1)
                begun = time.monotonic()
                hub.signal(signal.SIGTERM)
                hub.process.wait(40)
                return time.monotonic() - begun
        end = time.monotonic() + 3
        while time.monotonic() < end:
            try:
                Api(hub.api_url, checked=False).post("/v1/orders", seed.order_body((sku, 1, location), customer=customer), timeout=20)
            except Exception:  # cut: the daemon ends
                return 0
        return 0

    took = max(together(7, buy))
    print(f"ended after {took:.1f} s of {budget} s")
    assert took < budget + 1
    late = '"event":"stop.late"' in hub.log_text()
    assert hub.process.returncode == (1 if late else 0)
    assert not late or budget < 5 and '"waiting_for":"' in hub.log_text()
    fleet.hubs.clear()


def test_sigterm_drops_no_accepted_request(fresh):
    from world import together
    fleet = fresh()
    hub = fleet.hubs[0]
    seed = Seed(hub)
    sku, location = seed.place("100000")
    customer = seed.customer()

    def buy(number):
        api, told = Api(hub.api_url, checked=False), []
        for _ in range(300):
            try:
                response = api.post("/v1/orders", seed.order_body((sku, 1, location), customer=customer))
            except Exception as error:
                told.append(type(error).__name__)
                if hub.process.poll() is not None or len(told) > 3 and all(isinstance(entry, str) for entry in told[-3:]):
                    break
                continue
            told.append((response.status_code, response.json().get("id")))
        return told

    def stop(number):
        time.sleep(0.7)
        hub.signal(signal.SIGTERM)
        return []

    answers = [entry for part in together(7, lambda place: stop(place) if place == 0 else buy(place)) for entry in part]
    hub.stop()
    good = [entry[1] for entry in answers if not isinstance(entry, str) and entry[0] == 201]
    statuses = {entry[0] for entry in answers if not isinstance(entry, str)}
    assert statuses <= {201, 503}, statuses
    assert "ReadTimeout" not in answers
    hub, = fleet.start(1)
    assert good and all(hub.raw.get(f"/v1/orders/{identity}").status_code == 200 for identity in good)


def test_sighup_with_a_broken_folder_changes_nothing(fresh):
    fleet = fresh()
    hub, path = fleet.hubs[0], fleet.config / "crossdock.yaml"
    text = path.read_text()
    path.write_text(text + "\nnonsense: [\n")
    hub.signal(signal.SIGHUP)
    eventually(lambda: "crossdock.yaml" in hub.log_text(), limit=5, what="a word about it")
    assert hub.process.poll() is None and hub.admin.get("/readyz").status_code == 200
    path.write_text(text)


def test_sighup_applies_a_good_folder(fresh):
    """The new settings rule, at the same ports."""
    fleet = fresh()
    hub, path = fleet.hubs[0], fleet.config / "crossdock.yaml"
    seed = Seed(hub)
    sku, location = seed.place("50")
    assert seed.order((sku, 1, location))["order_status"] == "released"
    path.write_text(path.read_text().replace("release: auto", "release: manual"))
    hub.signal(signal.SIGHUP)
    eventually(lambda: "reload.applied" in hub.log_text() and '"ready"' in hub.log_text().split("reload.applied")[1], limit=20, what="the new settings")
    hub.api = Api(hub.api_url)
    assert Seed(hub).order((sku, 1, location))["order_status"] == "accepted"
    assert Seed(hub).available(sku, location) == "48"
