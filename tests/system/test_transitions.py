"""Holds, release, If-Match, timeline, and lists with their cursors."""
import uuid

import pytest

from seed import fine
from world import Api, day, eventually, together, unique


@pytest.fixture(scope="module")
def place(seed):
    return seed.place("100000")


def etag_of(api, order):
    return api.get(f"/v1/orders/{order['id']}").headers["ETag"]


def hold(api, order, code="check", etag=None, **options):
    return api.post(f"/v1/orders/{order['id']}/holds", {"code": code, "reason": "by a test"}, etag=etag or etag_of(api, order), **options)


def later(seed, place, **members):
    """An order that is not released yet: it ships in 30 days."""
    return seed.order((place[0], 1, place[1]), requested_date=day(30), **members)


def test_hold_and_lift(api, seed, place):
    order = later(seed, place)
    assert order["order_status"] == "accepted"
    response = hold(api, order)
    held = fine(response)
    assert held["order_status"] == "on_hold" and held["revision"] > order["revision"]
    assert [(entry["code"], entry["reason"]) for entry in held["holds"]] == [("check", "by a test")]
    response = api.delete(f"/v1/orders/{order['id']}/holds/check", etag=response.headers["ETag"])
    lifted = fine(response, 200)
    assert lifted["order_status"] == "accepted" and lifted["holds"] == []


def test_the_last_hold_lifted_releases(api, seed, place):
    customer = seed.customer(credit={"limit": "1", "exposure": "5", "hold": False})
    order = seed.order((place[0], 1, place[1]), customer=customer)
    assert order["order_status"] == "on_hold"
    held = fine(hold(api, order, "second"))
    codes = [entry["code"] for entry in held["holds"]]
    assert len(codes) == 2
    first = fine(api.delete(f"/v1/orders/{order['id']}/holds/{codes[0]}", etag=etag_of(api, order)), 200)
    assert first["order_status"] == "on_hold"
    fine(api.delete(f"/v1/orders/{order['id']}/holds/{codes[1]}", etag=etag_of(api, order)), 200)
    eventually(lambda: fine(api.get(f"/v1/orders/{order['id']}"))["order_status"] == "released", what="the release")


def test_a_hold_that_is_not_there(api, seed, place):
    order = later(seed, place)
    response = api.delete(f"/v1/orders/{order['id']}/holds/nothing", etag=etag_of(api, order))
    assert response.status_code in (404, 409), response.text


def test_release_before_its_time(api, seed, place):
    order = later(seed, place)
    released = fine(api.post(f"/v1/orders/{order['id']}/release", None, etag=etag_of(api, order)), 200)
    assert released["order_status"] == "released"
    told = eventually(lambda: fine(api.get(f"/v1/orders/{order['id']}/warehouse-orders"))["items"], what="warehouse orders")
    assert told[0]["ship_date"] == day(30)


def test_release_with_a_reason(api, seed, place):
    order = later(seed, place)
    fine(api.post(f"/v1/orders/{order['id']}/release", {"reason": "early"}, etag=etag_of(api, order)), 200)


def test_release_of_a_held_or_released_order_is_409(api, seed, place):
    order = later(seed, place)
    fine(hold(api, order))
    response = api.post(f"/v1/orders/{order['id']}/release", None, etag=etag_of(api, order))
    assert (response.status_code, response.json()["code"]) == (409, "invalid_transition")
    other = later(seed, place)
    fine(api.post(f"/v1/orders/{other['id']}/release", None, etag=etag_of(api, other)), 200)
    response = api.post(f"/v1/orders/{other['id']}/release", None, etag=etag_of(api, other))
    assert (response.status_code, response.json()["code"]) == (409, "invalid_transition")


@pytest.mark.parametrize("verb, path, body", [("POST", "holds", {"code": "a", "reason": "b"}), ("POST", "release", None), ("DELETE", "holds/check", None)])
def test_if_match_is_compulsory(api, seed, place, verb, path, body):
    order = later(seed, place)
    if verb == "DELETE":
        fine(hold(api, order))
    response = api.call(verb, f"/v1/orders/{order['id']}/{path}", json=body, key=str(uuid.uuid4()))
    assert (response.status_code, response.json()["code"]) == (428, "precondition_required")
    for wrong in ('"no-such-revision"', '"999999"'):
        response = api.call(verb, f"/v1/orders/{order['id']}/{path}", json=body, key=str(uuid.uuid4()), etag=wrong)
        assert (response.status_code, response.json()["code"]) == (412, "precondition_failed")


