"""PROTOCOLS.md A: what was acknowledged survives kill -9 of PostgreSQL with all its children, and a power cut (RELIABILITY.md 1)."""
import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import time

import accounts
import pytest
from buyers import Buyers
from nemesis import not_injectable
from own_postgres import OwnPostgres
from seed import Seed, spread
from world import ROOT, Fleet, Services, configuration, eventually, unique

CLIENTS = 32


class House:
    """A daemon on a PostgreSQL of its own, and 32 buyers."""

    def __init__(self, services, postgres):
        self.postgres = postgres
        both = Services({**services.variables, "CROSSDOCK_POSTGRES_URL": postgres.url()}, owned=False)
        self.fleet = Fleet(both, configuration(unique("pk").lower().replace("-", ".")), database=postgres.database())
        hub, = self.fleet.start(1)
        self.seed = Seed(hub)
        self.place, self.customer = self.seed.place("100000000"), self.seed.customer()
        spread([hub], *self.place, self.customer)
        self.buyers = Buyers(self.fleet, self.seed, self.place, self.customer, timeout=20)

    def audit(self):
        self.buyers.settle()
        faults = self.buyers.check(accounts.orders(self.postgres.url()))
        told = self.fleet.command("verify", "-c", str(self.fleet.config))
        print(len(self.buyers.acknowledged), "acknowledged;", self.buyers.statuses)
        return faults + ([told.stdout] if told.returncode else [])


def acknowledged_and_lost(house):
    """Nothing is asked again: a retry would heal what the negative controls must show."""
    return set(house.buyers.acknowledged) - set(accounts.orders(house.postgres.url()))


def test_kill_9_of_postgres_under_32_clients(services, rounds):
    postgres = OwnPostgres().initdb().start()
    try:
        house = House(services, postgres)
        dice = random.Random(3)
        house.buyers.start(CLIENTS)
        try:
            for _ in range(3 if rounds == 1 else 200):
                time.sleep(0.3 + dice.random() * 0.7)
                postgres.kill_all()
                known = set(house.buyers.acknowledged)
                postgres.start()
                lost = known - set(accounts.orders(postgres.url()))
                assert not lost, sorted(lost)[:5]
                eventually(lambda: house.fleet.hubs[0].raw.get("/v1/orders").status_code == 200, limit=20, what="the daemon, back")
        finally:
            house.buyers.stop()
        faults = house.audit()
        assert not faults, faults[:5]
        assert len(house.buyers.acknowledged) > 100
        house.fleet.end()
    finally:
        postgres.remove()


def test_without_synchronous_commit_orders_are_lost(services, rounds):
    """Negative control: the daemon was told the truth at its start; then the database begins to lie. Its WAL writer is stopped: woken by
    each full page it mostly writes within a millisecond what is at stake here."""
    if rounds == 1:
        pytest.skip("with --long")
    postgres = OwnPostgres(wal_buffers="64MB", wal_writer_delay="10s", bgwriter_lru_maxpages=0).initdb().start()
    try:
        house = House(services, postgres)
        postgres.stop_one("walwriter")  # it sleeps now, so it holds no lock
        for sql in ("alter system set synchronous_commit = off", "select pg_reload_conf()"):
            postgres.run(sql)
        house.buyers.start(CLIENTS)
        time.sleep(2)
        postgres.kill_all()
        house.buyers.stop()
        postgres.start()
        lost = acknowledged_and_lost(house)
        print(len(lost), "lost of", len(house.buyers.acknowledged))
        assert lost
        house.fleet.end()
    finally:
        postgres.remove()


# --- a power cut

