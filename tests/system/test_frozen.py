"""An instance that is frozen inside a transaction loses its locks before its lease has run out: the others need not wait for it."""
import threading
import time

import pytest
from nemesis import Ward
from shim import Trap, changed_sql
from world import eventually, unique

LEASE = 6.0
# What ends the frozen session finds none: the broken variant.
BLIND = changed_sql({"wait_event = 'ClientRead'": "wait_event = 'nothing'"})


@pytest.mark.parametrize("broken", [{}, BLIND], ids=["ended", "negative_control_nobody_ends_it"])
def test_a_frozen_decider_loses_its_locks(services, broken):
    """It stops just before its COMMIT, the position locked and a part of the batch sent. Its caller repeats and is answered once."""
    trap = Trap("orders:commit")
    ward = Ward(services, 2, [{**trap.variables, **broken}, broken])
    slow, quick = ward.hubs
    key, answers, seen = unique("slow"), [], []
    body, other = (ward.seed.order_body((ward.place[0], 1, ward.place[1]), customer=ward.customer) for _ in range(2))

    def capture_slowly():
        answers.append(slow.raw.post("/v1/orders", body, key=key, timeout=60, headers={"X-Request-Timeout-Ms": "30000"}))

    try:
        trap.set()
        caller = threading.Thread(target=capture_slowly, daemon=True)
        caller.start()
        begun = trap.sprung(slow)
        while (not seen or seen[-1][1] != 201) and time.monotonic() < begun + LEASE - 0.5:
            status = quick.raw.post("/v1/orders", other, key=unique("quick")).status_code
            seen.append((round(time.monotonic() - begun, 1), status))
        assert (seen[-1][1] == 201) == (not broken), seen
    finally:
        ward.thaw(slow)
    caller.join(60)
    assert answers[0].status_code in (201, 503), answers[0].text
    eventually(lambda: quick.raw.post("/v1/orders", body, key=key).status_code == 201, what="the answer of the repeat")
    number = body["order_number"]
    assert len(quick.api.get("/v1/orders", params={"order_number": number}).json()["items"]) == 1
    ward.fleet.end()
