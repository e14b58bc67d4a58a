"""PROTOCOLS.md A: the daemon dies before each system call that one capture makes; the retry finds one order and the same bytes (RELIABILITY.md 1)."""
import contextlib
import pathlib
import shutil
import subprocess
import threading
import time
import uuid

import accounts
import pytest
import requests
from kafka_tools import Log
from nemesis import not_injectable
from seed import Seed
from world import Fleet, Hub, configuration, eventually, unique

# What a capture does to the world. Waiting (futex, poll, epoll_wait) changes nothing: dying in it is dying before the next of these.
CALLS = "sendto,recvfrom,sendmsg,recvmsg,read,write,writev,readv,accept4,accept,connect,socket,close,shutdown,epoll_ctl"


def threads_of(pid):
    """All but librdkafka's own, which work for nobody."""
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError):  # it has ended meanwhile
            if not (task / "comm").read_text().startswith("rdk:"):
                found.append(task.name)
    return found


def attach(pid, *options):
    """strace on these threads, in place when this returns."""
    if shutil.which("strace") is None:
        not_injectable("no strace")
    strace = subprocess.Popen(["strace", "-o", "/dev/null", *options, *(word for thread in threads_of(pid) for word in ("-p", thread))], stderr=subprocess.PIPE, text=True)
    told = []
    threading.Thread(target=lambda: told.extend(iter(strace.stderr.readline, "")), daemon=True).start()
    try:
        eventually(lambda: sum("attached" in line for line in told) >= len(threads_of(pid)), limit=10, step=0.01, what="strace")
    except AssertionError:
        strace.kill()
        not_injectable(f"strace cannot attach: {''.join(told)[:200]}")
    return strace


def capture(hub, body, key):
    try:
        return requests.post(hub.api_url + "/v1/orders", json=body, headers={"Idempotency-Key": key}, timeout=8)
    except requests.RequestException:
        return None


def count_calls(hub, body):
    """How many of CALLS the busiest thread makes, from a request to a moment after its event went out."""
    out = hub.log_path.parent / "calls"
    strace = subprocess.Popen(["strace", "-f", "-o", str(out), "-e", f"trace={CALLS}", "-p", str(hub.process.pid)], stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    if strace.poll() is not None:
        not_injectable("strace cannot attach")
    before = sum(1 for _ in open(out, encoding="utf-8"))
    assert capture(hub, body, str(uuid.uuid4())).status_code == 201
    time.sleep(0.2)
    lines = open(out, encoding="utf-8").read().splitlines()[before:]
    strace.terminate()
    strace.wait()
    by_thread = {}
    for line in lines:
        by_thread[line.split()[0]] = by_thread.get(line.split()[0], 0) + 1
    return max(by_thread.values())


def test_killed_at_every_system_call_of_a_capture(services, rounds):
    prefix = unique("sc").lower().replace("-", ".")
    fleet = Fleet(services, configuration(prefix, change=lambda name, text: text + f"\npublish:\n  topic_prefix: {prefix}.out.\n" if name == "crossdock.yaml" else text))
    try:
        hub, = fleet.start(1)
        seed = Seed(hub)
        sku, location = seed.place("1000000")
        customer = seed.customer()
        calls = count_calls(hub, seed.order_body((sku, 1, location), customer=customer))
        points = range(1, calls + 1) if rounds > 1 else sorted({1 + calls * step // 10 for step in range(10)})
        died, answered, told = 0, 0, {}
        for point in points:
            body, key = seed.order_body((sku, 1, location), customer=customer), str(uuid.uuid4())
            strace = attach(hub.process.pid, "-e", f"trace={CALLS}", "-e", f"inject={CALLS}:signal=SIGKILL:when={point}")
            first = capture(hub, body, key)
            eventually(lambda: hub.process.poll() is not None, limit=3, step=0.01, what=f"a death at call {point}")
            strace.wait(10)
            died += 1
            hub = fleet.hubs[0] = Hub(fleet.config, fleet.variables).start()
            again = capture(hub, body, key)
            assert again is not None and again.status_code == 201, f"call {point}: {again is not None and again.text[:500]}"
            if first is not None and first.status_code == 201:
                answered += 1
                assert first.content == again.content, f"call {point}: other bytes after the answer"
            told[body["order_number"]] = again.json()["id"]
        print(f"{calls} calls of the busiest thread, {len(points)} points, {answered} were answered before the death")
        stored = accounts.orders(fleet.database)
        assert {number: stored.get(number) for number in told} == told
        assert len(stored) == len(told) + 1, "an order twice, or one that nobody sent"
        records = Log(services.brokers).read([f"{prefix}.out.order.captured.v1"], until=lambda found: set(told.values()) <= {record.key for record in found}, limit=40)
        ids = {}
        for record in records:
            ids.setdefault(record.key, set()).add(record.headers["ce_id"])
        assert all(len(ids[order]) == 1 for order in told.values()), ids
        assert float(Seed(hub).available(sku, location)) == 1000000 - len(stored)
    finally:
        fleet.end()


@pytest.mark.parametrize("when, dies", [(1, True), (60_000, False)])
def test_the_injection_itself(fresh, when, dies):
    """Negative control: it kills at the call that it names, and not before."""
    hub = fresh().hubs[0]
    strace = attach(hub.process.pid, "-e", f"trace={CALLS}", "-e", f"inject={CALLS}:signal=SIGKILL:when={when}")
    try:
        eventually(lambda: hub.process.poll() is not None, limit=3)
        ended = True
    except AssertionError:
        ended = False
    strace.terminate()
    strace.wait(10)
    assert ended == dies
