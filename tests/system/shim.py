"""The daemon under tests/support/shim.c: stopped at one exact point, or with its SQL changed (a broken variant for a negative control)."""
import pathlib
import subprocess
import tempfile
import time

from world import ROOT, eventually

BUILT = {}


def library(name):
    """tests/support/NAME.c as a shared object."""
    if name not in BUILT:
        path = pathlib.Path(tempfile.mkdtemp(prefix="crossdock-shim-")) / f"{name}.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-w", "-o", path, ROOT / f"tests/support/{name}.c", "-ldl"], check=True, capture_output=True)
        BUILT[name] = str(path)
    return BUILT[name]


class Trap:
    """Stops the process that runs under it at `place` (see shim.c), once, after `set`."""

    def __init__(self, place):
        self.file = pathlib.Path(tempfile.mkdtemp(prefix="crossdock-trap-")) / "set"
        self.variables = {"LD_PRELOAD": library("shim"), "SHIM_STOP": f"{place}={self.file}"}

    def set(self):
        self.file.touch()

    def sprung(self, hub, limit=20):
        """Waits until it has."""
        eventually(lambda: not self.file.exists() and state(hub.process.pid) == "T", limit=limit, step=0.01, what="the trap")
        return time.monotonic()


def state(pid):
    return pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]


def changed_sql(rules):
    """Variables of a daemon whose SQL is changed: {FROM: TO}."""
    return {"LD_PRELOAD": library("shim"), "SHIM_SQL": ";;".join(f"{old}=>{new}" for old, new in rules.items())}
