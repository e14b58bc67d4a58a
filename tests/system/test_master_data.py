"""Master data: put, get, import, revisions, check digits, references."""
import json
from urllib.parse import quote

import pytest

from seed import fine
from world import instant, unique

KINDS = {
    "items": ("sku", lambda key, seed: {"sku": key, "description": "Mug", "status": "active", "base_uom": "EA", "units": [{"uom": "CT", "numerator": 12, "denominator": 1}],
                                        "gtin": "00012345600012", "minimum": "1", "multiple": "1", "maximum": "1000", "weight_kg": "0.35", "lead_time_days": 7, "lot_tracked": False}),
    "customers": ("number", lambda key, seed: {"number": key, "name": "Green", "status": "active", "currency": "USD", "credit": {"limit": "5000", "exposure": "1200.5", "hold": False},
                                               "terms": "N30", "ship_to": [{"code": "MAIN", "street": ["1 River"], "city": "Hoboken", "region": "NJ", "postal_code": "07030", "country": "US"}]}),
    "locations": ("code", lambda key, seed: {"code": key, "name": "East", "time_zone": "America/New_York", "priority": 1, "cut_off": "16:00", "ship_effect": "movement", "stock_owner": "wms"}),
    "supplies": ("number", lambda key, seed: {"number": key, "kind": "purchase", "lines": [{"line": 1, "sku": seed.item(), "location": seed.location(), "quantity": "40", "date": "2031-01-05"}]}),
    "prices": ("id", lambda key, seed: {"id": key, "sku": seed.item(), "currency": "USD", "amount": "9.95", "per": "1", "uom": "EA"}),
    "shipping-methods": ("code", lambda key, seed: {"code": key, "carrier": "UPS", "name": "Ground", "countries": ["US"], "max_weight_kg": "68"}),
}
each = pytest.mark.parametrize("kind", KINDS)


def make(kind, seed, key=None):
    key = key or unique("K")
    return key, KINDS[kind][1](key, seed), f"/v1/{kind}/{quote(key, safe='')}"


def same(stored, sent):
    """Every member that was sent is there, decimals compared as numbers."""
    if isinstance(sent, dict):
        return all(same(stored[name], value) for name, value in sent.items())
    if isinstance(sent, list):
        return len(stored) == len(sent) and all(map(same, stored, sent))
    return stored == sent


@each
def test_put_and_get(api, seed, kind):
    key, body, path = make(kind, seed)
    assert api.get(path).status_code == 404
    made = api.put(path, body)
    assert made.status_code == 201
    assert same(made.json(), body), made.text
    again = api.put(path, body)
    assert again.status_code == 200 and again.headers["ETag"] == made.headers["ETag"], "unchanged is the same revision"
    read = api.get(path)
    assert read.json() == again.json() and read.headers["ETag"] == made.headers["ETag"]


@each
def test_a_change_is_a_new_revision(api, seed, kind):
    key, body, path = make(kind, seed)
    first = api.put(path, body)
    changed = {**body, "ext": {"note": {"n": 1}}}
    second = api.put(path, changed)
    assert second.status_code == 200 and second.headers["ETag"] != first.headers["ETag"]
    assert api.get(path).json()["ext"] == {"note": {"n": 1}}


@each
def test_a_whole_document_replaces(api, seed, kind):
    name = KINDS[kind][0]
    key, body, path = make(kind, seed)
    fine(api.put(path, body), 201)
    must = {"items": ("base_uom",), "prices": ("sku", "currency", "amount")}.get(kind, ())
    small = {name: key, **{member: body[member] for member in must}}
    fine(api.put(path, small), 200)
    told = api.get(path).json()
    for member in set(body) - set(small) - {"status", "per", "time_zone", "ship_effect", "stock_owner", "lot_tracked", "priority", "kind"}:
        assert told.get(member) in (None, [], {}), f"{member} is still {told.get(member)}"


@each
def test_if_match_is_honoured(api, seed, kind):
    key, body, path = make(kind, seed)
    etag = api.put(path, body).headers["ETag"]
    response = api.put(path, {**body, "ext": {"a": 1}}, etag='"nonsense"')
    assert (response.status_code, response.json()["code"]) == (412, "precondition_failed")
    assert api.put(path, {**body, "ext": {"a": 1}}, etag=etag).status_code == 200
    assert api.put(path, {**body, "ext": {"a": 2}}, etag=etag).status_code == 412


@each
def test_the_key_of_the_path_counts(api, seed, kind):
    name = KINDS[kind][0]
    key, body, path = make(kind, seed)
    response = api.put(path, {**body, name: "another"})
    assert response.status_code == 400 and response.json()["errors"][0]["pointer"] == f"/{name}"


