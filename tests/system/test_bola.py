"""What is another's does not exist (OWASP API1): every call of the contract that names an object, with every object of another client.

The table is made from the OpenAPI document: a call that comes to it is covered by itself, and one that nobody can place fails."""
import hashlib
import re
import uuid

import pytest

from contract import OPENAPI
from seed import Seed, fine
from test_security import As
from world import Fleet, configuration, unique

SCOPES = "[orders.read, orders.write, availability.read, reservations.read, reservations.write, shipments.read, shipments.write, inventory.read, inventory.write, master.read, master.write]"
# Both hold every scope. `mine` speaks for mine, `yours` for yours, `nobody` for no source, `desk` for any.
SOURCES = {"mine": "[mine]", "yours": "[yours]", "nobody": None, "desk": "any"}
# Where an object's id stands in a path: the kind of object. Master data and stock are everybody's who holds the scope.
OWNED = {"/v1/orders/{id}": "order", "/v1/reservations/{id}": "reservation", "/v1/shipments/{id}": "shipment"}
SHARED = {"/v1/items/{sku}", "/v1/customers/{number}", "/v1/locations/{code}", "/v1/supplies/{number}", "/v1/prices/{id}", "/v1/shipping-methods/{code}"}
BODIES = {"POST /v1/orders/{id}/holds": {"code": "check", "reason": "x"}, "POST /v1/reservations/{id}/extend": {"ttl_seconds": 900}}


def table(document):
    """(method, path, kind of its object) of every call with an id; a path that is neither owned nor shared is a fault of this test."""
    rows = []
    for path, item in document["paths"].items():
        if not path.startswith("/v1/") or "{" not in path:
            continue
        stem = re.match(r"[^}]*\}", path).group(0)
        assert stem in OWNED or stem in SHARED, f"{path}: say in test_bola.py whose objects these are"
        if stem in OWNED:
            rows += [(verb.upper(), path, OWNED[stem]) for verb in item if verb in ("get", "post", "put", "patch", "delete")]
    return rows


ROWS = table(OPENAPI)


@pytest.fixture(scope="module")
def clients(services):
    def change(name, text):
        if name != "crossdock.yaml":
            return text
        made = ""
        for who, sources in SOURCES.items():
            made += f"  {who}:\n    api_key_hash: {hashlib.sha256(who.encode()).hexdigest()}\n    scopes: {SCOPES}\n" + (f"    sources: {sources}\n" if sources else "")
        return text.replace("authentication: none", "authentication: api_key\nclients:\n" + made)

    fleet = Fleet(services, configuration(unique("b").lower().replace("-", "."), change=change))
    hub = fleet.start(1)[0]
    yield {who: As(hub, who) for who in SOURCES} | {"hub": hub}
    fleet.end()


@pytest.fixture(scope="module")
def objects(clients):
    """Of `mine` and of `yours`: an order that is free to hold, one that was shipped, a live reservation."""
    seed = Seed(clients["hub"])
    seed.api = clients["desk"]
    sku, location = seed.place(1000)
    customer = seed.customer()
    made = {}
    for who in ("mine", "yours"):
        seed.api, seed.source = clients[who], who
        order = fine(seed.capture((sku, 1, location), customer=customer, source=who), 201)
        shipment = fine(clients[who].post("/v1/shipments", {**seed.shipment(order, location, (1, 1)), "source": who}), 201)
        order = fine(seed.capture((sku, 1, location), customer=customer, source=who), 201)
        reservation = fine(seed.reserve((sku, 1, location)), 201)
        made[who] = {"order": order["id"], "shipment": shipment["id"], "reservation": reservation["id"]}
    return made, (sku, location, customer)


def call(client, method, path, one):
    """The call with everything right but whose object it is."""
    filled = path.replace("{id}", one).replace("{code}", "check")
    body = BODIES.get(f"{method} {path}", {}) if method in ("POST", "PUT", "PATCH") else None
    return client.call(method, filled, json=body, key=str(uuid.uuid4()) if method != "GET" else None, etag='"1"' if "/orders/" in path and method != "GET" else None)


@pytest.mark.parametrize("method, path, kind", ROWS, ids=[f"{method} {path}" for method, path, _ in ROWS])
def test_anothers_object_does_not_exist(clients, objects, method, path, kind):
    made, _ = objects
    for who, owner in (("mine", "yours"), ("yours", "mine"), ("nobody", "mine")):
        theirs, nowhere = (call(clients[who], method, path, one) for one in (made[owner][kind], str(uuid.uuid4())))
        assert (theirs.status_code, theirs.json()["code"]) == (404, "not_found"), f"{who} {method} {path} of {owner}: {theirs.status_code} {theirs.text[:300]}"
        assert theirs.json()["detail"].replace(made[owner][kind], "ID") == re.sub(r"[0-9a-f-]{36}", "ID", nowhere.json()["detail"]), "nothing tells the two apart"


@pytest.mark.parametrize("method, path, kind", ROWS, ids=[f"{method} {path}" for method, path, _ in ROWS])
def test_negative_control_ones_own_does(clients, objects, method, path, kind):
    """The same calls on one's own objects get past that check, and so do those of a client of any source."""
    made, _ = objects
    for who, owner in (("mine", "mine"), ("desk", "yours")):
        assert call(clients[who], method, path, made[owner][kind]).status_code != 404 or path.endswith("{code}"), f"{who} {method} {path}"


def test_lists_hold_ones_own(clients, objects):
    made, _ = objects
    for who in ("mine", "yours"):
        seen = {order["source"] for order in fine(clients[who].get("/v1/orders", params={"limit": 500}))["items"]}
        assert seen == {who}
        other = "yours" if who == "mine" else "mine"
        assert fine(clients[who].get("/v1/orders", params={"source": other}))["items"] == []
    assert fine(clients["nobody"].get("/v1/orders"))["items"] == []
    assert {order["source"] for order in fine(clients["desk"].get("/v1/orders"))["items"]} == {"mine", "yours"}


def test_anothers_reservation_makes_no_order(clients, objects):
    made, (sku, location, customer) = objects
    seed = Seed(clients["hub"])
    seed.api = clients["mine"]
    body = {"customer": customer, "source": "mine"}
    response = seed.capture((sku, 1, location), reservation=made["yours"]["reservation"], **body)
    assert (response.status_code, response.json()["code"]) == (422, "unknown_reference")
    own = fine(seed.reserve((sku, 1, location)), 201)
    fine(seed.capture((sku, 1, location), reservation=own["id"], **body), 201)


def test_anothers_key_is_another_key(clients, objects):
    _, (sku, location, customer) = objects
    seed, key = Seed(clients["hub"]), str(uuid.uuid4())
    for who in ("mine", "yours"):
        seed.api = clients[who]
        answer = seed.capture((sku, 1, location), customer=customer, source=who, key=key)
        assert fine(answer, 201)["source"] == who and "Idempotency-Replayed" not in answer.headers


def test_self_test_a_new_call_must_be_placed():
    """The negative control of the table: a call on objects that nobody placed fails, one below a known object is covered by itself."""
    with pytest.raises(AssertionError, match="whose objects"):
        table({"paths": {"/v1/secrets/{id}": {"get": {}}}})
    assert table({"paths": {"/v1/orders/{id}/labels/{code}": {"put": {}}}}) == [("PUT", "/v1/orders/{id}/labels/{code}", "order")]
