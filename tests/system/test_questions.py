"""Questions to a system keep to what the system bears at once: others wait for a place, none is refused for it."""
import http.server
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from seed import Seed
from world import Fleet, configuration, unique


class Counting(http.server.BaseHTTPRequestHandler):
    """An ERP that takes 20 ms for an answer and counts how many it works on at once."""
    lock, inside, most = threading.Lock(), 0, 0

    def do_GET(self):
        kind = type(self)
        with kind.lock:
            kind.inside += 1
            kind.most = max(kind.most, kind.inside)
        time.sleep(0.02)
        with kind.lock:
            kind.inside -= 1
        body = b'{"limit": "100000", "exposure": "0", "hold": false}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def most_at_once(own_services, limits):
    handler = type("Erp", (Counting,), {"lock": threading.Lock(), "inside": 0, "most": 0})
    erp = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=erp.serve_forever, daemon=True).start()
    config = configuration(unique("q").lower().replace("-", "."))
    path = config / "crossdock.yaml"
    text = path.read_text().replace("credit: {from: store}", "credit: {from: erp.credit, timeout: 5s}")
    assert "erp.credit" in text
    path.write_text(text + "\nloops: 1\n")
    (config / "systems").mkdir(exist_ok=True)
    (config / "systems/erp.yaml").write_text(
        f"title: ERP\nkind: erp\nconnector: http_json\noptions:\n  base_url: http://127.0.0.1:{erp.server_address[1]}\n{limits}"
        'answers:\n  credit:\n    ask: {get: "/credit/:customer"}\n    timeout: 5s\n')
    fleet = Fleet(own_services, config, own_services.database())
    try:
        hub, = fleet.start(1)
        seed = Seed(hub)
        sku, location = seed.place(on_hand=1000)
        body = seed.order_body((sku, 1, location), customer=seed.customer())
        with ThreadPoolExecutor(24) as pool:
            answers = list(pool.map(lambda _: hub.api.post("/v1/orders/validate", body).json(), range(24)))
    finally:
        fleet.end()
        erp.shutdown()
    return handler.most, [check["status"] for answer in answers for check in answer["checks"] if check["name"] == "credit"]


def test_a_system_is_asked_no_more_than_it_bears(own_services):
    most, told = most_at_once(own_services, "limits: {in_flight: 2}\n")
    assert told == ["passed"] * 24, "who waits for a place is answered"
    assert 1 <= most <= 2


def test_negative_control_without_the_limit_more_are_asked_at_once(own_services):
    most, told = most_at_once(own_services, "limits: {in_flight: 16}\n")
    assert told == ["passed"] * 24 and most > 2, "else the test above counts nothing"
