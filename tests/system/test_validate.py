"""API.md section 3, DOMAIN.md section 3: the decision, its findings, and which checks were made."""
import pytest

from seed import fine
from world import day, unique


def validate(api, body):
    return fine(api.post("/v1/orders/validate", body), 200)


def codes(answer):
    return {finding["code"] for finding in answer["findings"]}


def finding(answer, code):
    found = [entry for entry in answer["findings"] if entry["code"] == code]
    assert found, f"{code} is not among {codes(answer)}"
    return found[0]


@pytest.fixture(scope="module")
def place(seed):
    return seed.place("1000")


def test_a_good_order_is_accepted(api, seed, place):
    answer = validate(api, seed.order_body((place[0], 12, place[1]), requested_date=day(3)))
    assert answer["decision"] == "accept" and answer["findings"] == []
    assert answer["promises"] == [{"line": 1, "quantity": "12", "date": day(3), "location": place[1]}]
    assert answer["checks"] and all(check["status"] in ("passed", "skipped") for check in answer["checks"])
    assert {"atp", "credit", "customer", "item"} <= {check["name"] for check in answer["checks"]}


def test_it_changes_nothing(api, seed, place):
    body = seed.order_body((place[0], 12, place[1]))
    before = seed.profile(*place)["version"]
    validate(api, body)
    assert seed.profile(*place)["version"] == before
    assert fine(api.get("/v1/orders", params={"source": "webshop", "order_number": body["order_number"]}))["items"] == []
    fine(api.post("/v1/orders", body), 201)


def test_its_correlation_id_is_the_headers(api, seed, place):
    response = api.post("/v1/orders/validate", seed.order_body((place[0], 1)))
    assert response.json()["correlation_id"] == response.headers["X-Correlation-Id"]


def test_an_unknown_customer_rejects(api, seed, place):
    answer = validate(api, seed.order_body((place[0], 1), customer="nobody"))
    assert answer["decision"] == "reject"
    assert finding(answer, "customer.unknown")["pointer"] == "/customer" and finding(answer, "customer.unknown")["severity"] == "reject"


def test_an_unknown_item_rejects(api, seed, place):
    answer = validate(api, seed.order_body((place[0], 1), ("NO-SUCH-ITEM", 1)))
    assert answer["decision"] == "reject" and finding(answer, "item.unknown")["pointer"] == "/lines/1/sku"


def test_all_findings_at_once(api, seed):
    answer = validate(api, seed.order_body(("NO-1", 1), ("NO-2", 1), customer="nobody"))
    assert codes(answer) >= {"customer.unknown", "item.unknown"}
    assert sum(entry["code"] == "item.unknown" for entry in answer["findings"]) == 2


@pytest.mark.parametrize("status, decision", [("blocked", "reject"), ("inactive", "reject")])
def test_customer_status(api, seed, place, status, decision):
    answer = validate(api, seed.order_body((place[0], 1), customer=seed.customer(status=status)))
    assert answer["decision"] in (decision, "hold") and f"customer.{status}" in codes(answer)


@pytest.mark.parametrize("status", ["blocked", "discontinued"])
def test_item_status(api, seed, status):
    sku, location = seed.place("10", status=status)
    answer = validate(api, seed.order_body((sku, 1, location)))
    assert answer["decision"] in ("reject", "hold") and f"item.{status}" in codes(answer)


def test_quantity_rules(api, seed):
    sku, location = seed.place("1000", minimum="5", multiple="5", maximum="100")
    for quantity, word in (("3", "minimum"), ("7", "multiple"), ("105", "maximum")):
        answer = validate(api, seed.order_body((sku, quantity, location)))
        assert any(code.startswith("quantity.") and word in code for code in codes(answer)), (quantity, codes(answer))
        assert all(entry["pointer"].startswith("/lines/0") for entry in answer["findings"])
    assert validate(api, seed.order_body((sku, "10", location)))["decision"] == "accept"


def test_units(api, seed, place):
    line = {"sku": place[0], "quantity": "1", "uom": "CT"}
    answer = validate(api, seed.order_body(line))
    assert answer["decision"] == "reject" and any(code.startswith("unit.") for code in codes(answer))


def test_price_mismatch_and_missing(api, seed):
    sku, location = seed.place("10")
    number = unique("P")
    seed.put("prices", number, {"id": number, "sku": sku, "currency": "USD", "amount": "9.95"})
    assert "price.mismatch" in codes(validate(api, seed.order_body({"sku": sku, "quantity": "1", "unit_price": "1.00"})))
    assert validate(api, seed.order_body({"sku": sku, "quantity": "1", "unit_price": "9.95"}))["decision"] == "accept"
    other, _ = seed.place("10")
    body = seed.order_body({"sku": other, "quantity": "1"})
    del body["lines"][0]["unit_price"]
    assert "price.missing" in codes(validate(api, body))


