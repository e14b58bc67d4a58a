"""Records in and out, by confluent-kafka."""
import json
import time
import uuid

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

from world import instant


class Record:
    def __init__(self, message):
        self.topic, self.partition, self.offset = message.topic(), message.partition(), message.offset()
        self.key = message.key().decode() if message.key() is not None else None
        self.value = message.value()
        self.headers = {name: (value or b"").decode() for name, value in message.headers() or []}
        self.header_list = message.headers() or []

    def json(self):
        return json.loads(self.value)


class Log:
    def __init__(self, brokers):
        self.brokers = brokers
        self.producer = Producer({"bootstrap.servers": brokers, "acks": "all", "enable.idempotence": True, "partitioner": "murmur2_random", "linger.ms": 1, "log_level": 2})

    def send(self, topic, key, value, headers=None, partition=None):
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        options = {} if partition is None else {"partition": partition}
        self.producer.produce(topic, key=key, value=data, headers=headers, on_delivery=self._delivered, **options)
        self.producer.poll(0)

    def _delivered(self, error, _):
        assert error is None, error

    def flush(self):
        assert self.producer.flush(30) == 0

    def event(self, topic, body, mode="binary", key=None, extra=None):
        """A stock event or a shipment as a CloudEvent in one of the three modes."""
        kind = body.get("kind")
        name = f"crossdock.inventory.{kind}.v1" if kind else "crossdock.shipment.v1"
        identity = body.get("id") or str(uuid.uuid4())
        key = key or f"{body.get('location')}|{body.get('sku', '')}"
        if mode == "binary":
            headers = {"ce_specversion": "1.0", "ce_id": identity, "ce_type": name, "ce_source": body["source"], "ce_time": instant(), "content-type": "application/json"}
            return self.send(topic, key, body, {**headers, **(extra or {})})
        if mode == "structured":
            whole = {"specversion": "1.0", "id": identity, "type": name, "source": body["source"], "time": instant(), "datacontenttype": "application/json", "data": body}
            return self.send(topic, key, whole, {"content-type": "application/cloudevents+json", **(extra or {})})
        return self.send(topic, key, body, extra)

    def read(self, topics, until=None, limit=15.0, quiet=1.0):
        """Everything from the beginning: until `until(records)` holds, or (without it) until nothing came for `quiet` seconds."""
        consumer = Consumer({"bootstrap.servers": self.brokers, "group.id": f"test-{uuid.uuid4()}", "auto.offset.reset": "earliest", "enable.auto.commit": False,
                             "allow.auto.create.topics": False, "isolation.level": "read_committed", "log_level": 2})
        records, end, last = [], time.monotonic() + limit, time.monotonic()
        try:
            assigned, looked = set(), 0.0
            while time.monotonic() < end:
                if time.monotonic() - looked > 1:
                    assigned, looked = self._assign(consumer, topics, assigned), time.monotonic()
                message = consumer.poll(0.1)
                if message is not None and not message.error():
                    records.append(Record(message))
                    last = time.monotonic()
                    continue
                if until is not None and until(records):
                    break
                if until is None and time.monotonic() - last > quiet and records:
                    break
        finally:
            consumer.close()
        assert until is None or until(records), f"{topics}: not within {limit} s; {len(records)} records, last {[record.headers for record in records[-3:]]}"
        return records

    @staticmethod
    def _assign(consumer, topics, assigned):
        try:
            known = consumer.list_topics(timeout=5).topics
        except KafkaException:
            return assigned
        found = {(topic, number) for topic in topics if topic in known and not known[topic].error for number in known[topic].partitions}
        fresh = found - assigned
        if fresh:
            consumer.incremental_assign([TopicPartition(topic, number, 0) for topic, number in sorted(fresh)])
        return assigned | found
