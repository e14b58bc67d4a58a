"""G2, and G10's Netty: the same availability check done by bare Netty + Jackson and by Fastify, each with the same positions in memory.
That the job is the same is checked: the answers are compared with the hub's, but for times."""
import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request

from figures import median, paired, row, span
from measure import BUILD, KEY, ROOT, Server, cpu_of, cpu_of_children, free_port, interleaved, load, measured, rss_of, url_of
from world import ITEMS, LOCATIONS, Hub

SOURCES, MADE = ROOT / "tests/bench/peers", BUILD / "peers"
ASKED = {"lines": [{"sku": "I-7", "quantity": "3"}, {"sku": "I-99", "quantity": "1000001"}, {"sku": "I-1000", "quantity": "5000000"}]}


def make():
    """Jars from Maven Central, Fastify from npm, into build/peers; does nothing where they are."""
    jars, node = MADE / "netty", MADE / "fastify"
    if not list(jars.glob("lib/postgresql-*.jar")):
        subprocess.run(["mvn", "-B", "-q", "-f", SOURCES / "netty/pom.xml", f"-DoutputDirectory={jars}/lib",
                        "dependency:copy-dependencies"], check=True)
    subprocess.run(["javac", "-cp", f"{jars}/lib/*", "-d", jars / "classes", SOURCES / "netty/Peer.java"], check=True)
    node.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "peer.js"):
        shutil.copy(SOURCES / "fastify" / name, node)
    if not (node / "node_modules").exists():
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"], check=True, cwd=node)


def served(program, cpu, *rest):
    port = free_port()
    server = Server([*program, str(port), *rest], "ready", cpu=cpu)
    server.url = f"http://127.0.0.1:{port}"
    return server


def netty():
    user, rest = url_of("crossdock").split("://")[1].split("@")
    return served(["java", "-Xmx512m", "-XX:+UseParallelGC", "-cp", f"{MADE}/netty/lib/*:{MADE}/netty/classes", "Peer"], cpu_of,
                  str(os.cpu_count()), KEY, f"jdbc:postgresql://{rest}?user={user}")


def fastify():
    return served(["node", MADE / "fastify/peer.js"], cpu_of_children, str(ITEMS), str(LOCATIONS), str(os.cpu_count()), KEY)


def without_times(value):
    if isinstance(value, dict):
        return {k: without_times(v) for k, v in value.items() if k not in ("as_of", "age_ms")}
    return [without_times(one) for one in value] if isinstance(value, list) else value


def answer(server, key=KEY):
    asked = urllib.request.Request(server.url.rstrip("/") + "/v1/availability/check", json.dumps(ASKED).encode(),
                                   {"Content-Type": "application/json", "X-Api-Key": key})
    with urllib.request.urlopen(asked) as said:
        return without_times(json.load(said)), said.headers.get("X-Correlation-Id")


def same_job(hub, peer):
    ours, theirs = answer(hub), answer(peer)
    if ours[0] != theirs[0] or not theirs[1]:
        raise RuntimeError(f"another job: the hub says {json.dumps(ours)}, the peer {json.dumps(theirs)}")
    try:
        answer(peer, key="wrong")
    except urllib.error.HTTPError as refused:
        if refused.code == 401:
            return
    raise RuntimeError("the peer takes any key")


def started(server_of, memory):
    def run(_):
        with server_of() as server:
            answer(server)
            seconds = server.ready_after
            time.sleep(0.3)
            memory.append(rss_of(server.process.pid))
            return {"rate": 1 / seconds, "cpu": {"process": server.cpu() * 1e6}}
    return run


def peers(rounds, seconds):
    make()
    with Hub() as ours, netty() as java, fastify() as node:
        def arm(server):
            return lambda n: measured(lambda: load(server.url, "atp", 32, seconds, str(n), ITEMS), server=server.cpu)
        for peer in (java, node):
            same_job(ours, peer)
            load(peer.url, "atp", 32, 5, "1", ITEMS)  # their compilers warm up
        seen = interleaved({"ATP, 3 lines, 32 conn.": arm(ours), "Netty + Jackson": arm(java), "Netty + Jackson again": arm(java),
                            "Fastify": arm(node)}, rounds)
    lines = [row(seen, "ATP, 3 lines, 32 conn.", "Netty + Jackson", goal=[("G2 Netty", "rate_ratio")]),
             row(seen, "ATP, 3 lines, 32 conn.", "Fastify", goal=[("G2 Fastify", "rate_ratio")]),
             row(seen, "Netty + Jackson again", "Netty + Jackson")]
    ours_mib, java_mib = [], []
    seen = interleaved({"start": started(Hub, ours_mib), "start of Netty": started(netty, java_mib)}, rounds)
    last = row(seen, "start", "start of Netty", goal=[("G10 Netty start", "time_ratio"), ("G10 Netty memory", "rss_ratio")])
    last["time_ratio"] = span([1 / one for one in paired([a["rate"] for a in seen["start"]], [b["rate"] for b in seen["start of Netty"]])])
    last["rss_ratio"] = span(paired(ours_mib, java_mib))
    last["note"] = (f"both load 400,000 positions from PostgreSQL; memory {median(ours_mib):.0f} MiB beside "
                    f"{median(java_mib):.0f}, {last['rss_ratio']['median']:.2f}; time {last['time_ratio']['median']:.2f}")
    return [*lines, last]
