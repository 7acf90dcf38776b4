"""verify and offsets: what the topics hold is compared with the database; each kind of damage is told."""

import json
import unittest

from confluent_kafka import Producer

from rig import consumer, walferry
from rig.changes import parse_lsn
from scene import DATABASE, Scene

TABLES = """
CREATE TABLE items (id integer PRIMARY KEY, name text, big text, at timestamptz DEFAULT now());
CREATE TABLE pairs (a integer, b text, n numeric, PRIMARY KEY (a, b));
CREATE TABLE notes (body text);
ALTER TABLE notes REPLICA IDENTITY FULL;
ALTER TABLE items ALTER big SET STORAGE EXTERNAL;
INSERT INTO items (id, name, big) SELECT i, 'before ' || i, repeat('x', 3000) FROM generate_series(1, 20) i;
"""

CHANGES = """
INSERT INTO items (id, name, big) SELECT i, E'a "quoted" \\\\ {name}, ü', repeat('y', 3000) FROM generate_series(21, 40) i;
UPDATE items SET name = 'touched' WHERE id % 3 = 0;
UPDATE items SET id = id + 100 WHERE id % 5 = 0;
DELETE FROM items WHERE id % 7 = 0;
ALTER TABLE items ADD COLUMN more integer;
UPDATE items SET more = 1;
INSERT INTO pairs SELECT i, 'b' || i, i / 3.0 FROM generate_series(1, 30) i;
UPDATE pairs SET b = 'c', n = NULL WHERE a < 10;
DELETE FROM pairs WHERE a > 20;
INSERT INTO notes SELECT 'note ' || i % 3 FROM generate_series(1, 9) i;
UPDATE notes SET body = 'changed' WHERE body = 'note 1';
DELETE FROM notes WHERE body = 'note 2';
"""


