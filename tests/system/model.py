"""An oracle of positions and ATP, written from DOMAIN.md and PROTOCOLS.md alone: slow, plain, exact.

Days are offsets from today. Quantities are Decimal.
"""
from collections import defaultdict
from decimal import Decimal


class Position:
    def __init__(self):
        self.events = {}          # id -> event: a position is a function of the set of its events
        self.supplies = {}        # document -> [(day, quantity)]
        self.demand = {}          # (owner, day) -> quantity

    def on_hand(self):
        snapshots = [event for event in self.events.values() if event["kind"] == "snapshot"]
        base = max(snapshots, key=lambda event: event["sequence"], default=None)
        start, total = (base["sequence"], base["on_hand"]) if base else (-1, Decimal(0))
        return total + sum(event["delta"] for event in self.events.values() if event["kind"] == "movement" and event["sequence"] > start)

    def projected(self):
        """[(day, projected)] on each day on which it changes, today first."""
        change = defaultdict(Decimal)
        change[0] = self.on_hand()
        for lines in self.supplies.values():
            for day, quantity in lines:
                if day >= 0:
                    change[day] += quantity
        for (_, day), quantity in self.demand.items():
            change[max(day, 0)] -= quantity
        told, total = [], Decimal(0)
        for day in sorted(change):
            total += change[day]
            told.append((day, total))
        return told

    def atp(self, day):
        """max(0, min over u >= day of projected_u)."""
        told = self.projected()
        standing = [total for when, total in told if when <= day][-1]
        return max(Decimal(0), min([standing] + [total for when, total in told if when > day]))

    def steps(self):
        told = []
        for day, _ in self.projected():
            available = self.atp(day)
            if not told or told[-1][1] != available:
                told.append((day, available))
        return told

    def take(self, owner, day, quantity):
        if quantity:
            self.demand[(owner, day)] = self.demand.get((owner, day), Decimal(0)) + quantity

    def free(self, owner):
        for key in [key for key in self.demand if key[0] == owner]:
            del self.demand[key]

    def consume(self, owner, quantity):
        for key in sorted(key for key in self.demand if key[0] == owner):
            part = min(quantity, self.demand[key])
            self.demand[key] -= part
            quantity -= part
            if not self.demand[key]:
                del self.demand[key]


class World:
    """Positions, reservations, orders and shipments."""

    position = Position

    def __init__(self):
        self.positions = defaultdict(self.position)
        self.reservations = {}
        self.lines = {}           # (order, line) -> (place, committed and not yet shipped)
        self.effects = {}         # (shipment, line) -> quantity moved before its shipment was known
        self.awaited = {}         # (shipment, line) -> (owner, place, quantity)

    def reserve(self, name, lines, policy):
        """lines: [(place, quantity, day)]; what each gets, or None."""
        granted = []
        for number, (place, quantity, day) in enumerate(lines):
            given = min(quantity, self.positions[place].atp(day))
            if given < quantity and policy == "all_or_nothing":
                for other, _, _ in lines:
                    self.positions[other].free(("reservation", name))
                return None
            self.positions[place].take(("reservation", name), day, given)
            granted.append(given)
        self.reservations[name] = {place: given for (place, _, _), given in zip(lines, granted)}
        return granted

    def release(self, name):
        for place in self.reservations.pop(name):
            self.positions[place].free(("reservation", name))

    def capture(self, order, lines, policy, reservation=None):
        """lines: [(place, quantity, day)]; per line the promises {day: quantity}, or None if it is rejected."""
        saved = {place: dict(self.positions[place].demand) for place in self.positions}
        holds = dict(self.reservations[reservation]) if reservation is not None else {}
        for place in holds:
            self.positions[place].free(("reservation", reservation))
        told = []
        for number, (place, quantity, day) in enumerate(lines, 1):
            position, owner = self.positions[place], ("order", order, number)
            # A live hold becomes a commitment even where stock has fallen below the promises since.
            given = min(quantity, holds.pop(place, Decimal(0)))
            position.take(owner, day, given)
            more = min(quantity - given, position.atp(day))
            position.take(owner, day, more)
            given += more
            promises = {day: given} if given else {}
            if given < quantity and policy == "reject":
                for other, demand in saved.items():
                    self.positions[other].demand = demand
                return None
            if policy == "backorder":
                for later, _ in position.steps():
                    rest = quantity - sum(promises.values())
                    more = min(rest, position.atp(later)) if later > day else Decimal(0)
                    if more:
                        promises[later] = more
                        position.take(owner, later, more)
            told.append(promises)
            self.lines[(order, number)] = (place, sum(promises.values(), Decimal(0)))
        if reservation is not None:
            del self.reservations[reservation]
        return told

    def ship(self, shipment, order, line, quantity, complete):
        """The promise leaves with its stock effect; with the last part its rest leaves at once."""
        place, left = self.lines[(order, line)]
        owner = ("order", order, line)
        if complete:
            self.positions[place].consume(owner, max(Decimal(0), left - quantity))
            left = min(left, quantity)
        self.lines[(order, line)] = (place, left - min(left, quantity))
        if (shipment, 1) in self.effects:
            self.positions[place].consume(owner, quantity)
        else:
            self.awaited[(shipment, 1)] = (owner, place, quantity)

    def move(self, place, event, reference=None):
        if event["id"] in self.positions[place].events:
            return
        self.positions[place].events[event["id"]] = event
        if reference is None:
            return
        if reference in self.awaited:
            owner, where, quantity = self.awaited.pop(reference)
            self.positions[where].consume(owner, quantity)
        else:
            self.effects[reference] = -event["delta"]


class WrongPosition(Position):
    """Negative control: ATP without look-ahead, which breaks later promises."""

    def atp(self, day):
        return max(Decimal(0), [total for when, total in self.projected() if when <= day][-1])


class WrongWorld(World):
    position = WrongPosition
