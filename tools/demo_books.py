"""Reading books: the hub's by its API, the neighbours' by their admin doors, the events by kcat."""

import http.client
import json
import subprocess
import time
import urllib.parse
from decimal import Decimal

PUBLISHED = (
    "order.captured order.changed order.held order.hold_lifted order.released order.line_promised order.rescheduled order.rejected "
    "order.cancelled order.closed warehouse_order.released inventory.adjusted inventory.shortfall inventory.gap reservation.created "
    "reservation.committed reservation.released reservation.expired shipment.dispatched receipt.recorded return.received"
).split()


class Call:
    """One address, one connection kept."""

    def __init__(self, base, key=None):
        self.where = urllib.parse.urlsplit(base)
        self.key = key
        self.connection = None

    def send(self, method, path, body=None, headers=None):
        heads = {"Accept": "application/json", **({"X-Api-Key": self.key} if self.key else {}), **(headers or {})}
        for attempt in range(50):
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPConnection(self.where.hostname, self.where.port, timeout=60)
                self.connection.request(method, path, body, heads)
                response = self.connection.getresponse()
                answer = response.status, dict(response.getheaders()), response.read()
            except (OSError, http.client.HTTPException):
                self.connection = None
                if attempt == 49:
                    raise
                time.sleep(0.1)
                continue
            if answer[0] in (429, 503) and attempt < 49:  # it says when to come again
                time.sleep(min(1.0, float(answer[1].get("Retry-After", "1"))))
                continue
            return answer
        raise AssertionError("not reached")

    def json(self, method, path, body=None, headers=None):
        status, _, text = self.send(method, path, body, headers)
        if status not in (200, 201):
            raise SystemExit(f"error: {method} {path}: {status} {text[:500].decode(errors='replace')}")
        return json.loads(text)


class Hub:
    """What the hub says of itself."""

    def __init__(self, call):
        self.call = call

    def orders(self):
        items, cursor = [], ""
        while True:
            page = self.call.json("GET", "/v1/orders?limit=100" + (f"&cursor={cursor}" if cursor else ""))
            items += page["items"]
            cursor = page["next"]
            if not cursor:
                return items

    def warehouse_orders(self, order_id):
        return self.call.json("GET", f"/v1/orders/{order_id}/warehouse-orders")["items"]

    def stock(self, sku):
        """Location to figures; nothing where the hub has no position."""
        status, _, text = self.call.send("GET", "/v1/availability?sku=" + urllib.parse.quote(sku, safe=""))
        return {one["location"]: one for one in json.loads(text)["locations"]} if status == 200 else {}

    def lift(self, order_id, code):
        _, heads, _ = self.call.send("GET", f"/v1/orders/{order_id}")
        etag = next((value for name, value in heads.items() if name.lower() == "etag"), "")
        status, _, text = self.call.send("DELETE", f"/v1/orders/{order_id}/holds/{code}", None, {"If-Match": etag})
        if status != 200:
            raise SystemExit(f"error: lifting {code} of order {order_id}: {status} {text[:300].decode(errors='replace')}")
        return True


class Neighbours:
    """What the neighbours wrote down, each for itself."""

    def __init__(self, shop, erp, warehouses):
        self.shop = Call(shop) if shop else None
        self.erp = Call(erp) if erp else None
        self.warehouses = [Call(one) for one in warehouses]

    def deals(self):
        return self.shop.json("GET", "/sim/books")["orders"]

    def accounts(self):
        return {one["number"]: one for one in self.erp.json("GET", "/sim/books")["customers"]}

    def answered(self):
        return self.erp.json("GET", "/sim/books")["counts"]

    def warehouse_books(self):
        return [one.json("GET", "/sim/books") for one in self.warehouses]

    def shelves(self):
        return [((shelf["location"], shelf["sku"]), shelf) for books in self.warehouse_books() for shelf in books["stock"]]


class Record:
    def __init__(self, line):
        self.topic, self.partition, self.offset, self.key, self.value = (line[name] for name in ("topic", "partition", "offset", "key", "payload"))
        heads = line.get("headers") or []
        self.headers = dict(zip(heads[::2], heads[1::2]))
        self.id = self.headers.get("ce_id")
        self.sequence = int(self.headers.get("ce_sequence", "-1"))

    def json(self):
        return json.loads(self.value)


class Events:
    """All that the hub has published, and the dead letters. A broker without a topic is asked about the topics that it has."""

    def __init__(self, brokers):
        listed = subprocess.run(["kcat", "-b", brokers, "-L", "-J", "-m", "10"], capture_output=True, text=True, timeout=60, check=True)
        known = {one["topic"] for one in json.loads(listed.stdout)["topics"]}
        wanted = [f"crossdock.{name}.v1" for name in PUBLISHED] + sorted(name for name in known if name.endswith(".dlq"))
        asked = [name for name in wanted if name in known]
        readers = {name: subprocess.Popen(["kcat", "-b", brokers, "-C", "-t", name, "-o", "beginning", "-e", "-q", "-J"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
                   for name in asked}
        self.topics = {}
        for name, reader in readers.items():
            text, _ = reader.communicate(timeout=60)
            records = [Record(json.loads(line)) for line in text.decode(errors="replace").splitlines() if line]
            self.topics[name] = sorted(records, key=lambda record: (record.partition, record.offset))

    def of(self, name):
        return self.topics.get(f"crossdock.{name}.v1", [])

    def dead(self):
        return [record for name, records in self.topics.items() if name.endswith(".dlq") for record in records]


def number(text):
    """Exact, as the contract writes them."""
    return Decimal(str(text))