@each
def test_unknown_fields(api, seed, kind):
    key, body, path = make(kind, seed)
    response = api.put(path, {**body, "surprise": 1})
    assert response.status_code == 400 and [(entry["pointer"], entry["code"]) for entry in response.json()["errors"]] == [("/surprise", "unknown_field")]
    assert api.get(path).status_code == 404


@each
def test_an_older_source_revision_does_not_overwrite(api, seed, kind):
    key, body, path = make(kind, seed)
    source = {"system": "erp", "record_id": "1", "revision": "10", "as_of": instant(-10)}
    fine(api.put(path, {**body, "source": source}), 201)
    response = api.put(path, {**body, "ext": {"old": 1}, "source": {**source, "revision": "9", "as_of": instant(-20)}})
    assert response.status_code in (200, 409, 412), response.text
    told = api.get(path).json()
    assert told["source"]["revision"] == "10" and not told.get("ext")
    fine(api.put(path, {**body, "ext": {"new": 1}, "source": {**source, "revision": "11", "as_of": instant()}}), 200)
    assert api.get(path).json()["ext"] == {"new": 1}


@each
def test_import(api, seed, kind):
    name = KINDS[kind][0]
    made = [make(kind, seed) for _ in range(4)]
    records = [body for _, body, _ in made]
    path = f"/v1/{kind}/import"
    results = fine(api.post(path, records))["results"]
    assert [(entry["index"], entry["id"], entry["outcome"]) for entry in results] == [(place, key, "created") for place, (key, _, _) in enumerate(made)]
    records[1] = {**records[1], "ext": {"a": 1}}
    records[2] = {name: unique("bad"), "surprise": True}
    results = fine(api.post(path, records))["results"]
    assert [entry["outcome"] for entry in results] == ["unchanged", "updated", "invalid", "unchanged"]
    assert any(error["pointer"].endswith("/surprise") for error in results[2]["errors"])


@each
def test_import_as_ndjson(api, seed, kind):
    made = [make(kind, seed) for _ in range(3)]
    text = "\n".join(json.dumps(body) for _, body, _ in made) + "\n"
    results = fine(api.call("POST", f"/v1/{kind}/import", data=text.encode(), headers={"Content-Type": "application/x-ndjson"}))["results"]
    assert [entry["outcome"] for entry in results] == ["created"] * 3
    for _, _, path in made:
        assert api.get(path).status_code == 200


def test_a_bad_line_of_ndjson_does_not_stop_the_others(api, seed):
    keys = [unique("SKU") for _ in range(3)]
    lines = [json.dumps({"sku": key, "base_uom": "EA"}) for key in keys]
    lines[1] = lines[1][:-2]
    results = fine(api.call("POST", "/v1/items/import", data="\n".join(lines).encode(), headers={"Content-Type": "application/x-ndjson"}))["results"]
    assert [entry["outcome"] for entry in results] == ["created", "invalid", "created"]


def test_import_of_older(api, seed):
    key = unique("SKU")
    record = {"sku": key, "base_uom": "EA", "source": {"system": "erp", "revision": "10"}}
    assert fine(api.post("/v1/items/import", [record]))["results"][0]["outcome"] == "created"
    record = {**record, "description": "old", "source": {"system": "erp", "revision": "9"}}
    assert fine(api.post("/v1/items/import", [record]))["results"][0]["outcome"] == "older"
    assert api.get(f"/v1/items/{key}").json().get("description") is None


def test_one_key_twice_in_an_import(api, seed):
    key = unique("SKU")
    records = [{"sku": key, "base_uom": "EA", "description": text} for text in ("first", "second")]
    results = fine(api.post("/v1/items/import", records))["results"]
    assert results[0]["outcome"] == "created" and results[1]["outcome"] in ("updated", "invalid")
    assert api.get(f"/v1/items/{key}").json()["description"] == ("second" if results[1]["outcome"] == "updated" else "first")


def test_an_import_of_10000(api):
    stem = unique("BULK")
    records = [{"sku": f"{stem}-{number}", "base_uom": "EA"} for number in range(10000)]
    results = fine(api.post("/v1/items/import", records, timeout=120))["results"]
    assert {entry["outcome"] for entry in results} == {"created"} and len(results) == 10000
    assert api.post("/v1/items/import", records + [{"sku": stem, "base_uom": "EA"}], timeout=120).status_code in (400, 413)


@pytest.mark.parametrize("gtin, good", [("00012345600012", True), ("4006381333931", True), ("036000291452", True), ("96385074", True),
                                        ("00012345600013", False), ("4006381333930", False), ("1234", False), ("400638133393x", False)])
