"""API.md sections 2 and 3, DOMAIN.md section 2: what may be promised."""
from datetime import datetime

import pytest

from seed import fine
from world import day, instant

CHECK = "/v1/availability/check"


def check(api, *lines):
    return fine(api.post(CHECK, {"lines": [dict(zip(("sku", "quantity"), line)) if isinstance(line, tuple) else line for line in lines]}))["lines"]


@pytest.fixture(scope="module")
def example(seed):
    """DOMAIN.md: on hand 50; supply day 7 +40, day 12 +100; demand day 3 -30, day 9 -45."""
    sku, location = seed.place("50")
    seed.supply(sku, location, (7, 40), (12, 100))
    seed.order((sku, 30, location), requested_date=day(3))
    seed.order((sku, 45, location), requested_date=day(9))
    return sku, location


def test_the_example_of_the_domain(api, seed, example):
    sku, location = example
    told = seed.profile(sku, location)
    assert told["on_hand"] == "50" and told["unavailable"] == "0" and told["safety_stock"] == "0"
    assert told["atp"] == [{"date": day(0), "available": "15"}, {"date": day(12), "available": "115"}]
    line, = check(api, {"sku": sku, "quantity": "20", "date": day(7), "locations": [location]})
    assert (line["status"], line["available"], line["requested"], line["uom"]) == ("partial", "15", "20", "EA")
    assert line["earliest_full_date"] == day(12)
    by_date = [entry for entry in line["confirmed"] if entry["date"] <= day(7)]
    assert [(entry["quantity"], entry["location"]) for entry in by_date] == [("15", location)]
    assert by_date[0]["date"] == day(0)
    assert sum(float(entry["quantity"]) for entry in line["confirmed"]) <= 20


def test_the_methods_name_and_the_age(api, example):
    answer = fine(api.post(CHECK, {"lines": [{"sku": example[0], "quantity": "1"}]}))
    assert answer["method"] == "cumulative_lookahead"
    told = next(entry for entry in answer["lines"][0]["locations"] if entry["location"] == example[1])
    assert told["stale"] is False and 0 <= told["age_ms"] < 600000
    passed = datetime.fromisoformat(answer["as_of"].replace("Z", "+00:00")) - datetime.fromisoformat(told["as_of"].replace("Z", "+00:00"))
    assert abs(passed.total_seconds() * 1000 - told["age_ms"]) <= 1, "age_ms is the answer's as_of less the location's"


@pytest.mark.parametrize("offset, quantity, status, available", [
    (0, "15", "available", "15"), (0, "15.000001", "partial", "15"), (3, "16", "partial", "15"), (11, "15", "available", "15"),
    (12, "115", "available", "115"), (12, "116", "partial", "115"), (400, "115", "available", "115"),
])
def test_status_judges_the_date(api, example, offset, quantity, status, available):
    line, = check(api, {"sku": example[0], "quantity": quantity, "date": day(offset), "locations": [example[1]]})
    assert (line["status"], line["available"]) == (status, available)


def test_earliest_full_date_is_null_if_never(api, example):
    line, = check(api, {"sku": example[0], "quantity": "116", "date": day(20), "locations": [example[1]]})
    assert line["earliest_full_date"] is None


def test_unavailable(api, seed):
    sku, location = seed.place("0")
    line, = check(api, {"sku": sku, "quantity": "1", "locations": [location]})
    assert (line["status"], line["available"], line["confirmed"], line["earliest_full_date"]) == ("unavailable", "0", [], None)


def test_lines_see_what_earlier_lines_took(api, seed):
    sku, location = seed.place("10")
    first, second, third = check(api, (sku, "6"), (sku, "6"), (sku, "1"))
    assert [line["status"] for line in (first, second, third)] == ["available", "partial", "unavailable"]
    assert [line["available"] for line in (first, second, third)] == ["10", "4", "0"]
    assert seed.available(sku, location) == "10", "a check changes nothing"


def test_an_earlier_line_takes_at_its_own_date(api, seed):
    """Supply of day 5 covers the first line; today's stock is still free for the second."""
    sku, location = seed.place("10")
    seed.supply(sku, location, (5, 10))
    first, second = check(api, {"sku": sku, "quantity": "10", "date": day(5)}, {"sku": sku, "quantity": "10", "date": day(0)})
    assert first["status"] == "available" and first["available"] == "20"
    assert second["available"] in ("0", "10"), second


