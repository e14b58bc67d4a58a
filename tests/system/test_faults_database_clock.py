"""RELIABILITY.md 3: the database's clock jumps. No hold ends by it, no wait, until it is back."""
import os
import pathlib
import re
import time

import psycopg
from clocks import HOUR, Clock
from own_postgres import OwnPostgres
from seed import Seed, fine
from world import Fleet, Services, configuration, eventually, unique


def readable(variables):
    """For the user that PostgreSQL runs as."""
    for path in variables.values():
        os.chmod(pathlib.Path(path).parent, 0o755)


def jumped(hub):
    """What /readyz says of the clock."""
    return [why for why in hub.admin.get("/readyz?verbose").json()["why"] if "clock" in why]


def metric(hub):
    return float(re.search(r"^crossdock_database_clock_jump_seconds (\S+)", hub.admin.get("/metrics").text, re.M).group(1))


def test_nothing_ends_by_a_clock_that_has_jumped(services):
    clock, postgres = Clock(), OwnPostgres().initdb()
    readable(clock.variables)
    postgres.start(environment=clock.variables)
    fleet = None
    try:
        own = Services({**services.variables, "CROSSDOCK_POSTGRES_URL": postgres.url()}, owned=False)
        fleet = Fleet(own, configuration(unique("cj").lower().replace("-", ".")), database=postgres.database())
        hub = fleet.start()[0]
        seed = Seed(hub)
        sku, location = seed.place("10")
        held = fine(seed.reserve((sku, 9, location), ttl=900), 201)
        short = fine(seed.reserve((sku, 1, location), ttl=1), 201)
        seed.events(seed.snapshot(location, "NO-SUCH-ITEM", 1), expect="waiting")
        state = lambda made: fine(hub.raw.get(f"/v1/reservations/{made['id']}"))["state"]  # noqa: E731
        eventually(lambda: state(short) == "expired", what="the end of a hold by a clock that is right")
        before = postgres.run("select extract(epoch from clock_timestamp())")[0][0]
        assert jumped(hub) == [] and metric(hub) == 0

        clock.set(HOUR)
        assert seed.reserve((sku, 2, location), api=hub.raw).status_code == 409, "a request in the moment after it ends no hold either"
        assert postgres.run("select extract(epoch from clock_timestamp())")[0][0] - before > HOUR, "the jump is felt"
        eventually(lambda: jumped(hub), what="readiness to say it")
        assert 3590 < metric(hub) < 3610
        time.sleep(1.5)
        assert state(held) == "created" and seed.reserve((sku, 2, location), api=hub.raw).status_code == 409
        with psycopg.connect(fleet.database) as connection:
            assert connection.execute("select count(*) from waiting").fetchone() == (1,)
        fine(seed.reserve((sku, 1, location), api=hub.raw), 201)
        assert hub.log_text().count("sweep.clock_jumped") == 1

        clock.set(0)
        eventually(lambda: not jumped(hub), what="the clock to be believed again")
        time.sleep(1)
        assert state(held) == "created" and metric(hub) == 0

        clock.set(HOUR)
        eventually(lambda: jumped(hub), what="readiness to say it again")
        late = fleet.start()[0]
        eventually(lambda: state(held) == "expired", what="negative control: one that did not see the jump believes the clock, and ends the hold")
        assert jumped(late) == []
    finally:
        if fleet:
            fleet.end()
        postgres.remove()
