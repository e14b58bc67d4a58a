"""The daemon as a process, seen from outside: start it, call it, end it, read its log."""
import datetime
import itertools
import os
import pathlib
import queue
import random
import re
import select
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import uuid

import psycopg
import requests

from contract import CONTRACT

ROOT = pathlib.Path(__file__).resolve().parents[2]
SANITIZER = re.compile(r"AddressSanitizer|LeakSanitizer|ThreadSanitizer|UndefinedBehavior|runtime error:|terminate called|Assertion .* failed")
READY = re.compile(r"^crossdock ready api=(http://\S+) admin=(http://\S+)$")
START_LIMIT = float(os.environ.get("CROSSDOCK_TEST_START", "60"))
_counter = itertools.count(1)
RUN = uuid.uuid4().hex[:6]


def unique(prefix):
    return f"{prefix}-{RUN}-{next(_counter)}"


def binary():
    named = os.environ.get("CROSSDOCK_BIN")
    if named:
        return named
    found = [path for place in ("build/*/crossdock", "build/*/src/app/crossdock") for path in ROOT.glob(place) if path.is_file()]
    found.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    if not found:
        raise FileNotFoundError("no crossdock under build/: name it in CROSSDOCK_BIN")
    return str(found[0])


def today():
    return datetime.datetime.now(datetime.timezone.utc).date()


def day(offset):
    return (today() + datetime.timedelta(days=offset)).isoformat()


def instant(seconds=0):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def eventually(probe, limit=10.0, step=0.05, what="it"):
    """Asks until the answer is true, and returns it."""
    end = time.monotonic() + limit
    while True:
        answer = probe()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come within {limit} s; last answer {answer!r}")
        time.sleep(step)


class Services:
    """A PostgreSQL and a Kafka of tools/services, named by its variables."""

    def __init__(self, variables, owned):
        self.variables = variables
        self.owned = owned

    @classmethod
    def start(cls, *arguments):
        done = subprocess.run([str(ROOT / "tools/services"), "up", *arguments], capture_output=True, text=True, timeout=180, check=True)
        pairs = re.findall(r"^export (\w+)=(.*)$", done.stdout, re.M)
        return cls({name: value.strip("'\"") for name, value in pairs}, owned=True)

    @classmethod
    def of_environment(cls):
        names = ("CROSSDOCK_POSTGRES_URL", "CROSSDOCK_KAFKA_BROKERS", "CROSSDOCK_SERVICES")
        return cls({name: os.environ[name] for name in names if name in os.environ}, owned=False)

    @property
    def postgres(self):
        return self.variables["CROSSDOCK_POSTGRES_URL"]

    @property
    def brokers(self):
        return self.variables["CROSSDOCK_KAFKA_BROKERS"]

    def command(self, verb, which):
        folder = self.variables["CROSSDOCK_SERVICES"]
        subprocess.run([str(ROOT / "tools/services"), verb, which, folder], check=True, timeout=120, capture_output=True)

    def down(self):
        if self.owned:
            subprocess.run([str(ROOT / "tools/services"), "down", self.variables["CROSSDOCK_SERVICES"]], check=False, timeout=120, capture_output=True)

    def database(self):
        """A fresh database; its URL."""
        name = f"t_{RUN}_{next(_counter)}"
        with psycopg.connect(self.postgres, autocommit=True) as connection:
            connection.execute(f'create database "{name}"')
        return re.sub(r"/[^/?]*(\?|$)", rf"/{name}\1", self.postgres, count=1)


