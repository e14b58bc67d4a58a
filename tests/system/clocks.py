"""Daemons whose wall clock is wrong (tests/support/clock.c). Their monotonic clock is left alone, as a real step leaves it."""
import pathlib
import struct
import tempfile

from shim import library

HOUR, YEAR = 3600, 365 * 86400


class Clock:
    """A wall clock `shift` seconds off; `set` makes it jump while the process runs."""

    def __init__(self, shift=0):
        self.file = pathlib.Path(tempfile.mkdtemp(prefix="crossdock-clock-")) / "shift"
        self.file.write_bytes(struct.pack("q", shift))
        self.variables = {"LD_PRELOAD": library("clock"), "CLOCK_FILE": str(self.file)}

    def set(self, shift):
        with open(self.file, "r+b") as file:
            file.write(struct.pack("q", shift))
