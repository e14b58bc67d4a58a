"""tools/demo_compare: books that agree agree, and each difference put into them is found. Without that, `all agree` would say nothing."""

import copy
import datetime
import json
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))

from demo_books import Record  # noqa: E402
from demo_compare import Comparison  # noqa: E402

TODAY = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
LATER = (datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=9)).isoformat()


def record(topic, key, body, identity, sequence=1, **more):
    heads = {"ce_id": identity, "ce_sequence": str(sequence), **more}
    record.place += 1
    return Record({"topic": topic, "partition": 0, "offset": record.place, "key": key, "payload": body if isinstance(body, str) else json.dumps(body),
                   "headers": [word for pair in heads.items() for word in pair]})


record.place = 0


class Events:
    def __init__(self):
        self.topics = {}

    def put(self, name, *arguments, **more):
        topic = f"crossdock.{name}.v1" if not name.endswith(".dlq") else name
        self.topics.setdefault(topic, []).append(record(topic, *arguments, **more))

    def of(self, name):
        return self.topics.get(f"crossdock.{name}.v1", [])

    def dead(self):
        return [one for name, records in self.topics.items() if name.endswith(".dlq") for one in records]


def line(number, sku, **figures):
    return {"line": number, "sku": sku, "quantity": figures["ordered"], "unit_price": "2", "promises": figures.pop("promises", []),
            **{key: "0" for key in ("open", "committed", "backordered", "shipped", "cancelled", "over_shipped")}, **figures}


def order(number, customer, status, lines, holds=(), credit="passed", findings=()):
    return {"id": f"id-{number}", "order_number": number, "customer": customer, "order_status": status, "holds": [{"code": code} for code in holds], "lines": lines,
            "findings": [{"code": code} for code in findings],
            "checks": [{"name": "credit", "status": credit, "source": "erp"}, {"name": "shipping_method", "status": "passed", "source": "erp"}]}


