"""An archive of a broker's classes (AppCDS), made once: brokers then start a second sooner."""

from . import cache, kafka_jars
from .kafka_broker import Broker
from .waiting import wait_until

_FILE = "broker.jsa"


def _train(target):
    """Runs one broker until it serves, and lets Java write the archive as it ends."""
    broker = Broker(1, target)
    broker.format("d2FsZmVycnktcmlnLTAwMQ", broker.voter, {
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
    })
    broker.start([f"-XX:ArchiveClassesAtExit={target / _FILE}"])
    try:
        wait_until(broker.listening, "the broker to learn from listened")
        broker.stop()
    finally:
        broker.close()


def options():
    """The options of Java that make use of the archive."""
    folder = cache.provide(f"kafka-classes-{kafka_jars.VERSION}", _train)
    return [f"-XX:SharedArchiveFile={folder / _FILE}", "-Xshare:auto", "-Xlog:cds=off"]
