"""What docker/ holds, checked without an engine: the composition by docker-compose's own reader, the Dockerfile against Debian's
packages and against what the built daemon links, the gateway by a real nginx in front of a small hub that remembers what arrived."""

import http.client
import http.server
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import threading
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "docker/Dockerfile").read_text()
SECRETS = {"POSTGRES_PASSWORD": "secret", "CROSSDOCK_API_KEY_SHA256": "0" * 64}


def compose(text_or_file, env=None, cwd=None):
    return subprocess.run(
        ["docker-compose", "-f", str(text_or_file), "config"], capture_output=True, text=True, env={**os.environ, **(env or SECRETS)}, cwd=cwd
    )


need_compose = pytest.mark.skipif(not shutil.which("docker-compose"), reason="docker-compose is not installed (tools/install docs)")


@need_compose
def test_composition_is_valid_and_keeps_postgres_durable():
    answer = compose(ROOT / "docker/compose.yaml")
    assert answer.returncode == 0, answer.stderr
    for setting in ("fsync=on", "full_page_writes=on", "synchronous_commit=on"):
        assert setting in answer.stdout
    assert "off" not in re.findall(r"- \w+=(\w+)", answer.stdout)


@need_compose
def test_composition_refuses_to_run_without_its_secrets():
    answer = compose(ROOT / "docker/compose.yaml", env={"POSTGRES_PASSWORD": "", "CROSSDOCK_API_KEY_SHA256": ""})
    assert answer.returncode != 0 and "POSTGRES_PASSWORD" in answer.stderr


@need_compose
def test_the_reader_does_catch_a_wrong_composition(tmp_path):
    wrong = (ROOT / "docker/compose.yaml").read_text().replace("healthcheck:", "healthchekc:", 1)
    (tmp_path / "compose.yaml").write_text(wrong)
    answer = compose(tmp_path / "compose.yaml")
    assert answer.returncode != 0 and "healthchekc" in answer.stderr


def runtime_packages():
    block = re.search(r"FROM debian:bookworm-slim AS runtime.*?apt-get install -y --no-install-recommends(.*?)&&", DOCKERFILE, re.S).group(1)
    return set(re.findall(r"[a-z0-9][a-z0-9.+-]+", block))


def test_what_the_image_copies_is_there():
    stages = set(re.findall(r"^FROM \S+ AS (\w+)", DOCKERFILE, re.M))
    for words in re.findall(r"^COPY (.*)$", DOCKERFILE, re.M):
        parts = words.split()
        if parts[0].startswith("--from="):
            assert parts[0].removeprefix("--from=") in stages
            continue
        for source in parts[:-1]:
            assert (ROOT / source).exists(), f"COPY {source}"
    for base in re.findall(r"^FROM (\S+)", DOCKERFILE, re.M):
        assert base in stages or base.startswith("debian:bookworm"), base


def test_the_image_does_not_run_as_root_and_starts_the_daemon():
    final = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
    assert re.search(r"^USER \d{3,}$", final, re.M)
    assert 'ENTRYPOINT ["crossdock"]' in final and "HEALTHCHECK" in final


def test_debian_has_the_image_s_packages():
    packages = sorted(runtime_packages())
    text = subprocess.check_output(["apt-cache", "policy", *packages], text=True, env={**os.environ, "LC_ALL": "C"})
    known = set(re.findall(r"^(\S+):\n  Installed: .*\n  Candidate: \d", text, re.M))
    if not known:
        pytest.skip("apt's lists are empty on this machine")
    assert set(packages) == known


