"""Real gateways in front of a port: nginx with the project's own configuration, HAProxy; and a lax server that a checker must catch."""
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]

HAPROXY = """
global
  log stdout format raw local0
  maxconn 2000
defaults
  mode http
  log global
  option httplog
  option http-keep-alive
  http-reuse always
  timeout connect 2s
  timeout client 10s
  timeout server 35s
  timeout http-request 5s
  timeout http-keep-alive 10s
frontend edge
  bind 127.0.0.1:{port}
  default_backend hubs
backend hubs
  server hub 127.0.0.1:{upstream}
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Gateway:
    """A gateway process. `seen()`: how many requests it has logged, refused ones too."""
    program = ""

    def __init__(self, upstream):
        if not shutil.which(self.program):
            raise FileNotFoundError(f"{self.program} is not installed: tools/install test")
        self.port = free_port()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="crossdock-gateway-"))
        self.folder.chmod(0o777)  # a worker of another user writes here
        self.log = self.folder / "access.log"
        self.process = None
        self._launch(upstream)
        end = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                if time.monotonic() > end or self.process.poll() is not None:
                    raise AssertionError(f"{self.program} did not start: {self._output()}") from None
                time.sleep(0.02)

    def _output(self):
        return "".join(path.read_text(errors="replace") for path in self.folder.glob("*.log"))[-2000:]

    def seen(self):
        return self.log.read_text(errors="replace").count("\n") if self.log.exists() else 0

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Nginx(Gateway):
    """docker/nginx.conf itself; only addresses and folders are this machine's."""
    program = "nginx"

    def _launch(self, upstream):
        text = (ROOT / "docker/nginx.conf").read_text(encoding="utf-8")
        for what, instead, times in ((r"server crossdock:8080\b", f"server 127.0.0.1:{upstream}", 1), (r"listen 8080\b", f"listen 127.0.0.1:{self.port}", 1),
                                     (r"/tmp/", f"{self.folder}/", 6), (r"/dev/stdout", str(self.log), 1), (r"error_log stderr", f"error_log {self.folder}/error.log", 1)):
            text, found = re.subn(what, instead, text)
            assert found == times, f"docker/nginx.conf has {found} of {what!r}: this test no longer runs the very file"
        (self.folder / "nginx.conf").write_text(text, encoding="utf-8")
        self.process = subprocess.Popen(["nginx", "-p", str(self.folder), "-c", "nginx.conf", "-g", "daemon off;"], stderr=subprocess.DEVNULL)


class Haproxy(Gateway):
    """HAProxy as most run it, server connections shared: the arrangement in which a difference of reading is dangerous."""
    program = "haproxy"

    def _launch(self, upstream):
        (self.folder / "haproxy.cfg").write_text(HAPROXY.format(port=self.port, upstream=upstream), encoding="utf-8")
        self.process = subprocess.Popen(["haproxy", "-f", str(self.folder / "haproxy.cfg")], stdout=open(self.log, "wb"), stderr=subprocess.DEVNULL)


class LaxServer:
    """A server that reads requests as careless ones do: a GET has no body, the first Content-Length wins over any coding, a bare LF ends a line.

    The negative control of the differential test: behind every gateway its count must betray it."""

    def __init__(self):
        self.count = 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def seen(self):
        return self.count

    def stop(self):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        data = b""
        client.settimeout(10)
        try:
            while True:
                while not re.search(rb"\r?\n\r?\n", data):
                    more = client.recv(65536)
                    if not more:
                        return
                    data += more
                head, data = re.split(rb"\r?\n\r?\n", data, maxsplit=1)
                if not head.strip():
                    continue
                self.count += 1
                length = re.search(rb"(?im)^content.length\s*:\s*(\d+)", head)
                wanted = 0 if head.startswith((b"GET", b"HEAD", b"DELETE")) or not length else int(length.group(1))
                while len(data) < wanted:
                    more = client.recv(65536)
                    if not more:
                        return
                    data += more
                data = data[wanted:]
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
        except OSError:
            pass
        finally:
            client.close()
