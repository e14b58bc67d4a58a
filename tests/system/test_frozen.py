"""An instance that is frozen inside a transaction loses its locks before its lease has run out: the others need not wait for it."""
import threading
import time

import pytest
from nemesis import Ward
from seed import spread
from shim import Trap, changed_sql
from world import eventually, unique

LEASE = 6.0
# What ends the frozen session finds none: the broken variant.
BLIND = changed_sql({"wait_event = 'ClientRead'": "wait_event = 'nothing'"})
# It does not show which keys it decides: the broken variant.
SECRETIVE = changed_sql({"count(pg_try_advisory_xact_lock_shared(": "count(("})


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


@pytest.mark.parametrize("secretive", [{}, SECRETIVE], ids=["told", "negative_control_keys_that_nobody_shows"])
def test_a_duplicate_of_what_a_frozen_instance_decides_is_told_so(services, secretive):
    """The other instance gets the same key meanwhile: 409 within 2 to 3 s, not 503; later both answer with the same bytes."""
    trap = Trap("orders:commit")
    ward = Ward(services, 2, [{**trap.variables, **secretive}])
    slow, quick = ward.hubs
    key, answers, beside = unique("twin"), [], []
    body = ward.seed.order_body((ward.place[0], 1, ward.place[1]), customer=ward.customer)
    shelf, other_customer = ward.seed.place("1000"), ward.seed.customer()
    spread([quick], *shelf, other_customer)
    other = ward.seed.order_body((shelf[0], 1, shelf[1]), customer=other_customer)

    def post(hub, what, with_key, into):
        into.append(hub.raw.post("/v1/orders", what, key=with_key, timeout=60, headers={"X-Request-Timeout-Ms": "30000"}))

    try:
        trap.set()
        caller = threading.Thread(target=post, args=(slow, body, key, answers), daemon=True)
        caller.start()
        begun = trap.sprung(slow)
        neighbour = threading.Thread(target=post, args=(quick, other, unique("beside"), beside), daemon=True)
        neighbour.start()
        told = quick.raw.post("/v1/orders", body, key=key)
        waited = time.monotonic() - begun
        neighbour.join(10)
        # Where nobody can tell them apart, one that stands in the same batch goes with it.
        assert beside and beside[0].status_code in ((201, 503) if secretive else (201,)), beside
        assert 1.5 < waited < 3.2, waited
        assert told.status_code == (503 if secretive else 409), told.text
        assert int(told.headers["Retry-After"]) >= 1
        assert told.json()["code"] == ("not_ready" if secretive else "request_in_progress")
        mine = eventually(lambda: next((a for a in [quick.raw.post("/v1/orders", body, key=key)] if a.status_code == 201), None), what="the frozen session's end")
        assert time.monotonic() - begun < LEASE
    finally:
        ward.thaw(slow)
    caller.join(60)
    assert answers[0].status_code == 503 or answers[0].content == mine.content, answers[0].text
    again = quick.raw.post("/v1/orders", body, key=key)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.content == mine.content
    assert slow.raw.post("/v1/orders", body, key=key).content == mine.content
    number = body["order_number"]
    assert len(quick.api.get("/v1/orders", params={"order_number": number}).json()["items"]) == 1
    ward.fleet.end()
