"""The checker of what the hub publishes, after Jepsen's for Kafka.

Promised (PROTOCOLS.md B and C): each event at least once; per key in order; a repeat has the same id and the same content. Two publishers of
one key (a zombie and its successor) each send a run without holes, so a repeat is part of a run, and first appearances stay in order.
"""
import dataclasses
from collections import defaultdict


@dataclasses.dataclass(frozen=True)
class Event:
    topic: str
    partition: int
    offset: int
    key: str
    identity: str
    sequence: int
    value: bytes


def events_of(records):
    return [Event(record.topic, record.partition, record.offset, record.key, record.headers["ce_id"], int(record.headers["ce_sequence"]), record.value) for record in records]


def check(events, dense=(), last=None, once=None, most_runs=10**9):
    """`dense`: topics whose keys count 1, 2, 3, ...; `last`: {(topic, key): the sequence that must have come}; `once`: {(topic, key)} with one id;
    `most_runs`: of repeats in one key, as many as publishers were disturbed.

    Answers (faults, figures): repeats, and the number of runs they came in."""
    faults, lanes = [], defaultdict(list)
    for event in sorted(events, key=lambda event: (event.topic, event.partition, event.offset)):
        lanes[(event.topic, event.key)].append(event)
    faults += identities(events)
    repeats = runs = 0
    for lane, told in lanes.items():
        if len({event.partition for event in told}) > 1:
            faults.append(f"{lane}: in several partitions")
        known = {}
        for event in told:
            known.setdefault(event.identity, event)
        firsts = list(known.values())
        repeats += len(told) - len(firsts)
        faults += order(lane, firsts, lane[0] in dense)
        more = runs_of(told, firsts)
        runs += more
        if more > most_runs:
            faults.append(f"{lane}: repeats in {more} runs")
    for lane, sequence in (last or {}).items():
        found = max((event.sequence for event in lanes.get(lane, [])), default=0)
        if found != sequence:
            faults.append(f"{lane}: {sequence} happened, {found} was published last")
    for lane in once or ():
        ids = {event.identity for event in lanes.get(lane, [])}
        if len(ids) != 1:
            faults.append(f"{lane}: {len(ids)} ids")
    return faults, {"records": len(events), "keys": len(lanes), "repeats": repeats, "runs": runs}


def identities(events):
    faults, known = [], {}
    for event in events:
        said = (event.topic, event.key, event.sequence, event.value)
        if known.setdefault(event.identity, said) != said:
            faults.append(f"{event.identity} came with another content")
    return faults


def order(lane, firsts, dense):
    faults = []
    for before, after in zip(firsts, firsts[1:]):
        if after.sequence < before.sequence:
            faults.append(f"{lane}: {after.sequence} first came after {before.sequence}")
        elif dense and after.sequence == before.sequence:
            faults.append(f"{lane}: two ids of {after.sequence}")
        elif dense and after.sequence != before.sequence + 1:
            faults.append(f"{lane}: nothing between {before.sequence} and {after.sequence}")
    if dense and firsts and firsts[0].sequence != 1:
        faults.append(f"{lane}: begins at {firsts[0].sequence}")
    return faults


def runs_of(told, firsts):
    """Repeats come in runs: each goes on where it stood, as one publisher sends. How many runs there are."""
    place = {event.identity: number for number, event in enumerate(firsts)}
    heads, runs, newest = [], 0, -1
    for event in told:
        number = place[event.identity]
        if number == newest + 1:
            newest = number
            continue
        if number - 1 in heads:
            heads.remove(number - 1)
        else:
            runs += 1
        heads.append(number)
    return runs