class World:
    """Three orders: one shipped (one piece fell short and waits), one partly promised for later, one held; one was refused."""

    def __init__(self):
        now = [{"quantity": "5", "date": TODAY, "location": "E"}]
        later = [{"quantity": "4", "date": LATER, "location": "E"}]
        self.hub_orders = [
            order("W-1", "C-1", "released", [line(1, "A", ordered="5", shipped="4", backordered="1", promises=now)]),
            order("W-2", "C-1", "accepted", [line(1, "B", ordered="6", committed="4", cancelled="2", promises=later)]),
            order("W-3", "C-2", "on_hold", [line(1, "A", ordered="5", committed="5", promises=now)], ["credit.hold"], "failed", ["credit.hold"]),
            order("W-5", "C-1", "closed", [line(1, "A", ordered="5", shipped="5", promises=now)]),
        ]
        answers = copy.deepcopy(self.hub_orders)
        answers[0]["lines"][0].update(committed="5", shipped="0", backordered="0")
        answers[0]["order_status"] = answers[3]["order_status"] = "released"
        answers[3]["lines"][0].update(committed="5", shipped="0")
        self.deal_list = [{"order_number": one["order_number"], "attempts": 1, "lost": False, "same": True, "replayed": False, "status": 201, "answer": one} for one in answers]
        self.deal_list[0].update(lost=True, replayed=True, attempts=2)
        self.deal_list.append({"order_number": "W-4", "attempts": 1, "lost": False, "same": True, "replayed": False, "status": 422, "answer": {"code": "order_rejected"}})
        self.told = {"id-W-1": [{"id": "wo-1", "state": "short"}], "id-W-5": [{"id": "wo-5", "state": "shipped"}]}
        self.account_list = {"C-1": {"number": "C-1", "limit": "100", "exposure": "10", "hold": False, "past_due": "0", "asked": 3},
                             "C-2": {"number": "C-2", "limit": "100", "exposure": "10", "hold": True, "past_due": "0", "asked": 1}}
        self.counts = {"credit": 4, "shipping_method": 4}
        self.figures = {"A": {"E": {"on_hand": "11", "unavailable": "0"}}, "B": {"E": {"on_hand": "0", "unavailable": "0"}}}
        self.books = [{
            "name": "wms",
            "stock": [{"location": "E", "sku": "A", "on_hand": "11", "unavailable": "0", "opening": "20", "sequence": 2},
                      {"location": "E", "sku": "B", "on_hand": "0", "unavailable": "0", "opening": "0", "sequence": 1}],
            "orders": [{"id": f"wo-{n}", "order": f"id-W-{n}", "order_number": f"W-{n}", "location": "E", "closed": True,
                        "lines": [{"order_line": 1, "sku": "A", "quantity": "5", "shipped": sent}]} for n, sent in ((1, "4"), (5, "5"))],
            "shipments": [{"number": "S-1", "warehouse_order": "wo-1", "order": "id-W-1", "lines": [{"order_line": 1, "sku": "A", "quantity": "4", "disposition": "short_backorder"}]},
                          {"number": "S-5", "warehouse_order": "wo-5", "order": "id-W-5", "lines": [{"order_line": 1, "sku": "A", "quantity": "5", "disposition": "complete"}]}],
        }]
        self.events = Events()
        for one in self.hub_orders:
            self.events.put("order.captured", one["id"], one, "c" + one["id"])
        self.events.put("order.held", "id-W-3", self.hub_orders[2], "h", 1)
        for n in (1, 5):
            self.events.put("order.released", f"id-W-{n}", self.hub_orders[0 if n == 1 else 3], f"r{n}", 2)
            self.events.put("warehouse_order.released", f"id-W-{n}", {"id": f"wo-{n}"}, f"w{n}", 2)
            self.events.put("shipment.dispatched", f"id-W-{n}", {"source": "wms", "shipment_number": f"S-{n}"}, f"s{n}", 3)
        self.events.put("order.closed", "id-W-5", self.hub_orders[3], "d", 4)
        for version, level in ((1, "20"), (2, "11")):
            self.events.put("inventory.adjusted", "E|A", {"on_hand": level}, f"a{version}", version)
        self.events.put("inventory.adjusted", "E|A", {"on_hand": "20"}, "a1", 1)  # sent again after a crash
        dead = {f"cd_{name}": "x" for name in ("reason", "detail", "topic", "partition", "offset")}
        self.events.put("wms.dlq", "E|A", '{"kind":"movement","id":"torn off in the mid', "p", **dead)
        self.poisoned = 1

    def orders(self):
        return self.hub_orders

    def warehouse_orders(self, identity):
        return self.told.get(identity, [])

    def stock(self, sku):
        return self.figures.get(sku, {})

    def deals(self):
        return self.deal_list

    def accounts(self):
        return self.account_list

    def answered(self):
        return self.counts

    def warehouse_books(self):
        return self.books

    def compare(self):
        return Comparison(self, self, self.events, self.poisoned)


def wrong(comparison):
    return {row.what: row.differences for row in comparison.rows if row.differences}


def test_books_that_agree_agree(capsys):
    comparison = World().compare()
    assert wrong(comparison) == {}
    comparison.show()
    assert "DIFF" not in capsys.readouterr().out


def drop(world, topic, identity):
    records = world.events.topics[f"crossdock.{topic}.v1"]
    records[:] = [one for one in records if one.id != identity]


