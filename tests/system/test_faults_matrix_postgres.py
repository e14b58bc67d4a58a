"""Rows of the fault matrix (RELIABILITY.md 3): PostgreSQL hurts, the disks of database and log are full, a commit takes long."""
import os
import pathlib
import subprocess
import tempfile
import threading
import time

import accounts
import psycopg
import pytest
import requests
from buyers import Buyers
from nemesis import Ward, long_only, not_injectable
from own_postgres import OwnPostgres, children, owner
from seed import Seed, fine
from world import Fleet, Hub, Services, configuration, eventually, unique

ROLES = ("orders", "reservations", "documents", "reader", "follower", "intake", "publisher", "sweeper", "listen", "notify")


@pytest.fixture(scope="module")
def postgres():
    started = OwnPostgres().initdb().start()
    yield started
    started.remove()


@pytest.fixture(scope="module")
def ward(services, postgres):
    """Two daemons on it, with a flow of stock events."""
    made = Ward(Services({**services.variables, "CROSSDOCK_POSTGRES_URL": postgres.url("postgres")}, owned=False), 2, positions=6)
    yield made
    made.end()


def audited(ward):
    ward.end_load()
    faults, figures = ward.audit()
    print(figures)
    assert not faults, faults[:8]
    return figures


def name_of(ward):
    return ward.database.rsplit("/", 1)[1]


def test_a_backend_is_killed_under_each_thread(ward, postgres):
    """Its batch is done again: nobody is told of it."""
    ward.load(buyers=4, timeout=20)
    ended = dict.fromkeys(ROLES, 0)

    def end(role):
        gone = postgres.run(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name_of(ward)}' and application_name like '%/{role}'")
        ended[role] += len(gone)
        return gone

    for role in ROLES * 2:
        if role in ("orders", "intake", "publisher"):
            eventually(lambda: end(role), limit=20, what=f"a connection of {role}")  # the one before may not be back yet
        else:
            end(role)
        time.sleep(0.1)
    print(ended)
    figures = audited(ward)
    assert set(figures["answers"]) == {201}, figures
    assert ended["orders"] >= 2 and ended["intake"] >= 2 and ended["publisher"] >= 2


def test_a_foreign_session_locks_a_table(ward, rounds):
    """Calls are refused in time, ATP and health answer, no partition is lost, and all goes on afterwards."""
    long_only(rounds)
    ward.load(buyers=4, timeout=20)
    time.sleep(0.5)
    hub = ward.hubs[0]
    epochs = {number: cursor["epoch"] for number, cursor in accounts.cursors(ward.database, ward.topic).items()}
    with psycopg.connect(ward.database) as foreign:
        foreign.execute("lock table sales_order, position in access exclusive mode")
        begun, slowest = time.monotonic(), 0.0
        body = ward.seed.order_body((ward.place[0], 1, ward.place[1]), customer=ward.customer)
        answer = hub.raw.post("/v1/orders", body, timeout=20)
        waited = time.monotonic() - begun
        assert answer.status_code == 503 and int(answer.headers["Retry-After"]) >= 1, answer.text
        while time.monotonic() < begun + 7.5:  # longer than Kafka's session
            asked = time.monotonic()
            assert hub.admin.get("/livez").status_code == 200
            assert hub.raw.post("/v1/availability/check", {"lines": [{"sku": ward.place[0], "quantity": "1"}]}).status_code == 200
            slowest = max(slowest, time.monotonic() - asked)
            time.sleep(0.2)
    print(f"refused after {waited:.1f} s, slowest ATP and health {slowest * 1000:.0f} ms")
    assert waited < 10 and slowest < 2
    time.sleep(1)
    audited(ward)
    assert {number: cursor["epoch"] for number, cursor in accounts.cursors(ward.database, ward.topic).items()} == epochs, "partitions changed hands"
    assert fine(ward.seed.capture((ward.place[0], 1, ward.place[1]), customer=ward.customer), 201)


def test_a_long_foreign_transaction_does_not_stop_memory(ward, rounds):
    """It pins the oldest snapshot of the whole server (PROTOCOLS.md E); the other instance still sees each commit within a second."""
    long_only(rounds)
    with psycopg.connect(ward.database) as foreign:
        foreign.execute("create table if not exists foreign_work (n int)")
        foreign.execute("insert into foreign_work values (1)")
        ward.load(buyers=4)
        time.sleep(1)
        other = Seed(ward.hubs[0])
        for _ in range(10):
            sku, location = ward.seed.place("10")
            eventually(lambda: other.api.get("/v1/availability", params={"sku": sku}).status_code == 200 and other.available(sku, location) == "10", limit=1.5, step=0.02, what="its stock on the other")
    audited(ward)


def mount_of(size):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="crossdock-full-"))
    if os.getuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", folder], check=False, capture_output=True).returncode:
        not_injectable("no tmpfs can be mounted here")
    return folder


