"""Processes, their CPU time, and interleaved rounds: the ground that every scenario of tools/bench stands on."""
import glob
import os
import re
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

ROOT = Path(os.environ["CROSSDOCK_ROOT"])
BUILD = ROOT / "build"
TICK = os.sysconf("SC_CLK_TCK")


def cpu_of(pid):
    """Seconds on a processor of all threads of one process."""
    total = 0
    for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        try:
            total += int(Path(path).read_text().split()[0])
        except (OSError, ValueError):
            pass  # a thread that ended meanwhile
    return total / 1e9


def cpu_of_family(pid):
    """Of a process and its children (PostgreSQL, nginx): the living by schedstat, those that ended by what their parent was told."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return cpu_of(pid) + sum(cpu_of(child) for child in children) + (int(fields[13]) + int(fields[14])) / TICK


def rss_of(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text()).group(1)) / 1024


def wait_for(process, path, pattern, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        found = re.search(pattern, Path(path).read_text())
        if found:
            return found
        time.sleep(0.002)
    raise RuntimeError(f"no {pattern!r} from {process.args}")


class Server:
    """A process that prints one line when it serves; ended at the end of the with block."""

    def __init__(self, arguments, pattern, cpu=cpu_of, environment=None):
        self.out = tempfile.NamedTemporaryFile("w+", prefix="crossdock-bench.")
        self.cpu_reader = cpu
        start = time.monotonic()
        self.process = subprocess.Popen(arguments, stdout=self.out, stderr=subprocess.DEVNULL, env={**os.environ, **(environment or {})})
        self.found = wait_for(self.process, self.out.name, pattern)
        self.ready_after = time.monotonic() - start

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


def hub():
    return Server([BUILD / "release/crossdock", "run", "-c", ROOT / "config/examples/minimal"], r"ready api=(\S+)",
                  environment={"CROSSDOCK_API_LISTEN": "127.0.0.1:0", "CROSSDOCK_ADMIN_LISTEN": "127.0.0.1:0"})


def wrk(url, script, connections, seconds, *arguments):
    """Answers with 2xx, and the seconds they took. Any other answer is an error: a bench that measures refusals measures nothing."""
    said = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", ROOT / "tests/bench" / script, url, "--", *arguments],
                          capture_output=True, text=True, check=True).stdout
    done = re.search(r"BENCH (\d+) (\d+) (\d+)", said)
    requests, microseconds, wrong = (int(group) for group in done.groups())
    if wrong or not requests:
        raise RuntimeError(f"{wrong} wrong answers of {requests} from {url}: {said}")
    return requests, microseconds / 1e6


def postgres_pid():
    return int(Path(os.environ["CROSSDOCK_SERVICES"], "postgres.pid").read_text())


def postgres_cpu():
    return cpu_of_family(postgres_pid())


def connect(database="crossdock", **options):
    url = os.environ["CROSSDOCK_POSTGRES_URL"].rsplit("/", 1)[0] + "/" + database
    return psycopg.connect(url, autocommit=True, **options)


def measured(work, *cpus):
    """Runs work(), which returns (units, seconds); answers units per second and each CPU's microseconds per unit."""
    before = [cpu() for cpu in cpus]
    units, seconds = work()
    return {"rate": units / seconds, "cpu": [(cpu() - was) * 1e6 / units for cpu, was in zip(cpus, before)]}


def interleaved(arms, rounds):
    """arms: name -> function of the round. Every other round runs backwards, so that a drift of the machine meets all of them."""
    seen = {name: [] for name in arms}
    for number in range(rounds):
        names = list(arms)
        for name in names if number % 2 == 0 else reversed(names):
            seen[name].append(arms[name](number))
    return seen


def median(values):
    return statistics.median(values)


def row(seen, arm, limit, part=None):
    """One line of the table: the medians, and the median of the paired ratios with their spread."""
    ours, theirs = seen[arm], seen[limit]
    rates = [a["rate"] / b["rate"] for a, b in zip(ours, theirs)]
    line = {"what": arm, "limit": limit, "rate": median([a["rate"] for a in ours]), "limit_rate": median([b["rate"] for b in theirs]),
            "rate_ratio": median(rates), "rate_low": min(rates), "rate_high": max(rates),
            "cpu": [median(values) for values in zip(*(a["cpu"] for a in ours))],
            "limit_cpu": [median(values) for values in zip(*(b["cpu"] for b in theirs))]}
    part = sum if part is None else part
    cpus = [part(a["cpu"]) / part(b["cpu"]) for a, b in zip(ours, theirs) if part(b["cpu"]) > 0]
    line["cpu_ratio"] = median(cpus) if cpus else None
    return line
