"""The main job: tools/demo with everything real. Real orders, two daemons on one PostgreSQL and one Apache Kafka, an ERP, two warehouses and a
shop with books of their own, one daemon killed in the middle; exit 0 only when all books agree and `crossdock verify` finds nothing."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

from world import ROOT, SANITIZER, binary


def programs():
    hub = pathlib.Path(binary())
    named = os.environ.get("CROSSDOCK_SIM_BIN")
    places = [pathlib.Path(named)] if named else [hub.parent / "crossdock-sim", *ROOT.glob("build/*/crossdock-sim")]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        pytest.skip("no crossdock-sim is built")
    return {"CROSSDOCK_BIN": str(hub), "CROSSDOCK_SIM_BIN": str(found)}


def demo(*words, limit=400):
    environment = {**{name: value for name, value in os.environ.items() if not name.startswith("CROSSDOCK_")}, **programs()}
    done = subprocess.run([str(ROOT / "tools/demo"), "--once", "--keep", *words], capture_output=True, text=True, timeout=limit, env=environment)
    print(done.stderr[-12000:])
    print(done.stdout[-12000:])
    folder = pathlib.Path(re.search(r"^logs and books: (.+)$", done.stderr, re.M).group(1))
    logs = "\n".join(path.read_text(errors="replace") for path in folder.glob("*.log"))
    shutil.rmtree(folder)
    assert '"event":"ready"' in logs, "the hub left no log"
    found = SANITIZER.search(logs)
    assert not found, logs[max(0, found.start() - 500):found.start() + 3000]
    left = [path.parent.name for path in pathlib.Path("/proc").glob("[0-9]*/cmdline") if str(folder).encode() in read(path)]
    assert not left, f"still running: {left}"
    return done


def read(path):
    try:
        return path.read_bytes()
    except OSError:  # it has gone meanwhile
        return b""


@pytest.mark.parametrize("words", [("--kafka", "real", "--hubs", "2", "--rate", "15"), ("--orders", "120", "--rate", "15")], ids=["kafka-2-hubs", "in-process"])
def test_all_books_agree(words):
    done = demo(*words)
    assert done.returncode == 0, f"exit {done.returncode}"
    assert "all agree" in done.stderr and "DIFF" not in done.stdout
    for said in ("kill -9", "the ERP hangs", "nobody can read", "come twice"):
        assert said in done.stderr, f"it did not do: {said}"
    assert len(re.findall(r"^  ok ", done.stdout, re.M)) >= 18
