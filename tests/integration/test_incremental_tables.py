"""Incremental snapshots of tables of every shape, by every way to ask for them."""

import json
import unittest
import urllib.error
import urllib.request

from incremental import ask, incremental_scene, status, wait_ended
from rig import consumer
from rig.waiting import wait_until
from snapshots import values


def read_rows(scene, table):
    """What the snapshot published of a table: the rows, in their order."""
    records = consumer.read(scene.kafka.bootstrap, [f"shop.public.{table}"])
    return [event["after"] for event in values(records) if event["op"] == "r"]


def post(scene, body, token=None):
    """The status of POST /snapshot."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(f"http://{scene.walferry.http}/snapshot", method="POST",
                                     data=json.dumps(body).encode(), headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


class IncrementalTablesTest(unittest.TestCase):
    def test_partitions_inheritance_filters_and_lists(self):
        scene = self.enterContext(incremental_scene(chunk_rows=3))
        scene.sql("""
            CREATE TABLE parted (id integer PRIMARY KEY, t text) PARTITION BY RANGE (id);
            CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (0) TO (10);
            CREATE TABLE parted_high PARTITION OF parted FOR VALUES FROM (10) TO (99);
            CREATE TABLE parent (id integer PRIMARY KEY);
            CREATE TABLE child (more integer, PRIMARY KEY (id)) INHERITS (parent);
            CREATE TABLE part (id integer PRIMARY KEY, hidden text DEFAULT 'x', shown text,
                               twice integer GENERATED ALWAYS AS (id * 2) STORED);
            INSERT INTO parted SELECT g, 'p' FROM generate_series(1, 20) g;
            INSERT INTO parent VALUES (1);
            INSERT INTO child VALUES (2, 3);
            INSERT INTO part (id, shown) SELECT g, 's' || g FROM generate_series(1, 9) g;
            CREATE PUBLICATION walferry_shop FOR TABLE parted, ONLY parent, child,
                part (id, shown) WHERE (id > 4)""")
        scene.walferry.start_streaming()
        ask(scene, "parted", "parent", "part")
        ended = wait_ended(scene, 4)
        self.assertEqual({(table["table"], table["outcome"], table["rows"]) for table in ended},
                         {("public.parted_low", "done", 9), ("public.parted_high", "done", 11),
                          ("public.parent", "done", 1), ("public.part", "done", 5)})
        self.assertEqual(read_rows(scene, "part"),
                         [{"id": n, "shown": f"s{n}"} for n in range(5, 10)])

    def test_partitions_as_their_root(self):
        scene = self.enterContext(incremental_scene(chunk_rows=3))
        scene.walferry.config["source"]["publish_via_partition_root"] = True
        scene.sql("""
            CREATE TABLE parted (id integer, t text, PRIMARY KEY (id)) PARTITION BY HASH (id);
            CREATE TABLE parted_a PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
            CREATE TABLE parted_b PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
            INSERT INTO parted SELECT g, 'p' FROM generate_series(1, 20) g""")
        scene.walferry.start_streaming()
        ask(scene, "parted", "parted_a")
        ended = {table["table"]: table for table in wait_ended(scene, 2)}
        self.assertEqual(ended["public.parted"]["rows"], 20)
        self.assertIn("not published", ended["public.parted_a"]["why"])
        self.assertEqual([row["id"] for row in read_rows(scene, "parted")], list(range(1, 21)))

    def test_keys_of_many_types_in_chunks_of_two(self):
        for binary in (False, True):
            with self.subTest(binary=binary):
                self.keys_of_many_types(binary)

    def keys_of_many_types(self, binary):
        scene = self.enterContext(incremental_scene(chunk_rows=2))
        scene.walferry.config["source"]["binary"] = binary
        scene.walferry.config["events"] = {"decimal": "string"}
        keys = {
            "numeric": ["NaN", "Infinity", "-Infinity", "1.50", "-3", "0.0001", "77777777777777777777"],
            "float8": ["NaN", "-Infinity", "0.1", "1e300", "-2.5"],
            "text": ["", "a'b", "back\\slash", "tab\there", "ünï", "Z", "a"],
            "char(5)": ["a", "ab", "b"],
            "bytea": ["\\x00ff", "\\x", "\\x5c"],
            "timestamptz": ["infinity", "2020-01-01 00:00:00.123456+02", "0044-03-15 BC"],
            "uuid": ["00000000-0000-0000-0000-000000000001", "ffffffff-0000-0000-0000-000000000001"],
            "bool": ["t", "f"],
            "integer[]": ["{1,2}", "{}", "{NULL,3}"],
            "mood": ["sad", "ok", "happy"],
        }
        scene.sql("CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')")
        for n, (kind, texts) in enumerate(keys.items()):
            scene.sql(f"CREATE TABLE k{n} (id {kind}, b integer, v integer, PRIMARY KEY (id, b))")
            for text in texts:
                scene.sql(f"INSERT INTO k{n} SELECT %s::{kind}, g, 0 FROM generate_series(1, 3) g",
                          (text,))
        scene.walferry.start_streaming()
        # The stream changes rows in another order meanwhile: what it tells must be matched.
        ask(scene, "public.k*")
        for n in range(len(keys)):
            scene.sql(f"UPDATE k{n} SET v = 1 WHERE b = 2")
        ended = wait_ended(scene, len(keys))
        scene.wait_caught_up()
        for n, (kind, texts) in enumerate(keys.items()):
            newest = {}
            records = consumer.read(scene.kafka.bootstrap, [f"shop.public.k{n}"])
            for event in values(records):
                row = event["after"]
                newest[(json.dumps(row["id"]), row["b"])] = row["v"]
            self.assertEqual(len(newest), 3 * len(texts), kind)
            self.assertEqual(newest, {key: int(key[1] == 2) for key in newest}, kind)
        self.assertEqual({table["outcome"] for table in ended}, {"done"})

    def test_tables_that_join_the_publication(self):
        scene = self.enterContext(incremental_scene())
        scene.walferry.config["snapshot"]["new_tables"] = True
        scene.walferry.config["source"]["create"] = True
        scene.sql("""
            CREATE TABLE first (id integer PRIMARY KEY);
            CREATE TABLE second (id integer PRIMARY KEY);
            CREATE TABLE third (id integer PRIMARY KEY);
            INSERT INTO first VALUES (1); INSERT INTO second VALUES (2); INSERT INTO third VALUES (3);
            CREATE PUBLICATION walferry_shop FOR TABLE first""")
        scene.walferry.start_streaming()
        scene.wait_caught_up()
        scene.sql("ALTER PUBLICATION walferry_shop ADD TABLE second")
        self.assertEqual(wait_ended(scene, 1)[0]["table"], "public.second")
        scene.sql("INSERT INTO first VALUES (10)")
        scene.wait_caught_up()
        scene.walferry.kill9()
        scene.sql("ALTER PUBLICATION walferry_shop ADD TABLE third")
        scene.walferry.start_streaming()
        ended = wait_ended(scene, 2)
        self.assertEqual([(table["table"], table["rows"]) for table in ended],
                         [("public.second", 1), ("public.third", 1)])

    def test_by_http_with_the_token_only(self):
        scene = self.enterContext(incremental_scene())
        scene.sql("CREATE TABLE t (id integer PRIMARY KEY); "
                  "INSERT INTO t SELECT generate_series(1, 7)")
        wish = {"tables": ["public.t"], "where": "id > 5"}
        scene.walferry.start_streaming()
        self.assertEqual(post(scene, wish), 403)
        scene.walferry.kill9()
        scene.walferry.config["http"]["token"] = "secret"
        scene.walferry.start_streaming()
        self.assertEqual(post(scene, wish), 401)
        self.assertEqual(post(scene, wish, "wrong"), 401)
        self.assertEqual(post(scene, {"tables": 7}, "secret"), 400)
        self.assertEqual(post(scene, wish, "secret"), 202)
        self.assertEqual([(table["table"], table["rows"]) for table in wait_ended(scene, 1)],
                         [("public.t", 2)])
        shown = json.loads(scene.walferry.get("/status")[1])["snapshot"]
        self.assertEqual(shown["state"], "done")
        self.assertEqual([table["kind"] for table in shown["tables"]], ["incremental"])
        self.assertIn('walferry_snapshot_rows_total 2', scene.walferry.get("/metrics")[1])
        wait_until(lambda: not status(scene)["tables"], "nothing is left to do")


if __name__ == "__main__":
    unittest.main()
