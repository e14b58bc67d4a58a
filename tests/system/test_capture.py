"""Capture: the 201, on_shortage, figures, status axes, and what a refusal leaves behind."""
from decimal import Decimal

import pytest

from seed import Seed, figures, fine, spread
from world import Api, day, eventually, together, unique


def test_the_answer_is_complete(api, seed):
    sku, location = seed.place("50")
    body = seed.order_body({"sku": sku, "quantity": "12", "uom": "EA", "unit_price": "9.95", "location": location, "requested_date": None, "customer_sku": None},
                           customer_po=unique("PO"), order_date=day(0), requested_date=day(7), cancel_after=None, priority=5, ship_complete=False, terms=None,
                           ship_to={"code": None, "name": "Ada", "street": ["1 River Street"], "city": "Hoboken", "region": "NJ", "postal_code": "07030", "country": "US"},
                           bill_to=None, on_shortage="reject", accept_changes=False, reservation=None, totals={"goods": "119.40"})
    response = api.post("/v1/orders", body)
    order = fine(response, 201)
    for name, value in body.items():
        if value is not None and name not in ("lines", "totals", "ship_to"):
            assert order[name] == value, name
    assert {name: value for name, value in order["ship_to"].items() if value is not None} == {name: value for name, value in body["ship_to"].items() if value is not None}
    assert float(order["totals"]["goods"]) == 119.4
    assert order["order_status"] == "accepted" and order["fulfilment_status"] == "open" and order["financial_status"] == "open"
    assert order["holds"] == [] and order["decision"] == "accept" and order["findings"] == [] and order["checks"]
    line = order["lines"][0]
    assert (line["line"], line["sku"], line["quantity"], line["uom"], line["unit_price"]) == (1, sku, "12", "EA", "9.95")
    assert figures(order) == {"ordered": "12", "open": "0", "committed": "12", "backordered": "0", "shipped": "0", "cancelled": "0"}
    promise, = line["promises"]
    assert (promise["quantity"], promise["date"], promise["location"]) == ("12", day(7), location) and promise["version"] == seed.profile(sku, location)["version"]
    assert response.headers["Location"].endswith(f"/v1/orders/{order['id']}")
    again = api.get(f"/v1/orders/{order['id']}")
    assert again.json() == order and again.headers["ETag"] == response.headers["ETag"]


def test_an_order_for_today_is_released_at_once(api, seed):
    sku, location = seed.place("5")
    order = seed.order((sku, 1, location))
    found = eventually(lambda: (read := fine(api.get(f"/v1/orders/{order['id']}")))["order_status"] == "released" and read, what="the release")
    told = fine(api.get(f"/v1/orders/{found['id']}/warehouse-orders"))["items"]
    assert [(entry["location"], entry["sequence"], entry["ship_date"]) for entry in told] == [(location, 1, day(0))]
    assert told[0]["lines"] == [{"line": 1, "order_line": 1, "sku": sku, "quantity": "1", "uom": "EA", "shipped": "0"}]


def test_one_warehouse_order_for_each_location(api, seed):
    east, west = seed.location(priority=1), seed.location(priority=2)
    sku, _ = seed.place("5", location=east)
    seed.stock(west, sku, "5")
    order = seed.order((sku, 2, east), (sku, 3, west))
    told = eventually(lambda: fine(api.get(f"/v1/orders/{order['id']}/warehouse-orders"))["items"], what="warehouse orders")
    assert {entry["location"]: [line["quantity"] for line in entry["lines"]] for entry in told} == {east: ["2"], west: ["3"]}


def test_only_what_is_compulsory(api, seed):
    sku, _ = seed.place("5")
    number = unique("P")
    seed.put("prices", number, {"id": number, "sku": sku, "currency": "USD", "amount": "9.95"})
    body = {"source": "webshop", "order_number": unique("W"), "customer": seed.customer(), "currency": "USD", "lines": [{"line": 1, "sku": sku, "quantity": 1}]}
    order = fine(api.post("/v1/orders", body), 201)
    assert order["lines"][0]["unit_price"] == "9.95" and order["lines"][0]["promises"][0]["date"] == day(0)


def test_the_price_list_per_unit(api, seed):
    sku, _ = seed.place("50", units=[{"uom": "CT", "numerator": 12, "denominator": 1}])
    number = unique("P")
    seed.put("prices", number, {"id": number, "sku": sku, "currency": "USD", "amount": "120", "per": "100", "uom": "EA"})
    body = seed.order_body({"sku": sku, "quantity": "2", "uom": "CT"})
    del body["lines"][0]["unit_price"]
    order = fine(api.post("/v1/orders", body), 201)
    assert order["lines"][0]["unit_price"] == "14.4", "1.20 each, 12 in a carton"


def test_cartons_take_base_units(api, seed):
    sku, location = seed.place("30", units=[{"uom": "CT", "numerator": 12, "denominator": 1}])
    order = seed.order({"sku": sku, "quantity": "2", "uom": "CT", "location": location})
    assert figures(order)["committed"] == "2" and order["lines"][0]["uom"] == "CT" and order["lines"][0]["promises"][0]["quantity"] == "2"
    assert seed.available(sku, location) == "6"


def test_reject_stores_nothing(api, seed):
    sku, location = seed.place("5")
    body = seed.order_body((sku, 6, location))
    before = seed.profile(sku, location)
    response = api.post("/v1/orders", body)
    assert (response.status_code, response.json()["code"]) == (422, "order_rejected")
    assert response.json()["decision"] == "reject" and any(entry["code"] == "atp.insufficient" for entry in response.json()["findings"]) and response.json()["checks"]
    assert fine(api.get("/v1/orders", params={"source": "webshop", "order_number": body["order_number"]}))["items"] == []
    assert seed.profile(sku, location)["version"] == before["version"] and seed.available(sku, location) == "5"


