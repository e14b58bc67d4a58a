"""What a stranger who reads the contract expects, and none of the other modules had asked."""
import datetime

import pytest

from seed import fine
from world import day, unique

CODES = {"missing", "unknown_field", "duplicate_key", "wrong_type", "out_of_range", "not_allowed"}


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def mistakes(response):
    assert response.status_code == 400, response.text
    return {(entry["pointer"], entry["code"]) for entry in response.json()["errors"]}


def test_validate_counts_the_orders_own_reservation(api, seed):
    sku, location = seed.place(5)
    held = fine(seed.reserve((sku, 5, location)), 201)
    body = seed.order_body((sku, 5), reservation=held["id"])
    told = fine(api.post("/v1/orders/validate", body), 200)
    assert told["decision"] == "accept" and [promise["quantity"] for promise in told["promises"]] == ["5"], told
    stranger = fine(api.post("/v1/orders/validate", {**body, "reservation": None}), 200)
    assert [finding["code"] for finding in stranger["findings"]] == ["atp.insufficient"]
    assert api.post("/v1/orders", body).status_code == 201
    again = fine(api.post("/v1/orders/validate", {**seed.order_body((sku, 5), reservation=held["id"])}), 200)
    assert again["decision"] == "reject", "a committed one holds nothing"


def test_a_stored_order_says_its_unit_and_its_day(api, seed):
    sku, _ = seed.place(10, base_uom="KGM")
    order = seed.order((sku, 3))
    read = fine(api.get(f"/v1/orders/{order['id']}"), 200)
    for entry in (order, read):
        assert entry["lines"][0]["uom"] == "KGM" and entry["requested_date"] == day(0), entry
        assert entry["lines"][0]["requested_date"] is None, "the order's"


def test_a_filled_in_unit_is_no_other_content(api, seed):
    sku, _ = seed.place(10)
    body = seed.order_body((sku, 3))
    first = fine(api.post("/v1/orders", body), 201)
    again = api.post("/v1/orders", body)
    assert again.status_code == 200 and again.json()["id"] == first["id"]


def test_a_check_says_how_long_and_how_old(api, seed):
    sku, _ = seed.place(10)
    body = seed.order_body((sku, 3))
    for answer in (fine(api.post("/v1/orders/validate", body), 200), fine(api.post("/v1/orders", body), 201)):
        judged = [check for check in answer["checks"] if check["status"] in ("passed", "failed")]
        assert {"customer", "item", "atp"} <= {check["name"] for check in judged}
        for check in judged:
            assert check["duration_ms"] >= 0 and check["age_ms"] >= 0, check


def test_as_of_less_age_is_the_feeds_time(api, seed):
    sku, location = seed.place(10)
    answers = [(fine(api.get("/v1/availability", params={"sku": sku}), 200), None),
               (fine(api.post("/v1/availability/check", {"lines": [{"sku": sku, "quantity": "1", "locations": [location]}]}), 200), 0)]
    for answer, line in answers:
        entry = (answer if line is None else answer["lines"][line])["locations"][0]
        apart = moment(answer["as_of"]) - moment(entry["as_of"])
        assert abs(apart.total_seconds() * 1000 - entry["age_ms"]) <= 1, answer


def test_no_more_is_to_come_than_was_ordered(api, seed):
    sku, location = seed.place(1)
    line = {"line": 1, "sku": sku, "location": location, "quantity": "10", "open": "12", "date": day(2)}
    number = unique("PO")
    stored = seed.put("supplies", number, {"number": number, "lines": [line]})
    assert stored["lines"][0]["open"] == "12", "what the owner said"
    assert seed.profile(sku, location)["atp"][-1] == {"date": day(2), "available": "11"}
    seed.put("supplies", number, {"number": number, "lines": [{**line, "open": "4"}]})
    assert seed.profile(sku, location)["atp"][-1] == {"date": day(2), "available": "5"}


@pytest.mark.parametrize("path, query, wanted", [
    ("/v1/availability", "sku=a&form=2026-12-01", ("/form", "unknown_field")),
    ("/v1/availability", "sku=a&sku=b", ("/sku", "duplicate_key")),
    ("/v1/availability", "sku=a&location=x&location=y", ("/location", "duplicate_key")),
    ("/v1/items", "sku=a&skuu=b", ("/skuu", "unknown_field")),
    ("/v1/orders", "status=accepted&status=released", ("/status", "duplicate_key")),
])
def test_a_query_is_as_strict_as_a_body(hub, path, query, wanted):
    assert wanted in mistakes(hub.raw.get(f"{path}?{query}"))


def test_codes_of_mistakes_are_those_of_the_contract(api, seed):
    sku, location = seed.place(1)
    line = {"line": 1, "sku": sku, "quantity": "1"}
    order = seed.order((sku, 1))
    bad = [("PUT", f"/v1/items/{sku}", {"sku": sku, "base_uom": "EA", "gtin": "4006381333932", "safety_stock": [
                {"location": location, "quantity": "1"}, {"location": location, "quantity": "2"}]}),
           ("POST", "/v1/orders/validate", {**seed.order_body(line, line), "currency": "EURO"}),
           ("POST", "/v1/shipments", {**seed.shipment(order, location, (1, 1)), "packages": [{"sscc": "003456789012345678"}]})]
    for method, path, body in bad:
        answer = api.call(method, path, json=body, key=unique("key") if path == "/v1/shipments" else None)
        found = mistakes(answer)
        assert found and {code for _, code in found} <= CODES, answer.text


def test_details_say_what_to_do(hub):
    wrong_method = hub.raw.get("/v1/availability/check")
    assert wrong_method.status_code == 405 and "POST" in wrong_method.json()["detail"]
    for path in ("/v1/nowhere", "/v1/shipping-methods/none"):
        answer = hub.raw.get(path)
        assert answer.status_code == 404 and "check how it is written" in answer.json()["detail"], answer.text
    assert "shipping method none" in answer.json()["detail"]


def test_a_shipment_of_an_unknown_warehouse_order_points_to_it(api, seed):
    sku, location = seed.place(1)
    order = seed.order((sku, 1))
    body = seed.shipment(order, location, (1, 1), warehouse_order="0197b3c8-7f6a-7c02-8d7e-52a7e0f0a001")
    del body["order"]
    answer = api.post("/v1/shipments", body)
    assert answer.status_code == 422 and answer.json()["errors"][0]["pointer"] == "/warehouse_order", answer.text