def configuration(prefix, example="minimal", change=None):
    """A copy of an example whose feeds read topics of their own, in a group of their own, so that modules can share a Kafka."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="crossdock-test-"))
    shutil.copytree(ROOT / "config/examples" / example, folder / "config")
    if os.environ.get("CROSSDOCK_TEST_WITHOUT_FEEDS"):
        shutil.rmtree(folder / "config/systems", ignore_errors=True)
    for path in (folder / "config").rglob("*.yaml"):
        text = path.read_text(encoding="utf-8").replace("wms.inventory.v1", f"{prefix}.inventory.v1").replace("wms.shipments.v1", f"{prefix}.shipments.v1")
        # A group of its own, too: a killed member of another module's would hold up the rebalance.
        text = text.replace("\nkafka:\n", f"\nkafka:\n  group: {prefix}\n")
        path.write_text(change(path.name, text) if change else text, encoding="utf-8")
    return folder / "config"


class Api:
    """Calls on one listener. Each answer is held against the contract."""

    def __init__(self, base, checked=True):
        self.base = base
        self.checked = checked
        self.session = requests.Session()

    def call(self, method, path, *, json=None, data=None, key=None, etag=None, headers=None, params=None, timeout=30):
        heads = dict(headers or {})
        if key is not None:
            heads["Idempotency-Key"] = key
        if etag is not None:
            heads["If-Match"] = etag
        if data is not None and not any(name.lower() == "content-type" for name in heads):
            heads["Content-Type"] = "application/json"
        response = self.session.request(method, self.base + path, json=json, data=data, headers=heads, params=params, timeout=timeout)
        if self.checked:
            CONTRACT.check(method, re.sub(r"\?.*", "", path), response)
        return response

    def get(self, path, **options):
        return self.call("GET", path, **options)

    def post(self, path, body=None, **options):
        if "key" not in options and not path.endswith(("/check", "/validate", "/import", "/events")):
            options["key"] = str(uuid.uuid4())
        return self.call("POST", path, json=body, **options)

    def put(self, path, body, **options):
        return self.call("PUT", path, json=body, **options)

    def delete(self, path, **options):
        return self.call("DELETE", path, **options)


class Hub:
    """One daemon. `api` and `admin` call it."""

    def __init__(self, config, variables, arguments=(), api="127.0.0.1:0", admin="127.0.0.1:0"):
        self.log_path = pathlib.Path(tempfile.mkdtemp(prefix="crossdock-log-")) / "log"
        self.environment = {**{name: value for name, value in os.environ.items() if not name.startswith("CROSSDOCK_")}, **variables,
                            "CROSSDOCK_API_LISTEN": api, "CROSSDOCK_ADMIN_LISTEN": admin}
        self.command = [binary(), "run", "-c", str(config), *arguments]
        self.process = None
        self.lines = []

    def start(self, wait=True):
        self.log = open(self.log_path, "ab")
        self.process = subprocess.Popen(self.command, env=self.environment, stdout=subprocess.PIPE, stderr=self.log)
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self):
        end = time.monotonic() + START_LIMIT
        text = b""
        while b"\n" not in text:
            left = end - time.monotonic()
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, left))
            chunk = os.read(self.process.stdout.fileno(), 4096) if ready else b""
            if not chunk:
                raise AssertionError(f"no ready line (exit {self.process.poll()}); log:\n{self.log_text()[-4000:]}")
            text += chunk
        line = text.decode().split("\n")[0]
        match = READY.match(line)
        assert match, f"ready line: {line!r}"
        self.lines = [line]
        self.api_url, self.admin_url = match.groups()
        self.api = Api(self.api_url)
        self.raw = Api(self.api_url, checked=False)
        self.admin = Api(self.admin_url, checked=False)

    def log_text(self):
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def stop(self, limit=60):
        """SIGTERM, and a clean end."""
        if self.process is None or self.process.poll() is not None:
            return self._clean(self.process.returncode if self.process else 0)
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"did not end within {limit} s of SIGTERM; log:\n{self.log_text()[-3000:]}") from None
        rest = self.process.stdout.read().decode()
        assert rest == "", f"more than one line on standard output: {rest[:500]!r}"
        self._clean(code)

    def _clean(self, code):
        text = self.log_text()
        found = SANITIZER.search(text)
        assert not found, f"log of the daemon:\n{text[max(0, found.start() - 500):found.start() + 3000]}"
        assert code in (0, -signal.SIGKILL), f"exit {code}; log:\n{text[-3000:]}"


class Fleet:
    """1 to N daemons on one database and one Kafka."""

    def __init__(self, services, config, database=None):
        self.services = services
        self.config = config
        self.variables = {"CROSSDOCK_POSTGRES_URL": database or services.database(), "CROSSDOCK_KAFKA_BROKERS": services.brokers}
        self.hubs = []

    @property
    def database(self):
        return self.variables["CROSSDOCK_POSTGRES_URL"]

    def start(self, count=1, **options):
        started = [Hub(self.config, self.variables, **options).start() for _ in range(count)]
        self.hubs += started
        return started

    def end(self):
        errors = []
        for hub in self.hubs:
            try:
                hub.stop()
            except AssertionError as error:
                errors.append(str(error))
        assert not errors, "\n".join(errors)

    def command(self, *arguments, limit=60, environment=None):
        return run(*arguments, variables={**self.variables, **(environment or {})}, limit=limit)


def run(*arguments, variables=None, limit=60):
    environment = {**{name: value for name, value in os.environ.items() if not name.startswith("CROSSDOCK_")}, **(variables or {})}
    return subprocess.run([binary(), *arguments], capture_output=True, text=True, timeout=limit, env=environment, check=False)


def together(count, work):
    """Runs work(0..count-1) in threads that begin at once; the answers in order."""
    gate = threading.Barrier(count)
    answers = queue.Queue()

    def body(place):
        gate.wait()
        try:
            answers.put((place, work(place)))
        except Exception as error:  # handed to the test
            answers.put((place, error))

    threads = [threading.Thread(target=body, args=(place,), daemon=True) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result = dict(answers.get() for _ in range(count))
    for answer in result.values():
        if isinstance(answer, Exception):
            raise answer
    return [result[place] for place in range(count)]


def dice(name):
    """A generator whose seed is printed, and can be set by CROSSDOCK_TEST_SEED."""
    seed = int(os.environ.get("CROSSDOCK_TEST_SEED", random.SystemRandom().randrange(1 << 30)))
    print(f"{name}: CROSSDOCK_TEST_SEED={seed}")
    return random.Random(seed)