def test_over_several_locations_it_is_the_sum(api, seed):
    sku, east = seed.place("15", location=seed.location(priority=1))
    west = seed.location(priority=2)
    seed.stock(west, sku, "25")
    line, = check(api, {"sku": sku, "quantity": "12"})
    assert line["available"] == "40" and {entry["location"]: entry["available"] for entry in line["locations"] if entry["available"] != "0"} == {east: "15", west: "25"}
    assert line["confirmed"] == [{"quantity": "12", "date": day(0), "location": east}], "priority, then fewest splits"
    line, = check(api, {"sku": sku, "quantity": "20"})
    assert line["status"] == "available" and sum(float(entry["quantity"]) for entry in line["confirmed"]) == 20
    line, = check(api, {"sku": sku, "quantity": "12", "locations": [west]})
    assert line["available"] == "25" and [entry["location"] for entry in line["locations"]] == [west]


def test_unknown_item_and_location(api, seed):
    sku, location = seed.place("5")
    unknown, nowhere, known = check(api, ("NO-SUCH-ITEM", "1"), {"sku": sku, "quantity": "1", "locations": ["NOWHERE"]}, (sku, "1"))
    assert (unknown["status"], nowhere["status"], known["status"]) == ("unknown_item", "unknown_location", "available")
    assert api.get("/v1/availability", params={"sku": "NO-SUCH-ITEM"}).status_code == 404
    assert api.get("/v1/availability", params={"sku": sku, "location": "NOWHERE"}).status_code == 404


def test_units(api, seed):
    sku, location = seed.place("30", units=[{"uom": "CT", "numerator": 12, "denominator": 1}, {"uom": "GRM", "numerator": 1, "denominator": 3}])
    carton, each, third = check(api, {"sku": sku, "quantity": "2", "uom": "CT"}, {"sku": sku, "quantity": "6", "uom": "EA"}, {"sku": sku, "quantity": "1", "uom": "GRM"})
    assert (carton["status"], carton["uom"], carton["requested"], carton["available"]) == ("available", "CT", "2", "2.5")
    assert (each["status"], each["available"]) == ("available", "6")
    assert third["available"] == "0"
    line, = check(api, {"sku": sku, "quantity": "90", "uom": "GRM"})
    assert (line["status"], line["available"]) == ("available", "90"), "thirds are exact"


def test_a_unit_that_does_not_divide_is_rounded_down_at_6_places(api, seed):
    sku, _ = seed.place("10", units=[{"uom": "CT", "numerator": 3, "denominator": 1}])
    line, = check(api, {"sku": sku, "quantity": "3", "uom": "CT"})
    assert line["available"] == "3.333333"


def test_a_unit_that_the_item_does_not_have(api, seed):
    sku, _ = seed.place("10")
    response = api.post(CHECK, {"lines": [{"sku": sku, "quantity": "1", "uom": "CT"}]})
    assert response.status_code in (200, 400, 422), response.text
    if response.status_code == 200:
        assert response.json()["lines"][0]["status"] in ("indeterminate", "unavailable")


def test_unavailable_and_safety_stock_count(api, seed):
    location = seed.location()
    sku = seed.item(safety_stock=[{"location": location, "quantity": "7"}])
    seed.events(seed.snapshot(location, sku, "50", unavailable="3"))
    told = seed.profile(sku, location)
    assert (told["on_hand"], told["unavailable"], told["safety_stock"], told["atp"][0]["available"]) == ("50", "3", "7", "40")


def test_safety_stock_that_changes_counts_at_once(api, seed):
    location = seed.location()
    sku = seed.item(safety_stock=[{"location": location, "quantity": "7"}])
    seed.stock(location, sku, "50")
    assert seed.available(sku, location) == "43"
    seed.put("items", sku, {"sku": sku, "base_uom": "EA", "safety_stock": [{"location": location, "quantity": "10"}]})
    assert seed.available(sku, location) == "40"


