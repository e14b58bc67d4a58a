"""A PostgreSQL of a test's own, to be killed, filled and lied to. Its data directory may lie anywhere."""
import os
import pathlib
import pwd
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import psycopg
from world import eventually

BIN = pathlib.Path("/usr/lib/postgresql/15/bin")


def user():
    """initdb and postgres refuse root."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}


def owner():
    return pwd.getpwnam("postgres") if os.getuid() == 0 else pwd.getpwuid(os.getuid())


def free_port():
    """Below the range that the kernel takes for outgoing connections, so that none of those can sit on the port at a restart."""
    for _ in range(100):
        port = random.randrange(15000, 32000)
        try:
            socket.create_server(("127.0.0.1", port)).close()
            return port
        except OSError:
            continue
    raise AssertionError("no free port")


def children(pid):
    return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()]


class OwnPostgres:
    def __init__(self, data=None, **settings):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="crossdock-pg-"))
        os.chmod(self.folder, 0o755)
        self.data = data or self.folder / "data"
        self.port, self.process = free_port(), None
        self.settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": 120, "shared_buffers": "64MB", "timezone": "UTC",
                         "log_line_prefix": "%m [%p] %a ", "port": self.port, **settings}

    def initdb(self):
        if not self.data.exists():
            self.data.mkdir()
        os.chown(self.data, owner().pw_uid, owner().pw_gid)
        subprocess.run([BIN / "initdb", "-D", self.data, "-U", "crossdock", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-sync", "--no-instructions"],
                       check=True, capture_output=True, cwd="/", **user())
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as conf:
            conf.writelines(f"{name} = '{value}'\n" for name, value in self.settings.items())
        return self

    def start(self, wait=True, environment=None):
        self.log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen([BIN / "postgres", "-D", self.data], stdout=self.log, stderr=self.log, cwd="/", env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **(environment or {})}, **user())
        if wait:
            eventually(self.answers, limit=30, step=0.05, what=f"PostgreSQL; {self.log_text()[-1500:]}")
        return self

    def stop_one(self, kind):
        """SIGSTOP to the server's own processes of that kind, as their titles name it."""
        found = [child for child in children(self.process.pid) if kind in pathlib.Path(f"/proc/{child}/cmdline").read_text(encoding="utf-8")]
        assert found, kind
        for child in found:
            os.kill(child, signal.SIGSTOP)

    def answers(self):
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
            return True
        except psycopg.OperationalError:
            return False

    def log_text(self):
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def url(self, database="crossdock"):
        return f"postgresql://crossdock@127.0.0.1:{self.port}/{database}"

    def run(self, sql, database="postgres"):
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else None

    def database(self, name="crossdock"):
        self.run(f'create database "{name}"')
        return self.url(name)

    def kill_all(self):
        """The postmaster and all its children at once, by -9: what a crash of the machine leaves, less the page cache."""
        all_of_it = [self.process.pid, *children(self.process.pid)]
        for pid in all_of_it:
            os.kill(pid, signal.SIGSTOP)
        all_of_it = [self.process.pid, *children(self.process.pid)]
        for pid in all_of_it:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        deadline = time.monotonic() + 10
        while any(pathlib.Path(f"/proc/{pid}").exists() and not re.search(r"\) Z", pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")) for pid in all_of_it) and time.monotonic() < deadline:
            time.sleep(0.01)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill_all()

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
