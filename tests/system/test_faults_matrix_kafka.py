"""Rows of the fault matrix (RELIABILITY.md 3): the broker freezes, dies, forgets; the group never comes to rest."""
import os
import pathlib
import signal
import subprocess
import threading
import time

import accounts
import published
import pytest
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic
from kafka_tools import Log
from nemesis import Ward, long_only, not_injectable, wait_until
from seed import Seed, figures, fine
from shim import Trap
from world import Fleet, Services, configuration, eventually, unique


@pytest.fixture(scope="module")
def hurt():
    """A Kafka that these tests may hurt."""
    started = Services.start()
    yield started
    started.down()


def broker(services):
    return int((pathlib.Path(services.variables["CROSSDOCK_SERVICES"]) / "kafka.pid").read_text().split()[0])


def audited(ward):
    ward.end_load()
    faults, told = ward.audit()
    print(told)
    assert not faults, faults[:8]
    return told


def test_a_frozen_broker(hurt, rounds):
    """SIGSTOP for longer than a record may take: captures do not care, what failed is sent again, in order."""
    long_only(rounds)
    ward = Ward(hurt, 2, positions=2)  # few keys: many records of one key are on their way when it happens
    try:
        ward.load(buyers=4, rate=600)
        for turn in range(8):
            time.sleep(1.2 + turn * 0.13)
            os.kill(broker(hurt), signal.SIGSTOP)
            before = len(ward.buyers.acknowledged)
            time.sleep(4.3 + turn * 0.2)
            during = len(ward.buyers.acknowledged) - before
            os.kill(broker(hurt), signal.SIGCONT)
            assert during > 10, "captures need no broker"
        time.sleep(1)
        told = audited(ward)
        assert set(told["answers"]) == {201}, told
    finally:
        os.kill(broker(hurt), signal.SIGCONT)
        ward.end()


def test_records_of_a_key_do_not_overtake_each_other(hurt, rounds):
    """The broker is gone, half of a key's records are handed over, the other half a moment later; it comes back when the first half is too old."""
    if rounds == 1:
        pytest.skip("with --long: each round hits with one chance in two")
    trap = Trap("produce50")
    ward = Ward(hurt, 1, [trap.variables], positions=1)
    port = hurt.brokers.split(":")[1]
    try:
        ward.load(buyers=0, rate=1)
        hub, key = ward.hubs[0], ward.flow.location
        topic, sku = f"{ward.prefix}inventory.adjusted.v1", ward.seed.item()
        ward.seed.stock(key, sku, 1000, sequence=1)
        for turn in range(rounds):
            eventually(lambda: not accounts.rows(ward.database, "select 1 from outbox"), limit=30, what="an empty outbox")
            os.kill(broker(hurt), signal.SIGSTOP)
            cut = subprocess.run(["ss", "-K", "dst", "127.0.0.1", "dport", "=", port], capture_output=True, text=True, check=False)
            if cut.returncode:
                not_injectable(f"ss -K: {cut.stderr[:100]}")
            trap.set()
            events = [ward.seed.movement(key, sku, 1, sequence=2 + turn * 100 + number) for number in range(100)]
            posted = threading.Thread(target=ward.seed.events, args=events, daemon=True)  # the process may stop before it has answered
            posted.start()
            stopped = trap.sprung(hub)
            wait_until(stopped + 0.8)
            ward.thaw(hub)
            posted.join()
            wait_until(stopped + 3.45)
            os.kill(broker(hurt), signal.SIGCONT)
            time.sleep(1)
        eventually(lambda: not accounts.rows(ward.database, "select 1 from outbox"), limit=30, what="an empty outbox")
        ward.end_load()
        records = [record for record in Log(hurt.brokers).read([topic]) if record.key == f"{key}|{sku}"]
        faults, figures = published.check(published.events_of(records), dense=[topic], last={(topic, f"{key}|{sku}"): 100 * rounds + 1})
        print(figures)
        assert not faults, faults[:5]
    finally:
        os.kill(broker(hurt), signal.SIGCONT)
        ward.end()


