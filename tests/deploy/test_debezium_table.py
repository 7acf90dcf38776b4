#!/usr/bin/python3
"""The manual's table of Debezium's properties is the converter's, and the converter does what it says."""
import pathlib
import tempfile
import unittest

import yaml

import debezium_table
from rig.walferry import binary, call

# A value of each property that has one key; others take what the table's first pair names, or a number.
VALUES = {
    "database.server.name": "shop", "topic.prefix": "shop", "slot.name": "dbz", "publication.name": "dbz",
    "publish.via.partition.root": "true", "decimal.handling.mode": "string", "time.precision.mode": "connect",
    "binary.handling.mode": "hex", "interval.handling.mode": "string", "hstore.handling.mode": "map",
    "money.fraction.digits": "3", "unavailable.value.placeholder": "gone", "tombstones.on.delete": "false",
    "provide.transaction.metadata": "true", "skip.messages.without.change": "true",
    "schema.name.adjustment.mode": "avro", "field.name.adjustment.mode": "avro", "include.schema.comments": "true",
    "status.update.interval.ms": "5000", "heartbeat.interval.ms": "5000", "snapshot.max.threads": "4",
    "incremental.snapshot.chunk.size": "500", "topic.creation.default.partitions": "3",
    "topic.creation.default.replication.factor": "2", "skipped.operations": "d", "snapshot.mode": "no_data",
    "publication.autocreate.mode": "disabled", "include.unknown.datatypes": "true", "exactly.once.support": "requested",
    "schema.include.list": "public", "schema.exclude.list": "hr", "message.key.columns": "public.t:a",
    "column.mask.with.N.chars": "public.t.a", "column.truncate.to.N.chars": "public.t.b",
    "column.mask.hash.v2.*": "public.t.c", "column.propagate.source.type": "public.t.a",
}
REAL = {"column.mask.with.N.chars": "column.mask.with.5.chars", "column.truncate.to.N.chars": "column.truncate.to.5.chars",
        "column.mask.hash.v2.*": "column.mask.hash.v2.SHA-256.with.salt.s"}


def value_of(name):
    """A value that the property may have."""
    if name in VALUES:
        return VALUES[name]
    if name.startswith("database."):
        return "require" if name.endswith("sslmode") else "5432" if name.endswith("port") else "x"
    return "public.t.a" if name.startswith("column.") else "public.t" if name.startswith("table.") else "audit"


class Table(unittest.TestCase):
    def test_the_manual_has_it_as_the_code_does(self):
        self.assertGreater(len(debezium_table.names()), 90)
        self.assertEqual(debezium_table.printed(), debezium_table.table(), "tests/deploy/debezium_table.py --write")

    @unittest.skipUnless(binary().exists(), "walferry is not built")
    def test_each_row_is_what_the_converter_does(self):
        for name, key, _ in [*debezium_table.connection(), *debezium_table.renamed(), *debezium_table.filters()]:
            with self.subTest(name):
                properties = {"connector.class": "io.debezium.connector.postgresql.PostgresConnector",
                              "topic.prefix": "shop", "value.converter": "org.apache.kafka.connect.json.JsonConverter",
                              REAL.get(name, name): value_of(name)}
                place = self.converted(properties)
                for part in key.split("."):
                    self.assertIn(part, place, f"{key} is set")
                    place = place[part]

    def converted(self, properties):
        """The YAML of these properties, which must load."""
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "connector.properties"
            file.write_text("".join(f"{name}={value}\n" for name, value in properties.items()), encoding="utf-8")
            done = call("config", "from-debezium", file)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("is not known to walferry", done.stdout)
        loaded = call("config", "check", "--set", "source.url=postgresql://db/shop", config=done.stdout)
        self.assertEqual(loaded.returncode, 0, loaded.stderr)
        return yaml.safe_load(done.stdout)


if __name__ == "__main__":
    unittest.main()