def test_reject_takes_no_other_line(api, seed):
    good, location = seed.place("5")
    short, _ = seed.place("1", location=location)
    assert seed.capture((good, 5, location), (short, 2, location)).status_code == 422
    assert seed.available(good, location) == "5"


def test_backorder(api, seed):
    sku, location = seed.place("5")
    order = seed.order((sku, 12, location), on_shortage="backorder")
    assert figures(order) == {"ordered": "12", "open": "0", "committed": "5", "backordered": "7", "shipped": "0", "cancelled": "0"}
    assert [(entry["quantity"], entry["date"]) for entry in order["lines"][0]["promises"]] == [("5", day(0))]
    assert seed.available(sku, location) == "0"


def test_backorder_promises_what_comes_later_with_its_date(api, seed):
    sku, location = seed.place("5")
    seed.supply(sku, location, (6, 4))
    order = seed.order((sku, 12, location), on_shortage="backorder", requested_date=day(1))
    promises = {entry["date"]: entry["quantity"] for entry in order["lines"][0]["promises"]}
    assert promises == {day(1): "5", day(6): "4"}
    assert figures(order)["committed"] == "9" and figures(order)["backordered"] == "3"


def test_partial(api, seed):
    sku, location = seed.place("5")
    seed.supply(sku, location, (6, 4))
    order = seed.order((sku, 12, location), on_shortage="partial", requested_date=day(1))
    assert figures(order) == {"ordered": "12", "open": "0", "committed": "5", "backordered": "0", "shipped": "0", "cancelled": "7"}


def test_a_promise_stands_on_the_requested_date(api, seed):
    sku, location = seed.place("5")
    order = seed.order({"sku": sku, "quantity": "2", "location": location, "requested_date": day(9)}, requested_date=day(4))
    assert order["lines"][0]["promises"][0]["date"] == day(9)
    assert seed.profile(sku, location)["atp"] == [{"date": day(0), "available": "3"}]


def test_credit_holds_the_order_and_keeps_its_stock(api, seed):
    sku, location = seed.place("50")
    customer = seed.customer(credit={"limit": "10", "exposure": "0", "hold": False})
    order = seed.order((sku, 20, location), customer=customer)
    assert order["order_status"] == "on_hold" and order["decision"] == "hold"
    assert len(order["holds"]) == 1 and order["holds"][0]["code"] and order["holds"][0]["at"]
    assert seed.available(sku, location) == "30"
    assert fine(api.get(f"/v1/orders/{order['id']}/warehouse-orders"))["items"] == []


def test_pending_exposure_counts(api, seed):
    sku, location = seed.place("50")
    customer = seed.customer(credit={"limit": "10", "exposure": "0", "hold": False})
    first, second = seed.order((sku, 7, location), customer=customer), seed.order((sku, 7, location), customer=customer)
    assert first["order_status"] in ("accepted", "released") and second["order_status"] == "on_hold"


def test_a_rejected_customer_is_422(api, seed):
    sku, location = seed.place("50")
    response = seed.capture((sku, 1, location), customer="nobody")
    assert (response.status_code, response.json()["code"]) == (422, "order_rejected")
    assert [entry["code"] for entry in response.json()["findings"]] == ["customer.unknown"]


def test_two_lines_of_one_number_are_a_mistake(api, seed):
    sku, location = seed.place("50")
    body = seed.order_body((sku, 1, location), (sku, 1, location))
    body["lines"][1]["line"] = 1
    response = api.post("/v1/orders", body)
    assert response.status_code in (400, 422), response.text


def test_customer_sku_or_sku_is_compulsory(api, seed):
    body = seed.order_body({"quantity": "1"})
    response = api.post("/v1/orders", body)
    assert response.status_code == 400 and any(entry["pointer"].startswith("/lines/0") and entry["code"] == "missing" for entry in response.json()["errors"])


def test_an_unknown_reservation_is_422(api, seed):
    sku, location = seed.place("50")
    response = seed.capture((sku, 1, location), reservation="0197b3c8-7f6a-7c02-8d7e-52a7e0f0c001")
    assert (response.status_code, response.json()["code"]) == (422, "unknown_reference")


def test_the_line_invariant_of_what_is_stored(api, seed):
    sku, location = seed.place("50", base_uom="KGM")
    for policy in ("backorder", "partial"):
        for quantity in ("1", "3", "4.5", "30.000001"):
            told = {name: Decimal(value) for name, value in figures(seed.order((sku, quantity, location), on_shortage=policy)).items()}
            assert told["ordered"] == Decimal(quantity) == sum(value for name, value in told.items() if name != "ordered")


def test_concurrent_captures_never_oversell(pair):
    seed = Seed(pair[0])
    sku, location = seed.place("40")
    customer = spread(pair, sku, location, seed.customer())
    answers = together(64, lambda place: seed.capture((sku, 1, location), customer=customer, api=Api(pair[place % 2].api_url, checked=False)))
    assert sorted(answer.status_code for answer in answers) == [201] * 40 + [422] * 24
    assert {answer.json()["code"] for answer in answers if answer.status_code == 422} == {"order_rejected"}
    eventually(lambda: seed.available(sku, location) == "0", limit=1, step=0.01, what="the other's commits")
    versions = sorted(answer.json()["lines"][0]["promises"][0]["version"] for answer in answers if answer.status_code == 201)
    assert versions == list(range(versions[0], versions[0] + 40)), "one version for each decision"


@pytest.mark.parametrize("count", [200])
def test_many_lines(api, seed, count):
    sku, location = seed.place("100000")
    order = seed.order(*[(sku, 1, location)] * count)
    assert len(order["lines"]) == count and seed.available(sku, location) == str(100000 - count)
