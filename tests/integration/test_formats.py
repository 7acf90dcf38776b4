"""Every format is JSON in UTF-8 whatever the database holds, by Python's own parser; plain events
keep what their JSON Schema promises."""

import json
import unittest

from rig.postgres import Postgres
from rig.postgres_binaries import Unavailable
from rig.waiting import wait_until
from rig.walferry import ROOT, Walferry

SCHEMA = ROOT / "lib/encode/plain.schema.json"
FORMATS = {
    "plain": {"format": "plain", "transactions": False},
    "debezium": {"decimal": "string", "time": "isostring", "hstore": "map"},
    "beside": {"encoding": "json-schema", "schema_source_types": ["*.*.*"]},
    "cloud": {"format": "cloudevents", "encoding": "json-schema"},
    "flat": {"flatten": {"deletes": "rewrite", "add_fields": ["op", "lsn"]}},
    "flat_beside": {"flatten": {"deletes": "rewrite", "add_fields": ["op", "snapshot"]},
                    "encoding": "json-schema", "transactions": True, "heartbeat": "100ms",
                    "decimal": "double", "time": "nanoseconds", "unknown_types": "bytes"},
}
TABLES = r"""
CREATE EXTENSION hstore;
CREATE TYPE mood AS ENUM ('a"b', 'ü\');
CREATE TYPE pair AS (x integer, y text);
CREATE DOMAIN score AS numeric(5,2) NOT NULL;
CREATE TABLE "t ""ü\" (id bigint PRIMARY KEY, t text DEFAULT E'\x01"', n numeric, f real,
  d double precision, b bytea, j json, jb jsonb, x xml, bits varbit, day date, at timestamp,
  atz timestamptz, hour time, hourz timetz, span interval, cash money, u uuid, net inet, p point,
  c circle, r int4range, m nummultirange, ts tsvector, e mood, es mood[], h hstore, list text[],
  grid integer[], co pair, s score DEFAULT 1, l pg_lsn, "na""me" name);
ALTER TABLE "t ""ü\" ALTER t SET STORAGE EXTERNAL;
CREATE TABLE whole (id integer, t text);
ALTER TABLE whole REPLICA IDENTITY FULL;
"""
WORK = r"""
INSERT INTO "t ""ü\" VALUES (9223372036854775807, E'\x01\x1f\x7f\u2028"\\\n😀', 'NaN', 'NaN',
  '-Infinity', '\x00ff', E'{"a":\n"\\ud800", "a": 1e999}', '{"a": 1e400, "b": [null]}',
  '<a>ü&amp;</a>', B'', 'infinity', '-infinity', '294276-12-31 23:59:59.999999', '24:00',
  '24:00:00+15:59:59', '-178000000 years', '-92233720368547758.08', gen_random_uuid(), '::1/0',
  '(1e300,NaN)', '<(0,0),1>', 'empty', '{[1,2),[3,)}', $$'it''s':1A$$, 'a"b', '{NULL,"ü\\"}',
  '"k\""=>NULL, ""=>"\\"', '{NULL,"NULL","a,\"b",""}', '[0:1][3:3]={{1},{2}}', '(1,"a""\\")',
  1.5, '0/1', E'n"\\');
"""
MORE = r"""
INSERT INTO "t ""ü\" (id, t) VALUES (1, repeat('a"' || chr(10), 9000));
UPDATE "t ""ü\" SET n = 1e400, f = 1e-45, d = 5e-324, j = '"\ud83d\ude00\u0001"',
  jb = '123456789012345678901234567890', at = '4713-01-01 BC', day = '5874897-12-31' WHERE id = 1;
UPDATE "t ""ü\" SET id = 2 WHERE id = 1;
DELETE FROM "t ""ü\" WHERE id = 2;
INSERT INTO whole VALUES (1, NULL); UPDATE whole SET t = 'x'; DELETE FROM whole;
TRUNCATE whole, "t ""ü\" RESTART IDENTITY;
SELECT pg_logical_emit_message(true, 'pre"fix', 'text ü');
SELECT pg_logical_emit_message(false, 'p', '\x00ff'::bytea);
INSERT INTO whole VALUES (999, 'the end');
"""
# A database that takes any bytes: names, keys and values that are no UTF-8.
BROKEN = r"""
CREATE TABLE t (id text PRIMARY KEY, a text[], j json);
DO $$ BEGIN EXECUTE convert_from('\x414c544552205441424c45207420414444202263ff2220746578740a',
  'SQL_ASCII'); END $$;
"""
BROKEN_WORK = r"""
INSERT INTO t VALUES (convert_from('\xff22c3', 'SQL_ASCII'),
  ARRAY[convert_from('\xc3285c22', 'SQL_ASCII')],
  convert_from('\x7b2261223a2022ff227d', 'SQL_ASCII')::json, convert_from('\xf09f98', 'SQL_ASCII'));
DELETE FROM t;
INSERT INTO t (id) VALUES ('the end');
"""


