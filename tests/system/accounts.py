"""The books after a fault: what was read from Kafka against what the store says it did with it (PROTOCOLS.md B)."""
import json
from decimal import Decimal

import psycopg
from confluent_kafka import Consumer, TopicPartition

import model

OUTCOMES = ("applied", "superseded", "duplicate", "waiting", "dead")


def rows(database, sql, *values):
    with psycopg.connect(database, autocommit=True) as connection:
        return connection.execute(sql, values).fetchall()


def ends(brokers, topic):
    """{partition: (first offset, end offset)} of the log itself."""
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "ends", "log_level": 2})
    try:
        numbers = consumer.list_topics(topic, timeout=10).topics[topic].partitions
        return {number: consumer.get_watermark_offsets(TopicPartition(topic, number), timeout=10) for number in numbers}
    finally:
        consumer.close()


def cursors(database, topic):
    """{partition: {next, start, gap, epoch, owner and the counters}}"""
    names = ("partition", "next", "start", "gap", "epoch", "owner", *OUTCOMES)
    return {row[0]: dict(zip(names, row)) for row in rows(database, f"select {', '.join(names)} from feed_cursor where topic = %s", topic)}


def identity(cursors, log):
    """applied + superseded + duplicate + waiting + dead = records read, and all that the log holds was read. A list of faults."""
    faults = []
    for partition, (low, high) in log.items():
        cursor = cursors.get(partition)
        if cursor is None:
            if high > low:
                faults.append(f"partition {partition} was never read")
            continue
        read, counted = cursor["next"] - cursor["start"], sum(cursor[name] for name in OUTCOMES)
        if counted != read:
            faults.append(f"partition {partition}: {counted} counted of {read} read")
        if cursor["next"] != high:
            faults.append(f"partition {partition}: read to {cursor['next']}, the log ends at {high}")
    return faults


def fold(records):
    """{(sku, location): on hand} from the raw records of a stock topic, by the oracle: a position is a function of the set of its events."""
    positions = {}
    for record in records:
        try:
            event = json.loads(record.value)
            place, name = (event["sku"], event["location"]), event["id"]
        except (ValueError, KeyError, TypeError):
            continue
        known = {"kind": event["kind"], "sequence": event["sequence"], "on_hand": Decimal(event.get("on_hand", 0)), "delta": Decimal(event.get("delta", 0))}
        positions.setdefault(place, model.Position()).events.setdefault(name, known)
    return {place: position.on_hand() for place, position in positions.items()}


def positions(database):
    """{(sku, location): (on hand, version)}"""
    return {(sku, location): (on_hand, version) for sku, location, on_hand, version in rows(database, "select sku, location, on_hand, version from position")}


def differences(folded, stored):
    return [f"{place}: {on_hand} by the log, {stored.get(place)} in the store" for place, on_hand in folded.items()
            if place not in stored or stored[place][0] != on_hand]


def orders(database):
    """{order number: id}; a number twice is a fault of its own."""
    return {number: str(name) for number, name in rows(database, "select order_number, id from sales_order")}
