"""A fleet that is hurt, and its books afterwards. What this machine cannot do is told as "not injectable"."""
import signal
import time

import accounts
import published
import pytest
from buyers import Buyers
from flow import Flow
from kafka_tools import Log
from seed import Seed, spread
from shim import state
from world import Fleet, Hub, configuration, eventually, unique


def not_injectable(why):
    pytest.skip(f"not injectable: {why}")


def long_only(rounds):
    """The default run has little time."""
    if rounds == 1:
        pytest.skip("with --long")


class Ward:
    """N daemons with topics of their own, a flow of stock events and buyers."""

    def __init__(self, services, count, variables=(), database=None, positions=12, change=None):
        prefix = unique("w").lower().replace("-", ".")
        self.prefix, self.topic = prefix + ".out.", f"{prefix}.inventory.v1"

        def changed(name, text):
            text = text + f"\npublish:\n  topic_prefix: {self.prefix}\n" if name == "crossdock.yaml" else text
            return change(name, text) if change else text

        self.services, self.fleet = services, Fleet(services, configuration(prefix, change=changed), database=database)
        settings = list(variables) + [{}] * (count - len(variables))
        self.hubs = [Hub(self.fleet.config, {**self.fleet.variables, **more}).start(wait=False) for more in settings]
        self.fleet.hubs = self.hubs
        for hub in self.hubs:
            hub.wait_ready()
        self.seed = Seed(self.hubs[-1])
        self.place, self.customer = self.seed.place("1000000"), self.seed.customer()
        self.positions, self.skus, self.flow, self.buyers, self.before, self.sent = positions, [], None, None, {}, 0
        spread(self.hubs, *self.place, self.customer)

    def load(self, buyers=6, rate=300, timeout=4):
        self.before = accounts.orders(self.database)
        skus = [self.seed.item() for _ in range(self.positions)]
        self.skus += skus
        self.flow = Flow(self.services.brokers, self.topic, self.seed, self.seed.location(), skus, rate)
        self.flow.first()
        self.flow.start()
        self.buyers = Buyers(self.fleet, self.seed, self.place, self.customer, timeout, pause=0.01).start(buyers)
        return self

    def instance(self, hub):
        return eventually(lambda: next((line.split('"instance":"')[1].split('"')[0] for line in hub.log_text().splitlines() if '"instance":"' in line), None), what="the instance's name")

    def freeze(self, hub):
        hub.signal(signal.SIGSTOP)
        eventually(lambda: state(hub.process.pid) == "T", limit=5, step=0.01)

    def thaw(self, hub):
        hub.signal(signal.SIGCONT)

    def end_load(self):
        self.buyers.stop()
        self.sent += self.flow.end()

    def read_all(self):
        """The log was read to its end, and nothing waits any more."""
        log = accounts.ends(self.services.brokers, self.topic)
        told = []

        def done():
            told[:] = accounts.identity(accounts.cursors(self.database, self.topic), log)
            return not any("the log ends" in fault or "never read" in fault for fault in told) and \
                not accounts.rows(self.database, "select 1 from waiting") and not accounts.rows(self.database, "select 1 from outbox limit 1")
        try:
            eventually(done, limit=40, step=0.2, what="everything read, waited for and published")
        except AssertionError as error:
            print(told, accounts.cursors(self.database, self.topic))  # pytest shortens what is asserted
            return [f"{error}: {told}, waiting {accounts.rows(self.database, 'select count(*) from waiting')}, outbox {accounts.rows(self.database, 'select count(*) from outbox')}"]
        return told

    @property
    def database(self):
        return self.fleet.database

    def audit(self, most_runs=10**9):
        """After the load has ended: all books against each other. (faults, figures)"""
        self.buyers.settle()
        faults = self.read_all()
        log = Log(self.services.brokers)
        stored = accounts.positions(self.database)
        raw = log.read([self.topic], until=lambda records: len(records) >= self.sent, limit=30)
        faults += accounts.differences({place: on_hand for place, on_hand in accounts.fold(raw).items() if place[0] in self.skus}, stored)
        orders = accounts.orders(self.database)
        faults += self.buyers.check(set(orders) - set(self.before))
        names = [f"{self.prefix}{name}.v1" for name in ("inventory.adjusted", "order.captured", "order.released", "warehouse_order.released")]
        events = published.events_of(log.read(names, limit=40))
        # What only the flow touches has one inventory.adjusted for each version; promises raise versions without one.
        last = {(names[0], f"{location}|{sku}"): version for (sku, location), (_, version) in stored.items() if sku in self.skus}
        events = [event for event in events if event.topic != names[0] or (event.topic, event.key) in last]
        more, figures = published.check(events, dense=names[:1], last=last, once={(names[1], order) for order in orders.values()}, most_runs=most_runs)
        faults += more
        told = self.fleet.command("verify", "-c", str(self.fleet.config))
        if told.returncode:
            faults.append(told.stdout + told.stderr)
        return faults, {**figures, "orders": len(orders), "read": self.sent, "answers": self.buyers.statuses}

    def end(self):
        for hub in self.hubs:
            if hub.process.poll() is None:
                self.thaw(hub)
        self.fleet.end()


def wait_until(moment):
    time.sleep(max(0.0, moment - time.monotonic()))
