"""PROTOCOLS.md B and C: an instance that sleeps past its lease and wakes up again changes nothing (issue 3, RELIABILITY.md 1)."""
import dataclasses
import random
import time

import accounts
import published
import pytest
from nemesis import Ward, wait_until
from published import Event
from shim import Trap, changed_sql
from world import eventually

LEASE = 6.0
# The intake's fence, taken away: the broken variant that the books must betray.
NO_FENCE = changed_sql({"partition = $2 and epoch = $3 and next = $4": "partition = $2 and $3::int8 is not null and $4::int8 is not null"})


def taken_over(ward, sleeping):
    """No partition and no shard is the sleepers' any more."""
    names = [ward.instance(hub) for hub in sleeping]

    def moved():
        owners = {cursor["owner"] for cursor in accounts.cursors(ward.database, ward.topic).values()}
        return not owners & set(names) and not accounts.rows(ward.database, "select 1 from lease where owner = any(%s) and until > now()", names)
    eventually(moved, limit=4 * LEASE, what="the successors' take-over")


def test_two_zombies_and_a_kill(services, rounds):
    """One wakes with a polled batch just before its transaction, one with a batch of events just before it sends them."""
    reader, sender = Trap("intake-writer:advance"), Trap("produce")
    ward = Ward(services, 3, [reader.variables, sender.variables])
    try:
        ward.load()
        for _ in range(1 if rounds == 1 else 4):
            time.sleep(1)
            reader.set(), sender.set()
            asleep = max(reader.sprung(ward.hubs[0]), sender.sprung(ward.hubs[1]))
            wait_until(asleep + LEASE + 0.5)
            taken_over(ward, ward.hubs[:2])
            for hub in ward.hubs[:2]:
                ward.thaw(hub)
            eventually(lambda: "intake.fenced" in ward.hubs[0].log_text(), limit=10, what="the zombie's batch, fenced")
        time.sleep(1)
        ward.hubs[0].kill()
        ward.fleet.hubs = ward.hubs[1:]
        time.sleep(1)
        ward.end_load()
        faults, figures = ward.audit()
        print(figures)
        assert not faults, faults[:10]
        assert figures["read"] > 1000 and figures["orders"] > 50
    finally:
        ward.end()


def test_sleeps_at_any_moment(services, rounds):
    """SIGSTOP wherever it happens to be, also with a transaction open, past the lease."""
    if rounds == 1:
        pytest.skip("with --long: each sleep takes its lease")
    ward = Ward(services, 3, database=services.database() + "?options=-c%20idle_in_transaction_session_timeout%3D3000")
    dice = random.Random(5)
    try:
        ward.load()
        for turn in range(rounds):
            time.sleep(dice.random() * 2)
            victim = ward.hubs[turn % 3]
            ward.freeze(victim)
            time.sleep(dice.choice((1, LEASE + 1, LEASE + 4)))
            ward.thaw(victim)
        ward.end_load()
        faults, figures = ward.audit()
        print(figures)
        assert not faults, faults[:10]
    finally:
        ward.end()


def test_a_zombie_without_its_fence_is_found(services, rounds):
    """Negative control on a broken daemon: without the epoch the counters tell more than was read."""
    if rounds == 1:
        pytest.skip("with --long: the histories below are the short control")
    reader = Trap("intake-writer:advance")
    ward = Ward(services, 2, [{**reader.variables, **NO_FENCE}])
    try:
        ward.load()
        time.sleep(1)
        reader.set()
        wait_until(reader.sprung(ward.hubs[0]) + LEASE + 0.5)
        taken_over(ward, ward.hubs[:1])
        time.sleep(1)
        ward.thaw(ward.hubs[0])
        time.sleep(3)
        ward.end_load()
        faults, _ = ward.audit()
        assert any("counted of" in fault for fault in faults), faults
    finally:
        ward.end()


# --- the checkers' own tests

def invented(seed):
    """A true log: two keys of one topic, published by two who overlap."""
    dice, events, offset = random.Random(seed), [], 0
    for key in ("a", "b"):
        happened = [Event("t", 0, 0, key, f"{key}{number}", number, b"%d" % number) for number in range(1, 31)]
        queue = happened[:20] + happened[dice.randrange(20):25] + happened[dice.randrange(10, 25):25]
        for event in [*queue, happened[0], *happened[25:]]:
            offset += 1
            events.append(dataclasses.replace(event, offset=offset))
    return events, {("t", "a"): 30, ("t", "b"): 30}


def spoil(events, how, dice):
    count = {event.identity: sum(other.identity == event.identity for other in events) for event in events}
    one = dice.choice([event for event in events if count[event.identity] == 1 and 1 < event.sequence < 30])
    repeated = dice.choice([event for event in events if count[event.identity] > 1])
    place = events.index(one)
    if how == "lost":
        return [event for event in events if event.identity != one.identity]
    if how == "lost at the end":
        return [event for event in events if event.sequence < 30]
    if how == "reordered":
        other = next(event for event in reversed(events) if event.key == one.key and event.sequence == one.sequence - 1)
        return [dataclasses.replace(event, offset={one: 10**6, other: 10**6 + 1}.get(event, event.offset)) for event in events if event.identity != other.identity or event is other]
    if how == "other id":
        return [dataclasses.replace(event, identity="x") if event is repeated else event for event in events]
    if how == "other content":
        return [dataclasses.replace(event, value=b"x") if event is repeated else event for event in events]
    if how == "other partition":
        return events[:place] + [dataclasses.replace(one, partition=1)] + events[place + 1:]
    if how == "invented":
        return [*events, dataclasses.replace(one, sequence=31, identity="new", offset=10**6)]
    raise AssertionError(how)


@pytest.mark.parametrize("number", range(20))
def test_self_test_true_logs_pass(number):
    events, last = invented(number)
    random.Random(number).shuffle(events)
    faults, figures = published.check(events, dense=["t"], last=last, most_runs=3)
    assert faults == [] and figures["repeats"] > 0 and 2 <= figures["runs"] <= 6


@pytest.mark.parametrize("how", ["lost", "lost at the end", "reordered", "other id", "other content", "other partition", "invented"])
def test_self_test_false_logs_do_not(how):
    for number in range(20):
        events, last = invented(number)
        assert published.check(spoil(events, how, random.Random(number)), dense=["t"], last=last)[0], f"{how} of {number} was not seen"


def test_self_test_scattered_repeats_are_no_run():
    events, last = invented(1)
    scattered = [dataclasses.replace(event, offset=10**6 + 100 - event.sequence) for event in events[:20]]
    assert published.check(events + scattered, dense=["t"], last=last, most_runs=3)[0]


COUNTED = {"applied": 5, "superseded": 1, "duplicate": 2, "waiting": 1, "dead": 1, "start": 10, "next": 20}


def test_self_test_the_accounting_identity():
    assert accounts.identity({0: COUNTED}, {0: (0, 20)}) == []
    for wrong in ({**COUNTED, "applied": 6}, {**COUNTED, "dead": 0}, {**COUNTED, "next": 19, "applied": 4}):
        assert accounts.identity({0: wrong}, {0: (0, 20)}), wrong
    assert accounts.identity({}, {0: (0, 20)})
