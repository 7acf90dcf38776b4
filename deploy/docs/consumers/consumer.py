"""Reads a topic of `format: plain` and prints each change once, however often it was delivered.

    python3 consumer.py BOOTSTRAP TOPIC [--once]      --once: ends at the end of the topic
"""

import json
import sys

from confluent_kafka import Consumer, KafkaError


def order_of(position):
    """0/16B3748:12 as a tuple that sorts."""
    lsn, ordinal = position.split(":")
    high, low = lsn.split("/")
    return (int(high, 16), int(low, 16), int(ordinal))


def main(bootstrap, topic, once):
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "example-python", "enable.auto.commit": False,
                         "auto.offset.reset": "earliest", "enable.partition.eof": True})
    partitions = len(consumer.list_topics(topic, timeout=10).topics[topic].partitions)
    consumer.subscribe([topic])
    newest = {}  # position of the last change applied, by partition: keep it with what you write
    ended = set()
    while not (once and len(ended) == partitions):
        record = consumer.poll(1.0)
        if record is None:
            continue
        if record.error():
            if record.error().code() != KafkaError._PARTITION_EOF:
                raise RuntimeError(record.error())
            ended.add(record.partition())
            continue
        if record.value() is None:
            continue  # a tombstone follows its delete, for the broker's compaction
        change = json.loads(record.value())
        position = order_of(change["position"])
        if position <= newest.get(record.partition(), (0, 0, 0)):
            continue  # delivered again
        newest[record.partition()] = position
        print(change["position"], change["op"], json.dumps(change.get("key"), separators=(",", ":")), flush=True)
    consumer.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], "--once" in sys.argv)
