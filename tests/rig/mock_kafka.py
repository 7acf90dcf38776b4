"""librdkafka's in-memory broker in a process of its own, for when Kafka itself cannot be had.

It makes topics by itself (4 partitions), knows no admin requests, does not isolate transactions
and forgets all but the last 5 MiB of a partition: good for small tests of plain producing only.
"""

import os
import pathlib
import signal
import sys

from confluent_kafka import Producer

from . import process
from .consumer import OffsetReader
from .waiting import wait_until
from .workdir import Workdir


class MockKafka:
    """A mock cluster; the part of Kafka's interface that it can offer."""

    def __init__(self, brokers=1):
        self._workdir = Workdir("mock-kafka")
        self._count = brokers
        self._process = None
        self._offsets = None
        self.bootstrap = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self._offsets.close()
        self._process.kill9()
        self._workdir.remove()

    def start(self):
        answer = self._workdir.path / "bootstrap"
        package = pathlib.Path(__file__).resolve().parent
        self._process = process.Process(
            [sys.executable, "-m", f"{package.name}.{__name__.rpartition('.')[2]}",
             str(self._count), str(answer)],
            log=self._workdir.path / "log", cwd=package.parent)
        wait_until(answer.exists, "the mock cluster named its brokers")
        self.bootstrap = answer.read_text(encoding="utf-8")
        self._offsets = OffsetReader(self.bootstrap)
        return self

    def freeze(self):
        self._process.freeze()

    def thaw(self):
        self._process.thaw()

    def kill9(self):
        self._process.kill9()

    def end_offsets(self, topic):
        return self._offsets.ends(topic)

    def count(self, topic):
        return sum(self.end_offsets(topic).values())


def _serve(brokers, answer):
    """Holds the cluster until a signal; writes the addresses to the file `answer`, whole."""
    holder = Producer({"test.mock.num.brokers": brokers, "log_level": 0})
    found = holder.list_topics(timeout=10).brokers.values()
    with open(answer + ".new", "w", encoding="utf-8") as file:
        file.write(",".join(f"{broker.host}:{broker.port}" for broker in found))
    os.rename(answer + ".new", answer)
    signal.pause()


if __name__ == "__main__":
    _serve(int(sys.argv[1]), sys.argv[2])
