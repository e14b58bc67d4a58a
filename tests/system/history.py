"""The checker of PROTOCOLS.md D: are the answers of many concurrent clients those of one sequential position?

A history is a list of operations on one position, all for one date:
  kind      grant (made `version`), refusal (rested on `version`), release (its version is not told; frees `quantity`)
  asked, granted, available (of a refusal), whole (all_or_nothing), begin, end (monotonic times)
Releases all free the same quantity, so that each version that no grant made is one of theirs. O(n log n).
"""
from dataclasses import dataclass
from decimal import Decimal


@dataclass
class Operation:
    kind: str
    begin: float
    end: float
    asked: Decimal = Decimal(0)
    granted: Decimal = Decimal(0)
    version: int = 0
    available: Decimal | None = None
    whole: bool = True


def check(operations, version, free, released, final=None):
    """`version` and `free` before the first; `released` by each release; `final` = (version, free) afterwards. A list of faults."""
    faults = []
    grants = sorted((op for op in operations if op.kind == "grant" and op.granted > 0), key=lambda op: op.version)
    resting = sorted((op for op in operations if op.kind == "refusal" or (op.kind == "grant" and op.granted == 0)), key=lambda op: op.version)
    releases = sum(op.kind == "release" for op in operations)
    made = [op.version for op in grants]
    if len(set(made)) != len(made):
        faults.append("two grants made one version")
    last = final[0] if final else max(made, default=version)
    gaps = sorted(set(range(version + 1, last + 1)) - set(made))
    if made and (made[0] <= version or made[-1] > last):
        faults.append(f"a grant's version lies outside {version + 1}..{last}")
    if final and len(gaps) != releases:
        faults.append(f"{len(gaps)} versions that no grant made, {releases} releases")
    # Replay: the free quantity after each version.
    after, stand, steps = {version: free}, free, {op.version: op for op in grants}
    for number in range(version + 1, last + 1):
        op = steps.get(number)
        if op is None:
            stand += released
        else:
            if op.granted > stand:
                faults.append(f"version {number} granted {op.granted} of {stand}")
            if op.whole and op.granted != op.asked:
                faults.append(f"version {number} granted {op.granted} of {op.asked} asked as a whole")
            if not op.whole and op.granted != min(op.asked, stand):
                faults.append(f"version {number} granted {op.granted}, not {min(op.asked, stand)}")
            stand -= op.granted
        after[number] = stand
    for op in resting:
        if op.version not in after:
            faults.append(f"a refusal rests on version {op.version}, which is none")
        elif op.kind == "refusal" and (op.asked <= after[op.version] or op.available != after[op.version]):
            faults.append(f"refused {op.asked} on version {op.version} with {after[op.version]} free, told {op.available}")
        elif op.kind == "grant" and after[op.version] != 0:
            faults.append(f"granted 0 on version {op.version} with {after[op.version]} free")
    if final and stand != final[1]:
        faults.append(f"{stand} free by the answers, {final[1]} by the position")
    return faults + real_time(grants + resting)


def real_time(operations):
    """What began after another had ended must not rest on an earlier version."""
    ends = sorted(operations, key=lambda op: op.end)
    faults, newest, place = [], 0, 0
    for op in sorted(operations, key=lambda op: op.begin):
        while place < len(ends) and ends[place].end < op.begin:
            newest = max(newest, ends[place].version)
            place += 1
        if op.version < newest or (op.kind == "grant" and op.granted > 0 and op.version == newest and newest):
            faults.append(f"{op.kind} of version {op.version} began after version {newest} was answered")
    return faults
