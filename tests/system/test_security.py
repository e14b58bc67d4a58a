"""API keys, scopes, sources; and the HTTP guard as far as a client meets it."""
import hashlib
import re
import socket
import uuid

import pytest

from seed import Seed, fine
from world import Fleet, configuration, unique

KEYS = {"webshop": "key-of-the-shop", "warehouse": "key-of-the-warehouse", "master": "key-of-master-data", "clerk": "key-of-the-clerk"}
SCOPES = {"webshop": "[orders.read, orders.write, availability.read, reservations.read, reservations.write]", "warehouse": "[shipments.read, shipments.write, inventory.write]",
          "master": "[master.read, master.write]", "clerk": "[orders.read]"}
SOURCES = {"webshop": "[webshop]", "warehouse": "[wms_test]", "master": "any", "clerk": "[marketplace]"}


@pytest.fixture(scope="module")
def guarded(services):
    def change(name, text):
        if name != "crossdock.yaml":
            return text
        clients = "".join(f'  {who}:\n    api_key_hash: {hashlib.sha256(KEYS[who].encode()).hexdigest()}\n    scopes: {SCOPES[who]}\n    sources: {SOURCES[who]}\n' for who in KEYS)
        return text.replace("authentication: none", "authentication: api_key\nclients:\n" + clients)

    fleet = Fleet(services, configuration(unique("g").lower().replace("-", "."), change=change))
    # A hash may have to be a secret reference: then it comes from a file beside the configuration.
    try:
        fleet.start(1)
    except AssertionError:
        path = fleet.config / "crossdock.yaml"
        text = path.read_text()
        for who in KEYS:
            file = fleet.config.parent / f"{who}.sha256"
            file.write_text(hashlib.sha256(KEYS[who].encode()).hexdigest())
            file.chmod(0o400)
            text = text.replace(f"api_key_hash: {file.read_text()}", f"api_key_hash: !secret file:{file}")
        path.write_text(text)
        fleet.hubs.clear()
        fleet.start(1)
    yield fleet.hubs[0]
    fleet.end()


class As:
    """The API as one client."""

    def __init__(self, hub, who, header="Authorization"):
        self.api = hub.api
        value = KEYS.get(who, who)
        self.heads = {"Authorization": f"Bearer {value}"} if header == "Authorization" else {"X-Api-Key": value}

    def __getattr__(self, name):
        def call(*arguments, **options):
            options["headers"] = {**self.heads, **options.get("headers", {})}
            return getattr(self.api, name)(*arguments, **options)
        return call


def test_without_a_key(guarded):
    for path in ("/v1/orders", "/v1/availability?sku=A", "/v1/items/A", "/v1/orders/x"):
        response = guarded.api.get(path)
        assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")
        assert response.headers["WWW-Authenticate"]


@pytest.mark.parametrize("value", ["wrong", "", "key-of-the-sho", "key-of-the-shopp", hashlib.sha256(b"key-of-the-shop").hexdigest()])
def test_a_wrong_key(guarded, value):
    for header in ("Authorization", "X-Api-Key"):
        response = As(guarded, value, header).get("/v1/orders")
        assert response.status_code == 401
    response = guarded.api.get("/v1/orders", headers={"Authorization": f"Basic {value}x"})
    assert response.status_code == 401


def test_both_headers_work(guarded):
    for header in ("Authorization", "X-Api-Key"):
        fine(As(guarded, "webshop", header).get("/v1/orders"))


def test_the_contract_is_open(guarded):
    for path in ("/openapi.json", "/openapi-3.0.json", "/asyncapi.json", "/docs", "/problems/not_found"):
        assert guarded.api.get(path).status_code == 200, path


def test_scopes(guarded):
    """Every call of the contract, by every client: without its scope it is a 403 that changes nothing."""
    from contract import OPENAPI
    held = {who: set(re.findall(r"[a-z_]+\.[a-z_]+", SCOPES[who])) for who in KEYS}
    for template, item in OPENAPI["paths"].items():
        for verb in ("get", "post", "put", "delete"):
            scope = item.get(verb, {}).get("x-scope")
            if scope is None:
                continue
            path = re.sub(r"\{[^}]*\}", str(uuid.uuid4()), template)
            for who in KEYS:
                response = As(guarded, who).call(verb.upper(), path, json={} if verb in ("post", "put") else None, key=str(uuid.uuid4()), etag='"1"')
                if scope in held[who]:
                    assert response.status_code not in (401, 403), f"{who} {verb} {template}: {response.status_code}"
                else:
                    assert (response.status_code, response.json()["code"]) == (403, "forbidden"), f"{who} {verb} {template}: {response.status_code}"


@pytest.fixture(scope="module")
def stocked(guarded):
    class Mixed(Seed):
        pass
    seed = Mixed(guarded)
    seed.api = As(guarded, "master")
    sku, location, customer = seed.item(), seed.location(), seed.customer()
    seed.api = As(guarded, "warehouse")
    seed.stock(location, sku, 100)
    seed.api = As(guarded, "webshop")
    return seed, sku, location, customer


