"""G6: reservations of one unit, 32 connections, on one hot item, zipf over 10,000 items and uniform over all, beside a conditional UPDATE
of one narrow row by prepared statements; and whether ever one too many was given away."""
import time

from figures import row, too_many
from measure import Limits, connect, interleaved, load
from world import ITEMS, SCARCE, SCARCE_STOCK, Hub

KINDS = {"hot": 1, "zipf": 10_000, "uniform": ITEMS}


def granted(database, prefix):
    return {sku: float(quantity) for sku, quantity in database.execute(
        "select l.sku, sum(l.granted) from reservation r join reservation_line l on l.reservation_id = r.id where l.sku like %s "
        "and r.state in ('created', 'updated', 'committed') group by 1", [prefix + "%"]).fetchall()}


def sell_out(hub, stamp):
    """32 connections ask for one unit at a time of 50 items with 100 each, until nothing is left, and on. Answers how many too many."""
    stock, refused, begun = {f"S-{i}": SCARCE_STOCK for i in range(1, SCARCE + 1)}, 0, time.monotonic()
    while (sold := sum(granted(hub.database, "S-").values())) < sum(stock.values()) and time.monotonic() - begun < 60:
        refused += load(hub.url, "scarce", 32, 1, f"{stamp}{int(time.monotonic() * 1000)}", SCARCE)["wrong"]
    over = too_many(stock, granted(hub.database, "S-"))
    return over, f"{sold:.0f} of {sum(stock.values())} scarce units given, {refused} asked in vain, {over:.0f} too many"


def reservations(rounds, seconds):
    stamp = str(int(time.time()))
    with connect("limits") as database:
        database.execute("drop table if exists bench_stock")
        database.execute("create table bench_stock (item int primary key, available numeric(18,6) not null) with (fillfactor = 50)")
        database.execute(f"insert into bench_stock select i, 100000000 from generate_series(1, {ITEMS}) i")
        database.execute("vacuum analyze bench_stock")
    with Hub() as ours, Limits() as limits:
        def arm(kind):
            return lambda n: ours.measured(lambda: load(ours.url, kind, 32, seconds, f"{kind}{stamp}{n}", KINDS[kind]))

        def limit(kind):
            return limits.arm(f"update {kind} {KINDS[kind]} 32 {seconds * 1000}")
        seen = interleaved({"reservation, one hot item": arm("hot"), "reservation, zipf": arm("zipf"),
                            "reservation, uniform": arm("uniform"),
                            "conditional UPDATE, hot": limit("hot"), "conditional UPDATE, hot again": limit("hot"),
                            "conditional UPDATE, zipf": limit("zipf"), "conditional UPDATE, uniform": limit("uniform")}, rounds)
        over, note = sell_out(ours, stamp)
    return [row(seen, "reservation, one hot item", "conditional UPDATE, hot", goal=[("G6 hot", "rate_ratio"), ("G6 too many", "over")],
                over=over, note=note),
            row(seen, "reservation, zipf", "conditional UPDATE, zipf", goal=[("G6 zipf", "rate_ratio")]),
            row(seen, "reservation, uniform", "conditional UPDATE, uniform", goal=[("G6 uniform", "rate_ratio")]),
            row(seen, "conditional UPDATE, hot again", "conditional UPDATE, hot")]
