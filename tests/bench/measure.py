"""Processes, their CPU time, loads and interleaved rounds: the ground that every scenario of tools/bench stands on."""
import glob
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

ROOT = Path(os.environ["CROSSDOCK_ROOT"])
BUILD = ROOT / "build"
BENCHES = BUILD / "release/tests/bench"
KEY = "bench"


def cpu_of(pid):
    """Seconds on a processor of all threads of one process, by schedstat."""
    total = 0
    for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        try:
            total += int(Path(path).read_text().split()[0])
        except (OSError, ValueError):
            pass  # a thread that ended meanwhile
    return total / 1e9


def cpu_of_children(pid):
    """Of a process and its children, where these live as long as it does (nginx)."""
    return cpu_of(pid) + sum(cpu_of(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


class Backends:
    """CPU of the PostgreSQL backends whose application_name begins with `prefix`; a backend that comes or goes counts while it is there."""

    def __init__(self, prefix):
        self.prefix, self.database = prefix, connect()

    def __call__(self):
        found = self.database.execute("select pid, application_name from pg_stat_activity where backend_type = 'client backend' and "
                                      "application_name like %s", [self.prefix + "%"]).fetchall()
        return {(pid, name.partition("/")[2]): cpu_of(pid) for pid, name in found}


def rss_of(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text()).group(1)) / 1024


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Server:
    """A process that prints one line when it serves; ended at the end of the with block."""

    def __init__(self, arguments, pattern, cpu=cpu_of, environment=None, seconds=120, folder=None):
        self.out = tempfile.NamedTemporaryFile("w+", prefix="crossdock-bench.")
        self.cpu_reader = cpu
        start = time.monotonic()
        self.process = subprocess.Popen(arguments, stdout=self.out, stderr=subprocess.DEVNULL, cwd=folder,
                                        env={**os.environ, **(environment or {})})
        self.found = self.line(pattern, seconds)
        self.ready_after = time.monotonic() - start

    def line(self, pattern, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            found = re.search(pattern, Path(self.out.name).read_text())
            if found:
                return found
            time.sleep(0.002)
        self.process.kill()
        raise RuntimeError(f"no {pattern!r} from {self.process.args}")

    def cpu(self):
        return self.cpu_reader(self.process.pid)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.out.close()


def load(url, kind, connections, seconds, prefix="0", items=100_000, again=True):
    """wrk with requests.lua: {"units", "seconds", "p50", "p99"}. Any other answer than a 2xx is an error: a bench that measures refusals
    measures nothing. `scarce` is the kind that is refused at the end; it answers how often, too."""
    said = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", ROOT / "tests/bench/requests.lua", url, "--", kind,
                           prefix, str(items), KEY], capture_output=True, text=True, check=True).stdout
    requests, micros, wrong, p50, p99 = (int(word) for word in re.search(r"BENCH (.*)", said).group(1).split())
    if requests == 0 and wrong == 0 and again:  # a disk that hangs for a second: it counts, and the answers are waited for
        print(f"{url}: no answer to {kind} within {seconds} s", file=sys.stderr)
        more = load(url, kind, connections, 2 * seconds, prefix + "-again", items, again=False)
        return {**more, "seconds": more["seconds"] + micros / 1e6}
    if requests == 0 or (wrong and kind != "scarce"):
        raise RuntimeError(f"{wrong} wrong answers of {requests} from {url}: {said}")
    return {"units": requests, "seconds": micros / 1e6, "p50": p50, "p99": p99, "wrong": wrong}


def url_of(database):
    return os.environ["CROSSDOCK_POSTGRES_URL"].rsplit("/", 1)[0] + "/" + database


def connect(database="crossdock"):
    return psycopg.connect(url_of(database), autocommit=True, application_name="watch")


class Limits:
    """bench_limits, kept alive over the rounds; see the head of limits.cpp for what it can do."""

    def __init__(self, rows=None):
        self.process = subprocess.Popen([BENCHES / "bench_limits", url_of("limits"), *([rows] if rows else [])], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.backends = Backends("bench/")

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        said = self.process.stdout.readline().split()
        if not said or said[0] == "failed":
            raise RuntimeError(f"limit {line!r}: {' '.join(said)}")
        return said[1:]

    def arm(self, command, before=lambda: None):
        def run(_):
            before()
            self.say(command)
            return measured(self.go, PG=self.backends)
        return run

    def go(self):
        units, micros, p50, p99 = (float(word) for word in self.say("go"))
        return {"units": units, "seconds": micros / 1e6, "p50": p50, "p99": p99}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(20)


def spent(before, after):
    if not isinstance(after, dict):
        return after - before, {}
    roles = {}
    for (pid, role), now in after.items():
        roles[role] = roles.get(role, 0) + now - before.get((pid, role), 0)
    return sum(roles.values()), roles


def measured(work, settle=None, **cpus):
    """Runs work(): {"units", "seconds", ...}; answers units per second and each CPU's microseconds per unit. `settle` runs before the
    clocks are read again: what the work left to be done belongs to its CPU, not to its rate."""
    before = {name: cpu() for name, cpu in cpus.items()}
    done = work()
    if settle:
        settle()
    out = {**done, "rate": done["units"] / done["seconds"], "cpu": {}, "roles": {}}
    for name, cpu in cpus.items():
        seconds, roles = spent(before[name], cpu())
        out["cpu"][name] = seconds * 1e6 / done["units"]
        out["roles"].update({role: value * 1e6 / done["units"] for role, value in roles.items()})
    return out


class Progress:
    """Says on standard error what runs and how long it may still take, from the plan's seconds and how this machine keeps to it."""

    def __init__(self, plan):
        self.plan, self.begun, self.done = dict(plan), time.monotonic(), 0.0
        self.name, self.name_begun = "", time.monotonic()

    def scenario(self, name):
        self.done += self.plan.pop(self.name, 0)
        self.name, self.name_begun = name, time.monotonic()

    def round(self, number, rounds, begun):
        here = time.monotonic() - self.name_begun
        pace = max((time.monotonic() - self.begun - here) / self.done, 0.1) if self.done else 1.0
        rest = sum(self.plan.values()) - self.plan.get(self.name, 0)
        left = (time.monotonic() - begun) / number * (rounds - number) + rest * pace
        print(f"{self.name}: round {number} of {rounds}, about {left / 60:.1f} min left", file=sys.stderr, flush=True)


progress = Progress({})


def interleaved(arms, rounds):
    """arms: name -> function of the round. Every other round runs backwards, so that a drift of the machine meets all of them."""
    seen, begun = {name: [] for name in arms}, time.monotonic()
    for number in range(rounds):
        names = list(arms)
        for name in names if number % 2 == 0 else reversed(names):
            seen[name].append(arms[name](number))
        progress.round(number + 1, rounds, begun)
    return seen
