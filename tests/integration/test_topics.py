"""What opening many topics costs the broker."""

import unittest

from rig.step_proxy import Script, for_kafka
from rig.walferry import Walferry
from scene import DATABASE, Scene

TABLES = 100
A_REQUEST_MAX = 64


class TopicsTest(unittest.TestCase):
    def setUp(self):
        self.scene = self.enterContext(Scene(proxied=True))
        self.scripts = {}
        broker = self.scene.kafka.brokers[0]
        counting = self.enterContext(for_kafka(broker.client_port, self.scripts))
        broker.proxy.target = ("127.0.0.1", counting.port)
        for n in range(TABLES):
            self.scene.sql(f"CREATE TABLE many_{n} (id integer PRIMARY KEY)")

    def requests_of(self, name):
        """Runs until a row of each table is acknowledged; request to how often it was sent."""
        script = self.scripts[name] = Script()
        base = self.scene.walferry.config
        kafka = {**base["sink"]["kafka"], "client.id": name}
        config = {key: base[key] for key in ("name", "source", "snapshot")}
        with Walferry({**config, "sink": {"kafka": kafka}}) as walferry:
            walferry.start_streaming()
            self.scene.sql(";".join(f"INSERT INTO many_{n} SELECT coalesce(max(id), 0) + 1 "
                                    f"FROM many_{n}" for n in range(TABLES)))
            self.scene.wait_caught_up()
            self.assertEqual(walferry.terminate(), 0, walferry.log_tail())
        counts = {}
        for step, _ in script.steps:
            counts[step] = counts.get(step, 0) + 1
        return counts

    def test_many_are_opened_by_few_requests(self):
        first = self.requests_of("first")
        state = 1
        self.assertEqual(first["Kafka: CreateTopics"], state + -(-TABLES // A_REQUEST_MAX), first)
        second = self.requests_of("second")
        self.assertNotIn("Kafka: CreateTopics", second)
        self.assertLess(second["Kafka: Metadata"], TABLES, "no topic is asked for by itself")
        for n in range(TABLES):
            self.assertEqual(self.scene.kafka.count(f"{DATABASE}.public.many_{n}"), 2)


if __name__ == "__main__":
    unittest.main()
