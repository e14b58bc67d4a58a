"""SIGHUP is apply of the configuration folder; it changes nothing if it does not check (API.md section 6), and no caller notices."""
import http.client
import json
import re
import signal
import threading
import time
import urllib.parse
import uuid

from seed import Seed, fine
from world import Hub, eventually, together


def status_of_an_order(hub):
    seed = Seed(hub)
    sku, location = seed.place("10")
    return seed.order((sku, "1", location))["order_status"]


def test_a_good_folder_is_applied_and_a_bad_one_changes_nothing(fresh):
    fleet = fresh()
    hub, path = fleet.hubs[0], fleet.config / "crossdock.yaml"
    good = path.read_text()
    assert "release: auto" in good
    assert status_of_an_order(hub) == "released"
    path.write_text(good + "\nlimts: {}\n")
    hub.signal(signal.SIGHUP)
    eventually(lambda: "reload.refused" in hub.log_text(), what="the refusal in the log")
    assert status_of_an_order(hub) == "released"
    path.write_text(good.replace("release: auto", "release: manual"))
    hub.signal(signal.SIGHUP)
    eventually(lambda: hub.log_text().count('"event":"ready"') == 2, limit=60, what="the second readiness in the log")
    assert status_of_an_order(hub) == "accepted", "release is manual now, at the same address"


class Hammer:
    """Orders on new connections, one after the other from several threads. `lost` is what a caller would complain about."""

    def __init__(self, hub, threads=4):
        self.address = urllib.parse.urlsplit(hub.api_url).netloc
        self.seed, self.threads, self.over, self.lost, self.answers = Seed(hub), threads, threading.Event(), [], []
        self.sku, self.location = self.seed.place("1000000")
        self.customer = self.seed.customer()

    def call(self):
        body = self.seed.order_body((self.sku, 1, self.location), customer=self.customer)
        connection = http.client.HTTPConnection(self.address, timeout=30)
        try:
            connection.request("POST", "/v1/orders", json.dumps(body), {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4()), "Connection": "close"})
            answer = connection.getresponse()
            told = json.loads(answer.read())
            if answer.status != 201 or told["order_number"] != body["order_number"]:
                self.lost.append(f"{answer.status} {told}")
            self.answers.append((body["order_number"], told.get("id")))
        except OSError as error:
            self.lost.append(repr(error))
        except http.client.HTTPException as error:
            self.lost.append(repr(error))
        finally:
            connection.close()

    def buy(self):
        while not self.over.is_set():
            self.call()

    def during(self, work):
        """Calls while `work` runs in a thread of its own."""
        def do():
            try:
                time.sleep(0.3)
                work()
                time.sleep(0.3)
            finally:
                self.over.set()
        together(self.threads + 1, lambda place: do() if place == 0 else self.buy())
        return self


def reloads(hub, path, count):
    text = path.read_text()
    for turn in range(count):
        # Other settings each time, and another number of loops: listening sockets outnumber them or are too few.
        release = "manual" if turn % 2 else "auto"
        path.write_text(re.sub("release: \\w+", f"release: {release}", text) + f"\nloops: {1 + turn % 3}\n")
        applied, refused = hub.log_text().count("reload.applied"), hub.log_text().count("reload.refused")
        hub.signal(signal.SIGHUP)
        eventually(lambda: hub.log_text().count("reload.applied") > applied, limit=30, step=0.02, what=f"reload {turn}")
        assert hub.log_text().count("reload.refused") == refused


def test_no_connection_is_refused_and_no_answer_lost_through_ten_reloads(fresh):
    fleet = fresh()
    hub = fleet.hubs[0]
    hammer = Hammer(hub).during(lambda: reloads(hub, fleet.config / "crossdock.yaml", 10))
    assert hammer.lost == []
    assert len(hammer.answers) > 100
    print(f"{len(hammer.answers)} calls")
    assert len({number for number, _ in hammer.answers}) == len({identity for _, identity in hammer.answers}) == len(hammer.answers)
    for number, identity in hammer.answers[:: max(1, len(hammer.answers) // 50)]:
        found = fine(hub.raw.get("/v1/orders", params={"order_number": number}))["items"]
        assert [entry["id"] for entry in found] == [identity]
    assert Seed(hub).available(hammer.sku, hammer.location) == str(1000000 - len(hammer.answers))


def test_the_hammer_notices_a_gap_self_test(fresh):
    """Negative control: ended and started again at the same address, as a reload once did inside the process."""
    fleet = fresh()
    first = fleet.hubs[0]
    address = urllib.parse.urlsplit(first.api_url).netloc
    hammer = Hammer(first)

    def restart():
        first.stop()
        fleet.hubs.append(Hub(fleet.config, fleet.variables, api=address).start())

    assert hammer.during(restart).lost


def test_a_kept_connection_gets_its_answer_after_the_reload(fresh):
    """A client between two calls is not cut off: the next call is answered, and tells it to connect anew."""
    fleet = fresh()
    hub = fleet.hubs[0]
    address = urllib.parse.urlsplit(hub.api_url).netloc
    connection = http.client.HTTPConnection(address, timeout=10)
    connection.request("GET", "/v1/orders")
    answer = connection.getresponse()
    assert answer.status == 200 and answer.read() is not None
    reloads(hub, fleet.config / "crossdock.yaml", 1)
    connection.request("GET", "/v1/orders")
    answer = connection.getresponse()
    assert answer.status == 200 and answer.read() is not None and answer.headers["Connection"] == "close"


def test_a_reload_that_cannot_begin_changes_nothing(own_services, fresh):
    """The new inside is built beside the old one: while the database is away there is none, and the old one serves on."""
    fleet = fresh(services=own_services)
    hub, path = fleet.hubs[0], fleet.config / "crossdock.yaml"
    seed = Seed(hub)
    sku, location = seed.place("10")
    path.write_text(path.read_text().replace("release: auto", "release: manual"))
    own_services.command("kill", "postgres")
    hub.signal(signal.SIGHUP)
    eventually(lambda: "reload.refused" in hub.log_text(), limit=30, what="the refusal")
    assert seed.available(sku, location) == "10" and hub.admin.get("/livez").status_code == 200
    own_services.command("start", "postgres")
    eventually(lambda: hub.raw.get("/v1/orders").status_code == 200, limit=30)
    assert status_of_an_order(hub) == "released"
    assert "\ncrossdock_positions " in hub.admin.get("/metrics").text, "the figures are still the old inside's"
    hub.signal(signal.SIGHUP)
    eventually(lambda: "reload.applied" in hub.log_text(), limit=30, what="the new settings")
    assert status_of_an_order(hub) == "accepted"
