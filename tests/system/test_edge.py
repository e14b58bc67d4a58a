"""One request in is one request seen: straight, behind nginx with docker/nginx.conf, and behind HAProxy, over a corpus of ambiguous requests.

Never may the hub see more requests than the gateway before it did (straight: than were meant), and what is hidden in a body is never executed."""
import re
import socket
import time

import psycopg
import pytest

from edge_corpus import corpus
from gateways import Haproxy, LaxServer, Nginx
from seed import Seed, fine
from world import eventually

STATUS = re.compile(rb"(?m)^HTTP/1\.[01] (\d{3}) ")
# What a gateway itself reads as a sloppy request and a proper one behind it, and passes on as two proper ones: its reading, no smuggling.
SLOPPY = {"LF in an extension", "chunk size ends in LF", "chunk size trailing blank", "chunk size zeros", "data ends in LF", "extension that hides a chunk",
          "length zeros", "trailer bare LF", "trailer folded", "trailer host", "trailer length"}
LENIENT = {"straight": set(), "nginx": SLOPPY | {"extension of 70 kB", "trailer 70 kB", "trailer no colon"}, "haproxy": SLOPPY | {"CONNECT", "length folded", "length list"}}
# What the hub by itself takes for a good request; all others it answers with an error.
GOOD = {"GET", "POST", "chunked", "two, pipelined", "POST and GET, pipelined", "chunked and GET, pipelined", "a reservation behind a question, both meant",
        "after close", "after close in a second field", "GET with a body", "GET with chunks", "HEAD with a body", "HEAD with chunks", "trailer, proper",
        "extension, proper", "last chunk of many zeros", "empty lines before", "upgrade to h2c", "upgrade to websocket"}


def exchange(port, data, meant, limit=0.4, silence=0.03):
    """Sends the bytes; what came back until the peer closed, or was silent after as many answers as were meant."""
    told = b""
    end = time.monotonic() + limit
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            connection.sendall(data)
        except OSError:
            pass  # refused before it was all sent
        while (left := end - time.monotonic()) > 0:
            done = len([code for code in STATUS.findall(told) if code != b"100"]) >= meant
            connection.settimeout(min(left, silence) if done else left)
            try:
                more = connection.recv(65536)
            except OSError:
                break
            if not more:
                break
            told += more
    return told


class HubCounter:
    """How many requests the hub has answered on its API listener, refused heads too."""

    def __init__(self, hub):
        self.hub = hub

    def seen(self):
        text = self.hub.admin.get("/metrics").text
        return sum(int(float(value)) for value in re.findall(r'(?m)^crossdock_http_requests_total\{[^}]*listener="api"[^}]*\} (\S+)$', text))


def measure(case, port, behind, front, **patience):
    """(answers, seen by the front, seen behind it). Without a front, what was meant stands for it."""
    seen, before = behind.seen(), front.seen() if front else 0
    told = exchange(port, case.data, case.meant, **patience)
    time.sleep(patience.get("silence", 0.005))
    more, entered = behind.seen() - seen, front.seen() - before if front else case.meant
    until = time.monotonic() + 0.4  # a gateway writes its log line a moment later
    while front and entered < more and time.monotonic() < until:
        time.sleep(0.02)
        entered = front.seen() - before
    return told, entered, more


def differential(cases, port, behind, front=None, known=()):
    """Sends all, and answers a row for each: (case, answers, seen by the front, seen behind it).

    What comes late is counted to the next case: a case that looks like more than was meant is asked again, alone and with patience, unless it is
    known for that."""
    rows = []
    for case in cases:
        row = measure(case, port, behind, front)
        if row[2] > row[1] or (row[2] > case.meant and case.name not in known):
            time.sleep(0.2)
            row = measure(case, port, behind, front, silence=0.2, limit=1)
        rows.append((case, *row))
    return rows


def violations(rows):
    return [f"{case.name}: {entered} request(s) in, {more} seen" for case, _, entered, more in rows if more > entered]


@pytest.fixture(scope="module")
def shelf(hub):
    seed = Seed(hub)
    return seed.place(1000)