def test_a_topic_that_takes_small_batches_only(hurt):
    """A batch that is too large says nothing about its records: none of them is given up."""
    ward = Ward(hurt, 1, positions=1)
    try:
        ward.load(buyers=0, rate=1)
        topic, sku, location = f"{ward.prefix}inventory.adjusted.v1", ward.seed.item(), ward.flow.location
        ward.seed.stock(location, sku, 1000, sequence=1)
        eventually(lambda: not accounts.rows(ward.database, "select 1 from outbox"), limit=20)
        resource = ConfigResource("topic", topic, set_config={"max.message.bytes": "4000"})
        admin = AdminClient({"bootstrap.servers": hurt.brokers, "log_level": 2})
        for done in admin.alter_configs([resource]).values():
            done.result(20)
        time.sleep(0.5)
        ward.seed.events(*(ward.seed.movement(location, sku, 1, sequence=2 + number) for number in range(100)))
        eventually(lambda: not accounts.rows(ward.database, "select 1 from outbox"), limit=60, what="an empty outbox")
        ward.end_load()
        assert accounts.rows(ward.database, "select count(*) from exception where reason = 'unpublishable'") == [(0,)]
        records = [record for record in Log(hurt.brokers).read([topic]) if record.key == f"{location}|{sku}"]
        faults, figures = published.check(published.events_of(records), last={(topic, f"{location}|{sku}"): 101})
        print(figures)
        assert len({record.headers["ce_id"] for record in records}) == 101 and not faults, faults[:5]
    finally:
        ward.end()


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_a_broker_that_dies(hurt, rounds, how):
    if rounds == 1:
        pytest.skip("with --long; test_kafka_out.py stops it once")
    ward = Ward(hurt, 2)
    try:
        ward.load(rate=200)
        time.sleep(2)
        hurt.command(how, "kafka")
        time.sleep(8)
        hurt.command("start", "kafka")
        time.sleep(2)
        told = audited(ward)
        assert set(told["answers"]) == {201}, told
    finally:
        ward.end()


def test_a_rebalance_storm(hurt, rounds):
    """A stranger joins the group and leaves it, again and again: progress, and the accounts are exact."""
    long_only(rounds)
    ward = Ward(hurt, 3)
    stopped = threading.Event()

    def storm():
        while not stopped.is_set():
            stranger = Consumer({"bootstrap.servers": hurt.brokers, "group.id": ward.prefix[:-5], "partition.assignment.strategy": "range", "enable.auto.commit": False, "session.timeout.ms": 6000, "log_level": 2})
            stranger.subscribe([ward.topic, ward.topic.replace("inventory", "shipments")])
            end = time.monotonic() + 1
            while time.monotonic() < end:
                stranger.poll(0.05)
            stranger.close()
            stopped.wait(1)

    thread = threading.Thread(target=storm, daemon=True)
    try:
        ward.load(rate=300)
        thread.start()
        time.sleep(60)
        read = sum(cursor["next"] for cursor in accounts.cursors(ward.database, ward.topic).values())
        epochs = sum(cursor["epoch"] for cursor in accounts.cursors(ward.database, ward.topic).values())
        stopped.set()
        thread.join()
        print(f"{read} records read during the storm, {epochs} claims")
        audited(ward)
        assert read > 300 and epochs > 12
    finally:
        stopped.set()
        ward.end()


