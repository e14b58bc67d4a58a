"""The comparison of the hub with its neighbours' books. Each check makes one row: what, the hub's figure, the neighbour's, the differences."""

import datetime
from collections import defaultdict

from demo_books import number

SHOWN = 5
FIGURES = ("ordered", "over_shipped", "open", "committed", "backordered", "shipped", "cancelled")


class Row:
    def __init__(self, what, hub, other, differences):
        self.what, self.hub, self.other, self.differences = what, hub, other, differences


def sets(ours, theirs, name=str):
    """What only one of the two has."""
    return [f"only the hub has {name(one)}" for one in sorted(ours - theirs)] + [f"the hub lacks {name(one)}" for one in sorted(theirs - ours)]


class Comparison:
    def __init__(self, hub, neighbours, events, poisoned):
        deals = neighbours.deals()
        self.taken = {deal["order_number"]: deal for deal in deals if deal["status"] in (200, 201)}
        self.deals = deals
        self.accounts, self.answered = neighbours.accounts(), neighbours.answered()
        self.books = neighbours.warehouse_books()
        self.orders = {order["order_number"]: order for order in hub.orders()}
        self.warehouse_orders = {one["id"]: {**one, "order_number": order["order_number"]}
                                 for order in self.orders.values() for one in hub.warehouse_orders(order["id"])}
        self.stock = {}
        for sku in sorted({shelf["sku"] for books in self.books for shelf in books["stock"]}):
            for location, figures in hub.stock(sku).items():
                self.stock[(location, sku)] = figures
        self.events = events
        self.poisoned = poisoned
        self.run()

    def run(self):
        self.rows = []
        self.picked = defaultdict(list)  # (order number, line) -> lines of warehouse orders as the warehouses have them, and how they fell short
        for books in self.books:
            cuts = {(one["warehouse_order"], line["order_line"]): line["disposition"] for one in books["shipments"] for line in one["lines"]
                    if line.get("disposition", "complete") != "complete"}
            for order in books["orders"]:
                for line in order["lines"]:
                    self.picked[(order["order_number"], line["order_line"])].append((order, {**line, "cut": cuts.get((order["id"], line["order_line"]))}))
        for check in (self.captured, self.rejected, self.repeated, self.held, self.credit, self.methods, self.promised, self.told, self.lines, self.shipments,
                      self.closed, self.on_hand, self.oversold, self.published, self.changes, self.repeats, self.dead_letters):
            check()

    def add(self, what, hub, other, differences):
        self.rows.append(Row(what, hub, other, differences))

    def agrees(self):
        return not any(row.differences for row in self.rows)

    # --- the shop

    def captured(self):
        ours = {(name, order["id"]) for name, order in self.orders.items()}
        theirs = {(name, deal["answer"]["id"]) for name, deal in self.taken.items()}
        self.add("orders captured (shop)", len(ours), len(theirs), sets(ours, theirs))

    def rejected(self):
        """The shop was told no: the hub must not have them."""
        refused = [deal for deal in self.deals if deal["status"] not in (0, 200, 201)]
        bad = [f"{deal['order_number']} was refused ({deal['status']}) and is in the hub" for deal in refused if deal["order_number"] in self.orders]
        bad += [f"{deal['order_number']}: {deal['status']} {deal['answer']}"[:300] for deal in refused if (deal["answer"] or {}).get("code") != "order_rejected"]
        bad += [f"{deal['order_number']} has no answer after {deal['attempts']} attempts" for deal in self.deals if deal["status"] == 0]
        absent = len({deal["order_number"] for deal in self.deals} - set(self.orders))
        self.add("orders rejected (shop)", absent, len(refused), bad)

    def repeated(self):
        lost = [deal for deal in self.deals if deal["lost"]]
        again = sum(deal["attempts"] - 1 for deal in self.deals)
        bad = [f"{deal['order_number']}: the repeat brought {deal['status']}, replayed {deal['replayed']}, not what was lost" for deal in lost if not deal["same"]]
        self.add(f"replies lost on purpose, the same again ({again} repeats in all)", sum(deal["same"] for deal in lost), len(lost), bad)

    def held(self):
        """At capture; what has been lifted since is in the events."""
        lifted = defaultdict(set)
        for record in self.events.of("order.hold_lifted"):
            lifted[record.json()["order_number"]].add(record.id)
        bad, now, then = [], 0, 0
        for name, deal in self.taken.items():
            order = self.orders.get(name)
            if order is None:
                continue
            before = {hold["code"] for hold in deal["answer"]["holds"]}
            after = {hold["code"] for hold in order["holds"]}
            then += bool(before)
            now += bool(after) or bool(before and name in lifted)
            if after - before or (before - after and name not in lifted):
                bad.append(f"{name}: held for {sorted(before)} at capture, now for {sorted(after)}")
            if (deal["answer"]["order_status"] == "on_hold") != bool(before):
                bad.append(f"{name}: status {deal['answer']['order_status']} with holds {sorted(before)}")
        self.add("orders held (shop)", now, then, bad)

    # --- the ERP

    def credit(self):
        """What the hub decided about credit, against what the ERP knows."""
        bad, asked = [], 0
        total = defaultdict(lambda: number(0))
        fitting = defaultdict(lambda: number(0))
        beyond = defaultdict(list)
        for name, deal in sorted(self.taken.items()):
            answer = deal["answer"]
            account = self.accounts[answer["customer"]]
            check = next((one for one in answer["checks"] if one["name"] == "credit"), {"status": "absent"})
            value = sum((number(line["quantity"]) * number(line["unit_price"]) for line in answer["lines"]), number(0))
            total[answer["customer"]] += value
            if check["status"] not in ("passed", "failed", "stale"):
                continue
            asked += check["status"] != "stale"
            codes = {finding["code"] for finding in answer["findings"] if finding["code"].startswith("credit.")}
            for code, wanted in (("credit.hold", account["hold"]), ("credit.past_due", account["past_due"] != "0")):
                if (code in codes) != wanted:
                    bad.append(f"{name}: {code} {'found' if code in codes else 'not found'}, the ERP says of {answer['customer']}: {account}")
            if "credit.limit_exceeded" in codes:
                beyond[answer["customer"]].append(name)
            else:
                fitting[answer["customer"]] += value
        for customer, account in self.accounts.items():
            room = number(account["limit"]) - number(account["exposure"])
            if fitting[customer] > room:
                bad.append(f"{customer}: orders of {fitting[customer]} passed, the ERP's limit leaves {room}")
            if beyond[customer] and total[customer] <= room:
                bad.append(f"{customer}: {beyond[customer]} held for the limit, but all its orders are {total[customer]} and the limit leaves {room}")
        answered = sum(account["asked"] for account in self.accounts.values())
        if answered < asked:
            bad.append(f"{asked} orders rest on answers of the ERP, which gave only {answered}")
        self.add("orders decided on the ERP's answers about credit", asked, answered, bad)

    def methods(self):
        """The ERP was asked and its answers counted, for a good part of the orders: it was away for some of the time only."""
        passed = sum(check["name"] == "shipping_method" and check["status"] == "passed" and check["source"] == "erp"
                     for deal in self.taken.values() for check in deal["answer"]["checks"])
        answered = self.answered.get("shipping_method", 0)
        bad = [f"{passed} of {len(self.taken)} orders have a shipping method that the ERP agreed to"] if passed * 5 < len(self.taken) else []
        if answered < passed:
            bad.append(f"{passed} orders rest on answers of the ERP, which gave only {answered}")
        if self.answered.get("refused"):
            bad.append(f"the ERP refused {self.answered['refused']} questions: they were not what it takes")
        self.add("orders decided on the ERP's answers about shipping", passed, answered, bad)

    # --- promises and what follows from them

    def due(self, promise):
        return promise["date"] <= (datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=2)).isoformat()

    def promised(self):
        """A promise that is due and free became exactly what a warehouse was told to send; no other did."""
        want = defaultdict(lambda: number(0))
        for name, deal in self.taken.items():
            if name not in self.orders or self.orders[name]["holds"]:
                continue
            for line in deal["answer"]["lines"]:
                for promise in line["promises"]:
                    if self.due(promise):
                        want[(name, line["line"], promise["location"])] += number(promise["quantity"])
        have = defaultdict(lambda: number(0))
        for (name, line), pieces in self.picked.items():
            for order, piece in pieces:
                have[(name, line, order["location"])] += number(piece["quantity"])
        bad = [f"{name} line {line} at {place}: promised {want.get((name, line, place), 0)}, the warehouse was told {have.get((name, line, place), 0)}"
               for name, line, place in sorted(set(want) | set(have)) if want.get((name, line, place)) != have.get((name, line, place))]
        self.add("pieces promised and due (shop) = told to warehouses", sum(want.values()), sum(have.values()), bad)

    def told(self):
        ours = set(self.warehouse_orders)
        theirs = {order["id"] for books in self.books for order in books["orders"]}
        bad = sets(ours, theirs)
        for books in self.books:
            for order in books["orders"]:
                if not order["closed"]:
                    bad.append(f"warehouse order {order['id']} of {order['order_number']} is not picked yet")
                state = self.warehouse_orders.get(order["id"], {}).get("state")
                if order["closed"] and state not in ("shipped", "short"):
                    bad.append(f"warehouse order {order['id']} of {order['order_number']}: all is sent, the hub says {state}")
        self.add("warehouse orders (warehouses)", len(ours), len(theirs), bad)

    def lines(self):
        """Each line's figures, computed anew from what the shop was promised and what the warehouses sent."""
        bad = []
        ours, theirs = defaultdict(lambda: number(0)), defaultdict(lambda: number(0))
        for name, order in sorted(self.orders.items()):
            answer = (self.taken.get(name) or {}).get("answer")
            then = {line["line"]: line for line in answer["lines"]} if answer else {}
            for line in order["lines"]:
                if line["line"] not in then:
                    continue  # said by `captured`
                have = {key: number(line.get(key, 0)) for key in FIGURES}
                want = {**have, **self.expected(name, line, then[line["line"]])}
                for key in FIGURES:
                    ours[key] += have[key]
                    theirs[key] += want[key]
                    if have[key] != want[key]:
                        bad.append(f"{name} line {line['line']} ({line['sku']}): {key} {have[key]}, the neighbours' books make it {want[key]}")
                if have["ordered"] + have["over_shipped"] != sum(have[key] for key in FIGURES[2:]):
                    bad.append(f"{name} line {line['line']} ({line['sku']}): it does not add up: {', '.join(f'{key} {have[key]}' for key in FIGURES)}")
        for key, what in (("shipped", "shipped"), ("backordered", "backordered"), ("cancelled", "cancelled"), ("committed", "promised for later")):
            self.add(f"pieces {what} (shop and warehouses)", ours[key], theirs[key], bad if key == "shipped" else [])

    def expected(self, name, now, then):
        """What can be said from outside of a line's figures."""
        pieces = self.picked[(name, now["line"])]
        told = sum((number(piece["quantity"]) for _, piece in pieces), number(0))
        shipped = sum((number(piece["shipped"]) for _, piece in pieces), number(0))
        want = {"ordered": number(then["ordered"]), "shipped": shipped}
        cuts = {piece["cut"] for _, piece in pieces if piece["cut"]}
        if any(number(piece["shipped"]) > number(piece["quantity"]) for _, piece in pieces) or len(cuts) > 1:
            return want  # one too many went out, or it was short in two ways: the rest follows from the sum of the line
        want.update({key: number(then[key]) for key in ("committed", "backordered", "cancelled")}, open=number(0), over_shipped=number(0))
        want["committed"] -= told
        if cuts:
            want["backordered" if cuts == {"short_backorder"} else "cancelled"] += told - shipped
        else:
            want["committed"] += told - shipped  # still to come
        return want

    def shipments(self):
        ours = {(one["source"], one["shipment_number"]) for one in (record.json() for record in self.events.of("shipment.dispatched"))}
        theirs = {(books["name"], one["number"]) for books in self.books for one in books["shipments"]}
        self.add("shipments (warehouses)", len(ours), len(theirs), sets(ours, theirs))

    def closed(self):
        """Nothing left to send, nothing waiting: the order is closed; otherwise it is not."""
        bad = []
        for name, order in sorted(self.orders.items()):
            left = sum((number(line[key]) for line in order["lines"] for key in ("open", "committed", "backordered")), number(0))
            if (left == 0) != (order["order_status"] in ("closed", "cancelled")) and not order["holds"]:
                bad.append(f"{name}: {order['order_status']} with {left} pieces left")
        done = {order["id"] for order in self.orders.values() if order["order_status"] == "closed"}
        said = {record.json()["id"] for record in self.events.of("order.closed")}
        self.add("orders closed (events)", len(done), len(said), bad + sets(done, said))

    # --- stock

    def on_hand(self):
        bad, ours, theirs, count = [], number(0), number(0), 0
        for books in self.books:
            for shelf in books["stock"]:
                place = (shelf["location"], shelf["sku"])
                figures = self.stock.get(place, {"on_hand": "0", "unavailable": "0"})
                count += 1
                ours += number(figures["on_hand"])
                theirs += number(shelf["on_hand"])
                for key in ("on_hand", "unavailable"):
                    if number(figures[key]) != number(shelf[key]):
                        bad.append(f"{place[1]} at {place[0]}: {key} {figures[key]}, the warehouse has {shelf[key]} (sequence {shelf['sequence']})")
        self.add(f"on hand, {count} shelves (warehouses)", ours, theirs, bad)

    def oversold(self):
        """What was promised for now came from what there was: no shelf was promised twice."""
        promised = defaultdict(lambda: number(0))
        for deal in self.taken.values():
            for line in deal["answer"]["lines"]:
                for promise in line["promises"]:
                    if self.due(promise):
                        promised[(promise["location"], line["sku"])] += number(promise["quantity"])
        # What a warehouse was told and did not send was free again.
        for (name, line), pieces in self.picked.items():
            for order, piece in pieces:
                promised[(order["location"], piece["sku"])] -= max(number(0), number(piece["quantity"]) - number(piece["shipped"]))
        opening = {(shelf["location"], shelf["sku"]): number(shelf["opening"]) for books in self.books for shelf in books["stock"]}
        bad = [f"{sku} at {place}: promised {quantity}, there were {opening.get((place, sku), 0)}"
               for (place, sku), quantity in sorted(promised.items()) if quantity > opening.get((place, sku), number(0))]
        self.add("pieces promised from stock <= pieces there were", sum(promised.values()), sum(opening.values()), bad)

    # --- events

    def published(self):
        ids = {order["id"] for order in self.orders.values()}
        captured = {record.json()["id"] for record in self.events.of("order.captured")}
        held = {record.json()["id"] for record in self.events.of("order.held")}
        was_held = {deal["answer"]["id"] for deal in self.taken.values() if deal["answer"]["holds"]}
        released = {record.json()["id"] for record in self.events.of("order.released")}
        free = {one["order_number"] for one in self.warehouse_orders.values()}
        was_released = {order["id"] for name, order in self.orders.items() if name in free}
        told = {record.json()["id"] for record in self.events.of("warehouse_order.released")}
        bad = [f"order.captured: {text}" for text in sets(captured, ids)] + [f"order.held: {text}" for text in sets(held, was_held)]
        bad += [f"order.released lacks {one}" for one in sorted(was_released - released)]
        bad += [f"warehouse_order.released: {text}" for text in sets(told, set(self.warehouse_orders))]
        self.add("events of orders (Kafka)", len(captured) + len(held) + len(told), len(ids) + len(was_held) + len(self.warehouse_orders), bad)

    def changes(self):
        """The last event of each position says what the hub says. A shelf that was empty from the beginning has had no change to tell."""
        opening = {(shelf["location"], shelf["sku"]): number(shelf["opening"]) for books in self.books for shelf in books["stock"]}
        changed = {place for place, figures in self.stock.items() if opening.get(place) or number(figures["on_hand"]) or number(figures["unavailable"])}
        last = {}
        for record in self.events.of("inventory.adjusted"):
            if record.key not in last or record.sequence > last[record.key].sequence:
                last[record.key] = record
        bad = [f"inventory.gap: {record.value}" for record in self.events.of("inventory.gap")]
        for place, sku in sorted(changed):
            figures = self.stock[(place, sku)]
            record = last.get(f"{place}|{sku}")
            if record is None:
                bad.append(f"{sku} at {place}: no inventory.adjusted")
            elif number(record.json()["on_hand"]) != number(figures["on_hand"]):
                bad.append(f"{sku} at {place}: last inventory.adjusted (version {record.sequence}) says {record.json()['on_hand']}, the hub {figures['on_hand']}")
        self.add("positions told by inventory.adjusted (Kafka)", sum(f"{place}|{sku}" in last for place, sku in changed), len(changed), bad)

    def repeats(self):
        """One id, one record; one key, growing sequence. A run that is sent again after a crash comes in order with the same ids."""
        bad, seen, again = [], 0, 0
        for topic, records in self.events.topics.items():
            if topic.endswith(".dlq"):
                continue
            known, last = {}, {}
            for record in records:
                if record.id in known:
                    again += 1
                    if known[record.id] != (record.key, record.sequence, record.value):
                        bad.append(f"{topic}: id {record.id} came with two contents")
                    continue
                known[record.id] = (record.key, record.sequence, record.value)
                seen += 1
                if record.sequence < last.get(record.key, -1):
                    bad.append(f"{topic}: {record.key} went from {last[record.key]} back to {record.sequence}")
                last[record.key] = record.sequence
        self.add(f"events with an id of their own ({again} sent again)", seen, seen, bad)

    def dead_letters(self):
        dead = self.events.dead()
        bad = [f"{record.topic}: {record.headers} {record.value[:200]}" for record in dead if not record.value.startswith('{"kind":"movement","id":"torn off')]
        unique = {(record.headers.get("cd_topic"), record.headers.get("cd_partition"), record.headers.get("cd_offset")) for record in dead}
        if len(unique) != self.poisoned:
            bad.append(f"{self.poisoned} poisoned records were sent, {len(unique)} are dead letters")
        bad += [f"{record.topic}: no {name}" for record in dead for name in ("cd_reason", "cd_detail", "cd_topic", "cd_partition", "cd_offset") if name not in record.headers]
        self.add("dead letters = poisoned records (warehouses)", len(unique), self.poisoned, bad)

    def show(self):
        width = max(len(row.what) for row in self.rows)
        print(f"  {'':4} {'':{width}} {'hub':>12} {'neighbour':>12}")
        for row in self.rows:
            print(f"  {'DIFF' if row.differences else 'ok':4} {row.what:{width}} {row.hub!s:>12} {row.other!s:>12}")
            for text in row.differences[:SHOWN]:
                print(f"         {text}")
            if len(row.differences) > SHOWN:
                print(f"         and {len(row.differences) - SHOWN} more")
