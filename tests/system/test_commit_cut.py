"""PROTOCOLS.md section 0: the connection is lost during COMMIT; the whole idempotent transaction is executed again, and counts once."""
import re
import socket
import threading
import time

from proxy import COMMITTED, CommitCutter
from seed import Seed, figures, fine
from world import Api, Fleet, configuration, eventually, together, unique


def through(services, every):
    """A fleet whose database is reached through the proxy."""
    url = services.database()
    host, port = re.search(r"@([^:/]+):(\d+)/", url).groups()
    cutter = CommitCutter(host, int(port), every)
    fleet = Fleet(services, configuration(unique("p").lower().replace("-", ".")), database=url.replace(f"{host}:{port}", f"127.0.0.1:{cutter.port}"))
    return fleet, cutter


def settle(api, method, path, body, key):
    """What a careful client does: the same key until it gets an outcome."""
    def once():
        response = api.call(method, path, json=body, key=key)
        return response if response.status_code < 500 and (response.status_code != 409 or response.json()["code"] != "request_in_progress") else None
    return eventually(once, limit=40, step=0.1, what="an outcome")


def test_a_reply_lost_after_commit_counts_once(services):
    fleet, cutter = through(services, every=3)
    try:
        hub, = fleet.start(1)
        seed = Seed(hub)
        sku, location = seed.place("100000")
        customer = seed.customer()
        cutter.cutting = True

        def buy(number):
            api, made = Api(hub.api_url, checked=False), []
            for _ in range(25):
                body, key = seed.order_body((sku, 1, location), customer=customer), unique("key")
                response = settle(api, "POST", "/v1/orders", body, key)
                assert response.status_code == 201, response.text
                made.append(response.json()["id"])
                if number % 2:
                    response = settle(api, "POST", "/v1/reservations", {"ttl_seconds": 600, "lines": [{"sku": sku, "quantity": "2", "location": location}]}, unique("key"))
                    assert response.status_code == 201, response.text
            return made

        made = [identity for part in together(8, buy) for identity in part]
        cutter.cutting = False
        print(f"{cutter.cuts} replies of {cutter.seen} commits were lost")
        assert cutter.cuts >= 10, "the proxy must have cut"
        assert len(set(made)) == 200
        stored = fine(hub.api.get("/v1/orders", params={"source": "webshop", "limit": "500"}))["items"]
        assert sorted(order["id"] for order in stored) == sorted(made)
        eventually(lambda: seed.available(sku, location) == str(100000 - 200 - 200), limit=5, what="a stock that fits")
        assert fleet.command("verify", "-c", str(fleet.config)).returncode == 0
    finally:
        cutter.cutting = False
        fleet.end()
        cutter.close()


def test_events_count_once_though_replies_are_lost(services):
    fleet, cutter = through(services, every=2)
    try:
        hub, = fleet.start(1)
        seed = Seed(hub)
        sku, location = seed.place("0")
        order = seed.order((sku, 5, location), on_shortage="backorder")
        cutter.cutting = True
        for number in range(40):
            event = seed.movement(location, sku, 1)
            eventually(lambda: hub.raw.post("/v1/inventory/events", {"events": [event]}).status_code == 200, limit=30)
        cutter.cutting = False
        assert cutter.cuts >= 5
        eventually(lambda: seed.profile(sku, location)["on_hand"] == "40", limit=5)
        assert figures(order)["ordered"] == "5"
    finally:
        cutter.cutting = False
        fleet.end()
        cutter.close()


def test_self_test_the_proxy_cuts():
    """Negative control: of two commits through it, the second reply is lost."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            peer, _ = server.accept()
            while peer.recv(100):
                peer.sendall(COMMITTED)

    threading.Thread(target=serve, daemon=True).start()
    cutter = CommitCutter(*server.getsockname(), every=2)
    cutter.cutting = True
    with socket.create_connection(("127.0.0.1", cutter.port), timeout=5) as client:
        client.sendall(b"commit")
        assert client.recv(100) == COMMITTED
        time.sleep(0.05)
        client.sendall(b"commit")
        assert client.recv(100) == b""
    assert (cutter.seen, cutter.cuts) == (2, 1)