@pytest.mark.parametrize("program", ["CROSSDOCK_BIN", "CROSSDOCK_SIM_BIN"])
def test_the_image_has_every_library_that_is_linked(program):
    binary = os.environ.get(program)
    if not binary or not os.path.exists(binary):
        pytest.skip(f"{program} is not built")
    needed = re.findall(r"NEEDED\)\s+Shared library: \[(.+?)\]", subprocess.check_output(["readelf", "-d", binary], text=True))
    assert needed
    where = dict(re.findall(r"^\s*(\S+) => (\S+)", subprocess.check_output(["ldd", binary], text=True), re.M))
    in_every_image = {"libc6", "libstdc++6", "libgcc-s1"}
    missing = set()
    for library in needed:
        path = os.path.realpath(where.get(library, library))
        answer = subprocess.run(["dpkg", "-S", path], capture_output=True, text=True)
        if answer.returncode != 0:
            answer = subprocess.run(["dpkg", "-S", path.removeprefix("/usr")], capture_output=True, text=True)
        package = answer.stdout.split(":")[0]
        if package and package not in in_every_image | runtime_packages():
            missing.add(f"{library} ({package})")
    assert not missing


def test_the_hubs_configuration_is_accepted(tmp_path):
    binary = os.environ.get("CROSSDOCK_BIN")
    if not binary or not os.path.exists(binary):
        pytest.skip("CROSSDOCK_BIN is not built")
    env = {
        **os.environ,
        **SECRETS,
        "CROSSDOCK_POSTGRES_URL": "postgresql://crossdock:secret@postgres:5432/crossdock",
        "CROSSDOCK_KAFKA_BROKERS": "kafka:9092",
    }
    shutil.copytree(ROOT / "docker/config", tmp_path / "config")
    check = [binary, "check", str(tmp_path / "config")]
    answer = subprocess.run(check, capture_output=True, text=True, env=env)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    page = tmp_path / "config/crossdock.yaml"
    page.write_text(page.read_text().replace("authentication: api_key", "authentication: none"))
    assert subprocess.run(check, capture_output=True, env=env).returncode == 78, "open beyond loopback must be refused"


# --- the gateway

NGINX = shutil.which("nginx") or ("/usr/sbin/nginx" if os.path.exists("/usr/sbin/nginx") else None)