class VerifyCase:
    """The tests, for one format of events."""

    events = {}

    def setUp(self):
        self.scene = self.enterContext(Scene())
        self.scene.walferry.config |= {"events": self.events, "snapshot": {"mode": "initial"},
                                       "topics": {"partitions": 3}}
        self.scene.postgres.sql(TABLES, database=DATABASE)

    def command(self, *arguments):
        done = walferry.call(*arguments, "--json", config=self.scene.walferry.config)
        self.assertTrue(done.stdout, done.stderr)
        return done.returncode, json.loads(done.stdout)

    def verify(self, *tables):
        code, report = self.command("verify", *tables)
        self.assertEqual(code, 0 if report["agrees"] else 1)
        return {one["table"]: one for one in report["tables"]}

    def run_and_change(self):
        self.scene.walferry.start_streaming()
        self.scene.postgres.sql(CHANGES, database=DATABASE)

    def records(self, table):
        return consumer.read(self.scene.kafka.bootstrap, [f"{DATABASE}.public.{table}"])

    def produce(self, records):
        producer = Producer({"bootstrap.servers": self.scene.kafka.bootstrap, "log_level": 0})
        for record in records:
            producer.produce(record.topic, value=record.value, key=record.key, partition=record.partition,
                             headers=list(record.headers))
        producer.flush(30)

    def test_tables_whose_names_look_alike(self):
        self.scene.walferry.config["topics"]["name"] = "{name}.{schema}__{table}"
        self.scene.walferry.config["source"]["tables"] = ['"a.b".*', "a.*"]
        self.scene.sql('CREATE SCHEMA "a.b"; CREATE SCHEMA a; CREATE TABLE "a.b".c (id integer PRIMARY KEY); '
                       'CREATE TABLE a."b.c" (id integer PRIMARY KEY); INSERT INTO "a.b".c VALUES (1), (2)')
        self.scene.walferry.start_streaming()
        self.scene.sql('INSERT INTO a."b.c" VALUES (3)')
        code, report = self.command("verify")
        self.assertEqual((code, sorted((one["topic"], one["rows"]) for one in report["tables"])),
                         (0, [(f"{DATABASE}.a.b__c", 2), (f"{DATABASE}.a__b.c", 1)]), report)

    def test_it_agrees_and_goes_on_to_agree_under_load(self):
        self.run_and_change()
        found = self.verify()
        self.assertEqual({table: (one["missing"], one["extra"], one["different"], one["reordered"])
                          for table, one in found.items()},
                         {f"public.{name}": (0, 0, 0, 0) for name in ("items", "pairs", "notes")})
        count = self.scene.postgres.value("SELECT count(*) FROM items", database=DATABASE)
        self.assertEqual(found["public.items"]["rows"], count)
        self.assertEqual(self.scene.postgres.value(
            "SELECT count(*) FROM pg_replication_slots WHERE slot_name LIKE '%verify%'"), 0)
        writer = self.scene.postgres.connect(DATABASE)
        with writer.cursor() as cursor:
            for turn in range(3):
                cursor.execute("UPDATE pairs SET n = coalesce(n, 0) + 1; TRUNCATE notes; "
                               "INSERT INTO notes VALUES ('after')")
                one = self.verify("pairs", "notes")
                self.assertTrue(all(table["agrees"] for table in one.values()), (turn, one))
        writer.close()

    def test_each_kind_of_damage_is_told(self):
        self.run_and_change()
        self.assertTrue(self.verify("pairs")["public.pairs"]["agrees"])
        self.scene.wait_caught_up()
        everything = self.records("pairs")
        self.produce(everything)
        found = self.verify("pairs")["public.pairs"]
        self.assertTrue(found["agrees"], found)
        self.assertGreaterEqual(found["duplicates"], len([r for r in everything if r.value]) - 3)
        found = self.damaged_copy(everything)
        self.assertEqual((found["missing"], found["extra"], found["different"]), (1, 1, 1), found)
        self.assertEqual(len(found["examples"]), 3)

    def damaged_copy(self, records):
        """What verify says of a topic where one row's records are left out, one's value is another and
        one's deletion is not there."""
        topic = f"{DATABASE}.public.pairs"
        self.scene.walferry.terminate()
        self.scene.kafka.delete_topic(topic)
        self.scene.kafka.create_topic(topic, 3)
        missing, different, deleted = (self.key_of(a) for a in (15, 16, 25))
        kept = []
        for record in records:
            key = self.payload(record.key)
            if key == missing or (key == deleted and not self.tells_row(record)):
                continue
            value = record.value
            if key == different and value:
                value = self.with_other_number(value)
            kept.append(consumer.Record(record.topic, record.partition, 0, record.key, value, record.headers, 0))
        self.produce(kept)
        self.scene.walferry.start_streaming()
        return self.verify("pairs")["public.pairs"]

    @staticmethod
    def payload(data):
        value = json.loads(data)
        return value["payload"] if set(value) == {"schema", "payload"} else value

    @staticmethod
    def key_of(a):
        return {"a": a, "b": f"b{a}"}

    def tells_row(self, record):
        return record.value and (self.payload(record.value).get("row") or self.payload(record.value).get("after"))

    def with_other_number(self, value):
        whole = json.loads(value)
        inner = whole["payload"] if set(whole) == {"schema", "payload"} else whole
        row = inner.get("row") or inner.get("after")
        if row:
            row["n"] = "AQ==" if "after" in inner else "7"
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()

    def test_offsets_miss_nothing_and_begin_at_the_first_delivery(self):
        self.run_and_change()
        self.scene.wait_caught_up()
        lsn = self.scene.postgres.value("SELECT pg_current_wal_lsn()::text")
        self.scene.postgres.sql("UPDATE pairs SET n = 5; INSERT INTO items (id) VALUES (1000)", database=DATABASE)
        self.scene.wait_caught_up()
        self.produce(self.records("pairs"))
        code, report = self.command("offsets", "--lsn", lsn)
        self.assertEqual(code, 0)
        starts = {(one["topic"], one["partition"]): one["offset"] for one in report["offsets"]}
        self.assertEqual(len(starts), 9)
        for table in ("items", "pairs", "notes"):
            topic = f"{DATABASE}.public.{table}"
            first = {}
            for record in self.records(table):
                if record.value and self.commit_of(record) >= parse_lsn(lsn):
                    first.setdefault(record.partition, record.offset)
            ends = self.scene.kafka.end_offsets(topic)
            for partition, end in ends.items():
                self.assertEqual(starts[topic, partition], first.get(partition, end), (topic, partition))
        self.assertTrue(any(one["at_end"] for one in report["offsets"]))
        self.assertFalse(all(one["at_end"] for one in report["offsets"]))

    def commit_of(self, record):
        value = self.payload(record.value)
        if "position" in value:
            return parse_lsn(value["position"].partition(":")[0])
        return value["source"]["commit_lsn"]


class PlainTest(VerifyCase, unittest.TestCase):
    events = {"format": "plain"}

    def test_without_anybody_who_streams_it_says_so(self):
        self.run_and_change()
        self.scene.walferry.terminate()
        self.scene.postgres.sql("INSERT INTO notes VALUES ('late')", database=DATABASE)
        done = walferry.call("verify", config=self.scene.walferry.config)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("nobody streams", done.stderr)


class DebeziumTest(VerifyCase, unittest.TestCase):
    events = {"format": "debezium"}


class SchemasTest(VerifyCase, unittest.TestCase):
    events = {"format": "debezium", "encoding": "json-schema"}


if __name__ == "__main__":
    unittest.main()