def test_check_digits_of_gtin(api, seed, gtin, good):
    key = unique("SKU")
    response = api.put(f"/v1/items/{key}", {"sku": key, "base_uom": "EA", "gtin": gtin})
    assert response.status_code == (201 if good else 400), response.text
    if not good:
        assert response.json()["errors"][0]["pointer"] == "/gtin"


@pytest.mark.parametrize("kind, change, pointer", [
    ("prices", {"sku": "NO-SUCH"}, "/sku"), ("prices", {"customer": "nobody"}, "/customer"), ("items", {"safety_stock": [{"location": "NOWHERE", "quantity": "1"}]}, "/safety_stock/0/location")])
def test_a_referenced_thing_that_is_absent(api, seed, kind, change, pointer):
    key, body, path = make(kind, seed)
    response = api.put(path, {**body, **change})
    assert (response.status_code, response.json()["code"]) == (422, "unknown_reference"), response.text
    assert response.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("member", ["sku", "location"])
def test_a_supply_of_what_is_absent(api, seed, member):
    key, body, path = make("supplies", seed)
    body["lines"][0][member] = "NO-SUCH"
    response = api.put(path, body)
    assert (response.status_code, response.json()["code"]) == (422, "unknown_reference")
    assert response.json()["errors"][0]["pointer"] == f"/lines/0/{member}"


@pytest.mark.parametrize("kind, change, pointer", [
    ("items", {"base_uom": None}, "/base_uom"), ("items", {"status": "retired"}, "/status"), ("items", {"units": [{"uom": "CT", "numerator": 12, "denominator": 0}]}, "/units/0/denominator"),
    ("items", {"units": [{"uom": "CT", "numerator": 1}]}, "/units/0/denominator"), ("customers", {"status": "gone"}, "/status"), ("locations", {"time_zone": "Mars/Olympus"}, "/time_zone"),
    ("locations", {"ship_effect": "magic"}, "/ship_effect"), ("supplies", {"kind": "gift"}, "/kind"), ("prices", {"amount": "free"}, "/amount"), ("prices", {"currency": "DOLLARS"}, "/currency"),
    ("shipping-methods", {"max_weight_kg": "heavy"}, "/max_weight_kg")])
def test_bad_values(api, seed, kind, change, pointer):
    key, body, path = make(kind, seed)
    response = api.put(path, {**body, **change})
    assert response.status_code == 400, response.text
    assert pointer in [entry["pointer"] for entry in response.json()["errors"]]


@pytest.mark.parametrize("kind, missing", [("items", "base_uom"), ("prices", "sku"), ("prices", "currency"), ("prices", "amount")])
def test_what_is_compulsory(api, seed, kind, missing):
    key, body, path = make(kind, seed)
    del body[missing]
    response = api.put(path, body)
    assert response.status_code == 400 and (f"/{missing}", "missing") in [(entry["pointer"], entry["code"]) for entry in response.json()["errors"]]


@pytest.mark.parametrize("kind", ["customers", "locations", "shipping-methods"])
def test_only_the_first_field_is_compulsory(api, seed, kind):
    key = unique("K")
    fine(api.put(f"/v1/{kind}/{key}", {KINDS[kind][0]: key}), 201)


@pytest.mark.parametrize("name", ["A/B", "50% off", "a b", "ü-é-漢", "a?b=c&d#e", "..", "+plus"])
def test_odd_skus(api, seed, name):
    key = f"{name}{unique('')}" if name != ".." else f"..{unique('')}"
    path = f"/v1/items/{quote(key, safe='')}"
    fine(api.put(path, {"sku": key, "base_uom": "EA"}), 201)
    assert api.get(path).json()["sku"] == key
    assert fine(api.get("/v1/items", params={"sku": key}))["sku"] == key


def test_defaults(api, seed):
    key = unique("K")
    told = fine(api.put(f"/v1/items/{key}", {"sku": key, "base_uom": "EA"}), 201)
    assert told["status"] == "active"
    told = fine(api.put(f"/v1/locations/{key}", {"code": key}), 201)
    assert (told["time_zone"], told["ship_effect"]) == ("UTC", "movement")
    told = fine(api.put(f"/v1/customers/{key}", {"number": key}), 201)
    assert told["status"] == "active"


def test_a_customer_without_credit_has_no_limit(api, seed):
    sku, location = seed.place("1000000")
    key = unique("K")
    fine(api.put(f"/v1/customers/{key}", {"number": key}), 201)
    order = seed.order({"sku": sku, "quantity": "999999", "unit_price": "999999", "location": location}, customer=key)
    assert order["decision"] == "accept"
