"""config/examples/minimal as it stands: a hub with no spoke (issue 3, section 2), on services of its own."""
import pytest

from kafka_tools import Log
from seed import Seed, figures, fine
from world import ROOT, Fleet, eventually


@pytest.fixture
def minimal(own_services):
    fleet = Fleet(own_services, ROOT / "config/examples/minimal")
    fleet.start(1)
    yield fleet
    fleet.end()


def test_stock_in_order_out_shipment_back(minimal, own_services):
    hub, log = minimal.hubs[0], Log(own_services.brokers)
    seed = Seed(hub)
    sku, location = seed.item(), seed.location()
    log.event("wms.inventory.v1", seed.snapshot(location, sku, 50, sequence=1))
    log.flush()
    eventually(lambda: seed.available(sku, location) == "50", limit=20, what="stock from Kafka")
    order = seed.order((sku, 12, location))
    told = log.read(["crossdock.warehouse_order.released.v1"], until=lambda records: any(record.key == order["id"] for record in records), limit=20)
    task = next(record.json() for record in told if record.key == order["id"])
    shipment = {**seed.shipment(order, location, (1, 12, "complete")), "warehouse_order": task["id"]}
    log.event("wms.shipments.v1", shipment, key=order["id"])
    log.event("wms.inventory.v1", seed.movement(location, sku, -12, sequence=2, reason="ship",
                                                reference={"kind": "shipment", "source": seed.source, "number": shipment["shipment_number"], "line": 1}))
    log.flush()
    eventually(lambda: figures(fine(hub.api.get(f"/v1/orders/{order['id']}")))["shipped"] == "12", limit=20, what="the shipment")
    eventually(lambda: (seed.available(sku, location), seed.profile(sku, location)["on_hand"]) == ("38", "38"), limit=20, what="the movement")
    log.read(["crossdock.order.closed.v1"], until=lambda records: any(record.key == order["id"] for record in records), limit=20)


def test_the_hub_makes_its_topics(minimal, own_services):
    log = Log(own_services.brokers)
    wanted = {"wms.inventory.v1", "wms.shipments.v1", "crossdock.order.captured.v1", "crossdock.inventory.adjusted.v1"}
    eventually(lambda: not wanted - set(log.producer.list_topics(timeout=5).topics), limit=20, what="the topics")
