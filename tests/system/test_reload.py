"""SIGHUP is apply of the configuration folder; it changes nothing if it does not check (API.md section 6)."""
import signal

from seed import Seed
from world import eventually


def status_of_an_order(hub):
    seed = Seed(hub)
    sku, location = seed.place("10")
    return seed.order((sku, "1", location))["order_status"]


def test_a_good_folder_is_applied_and_a_bad_one_changes_nothing(fresh):
    fleet = fresh()
    hub, path = fleet.hubs[0], fleet.config / "crossdock.yaml"
    good = path.read_text()
    assert "release: auto" in good
    assert status_of_an_order(hub) == "released"
    path.write_text(good + "\nlimts: {}\n")
    hub.signal(signal.SIGHUP)
    eventually(lambda: "reload.refused" in hub.log_text(), what="the refusal in the log")
    assert status_of_an_order(hub) == "released"
    path.write_text(good.replace("release: auto", "release: manual"))
    hub.signal(signal.SIGHUP)
    eventually(lambda: hub.log_text().count('"event":"ready"') == 2, limit=60, what="the second readiness in the log")
    assert status_of_an_order(hub) == "accepted", "release is manual now, at the same address"