def fill(folder):
    """To the last byte."""
    with open(folder / "filler", "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * (1 << 20))
        except OSError:
            pass
        try:
            while True:
                file.write(b"\0" * 512)
        except OSError:
            pass


def test_the_databases_disk_is_full(services):
    """Captures are refused with 503 and nothing is acknowledged that is not stored; with room again all goes on."""
    folder = mount_of("320M")
    data = folder / "data"
    data.mkdir()
    os.chown(data, owner().pw_uid, owner().pw_gid)
    postgres = OwnPostgres(data, max_wal_size="64MB", min_wal_size="32MB").initdb().start()
    try:
        fleet = Fleet(Services({**services.variables, "CROSSDOCK_POSTGRES_URL": postgres.url()}, owned=False), configuration(unique("df").lower().replace("-", ".")), database=postgres.database())
        hub, = fleet.start(1)
        seed = Seed(hub)
        place, customer = seed.place("10000000"), seed.customer()
        buyers = Buyers(fleet, seed, place, customer, timeout=20).start(8)
        time.sleep(0.7)
        fill(folder)
        # A segment of WAL that exists is still room: more of it is needed than the commits of a test would take.
        with pytest.raises(psycopg.Error):
            for _ in range(100):
                postgres.run("create table ballast as select repeat(md5(n::text), 1000) from generate_series(1, 3000) n")
                postgres.run("drop table ballast")
        try:
            eventually(lambda: buyers.statuses.get(503), limit=20, what="a 503")
        finally:
            buyers.stop()
        assert set(buyers.statuses) <= {201, 503, 504}, buyers.statuses
        assert hub.admin.get("/livez").status_code == 200
        (folder / "filler").unlink()
        if postgres.process.poll() is not None or not postgres.answers():
            time.sleep(1)
            if postgres.process.poll() is not None:
                postgres.start()
        answer = eventually(lambda: (told := hub.raw.post("/v1/orders", seed.order_body((place[0], 1, place[1]), customer=customer, order_number="after"), key="after")).status_code == 201 and told, limit=40, what="a capture with room again")
        buyers.settle()
        stored = accounts.orders(postgres.url())
        assert stored.pop("after") == answer.json()["id"]
        assert not buyers.check(stored), buyers.check(stored)
        print(buyers.statuses, "panicked" if "PANIC" in postgres.log_text() else "no panic")
        fleet.end()
    finally:
        postgres.stop()
        subprocess.run(["umount", "-l", folder], check=False)
        postgres.remove()


@pytest.mark.parametrize("kind", ["a full disk", "a pipe that nobody reads"])
def test_the_log_cannot_be_written(services, kind):
    """It keeps serving; lines are dropped, the journal is not."""
    fleet = Fleet(services, configuration(unique("lf").lower().replace("-", "."), change=lambda name, text: text + "\nlog: {level: debug}\n" if name == "crossdock.yaml" else text))
    folder = None
    if kind == "a full disk":
        folder = mount_of("64k")
        sink = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        fill(folder)
    else:
        reading, sink = os.pipe()
        os.set_blocking(sink, False)
        try:
            while True:
                os.write(sink, b"x" * 4096)
        except BlockingIOError:
            os.set_blocking(sink, True)
    hub = Hub(fleet.config, fleet.variables)
    hub.process = subprocess.Popen(hub.command, env=hub.environment, stdout=subprocess.PIPE, stderr=sink)
    hub.log_path.touch()
    try:
        hub.wait_ready()
        seed = Seed(hub)
        sku, location = seed.place("100000")
        customer, slowest = seed.customer(), 0.0
        for _ in range(100):
            asked = time.monotonic()
            fine(seed.capture((sku, 1, location), customer=customer), 201)
            assert hub.raw.post("/v1/orders", {"nonsense": True}).status_code == 400
            slowest = max(slowest, time.monotonic() - asked)
        assert hub.admin.get("/readyz").status_code == 200
        assert accounts.rows(fleet.database, "select count(*) from journal")[0][0] >= 100
        hub.stop(limit=40)
        print(f"slowest pair {slowest * 1000:.0f} ms")
    finally:
        hub.kill()
        os.close(sink)
        if folder:
            subprocess.run(["umount", "-l", folder], check=False)
        else:
            os.close(reading)


def test_a_slow_commit_makes_batches_grow(services, postgres, rounds):
    """200 ms in each fdatasync: one order a commit would be 5 a second. With 32 clients many share one."""
    long_only(rounds)
    fleet = Fleet(Services({**services.variables, "CROSSDOCK_POSTGRES_URL": postgres.url("postgres")}, owned=False), configuration(unique("sl").lower().replace("-", ".")))
    strace = None
    try:
        hub, = fleet.start(1)
        seed = Seed(hub)
        place, customer = seed.place("10000000"), seed.customer()
        for _ in range(3):
            fine(seed.capture((place[0], 1, place[1]), customer=customer), 201)
        pids = [postgres.process.pid, *children(postgres.process.pid)]
        strace = subprocess.Popen(["strace", "-f", "-o", "/dev/null", "-e", "trace=fdatasync", "-e", "inject=fdatasync:delay_enter=200000", *(word for pid in pids for word in ("-p", str(pid)))], stderr=subprocess.PIPE)
        time.sleep(1)
        if strace.poll() is not None:
            not_injectable("strace cannot attach")
        took, lock, end = [], threading.Lock(), time.monotonic() + 4

        def buy():
            session = requests.Session()
            while time.monotonic() < end:
                begun = time.monotonic()
                response = session.post(hub.api_url + "/v1/orders", json=seed.order_body((place[0], 1, place[1]), customer=customer), headers={"Idempotency-Key": unique("slow")}, timeout=30)
                with lock:
                    took.append((time.monotonic() - begun, response.status_code))
        threads = [threading.Thread(target=buy, daemon=True) for _ in range(32)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        times = sorted(seconds for seconds, _ in took)
        print(f"{len(took)} orders in 4 s, p50 {times[len(times) // 2] * 1000:.0f} ms, p99 {times[len(times) * 99 // 100] * 1000:.0f} ms")
        assert {status for _, status in took} == {201}
        assert len(took) > 4 * 5 * 3, "a commit must carry many"
        assert times[len(times) // 10] > 0.15, "negative control: the delay must be felt"
    finally:
        if strace:
            strace.terminate()
            strace.wait(10)
        fleet.end()