def test_a_stale_etag_is_412(api, seed, place):
    order = later(seed, place)
    old = etag_of(api, order)
    fine(hold(api, order, etag=old))
    assert hold(api, order, "second", etag=old).status_code == 412


def test_a_transition_of_nothing_is_404(api):
    response = api.post(f"/v1/orders/{uuid.uuid4()}/release", None, etag='"1"')
    assert response.status_code == 404


def test_only_one_of_two_transitions_wins(api, seed, place):
    order = later(seed, place)
    etag = etag_of(api, order)
    answers = together(8, lambda number: hold(Api(api.base, checked=False), order, f"hold_{number}", etag=etag))
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7 or sorted(answer.status_code for answer in answers) == [201] + [412] * 7


def test_the_timeline(api, seed, place):
    order = later(seed, place)
    fine(hold(api, order))
    fine(api.delete(f"/v1/orders/{order['id']}/holds/check", etag=etag_of(api, order)), 200)
    fine(api.post(f"/v1/orders/{order['id']}/release", None, etag=etag_of(api, order)), 200)
    items = fine(api.get(f"/v1/orders/{order['id']}/timeline"))["items"]
    assert [entry["at"] for entry in items] == sorted(entry["at"] for entry in items)
    steps = " ".join(str(entry["step"]) for entry in items)
    assert len(items) >= 4 and "captur" in steps and "releas" in steps, steps


def test_lists_page_by_cursor(api, seed, place):
    customer, po = seed.customer(), unique("PO")
    numbers = [later(seed, place, customer=customer, customer_po=f"{po}-{count}", source="lister")["order_number"] for count in range(7)]
    found, cursor, pages = [], None, 0
    while True:
        response = api.get("/v1/orders", params={"source": "lister", "limit": "3", **({"cursor": cursor} if cursor else {})})
        answer = fine(response)
        assert len(answer["items"]) <= 3
        found += [entry["order_number"] for entry in answer["items"]]
        pages += 1
        cursor = answer["next"]
        assert ('rel="next"' in response.headers.get("Link", "") or "rel=next" in response.headers.get("Link", "")) == bool(cursor)
        if not cursor:
            break
    assert sorted(found) == sorted(numbers) and pages == 3


def test_a_cursor_survives_new_orders(api, seed, place):
    for _ in range(4):
        later(seed, place, source="lister2")
    first = fine(api.get("/v1/orders", params={"source": "lister2", "limit": "2"}))
    for _ in range(3):
        later(seed, place, source="lister2")
    rest = fine(api.get("/v1/orders", params={"source": "lister2", "limit": "500", "cursor": first["next"]}))
    ids = [entry["id"] for entry in first["items"] + rest["items"]]
    assert len(ids) == len(set(ids)) and len(ids) >= 4


def test_filters(api, seed, place):
    po = unique("PO")
    order, other = later(seed, place, customer_po=po), later(seed, place)
    for query in ({"order_number": order["order_number"]}, {"order_number": order["order_number"], "source": "webshop"}, {"customer_po": po}):
        assert [entry["id"] for entry in fine(api.get("/v1/orders", params=query))["items"]] == [order["id"]], query
    fine(hold(api, other))
    held = fine(api.get("/v1/orders", params={"status": "on_hold", "limit": "500"}))["items"]
    assert other["id"] in [entry["id"] for entry in held] and {entry["order_status"] for entry in held} == {"on_hold"}
    assert fine(api.get("/v1/orders", params={"order_number": order["order_number"], "status": "closed"}))["items"] == []


def test_a_broken_cursor_is_400(api):
    for cursor in ("rubbish", "' or 1=1 --", "AAAA"):
        response = api.get("/v1/orders", params={"cursor": cursor})
        assert (response.status_code, response.json()["code"]) == (400, "invalid_request")


def test_the_link_leads_to_the_next_page(api, seed, place):
    for _ in range(3):
        later(seed, place, source="lister3")
    response = api.get("/v1/orders", params={"source": "lister3", "limit": "2"})
    target = response.links["next"]["url"]
    answer = fine(api.get(target[target.index("/v1"):]))
    assert len(answer["items"]) == 1 and answer["next"] is None
