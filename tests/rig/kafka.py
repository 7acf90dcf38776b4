"""A private Kafka cluster of one or three brokers."""

import base64
import functools
import os

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic

from . import kafka_archive
from .consumer import OffsetReader
from .kafka_broker import Broker
from .waiting import TimedOut, wait_until
from .workdir import Workdir


def _replication(brokers):
    """Properties that follow from the number of brokers."""
    factor = min(3, brokers)
    in_sync = max(1, factor - 1)
    return {
        "default.replication.factor": factor,
        "min.insync.replicas": in_sync,
        "offsets.topic.replication.factor": factor,
        "transaction.state.log.replication.factor": factor,
        "transaction.state.log.min.isr": in_sync,
        "share.coordinator.state.topic.replication.factor": factor,
        "share.coordinator.state.topic.min.isr": in_sync,
    }


class Kafka:
    """A KRaft cluster on loopback, durable on its own directory across restarts.

    `overrides` are broker properties. With `proxied`, clients reach each broker through its
    `proxy`, so that their network can be broken. With `guarded`, the clients' listener has what
    `overrides` demand of it, and the rig itself comes in by the brokers' own, plain one. Use as a
    context manager.
    """

    def __init__(self, brokers=1, directory=None, overrides=None, proxied=False, detached=False,
                 guarded=False):
        self._workdir = Workdir("kafka", directory)
        self._overrides = {**_replication(brokers), **(overrides or {})}
        self._formatted = False
        self._guarded = guarded
        self.brokers = [Broker(node, self._workdir.path, proxied, detached)
                        for node in range(1, brokers + 1)]

    @property
    def directory(self):
        return self._workdir.path

    @property
    def bootstrap(self):
        return ",".join(broker.address for broker in self.brokers)

    @property
    def rig_bootstrap(self):
        """Where the rig reaches them: as clients do, unless that way is guarded."""
        if not self._guarded:
            return self.bootstrap
        return ",".join(broker.internal_address for broker in self.brokers)

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        self._offsets.close()
        for broker in self.brokers:
            broker.close()
        self._workdir.remove()

    def start(self):
        """Starts all brokers that do not run and waits until they serve clients."""
        if not self._formatted:
            # The first bits are zero: an id that began with '-' would be taken for an option.
            cluster_id = base64.urlsafe_b64encode(b"\0" + os.urandom(15)).decode().rstrip("=")
            voters = ",".join(broker.voter for broker in self.brokers)
            for broker in self.brokers:
                broker.format(cluster_id, voters, self._overrides)
            self._formatted = True
        for broker in self.brokers:
            if not broker.running:
                broker.start(kafka_archive.options())
        self.wait_ready()
        return self

    def wait_ready(self):
        """Waits until every broker listens and the cluster's metadata names them all."""
        for broker in self.brokers:
            wait_until(broker.listening, f"broker {broker.node} listened")
        wait_until(self._complete, "the cluster's metadata named every broker")

    def _complete(self):
        try:
            metadata = self.admin.list_topics(timeout=2)
        except KafkaException:
            return False
        return len(metadata.brokers) == len(self.brokers)

    def stop(self):
        """Stops all brokers. Those that lose their quorum meanwhile could wait for ever: killed."""
        for broker in self.brokers:
            broker.terminate()
        try:
            wait_until(lambda: not any(b.running for b in self.brokers), "brokers ended", 10)
        except TimedOut:
            for broker in self.brokers:
                broker.kill9()

    @functools.cached_property
    def _offsets(self):
        return OffsetReader(self.rig_bootstrap)

    @functools.cached_property
    def admin(self):
        """The client for what this class does not cover. Futures need it alive."""
        return AdminClient({"bootstrap.servers": self.rig_bootstrap, "log_level": 0})

    def create_topic(self, name, partitions=1, replication=None, config=None):
        """Makes a topic and waits until its partitions have leaders."""
        factor = replication or min(3, len(self.brokers))
        topic = NewTopic(name, num_partitions=partitions, replication_factor=factor,
                         config=config or {})
        self.admin.create_topics([topic])[name].result()
        wait_until(lambda: self._led(name, partitions), f"topic {name} had leaders")

    def _led(self, name, partitions):
        found = self.topics().get(name)
        return found and len(found) == partitions and all(p.leader >= 0 for p in found.values())

    def topic_config(self, name):
        """The settings of a topic, as texts by name."""
        resource = ConfigResource(ConfigResource.Type.TOPIC, name)
        found = self.admin.describe_configs([resource])[resource].result()
        return {key: entry.value for key, entry in found.items()}

    def delete_topic(self, name):
        self.admin.delete_topics([name])[name].result()
        wait_until(lambda: name not in self.topics(), f"topic {name} was gone")

    def topics(self):
        """Topic name to its partitions' metadata, as confluent_kafka has them."""
        found = self.admin.list_topics(timeout=10).topics
        return {name: topic.partitions for name, topic in found.items() if not topic.error}

    def end_offsets(self, topic):
        """Partition to the offset after its last record; empty when the topic is not there."""
        return self._offsets.ends(topic)

    def count(self, topic):
        """How many offsets of the topic are taken: its records, if no transactions write to it."""
        return sum(self.end_offsets(topic).values())
