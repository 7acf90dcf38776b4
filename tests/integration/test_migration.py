"""deploy/docs/migration.md: a slot that Debezium used is taken over without a change lost, by the manual's own steps."""

import json
import pathlib
import shlex
import tempfile
import unittest

import psycopg2
import psycopg2.extras
import yaml
from confluent_kafka import Producer

from rig import consumer, markdown, walferry
from rig.walferry import ROOT, Walferry
from scene import DATABASE, Scene

MANUAL = markdown.read(ROOT / "deploy/docs/migration.md")
SLOT, PUBLICATION, TOPIC = "debezium", "dbz_publication", "shop.public.orders"
_PGOUTPUT = {"proto_version": "1", "publication_names": PUBLICATION}


class MigrationTest(unittest.TestCase):
    def setUp(self):
        self.scene = self.enterContext(Scene())
        self.sql = self.scene.sql
        self.sql(f"CREATE TABLE orders (id integer PRIMARY KEY, note text); CREATE PUBLICATION {PUBLICATION} FOR ALL TABLES")
        self.sql(f"SELECT pg_create_logical_replication_slot('{SLOT}', 'pgoutput')")

    def debezium_delivers(self, row):
        """What Debezium leaves when it was stopped behind this row: PostgreSQL was told of it."""
        self.sql("INSERT INTO orders VALUES (%s, 'by debezium')", (row,))
        self.sql("SELECT count(*) FROM pg_logical_slot_get_binary_changes(%s, NULL, NULL, 'proto_version', '1', "
                 "'publication_names', %s)", (SLOT, PUBLICATION))

    def converted(self):
        """The manual's connector, for this server, through `config from-debezium`; and the brokers, as it asks."""
        connector = json.loads(MANUAL.block("Converting the configuration", "json"))
        connector["config"].update({"database.hostname": "127.0.0.1", "database.port": self.scene.postgres.port,
                                    "database.user": "postgres"})
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "connector.json"
            file.write_text(json.dumps(connector), encoding="utf-8")
            done = walferry.call("config", "from-debezium", file)
        self.assertEqual(done.returncode, 0, done.stderr)
        config = yaml.safe_load(done.stdout)
        self.assertEqual((config["source"]["slot"], config["source"]["publication"]), (SLOT, PUBLICATION))
        config["sink"]["kafka"]["bootstrap.servers"] = self.scene.kafka.bootstrap
        return config

    def check(self, config):
        done = walferry.call("check", config=config)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def published(self, config, rows):
        """(operation, id) of the first events that walferry publishes."""
        program = self.enterContext(Walferry(config)).start_streaming()
        records = consumer.follow_until(self.scene.kafka.bootstrap, TOPIC, lambda found: len(found) >= rows)
        self.assertEqual(program.terminate(), 0)
        events = [json.loads(record.value) for record in records]
        return [(event["op"], event["after"]["id"]) for event in events]

    def test_it_goes_on_behind_what_was_acknowledged(self):
        self.debezium_delivers(1)
        self.sql("INSERT INTO orders VALUES (2, 'while nobody read')")
        config = {**self.converted(), "snapshot": {"mode": "never"}}
        self.assertIn('slot "debezium" is confirmed up to', self.check(config))
        self.assertEqual(self.published(config, 1), [("c", 2)])
        done = walferry.call("slot", "list", config=config)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, rf"{SLOT}\b")

    def test_with_initial_all_rows_are_read_once_more(self):
        self.debezium_delivers(1)
        self.sql("INSERT INTO orders VALUES (2, 'while nobody read')")
        self.assertEqual(self.published(self.converted(), 3), [("r", 1), ("r", 2), ("c", 2)])

    def test_check_warns_while_debezium_streams(self):
        connection = psycopg2.connect(self.scene.postgres.url(DATABASE),
                                      connection_factory=psycopg2.extras.LogicalReplicationConnection)
        self.addCleanup(connection.close)
        connection.cursor().start_replication(slot_name=SLOT, options=_PGOUTPUT)
        self.assertRegex(self.check(self.converted()), r"warning +slot: .*is active for PID")

    def options_of_the_trial(self):
        """What the manual gives to both commands behind -c walferry.yaml."""
        lines = next(block.text for block in MANUAL.blocks if "name=trial" in block.text).splitlines()
        run, verify = (shlex.split(line) for line in lines)
        self.assertEqual((run[:4], verify[:4]), (["walferry", "run", "-c", "walferry.yaml"],
                                                 ["walferry", "verify", "-c", "walferry.yaml"]))
        self.assertEqual(run[4:], verify[4:])
        return run[4:]

    def test_both_run_side_by_side_and_verify_agrees(self):
        config = self.converted()
        options = self.options_of_the_trial()
        self.sql("INSERT INTO orders VALUES (1, 'there before')")
        program = self.enterContext(Walferry(config, options=options)).start_streaming()
        self.sql("INSERT INTO orders VALUES (2, 'for both')")
        consumer.follow_until(self.scene.kafka.bootstrap, "trial.public.orders", lambda found: len(found) == 2)
        done = walferry.call("verify", *options, config=config)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(program.terminate(), 0)
        changes = self.sql("SELECT count(*) FROM pg_logical_slot_peek_binary_changes(%s, NULL, NULL, 'proto_version', "
                           "'1', 'publication_names', %s)", (SLOT, PUBLICATION))
        self.assertGreater(changes[0][0], 0, "Debezium's slot has them still")

    def test_verify_refuses_records_of_debezium(self):
        config = {**self.converted(), "snapshot": {"mode": "never"}}
        config["events"]["skip"] = []
        self.scene.kafka.create_topic(TOPIC)
        producer = Producer({"bootstrap.servers": self.scene.kafka.bootstrap})
        producer.produce(TOPIC, key=b'{"id":1}', value=b'{"before":null,"after":{"id":1,"note":"x"},"source":{"lsn":1},"op":"c"}')
        self.assertEqual(producer.flush(30), 0)
        program = self.enterContext(Walferry(config)).start_streaming()
        done = walferry.call("verify", config=config)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("is not an event of walferry's", done.stdout + done.stderr)
        self.assertEqual(program.terminate(), 0)


if __name__ == "__main__":
    unittest.main()
