"""The consumers of the manual, each in its language, print every change once though all were delivered twice."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from rig import consumer, kafka_jars, walferry
from rig.kafka import Kafka
from rig.postgres import Postgres
from rig.waiting import wait_until
from rig.walferry import Walferry

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "docs" / "consumers"
TOPIC = "shop.public.orders"
CHANGES = """
INSERT INTO orders SELECT n, 'order ' || n FROM generate_series(1, 200) n;
UPDATE orders SET note = 'changed' WHERE id % 3 = 0;
UPDATE orders SET id = id + 1000 WHERE id % 7 = 0;
DELETE FROM orders WHERE id % 5 = 0;
"""


class ConsumersTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.kafka = cls.enterClassContext(Kafka())
        cls.publish_twice()
        records = consumer.read(cls.kafka.bootstrap, [TOPIC])
        delivered = [json.loads(one.value) for one in records if one.value is not None]
        cls.expected = {change["position"]: change for change in delivered}
        assert len(delivered) == 2 * len(cls.expected) > 400, len(delivered)

    @classmethod
    def publish_twice(cls):
        with Postgres() as postgres:
            postgres.create_database("shop")
            config = {"name": "shop", "source": {"url": postgres.url("shop"), "create": True},
                      "snapshot": {"mode": "never"}, "events": {"format": "plain"}, "topics": {"partitions": 3}}
            postgres.sql("CREATE TABLE orders (id integer PRIMARY KEY, note text)", database="shop")
            with Walferry(config) as made:  # makes publication and slot
                made.start()
                wait_until(lambda: postgres.sql("SELECT 1 FROM pg_replication_slots WHERE active"),
                           lambda: f"it streamed:\n{made.log_tail()}")
                assert made.terminate() == 0, made.log_tail()
            for change in CHANGES.strip().split("\n"):
                postgres.sql(change, database="shop")
            config["sink"] = {"kafka": {"bootstrap.servers": cls.kafka.bootstrap}}
            capture = str(cls.folder / "orders.capture")
            for arguments in (("record", capture, "--until-now"), ("replay", capture), ("replay", capture)):
                done = walferry.call(*arguments, config=config)
                assert done.returncode == 0, done.stderr

    def check(self, *command, env=None, cwd=None):
        done = subprocess.run([*command, self.kafka.bootstrap, TOPIC, "--once"], cwd=cwd, text=True,
                              env={**os.environ, **(env or {})}, capture_output=True, timeout=240, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        printed = {}
        for line in done.stdout.splitlines():
            position, operation, key = line.split(" ", 2)
            self.assertNotIn(position, printed, "printed twice")
            printed[position] = (operation, json.loads(key))
        self.assertEqual(printed, {position: (change["op"], change["key"])
                                   for position, change in self.expected.items()})

    def tool(self, name):
        found = shutil.which(name)
        if found is None:
            self.skipTest(f"{name} is not installed")
        return found

    def test_python(self):
        self.check("/usr/bin/python3", EXAMPLES / "consumer.py")

    def test_cpp(self):
        program = self.folder / "consumer"
        subprocess.run([self.tool("g++"), "-std=c++20", EXAMPLES / "consumer.cpp", "-lrdkafka", "-o", program], check=True)
        self.check(program)

    def test_java(self):
        self.tool("javac")
        self.check(self.tool("java"), "-cp", str(kafka_jars.directory() / "lib" / "*"), EXAMPLES / "Consumer.java")

    def test_go(self):
        built = subprocess.run([self.tool("go"), "build", "-o", self.folder / "consumer-go", "."], cwd=EXAMPLES / "go",
                               capture_output=True, text=True, timeout=240, check=False)
        if built.returncode != 0 and "dial tcp" in built.stderr:
            self.skipTest(f"its library cannot be fetched: {built.stderr}")
        self.assertEqual(built.returncode, 0, built.stderr)
        self.check(self.folder / "consumer-go")


if __name__ == "__main__":
    unittest.main()
