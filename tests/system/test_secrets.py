"""A canary in every setting that may hold a secret: nothing that the program says or shows carries one, whatever happens to it."""
import hashlib
import http.server
import re
import signal
import threading
import uuid

import requests

from seed import Seed, fine
from world import Api, Fleet, configuration, eventually, unique

PASSWORD, TOKEN, KEY = ("canary-" + uuid.uuid4().hex for _ in range(3))
HASH = hashlib.sha256(KEY.encode()).hexdigest()
CANARIES = {"database password": PASSWORD, "system token": TOKEN, "API key": KEY, "API key hash": HASH}


def carried(text):
    """Which secrets a text carries."""
    return sorted(name for name, secret in CANARIES.items() if secret in text)


def test_self_test_what_is_carried():
    assert carried("all is well") == []
    assert carried(f'{{"message":"postgresql://crossdock:{PASSWORD}@h/d"}}') == ["database password"]
    assert carried(TOKEN + HASH) == ["API key hash", "system token"]


class Erp(http.server.BaseHTTPRequestHandler):
    """Answers credit once, then badly; remembers the tokens that it was shown."""
    shown = []

    def do_GET(self):
        Erp.shown.append(self.headers.get("Authorization"))
        good = len(Erp.shown) == 1
        body = b'{"limit": "100000", "exposure": "0"}' if good else b'{"error": "broken"}'
        self.send_response(200 if good else 500)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def folder(erp):
    """The minimal example, with an API key and an ERP that is shown a token; all secrets in files of their own."""
    config = configuration(unique("c").lower().replace("-", "."))

    def secret(name, text):
        file = config.parent / name
        file.write_text(text)
        file.chmod(0o400)
        return f"!secret file:{file}"

    path = config / "crossdock.yaml"
    scopes = "[orders.read, orders.write, availability.read, inventory.write, master.read, master.write, admin]"
    client = f"authentication: api_key\nclients:\n  all:\n    api_key_hash: {secret('hash', HASH)}\n    scopes: {scopes}\n    sources: any\n"
    text = path.read_text().replace("authentication: none", client).replace("credit: {from: store}", "credit: {from: erp.credit, timeout: 300ms}")
    assert HASH not in text and "erp.credit" in text and "api_key_hash" in text
    path.write_text(text)
    (config / "systems").mkdir(exist_ok=True)
    (config / "systems/erp.yaml").write_text(
        f"title: ERP\nkind: erp\nconnector: http_json\noptions:\n  base_url: http://127.0.0.1:{erp}\n  token: {secret('token', TOKEN)}\n"
        'answers:\n  credit:\n    ask: {get: "/credit/:customer"}\n    timeout: 300ms\n')
    return config


def test_no_secret_is_ever_said_or_shown(own_services):
    erp = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Erp)
    threading.Thread(target=erp.serve_forever, daemon=True).start()
    config = folder(erp.server_address[1])
    database = own_services.database().replace("postgresql://crossdock@", f"postgresql://crossdock:{PASSWORD}@")
    assert PASSWORD in database
    fleet = Fleet(own_services, config, database)
    said = []

    def command(*arguments):
        done = fleet.command(*arguments)
        said.append(done.stdout + done.stderr)

    for arguments in (("check",), ("migrate", "status", "-c"), ("doctor", "-c"), ("verify", "-c")):
        command(*arguments, str(config))
    hub, = fleet.start(1)
    bearer = {"Authorization": f"Bearer {KEY}"}

    class Keyed(Api):
        def call(self, method, path, *, headers=None, **options):
            return super().call(method, path, headers={**bearer, **(headers or {})}, **options)

    hub.api = Keyed(hub.api_url)
    seed = Seed(hub)
    sku, location = seed.place("10")
    customer = seed.customer()
    for _ in range(2):  # credit answered, then not
        fine(seed.capture((sku, 1, location), customer=customer), 201, 422, 409)
    assert f"Bearer {TOKEN}" in Erp.shown, "the token is in use"
    said.append(requests.get(hub.api_url + "/v1/orders", headers={"Authorization": f"Bearer {KEY[:-1]}"}, timeout=10).text)
    said.append(requests.get(hub.api_url + "/v1/orders", headers={"Authorization": f"Bearer {HASH}"}, timeout=10).text)

    def look():
        for path in ("/admin/v1/config", "/metrics", "/readyz?verbose", "/admin/v1/exceptions", "/admin/v1/systems", "/admin/v1/audit", "/"):
            said.append(hub.admin.get(path, headers=bearer).text)

    look()
    assert "token" in said[-7] and "***" in said[-7], "the configuration is shown, its secrets masked"
    # An error while somebody tries to have a secret logged: what a caller sends as its correlation id comes into the log.
    own_services.command("stop", "postgres")
    eventually(lambda: hub.raw.get("/v1/orders", headers={**bearer, "X-Correlation-Id": TOKEN}).status_code == 503, limit=40)
    eventually(lambda: '"correlation_id":"***"' in hub.log_text(), limit=5, what="the hidden secret in the log: else this test sees nothing")
    for canary in (PASSWORD, TOKEN, HASH):
        hub.raw.get("/v1/orders", headers={**bearer, "X-Correlation-Id": canary})
    look()
    for arguments in (("doctor", "-c"), ("migrate", "status", "-c")):
        command(*arguments, str(config))
    own_services.command("start", "postgres")
    eventually(lambda: hub.raw.get("/v1/orders", headers=bearer).status_code == 200, limit=40)
    path = config / "crossdock.yaml"
    good = path.read_text()
    unreadable = re.sub("api_key_hash: .*", "api_key_hash: !secret file:/nowhere/at/all", good)
    for text, word, times in ((good + "\nnonsense: [\n", "reload.refused", 1), (unreadable, "reload.refused", 2), (good, "reload.applied", 1)):
        path.write_text(text)
        hub.signal(signal.SIGHUP)
        eventually(lambda: hub.log_text().count(word) == times, limit=20, what=word)
    look()
    hub.stop()
    erp.shutdown()
    said.append(hub.log_text())
    assert len(said) > 20 and all(carried(text) == [] for text in said), [(carried(text), text[:300]) for text in said if carried(text)]