PYTHON_TYPES = {"boolean": bool, "int16": int, "int32": int, "int64": int, "float": (int, float),
                "double": (int, float), "string": str, "bytes": str, "array": list, "map": dict,
                "struct": dict}


def misfits(schema, value, path=""):
    """Where a payload is not what Connect's schema beside it says. A value that does not fit its
    type is its text."""
    if value is None:
        return [] if schema["optional"] else [f"{path}: null in a required field"]
    if not isinstance(value, PYTHON_TYPES[schema["type"]]):
        return [] if isinstance(value, str) else [f"{path}: {value!r} is no {schema['type']}"]
    found = []
    if schema["type"] == "array":
        for one in value:
            found += misfits(schema["items"], one, f"{path}[]")
    elif schema["type"] == "map":
        for name, one in value.items():
            found += misfits(schema["values"], one, f"{path}/{name}")
    elif schema["type"] == "struct":
        fields = {field["field"]: field for field in schema["fields"]}
        if list(fields) != list(value):
            return [f"{path}: fields {list(fields)}, members {list(value)}"]
        for name, one in value.items():
            found += misfits(fields[name], one, f"{path}/{name}")
    return found


def strict(line):
    """The event, or an error: neither bytes that are no UTF-8 nor NaN without quotes pass."""
    def refuse(name):
        raise ValueError(f"{name} is not JSON")
    return json.loads(line.decode("utf-8", errors="strict"), parse_constant=refuse)


class FormatsTest(unittest.TestCase):
    def setUp(self):
        try:
            self.postgres = self.enterContext(Postgres())
        except Unavailable as error:
            self.skipTest(str(error))

    def start(self, database, name):
        walferry = Walferry({
            "name": name,
            "source": {"url": self.postgres.url(database), "tables": ["public.*"]},
            "snapshot": {"mode": "never"}, "events": FORMATS[name],
        })
        return self.enterContext(walferry).start_streaming()

    def events_of(self, database, name, *work):
        """What is published in the format until the row with `the end`, parsed strictly."""
        walferry = self.start(database, name)
        for statements in work:
            self.postgres.sql(statements, database=database)
        wait_until(lambda: b"the end" in walferry.stdout.read_bytes(),
                   lambda: f"{name}: all was published:\n{walferry.log_tail()}")
        self.assertEqual(walferry.terminate(), 0, walferry.log_tail())
        return [strict(line) for line in walferry.stdout.read_bytes().splitlines()]

    def test_every_format_is_json_and_plain_keeps_its_schema(self):
        for name in FORMATS:
            with self.subTest(name):
                database = f"db_{name}"
                self.postgres.create_database(database)
                self.postgres.sql(TABLES, database=database)
                events = self.events_of(database, name, WORK, MORE)
                self.assertGreaterEqual(len(events), 10)
                if name == "plain":
                    self.check_plain(events)
                if FORMATS[name].get("encoding") == "json-schema":
                    self.check_schemas(events)

    def check_schemas(self, events):
        """Each payload is what the schema beside it says."""
        framed = [event.get("data", event) for event in events]
        for event in framed:
            if event is not None and "schema" in event:
                self.assertEqual(misfits(event["schema"], event["payload"]), [])
        self.assertGreaterEqual(sum("schema" in event for event in framed), 7)

    def check_plain(self, events):
        self.assertEqual({event["op"] for event in events},
                         {"insert", "update", "delete", "truncate", "message"})
        self.assertTrue(any("unchanged" in event for event in events), events)
        try:
            import jsonschema
        except ImportError:
            self.skipTest("python3-jsonschema is not there")
        schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        checker = jsonschema.Draft202012Validator(schema)
        for event in events:
            self.assertEqual([str(one.message) for one in checker.iter_errors(event)], [], event)
        self.assertFalse(checker.is_valid({**events[0], "more": 1}))

    def test_bytes_that_are_no_utf8_become_replacement_characters(self):
        self.postgres.sql("CREATE DATABASE broken TEMPLATE template0 ENCODING 'SQL_ASCII' "
                          "LC_COLLATE 'C' LC_CTYPE 'C'")
        self.postgres.sql(BROKEN, database="broken")
        for name in FORMATS:
            with self.subTest(name):
                events = self.events_of("broken", name, BROKEN_WORK)
                self.assertGreaterEqual(len(events), 3)
                self.assertIn("\ufffd", json.dumps(events, ensure_ascii=False))
                self.postgres.sql("DELETE FROM t", database="broken")


if __name__ == "__main__":
    unittest.main()
