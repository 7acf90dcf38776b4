"""The servers start, survive the rig's faults with their data, and leave nothing behind."""

import unittest

from confluent_kafka import Producer

from rig import consumer, process
from rig.kafka import Kafka
from rig.mock_kafka import MockKafka
from rig.postgres import Postgres
from rig.postgres_binaries import MAJORS, Unavailable


def produce(kafka, topic, count):
    producer = Producer({"bootstrap.servers": kafka.bootstrap, "log_level": 0})
    for number in range(count):
        producer.produce(topic, key=str(number), value=None if number % 10 == 0 else "v",
                         headers={"h": b"1"})
    producer.flush()


class PostgresTest(unittest.TestCase):
    def check_major(self, major):
        try:
            postgres = Postgres(major)
        except Unavailable as error:
            self.skipTest(str(error))
        with postgres:
            self.assertEqual(int(postgres.value("SHOW server_version_num")) // 10000, major)
            postgres.create_database("shop")
            postgres.sql("CREATE TABLE t (i integer); INSERT INTO t VALUES (1)", database="shop")
            postgres.sql("SELECT pg_create_logical_replication_slot('s', 'pgoutput')",
                         database="shop")
            postgres.kill9()
            postgres.start()
            postgres.restart("immediate")
            postgres.restart("fast")
            self.assertEqual(postgres.value("SELECT count(*) FROM t", database="shop"), 1)
            self.assertEqual(postgres.value("SELECT count(*) FROM pg_replication_slots"), 1)
            pid = postgres.pid
        self.assertFalse(process.exists(pid))
        self.assertFalse(postgres.directory.exists())


for _major in MAJORS:
    setattr(PostgresTest, f"test_postgres_{_major}",
            lambda self, major=_major: self.check_major(major))


class KafkaTest(unittest.TestCase):
    def enter(self, cluster):
        try:
            return self.enterContext(cluster)
        except Unavailable as error:
            return self.skipTest(str(error))

    def check_brokers(self, count):
        cluster = self.enter(Kafka(count))
        cluster.create_topic("t", partitions=3)
        produce(cluster, "t", 100)
        cluster.brokers[0].kill9()
        cluster.start()
        cluster.stop()
        cluster.start()
        records = consumer.read(cluster.bootstrap, ["t"])
        self.assertEqual(len(records), 100)
        self.assertEqual(cluster.count("t"), 100)
        self.assertEqual({r.key for r in records if r.value is None},
                         {str(n).encode() for n in range(0, 100, 10)})
        self.assertEqual(records[0].headers, (("h", b"1"),))
        cluster.delete_topic("t")
        self.assertEqual(cluster.end_offsets("t"), {})

    def test_one_broker(self):
        self.check_brokers(1)

    def test_three_brokers(self):
        self.check_brokers(3)

    def test_proxied_broker_is_reached_through_its_proxy(self):
        cluster = self.enter(Kafka(proxied=True))
        cluster.create_topic("t")
        produce(cluster, "t", 10)
        cluster.brokers[0].proxy.cut()
        self.assertEqual(len(consumer.read(cluster.bootstrap, ["t"])), 10)

    def test_mock(self):
        with MockKafka() as cluster:
            produce(cluster, "t", 100)
            self.assertEqual(cluster.count("t"), 100)
            found = consumer.follow_until(cluster.bootstrap, "t", lambda r: len(r) == 100)
            self.assertEqual(len(found), 100)


if __name__ == "__main__":
    unittest.main()
