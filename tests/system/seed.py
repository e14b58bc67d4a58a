"""Master data and stock for tests, each with a name of its own."""
import itertools

from world import day, eventually, instant, unique

_sequence = itertools.count(1)


def fine(response, *statuses):
    assert response.status_code in (statuses or (200, 201)), f"{response.status_code}: {response.text[:1500]}"
    return response.json()


class Seed:
    def __init__(self, hub, source="wms_test"):
        self.hub = hub
        self.api = hub.api
        self.source = source

    def put(self, kind, key, body):
        from urllib.parse import quote
        return fine(self.api.put(f"/v1/{kind}/{quote(key, safe='')}", body))

    def item(self, **members):
        sku = members.pop("sku", None) or unique("SKU")
        self.put("items", sku, {"sku": sku, "base_uom": "EA", **members})
        return sku

    def location(self, **members):
        code = members.pop("code", None) or unique("DC")
        self.put("locations", code, {"code": code, **members})
        return code

    def customer(self, **members):
        number = members.pop("number", None) or unique("C")
        self.put("customers", number, {"number": number, "name": "Test", "currency": "USD", **members})
        return number

    def supply(self, sku, location, *arrivals, **members):
        """arrivals: (days from today, quantity)."""
        number = unique("PO")
        lines = [{"line": place, "sku": sku, "location": location, "quantity": str(quantity), "date": day(offset)}
                 for place, (offset, quantity) in enumerate(arrivals, 1)]
        self.put("supplies", number, {"number": number, "kind": "purchase", "lines": lines, **members})
        return number

    def events(self, *events, expect="applied"):
        results = fine(self.api.post("/v1/inventory/events", {"events": list(events)}))["results"]
        if expect:
            assert [entry["outcome"] for entry in results] == [expect] * len(events), results
        return results

    def snapshot(self, location, sku, on_hand, sequence=None, **members):
        return {"kind": "snapshot", "id": unique("snap"), "source": self.source, "location": location, "sku": sku,
                "sequence": next(_sequence) if sequence is None else sequence, "as_of": instant(), "on_hand": str(on_hand), **members}

    def movement(self, location, sku, delta, sequence=None, **members):
        return {"kind": "movement", "id": unique("move"), "source": self.source, "location": location, "sku": sku,
                "sequence": next(_sequence) if sequence is None else sequence, "occurred_at": instant(), "delta": str(delta), "reason": "adjust", **members}

    def stock(self, location, sku, on_hand, **members):
        self.events(self.snapshot(location, sku, on_hand, **members))

    def place(self, on_hand=None, location=None, **item):
        """An item at a location, with stock where said."""
        sku, location = self.item(**item), location or self.location()
        if on_hand is not None:
            self.stock(location, sku, on_hand)
        return sku, location

    def order_body(self, *lines, customer=None, **members):
        """lines: (sku, quantity) or (sku, quantity, location) or dicts."""
        body = {"source": "webshop", "order_number": unique("W"), "customer": customer or self.customer(), "currency": "USD", "lines": []}
        for place, line in enumerate(lines, 1):
            if not isinstance(line, dict):
                line = dict(zip(("sku", "quantity", "location"), (line[0], str(line[1]), *line[2:])))
            body["lines"].append({"line": place, "unit_price": "1", **line})
        return {**body, **members}

    def capture(self, *lines, api=None, key=None, **members):
        options = {"key": key} if key else {}
        return (api or self.api).post("/v1/orders", self.order_body(*lines, **members), **options)

    def order(self, *lines, **members):
        return fine(self.capture(*lines, **members), 201)

    def reserve(self, *lines, ttl=600, policy="all_or_nothing", api=None, **members):
        """lines: (sku, quantity, location[, date])."""
        body = {"reference": unique("cart"), "ttl_seconds": ttl, "policy": policy,
                "lines": [dict(zip(("sku", "quantity", "location", "date"), (line[0], str(line[1]), *line[2:]))) for line in lines], **members}
        return (api or self.api).post("/v1/reservations", body)

    def profile(self, sku, location, api=None, **params):
        """The position at one location, as GET /v1/availability tells it."""
        answer = fine((api or self.api).get("/v1/availability", params={"sku": sku, "location": location, **params}), 200)
        return answer["locations"][0]

    def available(self, sku, location, offset=0, api=None):
        body = {"lines": [{"sku": sku, "quantity": "1", "date": day(offset), "locations": [location]}]}
        return fine((api or self.api).post("/v1/availability/check", body), 200)["lines"][0]["available"]

    def shipment(self, order, location, *lines, **members):
        """lines: (order_line, quantity[, disposition]) or dicts."""
        body = {"source": self.source, "shipment_number": unique("S"), "order": {"id": order["id"]}, "location": location, "shipped_at": instant(), "lines": []}
        for line in lines:
            if not isinstance(line, dict):
                line = dict(zip(("order_line", "quantity", "disposition"), (line[0], str(line[1]), *line[2:])))
            if "sku" not in line:
                line["sku"] = order["lines"][line["order_line"] - 1]["sku"]
            body["lines"].append(line)
        return {**body, **members}


def spread(hubs, sku, location, customer):
    """Waits until every instance knows the item, its stock and the customer (others see a write within 1 s)."""
    body = {"source": "webshop", "order_number": unique("probe"), "customer": customer, "currency": "USD",
            "lines": [{"line": 1, "sku": sku, "quantity": "1", "unit_price": "1", "location": location}]}
    for hub in hubs:
        eventually(lambda: hub.raw.post("/v1/orders/validate", body).json().get("decision") in ("accept", "hold"), limit=1.5, step=0.01, what="master data on another instance")
    return customer


def figures(order, line=1):
    entry = next(entry for entry in order["lines"] if entry["line"] == line)
    return {name: entry[name] for name in ("ordered", "open", "committed", "backordered", "shipped", "cancelled")}
