"""A warehouse that never stops: movements of many positions, with repeats, old counts, poison and items that nobody knows."""
import random
import threading
import time

from kafka_tools import Log
from world import unique


class Flow(threading.Thread):
    def __init__(self, brokers, topic, seed, location, skus, rate=300, dirt=0.06, number=1):
        super().__init__(daemon=True)
        self.log, self.topic, self.seed, self.location, self.skus, self.rate, self.dirt = Log(brokers), topic, seed, location, skus, rate, dirt
        self.random, self.sequence, self.sent, self.records, self.stopped, self.error = random.Random(number), {}, [], 0, False, None

    def send(self, event):
        self.log.event(self.topic, event, mode="bare")
        self.records += 1

    def first(self):
        for sku in self.skus:
            self.sequence[sku] = 1
            self.send(self.seed.snapshot(self.location, sku, 1000, sequence=1))
        self.log.flush()

    def step(self):
        dice, sku = self.random.random(), self.random.choice(self.skus)
        if dice < self.dirt and self.sent:
            kind = self.random.choice(("repeat", "repeat", "old", "poison", "unknown"))
            if kind == "repeat":
                return self.send(self.random.choice(self.sent[-50:]))
            if kind == "old":
                return self.send(self.seed.snapshot(self.location, sku, 7, sequence=0))
            if kind == "poison":
                self.records += 1
                return self.log.send(self.topic, f"{self.location}|{sku}", b"{nonsense")
            return self.send(self.seed.snapshot(self.location, unique("NOBODY"), 1, sequence=1))
        self.sequence[sku] += 1
        event = self.seed.movement(self.location, sku, self.random.choice((-2, -1, 1, 2)), sequence=self.sequence[sku])
        self.sent.append(event)
        return self.send(event)

    def run(self):
        try:
            begun = time.monotonic()
            while not self.stopped:
                while self.records < (time.monotonic() - begun) * self.rate + len(self.skus):
                    self.step()
                time.sleep(0.01)
            self.log.flush()
        except Exception as error:  # told by end()
            self.error = error

    def end(self):
        self.stopped = True
        self.join(60)
        assert self.error is None, self.error
        return self.records