BREAKS = {
    "an order that the shop has and the hub lost": lambda w: w.hub_orders.pop(1),
    "an order made twice": lambda w: w.hub_orders.append({**w.hub_orders[1], "id": "other", "order_number": "W-9"}),
    "a refused order in the hub": lambda w: w.hub_orders.append(order("W-4", "C-1", "released", [])),
    "an order without an answer": lambda w: w.deal_list[4].update(status=0),
    "an order refused for another reason": lambda w: w.deal_list[4].update(status=400, answer={"code": "invalid_request"}),
    "a repeat with another answer": lambda w: w.deal_list[0].update(same=False),
    "a hold that vanished": lambda w: w.hub_orders[2].update(holds=[]),
    "a hold from nowhere": lambda w: w.hub_orders[1].update(holds=[{"code": "x"}]),
    "credit passed that the ERP holds": lambda w: w.account_list["C-1"].update(hold=True),
    "credit held that the ERP passes": lambda w: w.account_list["C-2"].update(hold=False),
    "a limit broken by two orders": lambda w: w.account_list["C-1"].update(limit="25"),
    "answers that the ERP never gave": lambda w: w.account_list["C-1"].update(asked=1),
    "shipping answers that the ERP never gave": lambda w: w.counts.update(shipping_method=1),
    "questions that the ERP does not take": lambda w: w.counts.update(refused=1),
    "shipping methods unasked": lambda w: [one["answer"]["checks"].pop() for one in w.deal_list[:4]],
    "a promise that no warehouse was told": lambda w: w.books[0]["orders"].pop(1),
    "a promise for later that went out": lambda w: w.books[0]["orders"].append({**w.books[0]["orders"][0], "id": "wo-2", "order_number": "W-2"}),
    "a warehouse order only in the hub": lambda w: w.told["id-W-5"].append({"id": "wo-6", "state": "sent"}),
    "a warehouse order in the wrong state": lambda w: w.told["id-W-5"][0].update(state="picking"),
    "a shipped piece too many": lambda w: w.hub_orders[0]["lines"][0].update(shipped="5", backordered="0"),
    "a line that does not add up": lambda w: w.hub_orders[0]["lines"][0].update(open="1"),
    "a short piece cancelled, not backordered": lambda w: w.hub_orders[0]["lines"][0].update(cancelled="1", backordered="0"),
    "a promise that vanished": lambda w: w.hub_orders[1]["lines"][0].update(committed="0", cancelled="6"),
    "a shipment that the hub never said": lambda w: drop(w, "shipment.dispatched", "s5"),
    "a shipment from nowhere": lambda w: w.books[0]["shipments"].pop(1),
    "an order left open": lambda w: w.hub_orders[3].update(order_status="released"),
    "an order closed too early": lambda w: w.hub_orders[0].update(order_status="closed"),
    "stock that differs": lambda w: w.figures["A"]["E"].update(on_hand="12"),
    "damaged stock that differs": lambda w: w.figures["A"]["E"].update(unavailable="1"),
    "a shelf unknown to the hub": lambda w: w.figures.pop("A"),
    "a shelf promised twice": lambda w: w.books[0]["stock"][0].update(opening="13"),
    "an order never told": lambda w: drop(w, "order.captured", "cid-W-2"),
    "a hold never told": lambda w: drop(w, "order.held", "h"),
    "a release never told": lambda w: drop(w, "order.released", "r1"),
    "a warehouse order never told": lambda w: drop(w, "warehouse_order.released", "w1"),
    "a close never told": lambda w: drop(w, "order.closed", "d"),
    "the last change never told": lambda w: drop(w, "inventory.adjusted", "a2"),
    "a gap": lambda w: w.events.put("inventory.gap", "E|A", {}, "g"),
    "an id with two contents": lambda w: w.events.put("inventory.adjusted", "E|A", {"on_hand": "3"}, "a1", 1),
    "a key that goes back": lambda w: w.events.put("inventory.adjusted", "E|A", {"on_hand": "20"}, "a0", 0),
    "a good record among the dead": lambda w: w.events.put("wms.dlq", "E|A", {"kind": "movement"}, "q"),
    "poison without a dead letter": lambda w: w.events.topics.pop("wms.dlq"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_difference_is_found(name):
    world = World()
    BREAKS[name](world)
    assert wrong(world.compare()), name
