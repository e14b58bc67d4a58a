"""The admin listener: health, metrics, logs."""
import json
import re
import shutil
import subprocess

import pytest

from seed import fine
from world import Fleet, configuration, eventually, unique


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/readyz?verbose", "/startupz"])
def test_health(hub, path):
    response = hub.admin.get(path)
    assert response.status_code == 200, response.text


def test_health_is_not_on_the_api_listener(hub):
    assert hub.raw.get("/metrics").status_code == 404


def test_calls_are_not_on_the_admin_listener(hub):
    assert hub.admin.get("/v1/orders").status_code == 404


def test_metrics_pass_promtool(hub, seed):
    sku, location = seed.place("5")
    seed.order((sku, 1, location))
    response = hub.admin.get("/metrics")
    assert response.status_code == 200 and response.headers["Content-Type"].startswith("text/plain")
    names = {line.split("{")[0].split(" ")[0] for line in response.text.splitlines() if line and not line.startswith("#")}
    assert names and all(re.match(r"^(crossdock|process)_[a-z0-9_]+$", name) for name in names), sorted(names)
    if not shutil.which("promtool"):
        pytest.skip("promtool is not installed")
    done = subprocess.run(["promtool", "check", "metrics"], input=response.text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_metrics_have_bounded_labels(hub, seed):
    before = hub.admin.get("/metrics").text.count("\n")
    for _ in range(50):
        seed.api.get(f"/v1/orders/{unique('x')}")
        seed.api.get(f"/{unique('path')}")
    assert hub.admin.get("/metrics").text.count("\n") < before + 40


def test_the_log_is_json_lines(hub, seed):
    sku, location = seed.place("5")
    seed.order((sku, 1, location))
    lines = [json.loads(line) for line in hub.log_text().splitlines()]
    assert lines and all({"at", "level", "event"} <= set(line) for line in lines)


def logged(hub, wanted):
    return [line for line in map(json.loads, hub.log_text().splitlines()) if all(line.get(name) == value for name, value in wanted.items())]


def test_a_call_is_found_in_the_log_by_its_correlation_id(hub, seed):
    sku, location = seed.place("5")
    good, bad = unique("cid"), unique("cid")
    hub.api.post("/v1/orders", seed.order_body((sku, 1, location)), headers={"X-Correlation-Id": good})
    hub.api.post("/v1/availability/check", {"lines": []}, headers={"X-Correlation-Id": bad})
    for correlation, status, route in ((good, 201, "/v1/orders"), (bad, 400, "/v1/availability/check")):
        line = eventually(lambda: logged(hub, {"correlation_id": correlation}), limit=3)[0]
        assert (line["status"], line["route"], line["level"]) == (status, route, "info"), line


def test_a_log_cannot_be_injected(hub):
    hub.raw.get("/v1/orders/x%0a%7b%22level%22%3a%22fatal%22%7d", headers={"X-Correlation-Id": "a\"b"})
    for line in hub.log_text().splitlines():
        json.loads(line)


def test_the_audit_tells_who_did_what_newest_first(hub, seed):
    sku, location = seed.place("5")
    correlation = unique("cid")
    order = fine(hub.api.post("/v1/orders", seed.order_body((sku, 1, location)), headers={"X-Correlation-Id": correlation}), 201)
    page = fine(hub.admin.get("/admin/v1/audit", params={"limit": 2}), 200)
    ids = [entry["id"] for entry in page["items"]]
    assert len(ids) == 2 and ids == sorted(ids, reverse=True) and page["next"]
    after = fine(hub.admin.get("/admin/v1/audit", params={"limit": 500, "cursor": page["next"]}), 200)
    assert all(entry["id"] < ids[-1] for entry in after["items"])
    mine = [entry for entry in page["items"] + after["items"] if entry["order"] == order["id"]]
    assert {"captured", "released"} <= {entry["step"] for entry in mine} and {entry["correlation_id"] for entry in mine} == {correlation}
    assert {entry["actor"] for entry in mine} == {"anonymous"}


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "cursor=-1", "cursor=x", "lim=1"])
def test_a_bad_page_of_the_audit_is_400(hub, query):
    assert hub.admin.get(f"/admin/v1/audit?{query}").status_code == 400


def test_the_systems_are_listed(hub):
    listed = fine(hub.admin.get("/admin/v1/systems"), 200)
    assert [entry["name"] for entry in listed["items"]] == ["wms"] and listed["next"] is None
    assert {feed["name"] for feed in listed["items"][0]["feeds"]} == {"inventory", "shipments"}


def test_one_ready_line(fleet, hub):
    assert len(hub.lines) == 1


def start_with(services, extra_api, change=None):
    from world import Hub
    fleet = Fleet(services, configuration(unique("a").lower().replace("-", "."), change=change))
    return fleet, Hub(fleet.config, fleet.variables, api=extra_api).start(wait=False)


def test_it_refuses_to_listen_beyond_loopback_without_authentication(services):
    fleet, hub = start_with(services, "0.0.0.0:0")
    code = hub.process.wait(30)
    assert code == 78, hub.log_text()[-2000:]
    assert "loopback" in hub.log_text() or "authentication" in hub.log_text()


def test_unless_told_so(services):
    def change(name, text):
        return text + "\nallow_unauthenticated_beyond_loopback: true\n" if name == "crossdock.yaml" else text
    fleet, hub = start_with(services, "0.0.0.0:0", change)
    try:
        hub.wait_ready()
    finally:
        hub.stop()


@pytest.mark.parametrize("which", ["api", "admin"])
def test_a_port_that_is_taken_is_told(services, hub, which):
    from world import Hub
    fleet = Fleet(services, configuration(unique("b").lower().replace("-", ".")))
    taken = (hub.api_url if which == "api" else hub.admin_url).removeprefix("http://")
    other = Hub(fleet.config, fleet.variables, **{which: taken}).start(wait=False)
    assert other.process.wait(60) not in (0, None)
    assert taken.split(":")[1] in other.log_text() or "in use" in other.log_text()


def test_nothing_is_degraded_when_all_is_well(hub, seed):
    told = hub.admin.get("/readyz?verbose").json()
    assert told["degraded"] is False and told["why"] == [] and seed.item()
