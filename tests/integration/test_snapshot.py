"""The rows that were there before: every value as the stream has it, marks, what is left out."""

import os
import pty
import signal
import subprocess
import unittest

from rig import consumer, walferry
from rig.waiting import wait_until
from scene import DATABASE, SLOT
from snapshots import assert_tables_rebuilt, snapshot_scene, snapshot_status, values

TYPES = """
CREATE TYPE mood AS ENUM ('sad', 'it''s');
CREATE TYPE pair AS (a int, b text);
CREATE TABLE kinds (
  id int PRIMARY KEY, b bool, r real, d float8, n numeric, m money, c char(5), t text, y bytea,
  v varbit, u uuid, da date, ti time, tz timetz, ts timestamp, tsz timestamptz, i interval,
  j json, jb jsonb, ip inet, p point, ra int4range, ar text[], e mood, x xml, co pair, l pg_lsn)
"""
ROW = r"""
INSERT INTO kinds VALUES ({id}, true, 1e-45, 0.1, 'NaN', '-1.5', 'ab',
  E'tab\t new\nline back\\slash \\N \b\f\v\r quote" ünï', '\x00ff5c', B'0101',
  'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '0044-03-15 BC', '24:00:00', '01:02:03.5+02:30',
  'infinity', '2020-01-02 03:04:05.678+05', '-1 mon 2 days -03:04:05.5', '{{"a":  1}}', '{{"a":  1}}',
  '10.0.0.1/8', '(1,2)', '[1,5)', E'{{NULL,"a\\\\b","c,d",""}}', 'it''s', '<x/>', '(1,"b\\")',
  '0/16B3748')
"""