def test_supply_confirmed_or_not_open_and_past_due(api, seed):
    sku, location = seed.place("0")
    lines = [{"line": 1, "sku": sku, "location": location, "quantity": "10", "date": day(2), "confirmed": False},
             {"line": 2, "sku": sku, "location": location, "quantity": "10", "open": "4", "date": day(3)},
             {"line": 3, "sku": sku, "location": location, "quantity": "10", "date": day(-1)}]
    number = seed.supply(sku, location)
    seed.put("supplies", number, {"number": number, "kind": "purchase", "lines": lines})
    assert seed.profile(sku, location)["atp"] == [{"date": day(0), "available": "0"}, {"date": day(3), "available": "4"}]


def test_supply_replaced_as_a_whole(api, seed):
    sku, location = seed.place("0")
    number = seed.supply(sku, location, (1, 5), (2, 5))
    assert seed.available(sku, location, 2) == "10"
    seed.put("supplies", number, {"number": number, "kind": "purchase", "lines": [{"line": 2, "sku": sku, "location": location, "quantity": "3", "date": day(4)}]})
    assert [seed.available(sku, location, offset) for offset in (2, 3, 4)] == ["0", "0", "3"]


def test_a_date_in_the_past_asks_for_today(api, seed):
    sku, location = seed.place("5")
    response = api.post(CHECK, {"lines": [{"sku": sku, "quantity": "1", "date": day(-3), "locations": [location]}]})
    if response.status_code == 200:
        line = response.json()["lines"][0]
        assert all(entry["date"] >= day(0) for entry in line["confirmed"]) and (line["earliest_full_date"] or day(0)) >= day(0)
    else:
        assert response.status_code == 400


def test_past_due_demand_counts_today(api, seed):
    sku, location = seed.place("10")
    response = seed.capture((sku, 4, location), requested_date=day(-2))
    if response.status_code == 201:
        assert seed.available(sku, location) == "6"


def test_from_and_to(api, seed, example):
    sku, location = example
    assert seed.profile(sku, location, **{"from": day(5)})["atp"] == [{"date": day(5), "available": "15"}, {"date": day(12), "available": "115"}]
    assert seed.profile(sku, location, to=day(11))["atp"] == [{"date": day(0), "available": "15"}]
    assert seed.profile(sku, location, **{"from": day(12), "to": day(30)})["atp"] == [{"date": day(12), "available": "115"}]


def test_all_locations_of_an_item(api, seed):
    sku, east = seed.place("1")
    west = seed.location()
    seed.stock(west, sku, "2")
    answer = fine(api.get("/v1/availability", params={"sku": sku}))
    assert answer["sku"] == sku and answer["uom"] == "EA"
    assert {entry["location"]: entry["on_hand"] for entry in answer["locations"]} == {east: "1", west: "2"}


def test_an_item_with_a_slash(api, seed):
    from world import unique
    sku, location = seed.place("5", sku=unique("A/B 100%"))
    assert seed.available(sku, location) == "5"
    assert fine(api.get("/v1/items", params={"sku": sku}))["sku"] == sku


def test_an_item_without_stock_records(api, seed):
    sku = seed.item()
    line, = check(api, (sku, "1"))
    assert line["status"] in ("unavailable", "indeterminate") and line["available"] == "0"


def test_the_location_decides_what_today_is(api, seed):
    """UTC-11 and UTC+14 are never on the same date at 12:00 UTC; at any time at most one of them is on UTC's."""
    dates = set()
    for zone in ("Pacific/Pago_Pago", "Pacific/Kiritimati"):
        sku, location = seed.place("5", location=seed.location(time_zone=zone))
        line, = check(api, {"sku": sku, "quantity": "1", "locations": [location]})
        dates.add(line["confirmed"][0]["date"])
    assert len(dates) == 2, dates


def test_negative_on_hand_is_shown(api, seed):
    sku, location = seed.place("5")
    seed.events(seed.movement(location, sku, "-8"))
    told = seed.profile(sku, location)
    assert told["on_hand"] == "-3" and told["atp"][0]["available"] == "0"


def test_age_grows_with_the_feed(api, seed):
    sku, location = seed.place()
    seed.events(seed.snapshot(location, sku, "5", as_of=instant(-3600)))
    assert seed.profile(sku, location)["age_ms"] >= 0
