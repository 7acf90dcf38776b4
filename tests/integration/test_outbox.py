"""An outbox table: each insert is a message, as Debezium's EventRouter makes it."""

import json
import unittest

from rig import consumer
from scene import Scene, config

TABLE = """
CREATE TABLE outbox (
    id            uuid         PRIMARY KEY DEFAULT gen_random_uuid(),
    aggregatetype varchar(255) NOT NULL,
    aggregateid   varchar(255) NOT NULL,
    type          varchar(255) NOT NULL,
    payload       jsonb,
    tenant        text,
    at            timestamptz,
    priority      integer)
"""
ID = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"


class OutboxTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scene = cls.enterClassContext(Scene())
        cls.scene.sql(TABLE)

    def run_with(self, statements, binary=False, **options):
        """Streams while the statements run; returns the records of all new topics."""
        scene = self.scene
        before = set(consumer.topic_names(scene.kafka.bootstrap))
        sink = {"kafka": {"bootstrap.servers": scene.kafka.bootstrap}}
        scene.walferry.config |= config(scene.postgres, sink,
                                        route={"outbox": {"table": "public.outbox", **options}})
        scene.walferry.config["source"] |= {"binary": binary}
        scene.walferry.start_streaming()
        for statement in statements:
            scene.sql(statement)
        scene.wait_caught_up()
        self.assertEqual(scene.walferry.terminate(), 0, scene.walferry.log_tail())
        topics = set(consumer.topic_names(scene.kafka.bootstrap)) - before
        return consumer.read(scene.kafka.bootstrap,
                             [one for one in topics if not one.startswith("walferry.")])

    def insert(self, kind, payload="'{\"a\": 1.10}'", **more):
        columns = {"id": f"'{ID}'", "aggregatetype": f"'{kind}'", "aggregateid": "'42'",
                   "type": "'Created'", "payload": payload, **more}
        return (f"BEGIN; INSERT INTO outbox ({', '.join(columns)}) "
                f"VALUES ({', '.join(columns.values())}); DELETE FROM outbox; COMMIT")

    def test_defaults_are_those_of_event_router(self):
        record, = self.run_with([self.insert("order")])
        self.assertEqual(record.topic, "outbox.event.order")
        self.assertEqual(record.key, b'"42"')
        self.assertEqual(record.value, b'"{\\"a\\": 1.10}"')
        headers = dict(record.headers)
        self.assertEqual(headers["id"], ID.encode())
        self.assertEqual(headers["walferry.type"], b"Created")
        self.assertRegex(headers["walferry.position"].decode(), r"^[0-9A-F]+/[0-9A-F]+:1$")

    def test_raw_is_what_stands_in_the_table(self):
        record, empty = self.run_with([self.insert("raw"), self.insert("raw", "NULL")], raw=True)
        self.assertEqual(record.key, b"42")
        self.assertEqual(record.value, b'{"a": 1.10}')
        self.assertIsNone(empty.value)

    def test_expanded_json_loses_nothing(self):
        payloads = ['{"n": null, "l": [], "x": [1, "a", {"b": 1.10}]}', "[1, 2]", '"text"', "17"]
        records = self.run_with([self.insert("expanded", f"'{one}'") for one in payloads],
                                expand_json=True)
        self.assertEqual([json.loads(one.value) for one in records],
                         [json.loads(payloads[0]), [1, 2], '"text"', "17"])

    def test_empty_payloads(self):
        null, = self.run_with([self.insert("null", "NULL")])
        self.assertEqual(null.value, b"null")
        tombstone, = self.run_with([self.insert("tombstone", "NULL")], tombstone_on_empty=True)
        self.assertIsNone(tombstone.value)
        self.assertEqual(tombstone.key, b'"42"')

    def test_columns_in_headers_and_envelope(self):
        record, = self.run_with(
            [self.insert("more", tenant="E't\\u00e4\\n\"1'", priority="3")], expand_json=True,
            additional=["type:header:eventType", "tenant:header", "priority:header:prio",
                        "tenant:envelope:who", "priority:envelope", "at:header"])
        self.assertEqual(json.loads(record.value),
                         {"payload": {"a": 1.1}, "who": 'tä\n"1', "priority": 3})
        headers = dict(record.headers)
        self.assertEqual(headers["eventType"], b"Created")
        self.assertEqual(headers["tenant"].decode(), 'tä\n"1')
        self.assertEqual(headers["prio"], b"3")
        self.assertIsNone(headers["at"])

    def test_time_topic_key_and_other_columns(self):
        record, = self.run_with(
            [self.insert("other", at="'2020-02-03 04:05:06.789+00'", tenant="'t-1'")],
            timestamp="at", route_by="tenant", topic="${routedByValue}.events", key="tenant",
            id="aggregateid", raw=True)
        self.assertEqual(record.topic, "t-1.events")
        self.assertEqual(record.key, b"t-1")
        self.assertEqual(record.timestamp, 1580702706789)
        self.assertEqual(dict(record.headers)["id"], b"42")

    def test_updates_deletes_and_truncates_are_not_published(self):
        records = self.run_with([
            self.insert("quiet"), "INSERT INTO outbox (aggregatetype, aggregateid, type) "
            "VALUES ('quiet', '1', 'x')", "UPDATE outbox SET type = 'y'", "TRUNCATE outbox"])
        self.assertEqual([one.key for one in records], [b'"42"', b'"1"'])

    def test_binary_form_gives_the_same(self):
        statement = self.insert("binary", at="'2020-01-01'", priority="3")
        options = {"timestamp": "at", "additional": ["priority:header", "at:envelope"]}
        self.run_with([statement], **options)
        self.run_with([statement], binary=True, **options)
        text, binary = consumer.read(self.scene.kafka.bootstrap, ["outbox.event.binary"])
        self.assertEqual((text.key, text.value, text.timestamp),
                         (binary.key, binary.value, binary.timestamp))
        self.assertEqual([one for one in text.headers if one[0] != "walferry.position"],
                         [one for one in binary.headers if one[0] != "walferry.position"])


if __name__ == "__main__":
    unittest.main()