class SnapshotTest(unittest.TestCase):
    def begin(self, mode="initial", major=15, **settings):
        self.scene = self.enterContext(snapshot_scene(major, mode, **settings))
        return self.scene

    def topic(self, table):
        return values(consumer.read(self.scene.kafka.bootstrap, [f"shop.public.{table}"]))

    def test_values_equal_those_of_the_stream(self):
        scene = self.begin()
        scene.sql(TYPES)
        scene.sql(ROW.format(id=1))
        scene.sql("INSERT INTO kinds (id) VALUES (2)")
        scene.sql("ALTER ROLE CURRENT_USER SET datestyle = 'German'; "
                  "ALTER ROLE CURRENT_USER SET bytea_output = 'escape'; "
                  "ALTER ROLE CURRENT_USER SET timezone = 'Asia/Tokyo'; "
                  "ALTER ROLE CURRENT_USER SET extra_float_digits = -3; "
                  "ALTER ROLE CURRENT_USER SET intervalstyle = 'iso_8601'")
        scene.walferry.start_streaming()
        scene.sql(ROW.format(id=3))
        scene.sql("INSERT INTO kinds (id) VALUES (4)")
        scene.wait_caught_up()
        read, empty, streamed, streamed_empty = self.topic("kinds")
        self.assertEqual([read["op"], streamed["op"]], ["r", "c"])
        self.assertEqual({**read["after"], "id": 3}, streamed["after"])
        self.assertEqual({**empty["after"], "id": 4}, streamed_empty["after"])
        position = [(e["source"]["commit_lsn"], e["source"]["tx_seq"])
                    for e in (read, empty, streamed)]
        self.assertEqual(position, sorted(set(position)))

    def test_a_terminal_shows_how_far_it_is(self):
        scene = self.begin()
        scene.sql("CREATE TABLE wide (id int PRIMARY KEY, v text)")
        scene.sql("INSERT INTO wide SELECT n, repeat('x', 300) FROM generate_series(1, 60000) n")
        scene.sql("ANALYZE wide")
        try:
            terminal, theirs = pty.openpty()
        except OSError as why:
            self.skipTest(f"no pseudo terminals here: {why}")
        command = [walferry.binary(), "run", "--set", f"source.url={scene.postgres.url(DATABASE)}", "--set", "name=seen",
                   "--set", "http.listen=127.0.0.1:0"]
        # Nobody reads the events: it stays in the middle of the table.
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs) as process:
            os.close(theirs)
            seen = b""
            while b" of about 60000 rows, 0 of 1 tables" not in seen:
                seen += os.read(terminal, 4096)
            self.assertIn(b"\r\x1b[Ksnapshot [", seen)
            process.send_signal(signal.SIGTERM)
            process.stdout.read()
        os.close(terminal)

    def test_only_what_the_stream_publishes(self):
        scene = self.begin()
        scene.sql("""
            CREATE TABLE plain (id int PRIMARY KEY, g int GENERATED ALWAYS AS (id * 2) STORED, s text);
            CREATE TABLE child (more int) INHERITS (plain);
            ALTER TABLE child ADD PRIMARY KEY (id);
            CREATE TABLE keyless (v text);
            CREATE TABLE part (id int PRIMARY KEY, v text) PARTITION BY RANGE (id);
            CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (0) TO (10);
            CREATE TABLE part_2 PARTITION OF part FOR VALUES FROM (10) TO (20);
            CREATE UNLOGGED TABLE fleeting (id int PRIMARY KEY);
            CREATE TABLE other (id int PRIMARY KEY);
            CREATE TABLE empty (id int PRIMARY KEY);
            INSERT INTO plain (id, s) VALUES (1, 'a'), (2, 'b');
            INSERT INTO child (id, s, more) VALUES (3, 'c', 1);
            INSERT INTO keyless VALUES ('x'), ('x'), (NULL);
            INSERT INTO part VALUES (5, 'p'), (15, 'q');
            INSERT INTO fleeting VALUES (1);
            INSERT INTO other VALUES (1);
            CREATE PUBLICATION walferry_shop FOR TABLE ONLY plain (id) WHERE (id > 1), ONLY child,
              keyless, part, other, empty WITH (publish_via_partition_root = true)""")
        scene.walferry.config["source"]["tables"] = ["public.*", "!public.other"]
        scene.walferry.start_streaming()
        scene.sql("INSERT INTO part VALUES (6, 'r')")
        scene.wait_caught_up()
        self.assertEqual([e["after"] for e in self.topic("plain")], [{"id": 2}])
        self.assertEqual([e["after"] for e in self.topic("child")],
                         [{"id": 3, "s": "c", "more": 1}])
        self.assertEqual([e["after"]["v"] for e in self.topic("keyless")], ["x", "x", None])
        places = {(e["source"]["commit_lsn"], e["source"]["tx_seq"]) for e in self.topic("keyless")}
        self.assertEqual(len(places), 3)
        self.assertEqual([(e["op"], e["after"]["id"]) for e in self.topic("part")],
                         [("r", 5), ("r", 15), ("c", 6)])
        topics = consumer.topic_names(scene.kafka.bootstrap)
        self.assertNotIn("shop.public.other", topics)
        self.assertNotIn("shop.public.fleeting", topics)

    def test_only_reads_and_leaves_nothing_behind(self):
        scene = self.begin("only")
        scene.sql("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 1000)")
        scene.walferry.start()
        wait_until(lambda: not scene.walferry.running, "walferry ended")
        self.assertEqual(scene.walferry.exit_code, 0, scene.walferry.log_tail())
        events = self.topic("t")
        self.assertEqual(sorted(e["after"]["id"] for e in events), list(range(1, 1001)))
        marks = [e["source"]["snapshot"] for e in events]
        self.assertEqual((marks[0], set(marks[1:-1]), marks[-1]), ("first", {"true"}, "last"))
        self.assertEqual(scene.postgres.value("SELECT count(*) FROM pg_replication_slots"), 0)

    def test_read_once(self):
        scene = self.begin()
        scene.sql("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)")
        for _ in range(3):
            scene.walferry.start_streaming()
            self.assertEqual(scene.walferry.terminate(), 0)
        self.assertEqual(len(self.topic("t")), 1)

    def test_when_needed_reads_again_after_the_slot_was_dropped(self):
        scene = self.begin("when_needed")
        scene.sql("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)")
        scene.walferry.start_streaming()
        scene.walferry.terminate()
        scene.postgres.sql("SELECT pg_drop_replication_slot(%s)", (SLOT,))
        scene.sql("INSERT INTO t VALUES (2)")
        scene.walferry.start_streaming()
        self.assertEqual([(e["op"], e["after"]["id"]) for e in self.topic("t")],
                         [("r", 1), ("r", 1), ("r", 2)])

    def test_a_slot_that_somebody_made_misses_nothing(self):
        scene = self.begin()
        scene.sql("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1);"
                  f"CREATE PUBLICATION {SLOT} FOR TABLE t")
        scene.sql("SELECT pg_create_logical_replication_slot(%s, 'pgoutput')", (SLOT,))
        scene.sql("INSERT INTO t VALUES (2)")
        scene.walferry.start_streaming()
        scene.wait_caught_up()
        events = [(e["op"], e["after"]["id"]) for e in self.topic("t")]
        self.assertEqual(events, [("r", 1), ("r", 2), ("c", 2)])

    def test_workers_under_load(self):
        scene = self.begin(workers=3)
        scene.prepare_load()
        scene.sql("""
            INSERT INTO load_number SELECT g, g, repeat('x', 400), g % 2 = 0
              FROM generate_series(1000, 260000) g;
            INSERT INTO load_text SELECT 'k' || g, g, 'y', NULL FROM generate_series(1000, 20000) g;
            INSERT INTO load_pair SELECT g, 'b', g, NULL, true FROM generate_series(1000, 20000) g""")
        load = scene.start_load(sessions=3, seconds=600)
        scene.walferry.start_streaming(120)
        load.stop()
        scene.wait_caught_up()
        self.assertEqual(snapshot_status(scene)["state"], "done")
        assert_tables_rebuilt(self, scene)

    def test_stdout(self):
        scene = self.begin()
        scene.walferry.config["sink"] = {"stdout": {}}
        scene.sql("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)")
        scene.walferry.start_streaming()
        scene.sql("INSERT INTO t VALUES (2)")
        scene.wait_caught_up()
        self.assertEqual(scene.walferry.terminate(), 0)
        slots = scene.postgres.sql("SELECT slot_name::text, temporary FROM pg_replication_slots")
        self.assertEqual([tuple(slot) for slot in slots], [(SLOT, False)])
        scene.walferry.start_streaming()
        self.assertEqual(scene.walferry.terminate(), 0)
        said = scene.walferry.stdout.read_text(encoding="utf-8")
        self.assertEqual(said.count('"op":"r"'), 1, said)
        self.assertEqual(said.count('"op":"c"'), 1, said)


if __name__ == "__main__":
    unittest.main()