@pytest.fixture(scope="module", params=["straight", "nginx", "haproxy"])
def way(request, hub):
    """(name, port, the gateway or None)"""
    upstream = int(hub.api_url.rsplit(":", 1)[1])
    if request.param == "straight":
        yield request.param, upstream, None
        return
    gateway = {"nginx": Nginx, "haproxy": Haproxy}[request.param](upstream)
    yield request.param, gateway.port, gateway
    gateway.stop()


def reservations(hub, like):
    with psycopg.connect(hub.environment["CROSSDOCK_POSTGRES_URL"]) as connection:
        return {row[0] for row in connection.execute("select reference from reservation where reference like %s", (like,))}


def test_one_request_in_is_one_request_seen(hub, shelf, way):
    name, port, gateway = way
    cases = corpus(*shelf, name)
    counter = HubCounter(hub)
    begun = counter.seen()
    rows = differential(cases, port, counter, gateway, LENIENT[name])
    assert not violations(rows)
    if gateway:
        eventually(lambda: gateway.seen() >= counter.seen() - begun, limit=3, what="as many requests at the gateway as in the hub")
    passed = sum(more for *_, more in rows)
    assert passed > 40, "too few came through for this to mean anything"
    # What was hidden was not executed, but where the gateway itself took it for a request of its own.
    twice = {case.name for case, _, _, more in rows if more > case.meant}
    assert sorted(twice - LENIENT[name]) == [], "this gateway reads more of them as two requests than it did"
    if name == "straight":
        taken = {case.name for case, told, *_ in rows if (codes := STATUS.findall(told)) and codes[0] == b"200"}
        assert taken == GOOD
    executed = reservations(hub, f"smuggled-{name}-%")
    places = {f"smuggled-{name}-{place}": case.name for place, case in enumerate(cases[7:])}
    assert {places[reference] for reference in executed} <= LENIENT[name]
    assert reservations(hub, f"meant-{name}") == {f"meant-{name}"}, "one that was meant is executed"
    assert hub.admin.get("/livez").status_code == 200


@pytest.mark.parametrize("front", ["straight", "nginx", "haproxy"])
def test_self_test_a_lax_server_is_caught(front):
    """The negative control: the same corpus and the same check, on a server that reads carelessly."""
    lax = LaxServer()
    gateway = {"straight": lambda port: None, "nginx": Nginx, "haproxy": Haproxy}[front](lax.port)
    try:
        wanted = [case for case in corpus("A", "B", "lax") if case.name in ("GET", "POST", "GET with a body", "DELETE with a body", "length and chunked", "two lengths, short first")]
        rows = differential(wanted, gateway.port if gateway else lax.port, lax, gateway)
        found = violations(rows)
        assert any(line.startswith("GET with a body") for line in found), rows
        assert not any(line.startswith(("GET:", "POST:")) for line in found), "a proper request is no violation"
    finally:
        if gateway:
            gateway.stop()
        lax.stop()


def test_the_gateway_passes_what_the_contract_needs(hub, shelf):
    """docker/nginx.conf: the correlation id is kept, an encoded slash arrives as it was, identity headers do not, a large import does."""
    gateway = Nginx(int(hub.api_url.rsplit(":", 1)[1]))
    try:
        through = type(hub.api)(f"http://127.0.0.1:{gateway.port}", checked=False)
        seed = Seed(hub)
        sku = seed.item(sku="edge/" + shelf[0])
        answer = through.get("/v1/items/" + sku.replace("/", "%2F"), headers={"X-Correlation-Id": "edge-1", "X-User": "root"})
        assert fine(answer)["sku"] == sku and answer.headers["X-Correlation-Id"] == "edge-1"
        records = [{"sku": f"edge-{number}", "base_uom": "EA", "description": "x" * 200} for number in range(6000)]
        results = fine(through.call("POST", "/v1/items/import", json=records))["results"]
        assert len(results) == 6000 and all(entry["outcome"] != "invalid" for entry in results)
        refused = through.get("/v1/items/nothing")
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    finally:
        gateway.stop()
