"""PROTOCOLS.md 0 and E: how old stock is, is told by the database's clock and the monotonic one. A daemon's wall clock that is wrong or jumps makes
nothing look fresh that is not, nor old what is fresh."""
import re
import time

import pytest
from clocks import HOUR, YEAR, Clock
from own_postgres import OwnPostgres
from seed import Seed, fine
from world import Fleet, Hub, Services, configuration, eventually, unique


@pytest.fixture
def steered(services):
    """A daemon whose clock can be set, on a PostgreSQL of its own, and stock in a place."""
    clock, postgres, fleet = Clock(), OwnPostgres().initdb().start(), None
    try:
        fleet = Fleet(Services({**services.variables, "CROSSDOCK_POSTGRES_URL": postgres.url("postgres")}, owned=False), configuration(unique("cs").lower().replace("-", ".")))
        fleet.hubs = [Hub(fleet.config, {**fleet.variables, **clock.variables}).start()]
        yield clock, postgres, fleet.hubs[0], Seed(fleet.hubs[0]).place("10")
    finally:
        for hub in fleet.hubs if fleet else ():
            hub.kill()
        postgres.remove()


def told(hub, place):
    line, = fine(hub.api.post("/v1/availability/check", {"lines": [{"sku": place[0], "quantity": "1", "locations": [place[1]]}]}))["lines"]
    return line["locations"][0]


def projection_age(hub):
    return float(re.search(r"^crossdock_projection_age_seconds (\S+)", hub.admin.get("/metrics").text, re.M)[1])


def test_a_clock_that_jumps_makes_no_stock_old(steered):
    clock, _, hub, place = steered
    for shift in (HOUR, -HOUR, 10 * YEAR):
        clock.set(shift)
        time.sleep(0.6)
        seen = told(hub, place)
        assert seen["stale"] is False and seen["age_ms"] < 60_000, (shift, seen)
        assert 0 <= projection_age(hub) < 2, shift


def test_a_clock_put_back_hides_no_stale_stock(steered):
    """The database is gone: what is in memory grows old, whatever the wall clock says."""
    clock, postgres, hub, place = steered
    assert told(hub, place)["stale"] is False
    postgres.stop()
    clock.set(-HOUR)
    eventually(lambda: told(hub, place)["stale"], limit=8, what="that it is stale")
    assert projection_age(hub) > 1.5
    assert any("postgres is away" in why for why in hub.admin.get("/readyz?verbose").json()["why"])