def test_a_client_speaks_for_its_sources(guarded, stocked):
    seed, sku, location, customer = stocked
    response = seed.capture((sku, 1, location), customer=customer, source="marketplace")
    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
    fine(seed.capture((sku, 1, location), customer=customer), 201)


def test_anothers_order_is_not_there(guarded, stocked):
    seed, sku, location, customer = stocked
    order = fine(seed.capture((sku, 1, location), customer=customer), 201)
    clerk = As(guarded, "clerk")
    for path in ("", "/timeline", "/warehouse-orders"):
        assert clerk.get(f"/v1/orders/{order['id']}{path}").status_code == 404
    assert fine(clerk.get("/v1/orders", params={"order_number": order["order_number"]}))["items"] == []


def test_a_key_belongs_to_its_client(guarded, stocked):
    """The same Idempotency-Key of two clients is two keys; checked where both may call: none here but reads, so the shop's key is not the warehouse's."""
    seed, sku, location, customer = stocked
    key = str(uuid.uuid4())
    order = fine(seed.capture((sku, 1, location), customer=customer, key=key), 201)
    body = {**seed.shipment(order, location, (1, 1)), "source": "wms_test"}
    fine(As(guarded, "warehouse").post("/v1/shipments", body, key=key), 201)


def test_keys_are_not_in_the_log(guarded):
    As(guarded, "webshop").get("/v1/orders")
    As(guarded, "never-valid-key").get("/v1/orders")
    text = guarded.log_text()
    assert not any(key in text for key in KEYS.values()) and "never-valid-key" not in text


def raw(hub, data, wait=5):
    """Bytes in, bytes out until the peer closes or falls silent."""
    host, port = hub.api_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=wait) as connection:
        connection.sendall(data)
        told = b""
        try:
            while chunk := connection.recv(65536):
                told += chunk
        except TimeoutError:
            pass
        return told


BODY = b'{"lines":[{"sku":"A","quantity":1}]}'
HEAD = b"POST /v1/availability/check HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
SMUGGLED = [
    ("length and chunked", HEAD + LENGTH + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("odd transfer encoding", HEAD + b"Transfer-Encoding: xchunked\r\n\r\n" + BODY),
    ("two lengths", HEAD + LENGTH + LENGTH + b"\r\n" + BODY),
    ("a list of lengths", HEAD + b"Content-Length: 36, 36\r\n\r\n" + BODY),
    ("a signed length", HEAD + b"Content-Length: +36\r\n\r\n" + BODY),
    ("two hosts", HEAD + b"Host: y\r\n" + LENGTH + b"\r\n" + BODY),
    ("no host", b"GET /v1/orders HTTP/1.1\r\n\r\n"),
    ("a folded field", HEAD + b"X-A: b\r\n c\r\n" + LENGTH + b"\r\n" + BODY),
    ("a bare LF", b"GET /v1/orders HTTP/1.1\nHost: x\n\n"),
    ("space before the colon", b"GET /v1/orders HTTP/1.1\r\nHost : x\r\n\r\n"),
    ("NUL in a field", b"GET /v1/orders HTTP/1.1\r\nHost: x\r\nX-A: a\0b\r\n\r\n"),
    ("an underscore in a name", b"GET /v1/orders HTTP/1.1\r\nHost: x\r\nX_User: root\r\n\r\n"),
    ("two keys", HEAD + b"Idempotency-Key: a\r\nIdempotency-Key: b\r\n" + LENGTH + b"\r\n" + BODY),
    ("HTTP/3.0", b"GET /v1/orders HTTP/3.0\r\nHost: x\r\n\r\n"),
]


@pytest.mark.parametrize("what, data", SMUGGLED, ids=[what for what, _ in SMUGGLED])
def test_what_is_no_proper_request_is_refused(hub, what, data):
    told = raw(hub, data)
    assert told.startswith(b"HTTP/1.1 400") or (what == "HTTP/3.0" and told.startswith(b"HTTP/1.1 505")), told[:300]
    assert len(re.findall(rb"(?m)^HTTP/1\.1 \d{3} ", told)) == 1, "it answers once and closes"


def test_a_good_chunked_request(hub):
    told = raw(hub, HEAD + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY))
    assert told.startswith(b"HTTP/1.1 200"), told[:300]


def test_a_large_trailer_and_many_fields_kill_nobody(hub):
    raw(hub, HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX-A: " + b"a" * 70000 + b"\r\n\r\n")
    raw(hub, b"GET /v1/orders HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: a\r\n" % number for number in range(10000)) + b"\r\n")
    raw(hub, b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert hub.admin.get("/livez").status_code == 200


def test_an_unknown_expectation(hub):
    assert raw(hub, HEAD + LENGTH + b"Expect: cake\r\nConnection: close\r\n\r\n" + BODY).startswith(b"HTTP/1.1 417")


def test_a_slow_head_is_cut(hub):
    import time
    host, port = hub.api_url.removeprefix("http://").split(":")
    begun = time.monotonic()
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(b"GET /v1/orders HTTP/1.1\r\nHost: x\r\n")
        try:
            while connection.recv(1000):
                pass
        except ConnectionResetError:
            pass
    assert 2 < time.monotonic() - begun < 12, "the head's deadline is 5 s"
