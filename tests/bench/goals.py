"""The goals of the design, and the table of what was printed beside them: (name, text, sign, bound; None: a later issue measures it)."""
from figures import judged

GOALS = [
    ("G1 Beast", "ATP, 3 lines, 400,000 positions, key, correlation id, metrics: CPU beside bare idiomatic Beast", "<=", 1.0),
    ("G1 nginx", "the same beside nginx `return 200`", "<=", 1.35),
    ("G2 Netty", "ATP req/s beside bare Netty + Jackson, the same job", ">=", 1.25),
    ("G2 Fastify", "ATP req/s beside Fastify", ">=", 3.3),
    ("G2 Spring", "ATP req/s beside Spring Boot", ">=", 4.5),
    ("G2 Camel", "ATP req/s beside Apache Camel", ">=", 6),
    ("G2 Bento", "ATP req/s beside Bento", ">=", 9),
    ("G3 rate", "ATP req/s beside a prepared SELECT by pgbench, 8 connections", ">=", 2.7),
    ("G3 p99", "its p99 beside that SELECT's", "<=", 0.5),
    ("G4 naive 32", "durable capture, 32 connections, beside a naive peer", ">=", 5),
    ("G4 naive 256", "the same, 256 connections", ">=", 6),
    ("G4 single 32", "capture, 32 connections, beside the best single statement", ">=", 1.5),
    ("G4 raw 32", "capture, 32 connections, beside raw batches of 32", ">=", 0.8),
    ("G4 raw 256", "capture, 256 connections, beside raw batches of 256", ">=", 0.8),
    ("G5 p50", "capture p50 at one client beside the single statement's", "<=", 1.5),
    ("G5 peers", "capture beside Netty + JDBC, Camel, Spring, Bento", ">=", 5),
    ("G6 hot", "reservations, one hot item, beside a conditional UPDATE", ">=", 20),
    ("G6 zipf", "reservations, zipf", ">=", 8),
    ("G6 uniform", "reservations, uniform", ">=", 1.5),
    ("G6 too many", "units given away that were not there", "<=", 0),
    ("G7 10^4", "events into state and offsets beside the raw upsert, 10^4 keys", ">=", 0.8),
    ("G7 10^5", "the same, 10^5 keys", ">=", 0.8),
    ("G7 10^6", "the same, 10^6 keys (--long)", ">=", 0.8),
    ("G7 peers", "events beside hand-written batching on Camel or Spring", ">=", 2),
    ("G8", "event path without the database: CPU beside a bare librdkafka consumer", "<=", 2),
    ("G9", "mapping of a 2 kB order", "<=", None),
    ("G10 ready 400 k", "ready with 400,000 positions beside a binary COPY of them, time", "<=", 3),
    ("G10 ready 1 M", "ready with 1,000,000 positions, time (--long)", "<=", 3),
    ("G10 memory", "memory beside bare Beast with the same map, 400,000 positions", "<=", 1.5),
    ("G10 Netty start", "start beside Netty's, the same positions", "<=", 0.1),
    ("G10 Netty memory", "memory beside Netty's, the same positions", "<=", 0.2),
    ("G11", "ATP p99 beside capture at 70 % and ingest at 50 %, beside ATP p99 alone", "<=", 3),
    ("G12", "deliveries per second", ">=", None),
    ("G13 reservation", "reservation p99 beside ingest at 50 %, beside its p99 alone", "<=", 3),
    ("G13 capture", "capture p99 beside ingest at 50 %, beside its p99 alone", "<=", 3),
]


def document(results, head, table):
    """docs/performance/goals.md, written by the run itself, so that it cannot be older than the figures."""
    yield "# Goals beside what tools/bench printed"
    yield ""
    yield f"Written by `tools/bench` with bench.json; not to be edited. {head}"
    yield ""
    yield from beside_goals(results)
    yield ""
    yield "## All figures"
    yield ""
    yield "```"
    yield from table
    yield "```"


def beside_goals(results):
    lines = [one for group in results.values() for one in group]
    yield "| goal | what | asked | printed | |"
    yield "|---|---|---|---|---|"
    for name, text, asked, printed, verdict in judged(GOALS, lines):
        yield f"| {name} | {text} | {asked} | {printed} | {verdict} |"