class Lossy:
    """A data directory on tests/support/lossy_fs.c."""

    binary = None

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="crossdock-lossy-"))
        os.chmod(self.folder, 0o755)
        self.live, self.durable, self.mount = (self.folder / name for name in ("live", "durable", "mount"))
        self.process = None
        self.live.mkdir(), self.mount.mkdir()

    @classmethod
    def built(cls):
        if not os.access("/dev/fuse", os.W_OK) or os.getuid() != 0:
            not_injectable("FUSE cannot be mounted here")
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", "fuse3"], capture_output=True, text=True, check=False)
        if flags.returncode:
            not_injectable("no libfuse3-dev")
        if cls.binary is None:
            cls.binary = pathlib.Path(tempfile.mkdtemp(prefix="crossdock-fuse-")) / "lossy_fs"
            subprocess.run(["cc", "-O1", ROOT / "tests/support/lossy_fs.c", "-o", cls.binary, *flags.stdout.split()], check=True)
        return cls.binary

    def start(self, keep=0, seed=1):
        """What LIVE holds now is on the disk."""
        shutil.rmtree(self.durable, ignore_errors=True)
        subprocess.run(["cp", "-a", self.live, self.durable], check=True)
        self.process = subprocess.Popen([self.built(), self.live, self.durable, self.mount, "-f", "-s", "-o", "allow_other,default_permissions"],
                                        env={**os.environ, "LOSSY_KEEP": str(keep), "LOSSY_SEED": str(seed)}, stderr=subprocess.PIPE, text=True)
        eventually(lambda: os.path.ismount(self.mount), limit=10, step=0.01, what="the mount")

    def unmount(self):
        subprocess.run(["umount", self.mount], check=True)
        return self.process.communicate(timeout=60)[1].strip()

    def cut(self):
        """After its users are dead: only what was synced is left, under LIVE."""
        told = self.unmount()
        print(told)
        shutil.rmtree(self.live)
        self.durable.rename(self.live)
        return int(told.split()[1])

    def remove(self):
        if self.process and self.process.poll() is None:
            subprocess.run(["umount", "-l", self.mount], check=False)
            self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)


def on_lossy(lossy):
    """A PostgreSQL that was made on the live folder and runs on the mount."""
    postgres = OwnPostgres(lossy.live / "data").initdb()
    postgres.data = lossy.mount / "data"
    return postgres


def test_acknowledged_orders_survive_a_power_cut(services, rounds):
    lossy, forgotten = Lossy(), 0
    Lossy.built()
    postgres = on_lossy(lossy)
    try:
        house = None
        for turn in range(1 if rounds == 1 else 30):
            lossy.start(keep=(0, 50, 90)[turn % 3], seed=turn)
            postgres.start()
            house = house or House(services, postgres)
            buyers = house.buyers = Buyers(house.fleet, house.seed, house.place, house.customer, timeout=20)
            buyers.start(8)
            time.sleep(2)
            postgres.kill_all()
            buyers.stop()
            forgotten += lossy.cut()
            lossy.start()
            postgres.start()
            lost = acknowledged_and_lost(house)
            assert buyers.acknowledged and not lost, f"turn {turn}: {len(lost)} of {len(buyers.acknowledged)} lost: {sorted(lost)[:5]}"
            told = house.fleet.command("verify", "-c", str(house.fleet.config))
            assert told.returncode == 0, told.stdout
            postgres.stop()
            lossy.unmount()
        assert forgotten > 0, "there must have been something to lose"
        lossy.start()
        postgres.start()
        house.fleet.end()
    finally:
        postgres.stop()
        lossy.remove()
        postgres.remove()


def test_without_fsync_a_power_cut_loses_orders(services, rounds):
    """Negative control of file system and test: the database stops syncing behind the daemon's back."""
    if rounds == 1:
        pytest.skip("with --long; the file system's own test below is the short control")
    lossy = Lossy()
    Lossy.built()
    postgres = on_lossy(lossy)
    try:
        lossy.start()
        postgres.start()
        house = House(services, postgres)
        for sql in ("alter system set fsync = off", "select pg_reload_conf()"):
            postgres.run(sql)
        house.buyers.start(8)
        time.sleep(2)
        postgres.kill_all()
        house.buyers.stop()
        lossy.cut()
        lossy.start()
        try:
            postgres.start()
            lost = acknowledged_and_lost(house)
        except AssertionError:
            lost = "the database does not start any more"
        print(lost if isinstance(lost, str) else f"{len(lost)} lost of {len(house.buyers.acknowledged)}")
        assert lost
        for hub in house.fleet.hubs:
            hub.kill()
    finally:
        postgres.stop()
        lossy.remove()
        postgres.remove()


def test_self_test_the_file_system_forgets_what_was_not_synced():
    lossy = Lossy()
    Lossy.built()
    try:
        lossy.start()
        for name, sync in (("kept", True), ("forgotten", False)):
            with open(lossy.mount / name, "wb") as file:
                file.write(b"a" * 5000)
                file.flush()
                if sync:
                    os.fsync(file.fileno())
        with open(lossy.mount / "kept", "r+b") as file:
            file.write(b"b" * 10)
        (lossy.mount / "kept").rename(lossy.mount / "renamed")
        assert (lossy.mount / "renamed").read_bytes() == b"b" * 10 + b"a" * 4990
        assert lossy.cut() == 3
        assert (lossy.live / "renamed").read_bytes() == b"a" * 5000
        assert (lossy.live / "forgotten").read_bytes() == b""
    finally:
        lossy.remove()
