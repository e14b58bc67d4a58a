"""The daemon's behaviour against schemas/openapi.yaml, by schemathesis: no 5xx, only what is documented, bad data refused. About 2 minutes."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = os.environ.get("CROSSDOCK_SCHEMATHESIS_EXAMPLES", "30")
# positive_data_acceptance and missing_required_header are left out: a schema cannot say that an item must exist, and a path's 404 may come first.
CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance", "response_schema_conformance",
          "negative_data_rejection", "unsupported_method", "allow_header_conformance", "use_after_free"]
# These take bad records beside good ones, and say so in a 200; and their last word may also be read as an id or a key, whose methods Allow then names.
BULK = "(/import|/inventory/events|/orders/validate)$"
BULK_CHECKS = [check for check in CHECKS if check not in ("negative_data_rejection", "unsupported_method", "allow_header_conformance")]


@pytest.fixture(scope="module")
def stocked(hub):
    """Master data so that the examples' references hold."""
    from seed import Seed
    seed = Seed(hub)
    seed.item(sku="A-100", units=[{"uom": "CT", "numerator": 12, "denominator": 1}])
    for code in ("DC-EAST", "DC-WEST"):
        seed.location(code=code)
    seed.customer(number="C-1001")
    seed.stock("DC-EAST", "A-100", "100000")
    return hub


def run(hub, tmp_path, *arguments, checks=CHECKS, examples=EXAMPLES):
    document = json.loads((ROOT / "schemas/generated/openapi.json").read_text())
    # A deadline of 1 ms gets its 504, which is no server error here; and headers that are free-form have no bad values.
    for item in document["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict) and "parameters" in operation:
                operation["parameters"] = [entry for entry in operation["parameters"] if not entry.get("$ref", "").endswith(("/RequestTimeout", "/CorrelationId"))]
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    tool = shutil.which("schemathesis", path=str(pathlib.Path(sys.executable).parent)) or "schemathesis"
    return subprocess.run([tool, "run", "openapi.json", "--url", hub.api_url, "--checks", ",".join(checks), "--max-examples", examples, "--seed", "20261124",
                           "--continue-on-failure", "--request-timeout", "30", "--suppress-health-check", "all", "--warnings", "off", "--no-color", *arguments],
                          cwd=tmp_path, capture_output=True, text=True, timeout=900, check=False)


def test_every_call(stocked, tmp_path):
    done = run(stocked, tmp_path, "--exclude-path-regex", BULK)
    assert done.returncode == 0, (done.stdout + done.stderr)[-20000:]


def test_the_bulk_calls(stocked, tmp_path):
    done = run(stocked, tmp_path, "--include-path-regex", BULK, checks=BULK_CHECKS)
    assert done.returncode == 0, (done.stdout + done.stderr)[-20000:]


def test_a_wrong_server_is_caught(tmp_path):
    """Negative control: a server that answers 200 and an empty object to everything."""
    import http.server
    import threading

    class Wrong(http.server.BaseHTTPRequestHandler):
        def answer(self):
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = answer

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Wrong)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    class There:
        api_url = f"http://127.0.0.1:{server.server_port}"

    done = run(There, tmp_path, "--include-path", "/v1/orders/{id}", examples="5")
    server.shutdown()
    assert done.returncode == 1 and "Response violates schema" in done.stdout, done.stdout[-3000:]


def test_it_is_alive_afterwards(stocked):
    assert stocked.admin.get("/livez").status_code == 200 and stocked.process.poll() is None