class Feeds:
    """One daemon, and its two topics."""

    def __init__(self, services):
        self.services, self.prefix = services, unique("dg").lower().replace("-", ".")
        self.stock, self.shipments = f"{self.prefix}.inventory.v1", f"{self.prefix}.shipments.v1"
        self.fleet = Fleet(services, configuration(self.prefix))
        self.fleet.start(1)
        self.log, self.seed, self.admin = Log(services.brokers), Seed(self.hub), AdminClient({"bootstrap.servers": services.brokers, "log_level": 2})
        self.sku, self.location = self.seed.item(), self.seed.location()

    @property
    def hub(self):
        return self.fleet.hubs[-1]

    def move(self, first, last):
        for number in range(first, last + 1):
            self.log.event(self.stock, self.seed.movement(self.location, self.sku, 1, sequence=number), mode="bare")
        self.log.flush()

    def on_hand(self, wanted, limit=15):
        eventually(lambda: self.seed.profile(self.sku, self.location)["on_hand"] == str(wanted), limit=limit, what=f"on hand {wanted}")

    def partition(self):
        """Where the item's records are."""
        return next(number for number, (_, high) in accounts.ends(self.services.brokers, self.stock).items() if high > 0)

    def restart(self, meanwhile):
        self.hub.stop()
        meanwhile()
        self.fleet.start(1)
        self.seed = Seed(self.hub)

    def gap(self):
        """Raised where an operator looks, and nothing was skipped."""
        eventually(lambda: any("data gap" in why for why in self.hub.admin.get("/readyz?verbose").json()["why"]), limit=20, what="the gap, in the health")
        assert accounts.rows(self.fleet.database, "select count(*) from exception where reason = 'data_gap'")[0][0] == 1
        assert "intake.data_gap" in self.hub.log_text()

    def others_flow(self):
        """A shipment by the other topic, and stock of another partition."""
        order_sku, location = self.seed.place("50")
        order = self.seed.order((order_sku, 5, location))
        self.log.event(self.shipments, self.seed.shipment(order, location, (1, 5, "complete")), key=order["id"])
        self.log.flush()
        eventually(lambda: figures(fine(self.hub.api.get(f"/v1/orders/{order['id']}")))["shipped"] == "5", limit=20, what="the shipment")
        lost = self.partition()
        for number in range(6):
            if number != lost:
                sku = self.seed.item()
                event = self.seed.snapshot(self.location, sku, 4, sequence=1)
                self.log.send(self.stock, sku, event, partition=number)
                self.log.flush()
                eventually(lambda: self.seed.profile(sku, self.location)["on_hand"] == "4", limit=20, what=f"stock by partition {number}")
                return


def test_the_log_was_truncated_behind_the_hub(hurt):
    """Retention took records that nobody had read: said, not skipped."""
    feeds = Feeds(hurt)
    try:
        feeds.move(1, 20)
        feeds.on_hand(20)
        number = feeds.partition()

        def meanwhile():
            feeds.move(21, 60)
            for done in feeds.admin.delete_records([TopicPartition(feeds.stock, number, 40)]).values():
                done.result(20)
        feeds.restart(meanwhile)
        feeds.gap()
        feeds.others_flow()
        assert feeds.seed.profile(feeds.sku, feeds.location)["on_hand"] == "20", "what lies behind the hole must not be taken as if nothing were missing"
        assert accounts.cursors(feeds.fleet.database, feeds.stock)[number]["next"] == 20
    finally:
        feeds.fleet.end()


@pytest.mark.parametrize("last", [25, 60], ids=["shorter", "grown_beyond"])
def test_a_topic_was_made_anew(hurt, last):
    """Deleted and created: its offsets begin again, and end below where the hub stands or beyond it."""
    feeds = Feeds(hurt)
    try:
        feeds.move(1, 20)
        feeds.on_hand(20)

        def meanwhile():
            for done in feeds.admin.delete_topics([feeds.stock]).values():
                done.result(20)
            eventually(lambda: feeds.stock not in feeds.admin.list_topics(timeout=5).topics, limit=20)
            for done in feeds.admin.create_topics([NewTopic(feeds.stock, 6, 1)]).values():
                done.result(20)
            eventually(lambda: feeds.stock in (found := feeds.admin.list_topics(timeout=5).topics) and len(found[feeds.stock].partitions) == 6, limit=20)
            feeds.log = Log(hurt.brokers)
            feeds.move(21, last)
        feeds.restart(meanwhile)
        feeds.gap()
        feeds.others_flow()
        assert feeds.seed.profile(feeds.sku, feeds.location)["on_hand"] == "20"
    finally:
        feeds.fleet.end()


def test_records_are_truncated_while_the_hub_reads(hurt):
    """What it has read already may go: no gap, and it reads on."""
    feeds = Feeds(hurt)
    try:
        feeds.move(1, 20)
        feeds.on_hand(20)
        for done in feeds.admin.delete_records([TopicPartition(feeds.stock, feeds.partition(), 20)]).values():
            done.result(20)
        feeds.move(21, 30)
        feeds.on_hand(30)
        number = feeds.partition()

        def meanwhile():
            """Also the last one that it has read: what is not there any more proves nothing."""
            for done in feeds.admin.delete_records([TopicPartition(feeds.stock, number, 30)]).values():
                done.result(20)
        feeds.restart(meanwhile)
        feeds.move(31, 40)
        feeds.on_hand(40)
        assert accounts.rows(feeds.fleet.database, "select count(*) from exception") == [(0,)]
    finally:
        feeds.fleet.end()
