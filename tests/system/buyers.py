"""Clients that capture orders while things break. What was acknowledged is remembered; what was not is asked again with its key."""
import threading
import time

import requests

from world import eventually, unique


class Buyers:
    def __init__(self, fleet, seed, place, customer, timeout=10, pause=0.0):
        self.fleet, self.seed, self.place, self.customer, self.timeout, self.pause = fleet, seed, place, customer, timeout, pause
        self.acknowledged, self.unsure, self.faults = {}, [], []
        self.keys, self.stopped, self.lock, self.threads, self.statuses = {}, False, threading.Lock(), [], {}

    def start(self, count):
        self.threads = [threading.Thread(target=self._run, args=(number,), daemon=True) for number in range(count)]
        for thread in self.threads:
            thread.start()
        return self

    def stop(self):
        self.stopped = True
        for thread in self.threads:
            thread.join()

    def _run(self, number):
        session = requests.Session()
        while not self.stopped:
            body, key = self.seed.order_body((self.place[0], 1, self.place[1]), customer=self.customer), unique("key")
            hubs = list(self.fleet.hubs)
            response = self._ask(session, hubs[number % len(hubs)].api_url, body, key)
            with self.lock:
                status = "none" if response is None else response.status_code
                self.statuses[status] = self.statuses.get(status, 0) + 1
            if not self._note(body, key, response):
                with self.lock:
                    self.unsure.append((body, key))
                time.sleep(0.05)
            time.sleep(self.pause)

    def _ask(self, session, url, body, key):
        try:
            return session.post(url + "/v1/orders", json=body, headers={"Idempotency-Key": key}, timeout=self.timeout)
        except requests.RequestException:
            return None

    def _note(self, body, key, response):
        if response is None or response.status_code != 201:
            return False
        with self.lock:
            self.keys[body["order_number"]] = (body, key)
            known = self.acknowledged.setdefault(body["order_number"], response.content)
        if known != response.content:
            self.faults.append(f"{body['order_number']} was answered twice, differently")
        return True

    def settle(self, again=50):
        """Asks all that is unsure again, and some that was answered: the same bytes must come. Each then is acknowledged."""
        session, url = requests.Session(), self.fleet.hubs[0].api_url
        known = list(self.keys.values())
        for body, key in self.unsure + known[:again // 2] + known[-again // 2:]:
            response = eventually(lambda: (told := self._ask(session, url, body, key)) is not None and told.status_code not in (409, 503, 504) and told, limit=40, what="the outcome")
            if not self._note(body, key, response):
                self.faults.append(f"{body['order_number']}: {response.status_code} {response.text[:300]}")
        self.unsure = []

    def check(self, stored):
        """`stored`: the order numbers of the store. What was acknowledged is exactly what is there."""
        lost, invented = set(self.acknowledged) - set(stored), set(stored) - set(self.acknowledged)
        return self.faults + [f"acknowledged and lost: {sorted(lost)[:5]} ({len(lost)})"] * bool(lost) + [f"stored and never acknowledged: {sorted(invented)[:5]}"] * bool(invented)