def test_credit_is_a_hold(api, seed, place):
    customer = seed.customer(credit={"limit": "100", "exposure": "90", "hold": False})
    answer = validate(api, seed.order_body({"sku": place[0], "quantity": "20", "unit_price": "1"}, customer=customer))
    assert answer["decision"] == "hold"
    told = finding(answer, "credit.limit_exceeded")
    assert (told["severity"], told["pointer"]) == ("hold", "/customer")
    assert (told["value"], told["allowed"]) == ("110", "100")
    assert validate(api, seed.order_body({"sku": place[0], "quantity": "10", "unit_price": "1"}, customer=customer))["decision"] == "accept"


def test_credit_hold(api, seed, place):
    answer = validate(api, seed.order_body((place[0], 1), customer=seed.customer(credit={"limit": "100", "exposure": "0", "hold": True})))
    assert answer["decision"] == "hold" and "credit.hold" in codes(answer)


def test_lacking_stock_under_reject(api, seed):
    sku, location = seed.place("5")
    answer = validate(api, seed.order_body((sku, 6, location)))
    assert answer["decision"] == "reject"
    told = finding(answer, "atp.insufficient")
    assert told["pointer"].startswith("/lines/0")


def test_lacking_stock_by_the_date(api, seed):
    sku, location = seed.place("5")
    seed.supply(sku, location, (4, 10))
    assert validate(api, seed.order_body((sku, 6, location), requested_date=day(3)))["decision"] == "reject"
    assert validate(api, seed.order_body((sku, 6, location), requested_date=day(4)))["decision"] == "accept"


@pytest.mark.parametrize("policy", ["backorder", "partial"])
def test_lacking_stock_under_other_policies(api, seed, policy):
    sku, location = seed.place("5")
    answer = validate(api, seed.order_body((sku, 6, location), on_shortage=policy))
    assert answer["decision"] != "reject"
    assert sum(float(entry["quantity"]) for entry in answer["promises"]) == 5


def test_lines_share_the_stock(api, seed):
    sku, location = seed.place("10")
    answer = validate(api, seed.order_body((sku, 6, location), (sku, 6, location)))
    assert answer["decision"] == "reject" and finding(answer, "atp.insufficient")["pointer"].startswith("/lines/1")


def test_currency_and_totals(api, seed, place):
    assert any(code.startswith("currency.") for code in codes(validate(api, seed.order_body((place[0], 1), currency="EUR"))))
    answer = validate(api, seed.order_body({"sku": place[0], "quantity": "2", "unit_price": "3"}, totals={"goods": "7"}))
    assert any(code.startswith("totals.") for code in codes(answer))
    assert validate(api, seed.order_body({"sku": place[0], "quantity": "2", "unit_price": "3"}, totals={"goods": "6.00"}))["decision"] == "accept"


def test_dates(api, seed, place):
    answer = validate(api, seed.order_body((place[0], 1), requested_date=day(5), cancel_after=day(2)))
    assert any(code.startswith("dates.") for code in codes(answer))
    assert any(code.startswith("dates.") for code in codes(validate(api, seed.order_body((place[0], 1), requested_date=day(-400)))))


def test_ship_to(api, seed, place):
    customer = seed.customer(ship_to=[{"code": "MAIN", "street": ["1 Main"], "city": "X", "country": "US"}])
    assert any(code.startswith("ship_to.") for code in codes(validate(api, seed.order_body((place[0], 1), customer=customer, ship_to={"code": "OTHER"}))))
    assert validate(api, seed.order_body((place[0], 1), customer=customer, ship_to={"code": "MAIN"}))["decision"] == "accept"


def test_shipping_method(api, seed, place):
    code, heavy = unique("GROUND"), seed.place("10", weight_kg="30")
    seed.put("shipping-methods", code, {"code": code, "countries": ["US"], "max_weight_kg": "50"})
    ship_to = {"street": ["1 Main"], "city": "X", "country": "FR"}
    assert any(c.startswith("shipping_method.") for c in codes(validate(api, seed.order_body((place[0], 1), shipping_method=code, ship_to=ship_to))))
    ship_to["country"] = "US"
    assert any("overweight" in c for c in codes(validate(api, seed.order_body((heavy[0], 2), shipping_method=code, ship_to=ship_to))))
    assert validate(api, seed.order_body((heavy[0], 1), shipping_method=code, ship_to=ship_to))["decision"] == "accept"


def test_a_duplicate_customer_po(api, seed, place):
    customer, po = seed.customer(), unique("PO")
    seed.order((place[0], 1), customer=customer, customer_po=po)
    answer = validate(api, seed.order_body((place[0], 2), customer=customer, customer_po=po))
    assert any("duplicate" in code or "customer_po" in code for code in codes(answer)), codes(answer)


def test_the_codes_are_documented(api, seed):
    answer = validate(api, seed.order_body(("NO-1", 1), customer="nobody"))
    page = api.get("/problems/findings")
    assert page.status_code == 200
    for code in codes(answer) | {"atp.insufficient", "credit.limit_exceeded", "price.mismatch"}:
        assert code in page.text
