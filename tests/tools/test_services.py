"""tools/services as its users meet it: shell lines, two at once, outages, and an end that ends exactly its own."""

import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOOR = str(ROOT / "tools/services")
LINE = re.compile(r"export (CROSSDOCK_\w+)=(\S+)")


def door(*words, env=None):
    return subprocess.run([DOOR, *words], capture_output=True, text=True, timeout=120, env={**os.environ, **(env or {})})


def up(*words):
    answer = door("up", *words)
    assert answer.returncode == 0, answer.stderr
    assert all(LINE.fullmatch(line) for line in answer.stdout.splitlines()), answer.stdout
    return dict(LINE.findall(answer.stdout))


def ask(services, sql="select 1"):
    answer = subprocess.run(["psql", services["CROSSDOCK_POSTGRES_URL"], "-AtXc", sql], capture_output=True, text=True)
    return answer.stdout.strip() if answer.returncode == 0 else None


def brokers(services):
    answer = subprocess.run(["kcat", "-b", services["CROSSDOCK_KAFKA_BROKERS"], "-L", "-m", "3"], capture_output=True, text=True)
    return "broker 1 at" in answer.stdout


def processes(services):
    folder = services["CROSSDOCK_SERVICES"]
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if f"{folder}/" in entry.read_bytes().decode(errors="replace"):
                found.append(int(entry.parent.name))
        except OSError:
            pass
    return found


@pytest.fixture(scope="module")
def pair():
    both = [up(), up("--no-kafka")]
    yield both
    for one in both:
        if os.path.exists(one["CROSSDOCK_SERVICES"]):
            door("down", one["CROSSDOCK_SERVICES"])


def test_up_gives_a_durable_database_and_a_broker(pair):
    assert brokers(pair[0])
    assert ask(pair[0], "select current_setting('fsync') || current_setting('full_page_writes') || current_setting('synchronous_commit')") == "ononon"
    assert ask(pair[0], "select current_setting('data_checksums') || current_setting('max_connections')") == "on200"
    assert "CROSSDOCK_KAFKA_BROKERS" not in pair[1]
    assert pair[0]["CROSSDOCK_POSTGRES_URL"] != pair[1]["CROSSDOCK_POSTGRES_URL"]


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_an_outage_of_postgres_ends_with_its_data_still_there(pair, how):
    one = pair[0]
    assert ask(one, f"create table kept_{how} (n int)") is not None
    assert door(how, "postgres", env=one).returncode == 0
    assert ask(one) is None and ask(pair[1]) == "1" and brokers(one)
    assert door("start", "postgres", env=one).returncode == 0
    assert ask(one, f"select count(*) from kept_{how}") == "0"


def test_an_outage_of_kafka_ends_on_the_same_port(pair):
    one = pair[0]
    assert door("stop", "kafka", env=one).returncode == 0
    assert not brokers(one) and ask(one) == "1"
    assert door("start", "kafka", env=one).returncode == 0
    assert brokers(one)


def test_down_ends_exactly_its_own(pair):
    first, second = pair
    assert processes(first) and processes(second)
    assert door("down", env=first).returncode == 0
    assert not processes(first) and not os.path.exists(first["CROSSDOCK_SERVICES"])
    assert ask(second) == "1"
    assert door("down", second["CROSSDOCK_SERVICES"]).returncode == 0
    assert not processes(second)


def test_a_folder_of_someone_else_is_refused(tmp_path):
    (tmp_path / "mine").write_text("kept")
    answer = door("down", str(tmp_path))
    assert answer.returncode != 0 and "was not made by tools/services" in answer.stderr
    assert (tmp_path / "mine").read_text() == "kept"
    env = {name: value for name, value in os.environ.items() if name != "CROSSDOCK_SERVICES"}
    assert subprocess.run([DOOR, "down"], capture_output=True, env=env).returncode != 0
