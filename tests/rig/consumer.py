"""Reads topics independently of walferry, from the first record to the end."""

import dataclasses
import time
import uuid

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition

from .waiting import TimedOut, patience, wait_until

_TRANSIENT = (KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE,
              KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._TRANSPORT, KafkaError._TIMED_OUT,
              KafkaError._ALL_BROKERS_DOWN)


@dataclasses.dataclass(frozen=True)
class Record:
    """What a Kafka consumer sees; `timestamp` in milliseconds."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple
    timestamp: int


def _consumer(bootstrap, isolation="read_committed"):
    return Consumer({
        "bootstrap.servers": bootstrap,
        "group.id": f"rig-{uuid.uuid4()}",
        "enable.auto.commit": False,
        "enable.partition.eof": True,
        "auto.offset.reset": "earliest",
        "isolation.level": isolation,
        "fetch.wait.max.ms": 20,
        "log_level": 0,
    })


def _record(message):
    return Record(message.topic(), message.partition(), message.offset(), message.key(),
                  message.value(), tuple(message.headers() or ()), message.timestamp()[1])


def _partitions(consumer, topics):
    known = consumer.list_topics(timeout=10).topics
    return [TopicPartition(topic, partition, OFFSET_BEGINNING)
            for topic in topics if topic in known
            for partition in known[topic].partitions]


def topic_names(bootstrap, prefix=""):
    """The topics whose names begin with `prefix`, in order."""
    consumer = _consumer(bootstrap)
    try:
        return sorted(name for name in consumer.list_topics(timeout=10).topics
                      if name.startswith(prefix))
    finally:
        consumer.close()


class OffsetReader:
    """Asks for the ends of topics, over connections that it keeps."""

    def __init__(self, bootstrap):
        self._consumer = _consumer(bootstrap)

    def close(self):
        self._consumer.close()

    def ends(self, topic):
        """Partition to the offset after its last record; empty when the topic is not there.

        Waits out leaders that are being elected.
        """
        return wait_until(lambda: self._ends(topic), f"the partitions of {topic} had leaders")[0]

    def _ends(self, topic):
        """The answer in a tuple; None when it is too early to ask."""
        try:
            places = _partitions(self._consumer, [topic])
            return ({place.partition: self._consumer.get_watermark_offsets(place, timeout=10)[1]
                     for place in places},)
        except KafkaException as error:
            if not error.args[0].retriable() and error.args[0].code() not in _TRANSIENT:
                raise
            return None


def read(bootstrap, topics, isolation="read_committed", seconds=120):
    """All records of `topics` (a list) up to their present ends, in offset order per partition."""
    consumer = _consumer(bootstrap, isolation)
    try:
        places = _partitions(consumer, topics)
        consumer.assign(places)
        unfinished = {(place.topic, place.partition) for place in places}
        records = []
        deadline = time.monotonic() + patience(seconds)
        while unfinished:
            if time.monotonic() > deadline:
                raise TimedOut(f"the ends of {sorted(unfinished)} were not reached")
            for message in consumer.consume(10000, timeout=0.2):
                if message.error() is None:
                    records.append(_record(message))
                elif message.error().code() == KafkaError._PARTITION_EOF:
                    unfinished.discard((message.topic(), message.partition()))
                elif message.error().fatal():
                    raise KafkaException(message.error())
        return records
    finally:
        consumer.close()


def follow(bootstrap, topic, seconds=60):
    """Yields the topic's records as they come, from the first; the caller stops listening.

    Waits for a topic that is not there yet. Raises TimedOut when `seconds` pass without a record.
    """
    consumer = _consumer(bootstrap)
    try:
        places = []
        deadline = time.monotonic() + patience(seconds)
        while time.monotonic() < deadline:
            if not places:
                places = _partitions(consumer, [topic])
                if not places:
                    time.sleep(0.1)
                    continue
                consumer.assign(places)
            message = consumer.poll(0.2)
            if message is not None and message.error() is None:
                yield _record(message)
                deadline = time.monotonic() + patience(seconds)
        raise TimedOut(f"topic {topic}: no further record in {seconds:g} s")
    finally:
        consumer.close()


def follow_until(bootstrap, topic, condition, seconds=60):
    """Collects the topic's records from the first until `condition(records)`; returns them."""
    records = []
    for record in follow(bootstrap, topic, seconds):
        records.append(record)
        if condition(records):
            return records
    return records
