"""Nobody can say now (PROTOCOLS A): by the rule of the check the order is taken on hold, or refused with 503 until somebody can."""
import re
import uuid

import pytest

from gateways import free_port
from seed import Seed, fine
from world import Fleet, configuration, unique

ERP = """title: ERP
kind: erp
connector: http_json
options: {{base_url: "http://127.0.0.1:{port}"}}
answers:
  credit: {{ask: {{get: "/credit/:customer"}}, timeout: 300ms}}
"""


def fleet_with(services, rule):
    """A hub that asks an ERP which is not there."""
    port = free_port()

    def change(name, text):
        return re.sub(r"(?m)^    credit: .*$", "    credit: {from: erp.credit, without: {use: indeterminate}" + rule + "}", text) if name == "crossdock.yaml" else text

    fleet = Fleet(services, configuration(unique("i").lower().replace("-", "."), change=change))
    (fleet.config / "systems").mkdir(exist_ok=True)
    (fleet.config / "systems/erp.yaml").write_text(ERP.format(port=port), encoding="utf-8")
    fleet.start(1)
    return fleet


@pytest.mark.parametrize("rule, refused", [("", False), (", when_indeterminate: hold", False), (", when_indeterminate: refuse", True)], ids=["default", "hold", "refuse"])
def test_an_order_that_nobody_can_judge(services, rule, refused):
    fleet = fleet_with(services, rule)
    try:
        hub = fleet.hubs[0]
        seed = Seed(hub)
        sku, location = seed.place(10)
        body, key = seed.order_body((sku, 4, location), customer=seed.customer()), str(uuid.uuid4())
        assert fine(hub.api.post("/v1/orders/validate", body))["decision"] == "indeterminate"
        response = hub.api.post("/v1/orders", body, key=key)
        if not refused:
            order = fine(response, 201)
            assert (order["order_status"], order["decision"]) == ("on_hold", "indeterminate")
            assert [hold["code"] for hold in order["holds"]] == ["upstream.unavailable"]
            assert seed.available(sku, location) == "6", "its promise stands meanwhile"
            return
        problem = response.json()
        assert (response.status_code, problem["code"], problem["decision"]) == (503, "not_ready", "indeterminate")
        assert int(response.headers["Retry-After"]) >= 1
        assert [(entry["pointer"], entry["code"]) for entry in problem["errors"]] == [("/customer", "upstream.unavailable")]
        assert seed.available(sku, location) == "10", "nothing was taken"
        assert fine(hub.api.get("/v1/orders"))["items"] == []
        again = hub.api.post("/v1/orders", body, key=key)
        assert again.status_code == 503 and "Idempotency-Replayed" not in again.headers, "the key is free"
    finally:
        fleet.end()