class Hub(http.server.BaseHTTPRequestHandler):
    """Answers every call with what it saw, so that a test can look at both sides."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one write, or each answer waits 40 ms

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.calls.append(self.path)
        if self.path == "/v1/dies":
            self.close_connection = True
            return
        text = json.dumps(
            {
                "path": self.path,
                "headers": {name.lower(): value for name, value in self.headers.items()},
                "bytes": len(body),
                "connection": self.client_address[1],
            }
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = answer

    def log_message(self, *_words):
        pass


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    if not NGINX:
        pytest.skip("nginx is not installed (tools/install test)")
    folder = tmp_path_factory.mktemp("gateway")
    hub = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    hub.calls = []
    threading.Thread(target=hub.serve_forever, daemon=True).start()
    port = free_port()
    text = (ROOT / "docker/nginx.conf").read_text()
    text = text.replace("server crossdock:8080", f"server 127.0.0.1:{hub.server_address[1]}").replace("listen 8080", f"listen 127.0.0.1:{port}")
    # What the test changes: addresses, folders, one worker, so that kept connections can be counted, and a rate that one client reaches.
    text = text.replace("rate=500r/s", "rate=100r/s").replace("burst=500", "burst=50")
    text = text.replace("/tmp/", f"{folder}/").replace("/dev/stdout", f"{folder}/access.log").replace("auto;", "1;", 1)
    text = text.replace("stderr warn", f"{folder}/error.log warn")
    if os.geteuid() == 0:
        text = "user root;\n" + text
    (folder / "nginx.conf").write_text(text)
    command = [NGINX, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log"), "-g", "daemon off;"]
    checked = subprocess.run(command[:-2] + ["-t"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    process = subprocess.Popen(command)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            time.sleep(0.05)
    yield port, hub, folder
    process.terminate()
    process.wait(10)
    hub.shutdown()


def call(gateway, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", gateway[0], timeout=10)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, answer.headers, json.loads(text)


def test_every_call_has_a_correlation_id(gateway):
    assert call(gateway, "GET", "/v1/orders", headers={"X-Correlation-Id": "shop:42"})[2]["headers"]["x-correlation-id"] == "shop:42"
    made = [call(gateway, "GET", "/v1/orders")[2]["headers"]["x-correlation-id"] for _ in range(2)]
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in made) and made[0] != made[1]
    quoted = call(gateway, "GET", "/v1/orders", headers={"X-Correlation-Id": 'a"b'})[2]["headers"]["x-correlation-id"]
    assert re.fullmatch("[0-9a-f]{32}", quoted)


def test_connections_to_the_hub_are_kept(gateway):
    used = {call(gateway, "GET", "/v1/orders")[2]["connection"] for _ in range(20)}
    assert len(used) == 1
    assert "connection" not in call(gateway, "GET", "/v1/orders")[2]["headers"]


def test_identity_that_a_caller_claims_does_not_go_through(gateway):
    seen = call(gateway, "GET", "/v1/orders", headers={"X-User": "root", "X-Forwarded-For": "10.0.0.1", "X_User": "root"})[2]["headers"]
    assert "x-user" not in seen and "x_user" not in seen
    assert seen["x-forwarded-for"] == "127.0.0.1"
    assert call(gateway, "GET", "/v1/orders", headers={"Authorization": "Bearer k"})[2]["headers"]["authorization"] == "Bearer k"


@pytest.mark.parametrize("path", ["/v1/items/A%2F100", "/v1/items/A%2f%20b?x=%41", "/v1//items"])
def test_a_path_arrives_as_it_was_sent(gateway, path):
    assert call(gateway, "GET", path)[2]["path"] == path


def test_bodies_have_a_limit_by_call(gateway):
    large = b"[" + b" " * (2 << 20) + b"]"
    status, headers, problem = call(gateway, "POST", "/v1/orders", large, {"X-Correlation-Id": "big"})
    assert status == 413 and headers["Content-Type"] == "application/problem+json"
    assert problem["code"] == "payload_too_large" and problem["correlation_id"] == "big" == headers["X-Correlation-Id"]
    for path in ("/v1/items/import", "/v1/shipping-methods/import", "/v1/inventory/events"):
        assert call(gateway, "POST", path, large)[2]["bytes"] == len(large)
    assert call(gateway, "POST", "/v1/items/import", b" " * (17 << 20))[0] == 413


def test_a_post_whose_answer_was_lost_is_not_sent_twice(gateway):
    hub = gateway[1]
    hub.calls.clear()
    status, headers, problem = call(gateway, "POST", "/v1/dies", b"{}")
    assert hub.calls == ["/v1/dies"]
    assert status == 503 and headers["Retry-After"] and problem["code"] == "not_ready"
    # The hub counts as down for 2 s after that.
    time.sleep(2.2)
    assert call(gateway, "GET", "/v1/orders")[0] == 200


def test_a_caller_that_floods_is_told_to_wait(gateway):
    kept = http.client.HTTPConnection("127.0.0.1", gateway[0], timeout=10)
    seen = []
    for _ in range(400):
        kept.request("POST", "/v1/availability/check", b"{}")
        answer = kept.getresponse()
        seen.append((answer.status, answer.headers["Retry-After"], json.loads(answer.read()).get("code")))
    kept.close()
    assert (200, None, None) in seen and (429, "1", "rate_limited") in seen
    time.sleep(1)
    assert call(gateway, "GET", "/v1/orders")[0] == 200


def test_the_log_is_json_with_the_correlation_id(gateway):
    call(gateway, "GET", "/v1/orders", headers={"X-Correlation-Id": "logged-1"})
    for _ in range(40):
        lines = [json.loads(line) for line in (gateway[2] / "access.log").read_text().splitlines()]
        if any(line["correlation_id"] == "logged-1" for line in lines):
            return
        time.sleep(0.05)
    pytest.fail("no line of the access log has the correlation id")
