"""An append-only table of events: raw records by category, in order, and no change of history."""

import json
import unittest

from rig import consumer
from scene import DATABASE, Scene, config

PROTECT = 3

TABLE = """
CREATE TABLE events (
    stream   text    NOT NULL,
    version  integer NOT NULL,
    type     text    NOT NULL,
    payload  jsonb   NOT NULL,
    metadata jsonb,
    PRIMARY KEY (stream, version))
"""
APPEND = "INSERT INTO events VALUES (%s, %s, %s, %s, %s)"


class EventStoreTest(unittest.TestCase):
    def setUp(self):
        self.scene = self.enterContext(Scene())
        self.scene.sql(TABLE)
        self.scene.sql("CREATE TABLE orders (id integer PRIMARY KEY, total numeric)")
        self.configure()

    def configure(self, **more):
        sink = {"kafka": {"bootstrap.servers": self.scene.kafka.bootstrap}}
        store = {"table": "public.events", "additional": ["metadata:header:meta"], **more}
        self.scene.walferry.config |= config(self.scene.postgres, sink,
                                             route={"event_store": store})

    def append(self, stream, version, kind="Happened", payload="{}", metadata=None):
        self.scene.sql(APPEND, (stream, version, kind, payload, metadata))

    def read(self, topic):
        return consumer.read(self.scene.kafka.bootstrap, [topic])

    def test_events_go_raw_to_the_topic_of_their_category(self):
        self.scene.walferry.start_streaming()
        self.append("order-100", 1, "Placed", '{"total": 49.90, "n": 12345678901234567890}')
        self.append("customer-1", 1, "Registered", '{"name": "Ada"}', '{"by": "web"}')
        self.scene.sql("INSERT INTO orders VALUES (100, 49.90)")
        self.append("order-100", 2, "Paid")
        self.scene.wait_caught_up()

        placed, paid = self.read(f"{DATABASE}.order")
        self.assertEqual(placed.key, b"order-100")
        self.assertEqual(placed.value, b'{"n": 12345678901234567890, "total": 49.90}')
        headers = dict(placed.headers)
        self.assertEqual(headers["walferry.version"], b"1")
        self.assertEqual(headers["walferry.type"], b"Placed")
        self.assertIsNone(headers["meta"])
        self.assertRegex(headers["walferry.position"].decode(), r"^[0-9A-F]+/[0-9A-F]+:1$")
        self.assertEqual(dict(paid.headers)["walferry.version"], b"2")
        self.assertEqual(paid.partition, placed.partition)
        registered, = self.read(f"{DATABASE}.customer")
        self.assertEqual(dict(registered.headers)["meta"], b'{"by": "web"}')
        self.assertEqual(len(self.read(f"{DATABASE}.public.orders")), 1)
        self.assertEqual(self.read(f"{DATABASE}.public.events"), [])

    def test_topics_keep_history(self):
        self.scene.walferry.start_streaming()
        self.append("order-1", 1)
        self.scene.wait_caught_up()
        settings = self.scene.kafka.topic_config(f"{DATABASE}.order")
        self.assertEqual(settings["retention.ms"], "-1")
        self.assertEqual(settings["cleanup.policy"], "delete")

    def test_streams_are_in_order_whoever_writes(self):
        self.scene.kafka.create_topic(f"{DATABASE}.account", partitions=4)
        self.scene.walferry.start_streaming()
        self.scene.sql("INSERT INTO events SELECT 'account-' || s, v, 'Happened', '{}' "
                       "FROM generate_series(1, 50) v, generate_series(1, 20) s")
        for version in range(51, 60):
            self.append("account-7", version)
        self.scene.wait_caught_up()
        seen = {}
        for record in self.read(f"{DATABASE}.account"):
            version = int(dict(record.headers)["walferry.version"])
            self.assertEqual(version, seen.get(record.key, 0) + 1, record)
            seen[record.key] = version
        self.assertEqual(seen.pop(b"account-7"), 59)
        self.assertEqual(set(seen.values()), {50})

    def test_nothing_of_a_rolled_back_event(self):
        self.scene.walferry.start_streaming()
        self.scene.sql("BEGIN; INSERT INTO events VALUES ('order-9', 1, 'x', '{}'); ROLLBACK")
        self.append("order-8", 1)
        self.scene.wait_caught_up()
        self.assertEqual([one.key for one in self.read(f"{DATABASE}.order")], [b"order-8"])

    def check_stops(self, statement, verb):
        walferry = self.scene.walferry
        walferry.start_streaming()
        self.append("order-1", 1)
        self.append("order-1", 2)
        self.scene.wait_caught_up()
        self.scene.sql(statement)
        self.append("order-1", 3)
        self.assertEqual(walferry.wait_exit(), PROTECT, walferry.log_tail())
        self.assertIn(verb, walferry.log_tail())
        self.assertIn("public.events", walferry.log_tail())
        before = self.scene.confirmed()
        walferry.start()
        self.assertEqual(walferry.wait_exit(), PROTECT, "a restart does not pass over it")
        self.assertEqual(self.scene.confirmed(), before)
        return walferry

    def test_an_update_stops_and_is_passed_over_only_when_told(self):
        walferry = self.check_stops("UPDATE events SET payload = '{\"lie\": 1}' WHERE version = 1",
                                    "UPDATE")
        said = json.loads(walferry.log_tail(1))
        at = said["hint"].split("pass_over=")[1].split(";")[0]
        self.configure(pass_over=at)
        walferry.start_streaming()
        self.scene.wait_caught_up()
        records = self.read(f"{DATABASE}.order")
        versions = [dict(one.headers)["walferry.version"] for one in records]
        self.assertEqual(versions, [b"1", b"2", b"3"])
        self.assertNotIn(b"lie", b"".join(one.value for one in records))

    def test_a_delete_stops(self):
        self.check_stops("DELETE FROM events WHERE version = 2", "DELETE")

    def test_a_truncate_stops(self):
        self.check_stops("TRUNCATE events", "TRUNCATE")

    def test_a_compacted_topic_is_refused(self):
        self.scene.kafka.create_topic(f"{DATABASE}.order",
                                      config={"cleanup.policy": "compact"})
        walferry = self.scene.walferry
        walferry.start_streaming()
        self.append("order-1", 1)
        self.assertEqual(walferry.wait_exit(), PROTECT, walferry.log_tail())
        self.assertIn("compacted", walferry.log_tail())

    def test_a_missing_column_is_said(self):
        self.configure(payload="body")
        walferry = self.scene.walferry
        walferry.start_streaming()
        self.append("order-1", 1)
        self.assertEqual(walferry.wait_exit(), 2, walferry.log_tail())
        self.assertIn("route.event_store.payload", walferry.log_tail())

    def test_a_category_cannot_take_a_topic_of_walferry(self):
        self.configure(topic="walferry.{name}.{category}")
        walferry = self.scene.walferry
        walferry.start_streaming()
        self.append("state-1", 1)
        self.assertEqual(walferry.wait_exit(), 2, walferry.log_tail())
        self.assertIn("route.event_store.topic", walferry.log_tail())

    def test_binary_columns_and_a_category_of_its_own(self):
        self.scene.sql("CREATE TABLE log (id uuid, no bigint, kind text, body bytea, area text)")
        self.configure(table="public.log", stream="id", version="no", type="kind",
                       payload="body", category="area", topic="log.{category}", additional=[])
        self.scene.sql("ALTER TABLE log REPLICA IDENTITY FULL")
        for binary in (False, True):
            self.scene.walferry.config["source"] |= {"binary": binary}
            self.scene.walferry.start_streaming()
            self.scene.sql("INSERT INTO log VALUES ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 7, "
                           "'K', '\\x00ff10', 'ä b')")
            self.scene.wait_caught_up()
            self.assertEqual(self.scene.walferry.terminate(), 0)
        text, binary = self.read("log.__b")
        self.assertEqual(text.value, b"\x00\xff\x10")
        self.assertEqual(text.key, b"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")
        for one in (text, binary):
            self.assertEqual(dict(one.headers)["walferry.version"], b"7")
        self.assertEqual((text.key, text.value), (binary.key, binary.value))


if __name__ == "__main__":
    unittest.main()
