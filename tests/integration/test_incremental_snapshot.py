"""Snapshots of chosen tables while the stream goes on: nothing stale, nothing missing, whatever happens."""

import random
import unittest

from incremental import (KEYS, ask, fill, hanging_commit, idle, incremental_scene, message,
                         rows_confirmed, status, wait_ended)
from rig import walferry as program
from rig.waiting import wait_until
from snapshots import assert_tables_rebuilt, snapshot_status, values


class IncrementalSnapshotTest(unittest.TestCase):
    def test_tables_under_load(self):
        scene = self.enterContext(incremental_scene())
        scene.prepare_load()
        fill(scene, 2 * KEYS)
        scene.walferry.start_streaming()
        load = scene.start_load(sessions=4, seconds=300, keys=KEYS)
        ask(scene, "public.load_*")
        ended = wait_ended(scene, 4)
        load.stop()
        self.assertEqual({table["outcome"] for table in ended}, {"done"})
        scene.wait_caught_up()
        assert_tables_rebuilt(self, scene)

    def test_binary_values_and_transactions_that_come_before_their_commit(self):
        scene = self.enterContext(incremental_scene())
        scene.walferry.config["source"].update(binary=True, streaming="on")
        scene.postgres.sql("ALTER SYSTEM SET logical_decoding_work_mem = '64kB'")
        scene.postgres.sql("SELECT pg_reload_conf()")
        scene.prepare_load()
        fill(scene, 4 * KEYS)
        scene.walferry.start_streaming()
        load = scene.start_load(sessions=2, seconds=300, keys=KEYS)
        ask(scene, "public.load_*")
        for turn in range(6):
            scene.sql(f"UPDATE load_number SET n = n + 1 WHERE id > {2 * KEYS}; "
                      f"UPDATE load_text SET label = 'turn {turn}' WHERE n > {2 * KEYS}")
        ended = wait_ended(scene, 4)
        load.stop()
        self.assertEqual({table["outcome"] for table in ended}, {"done"})
        scene.wait_caught_up()
        assert_tables_rebuilt(self, scene)

    def test_kill9_in_the_middle(self):
        scene = self.enterContext(incremental_scene(chunk_rows=200))
        scene.prepare_load()
        fill(scene, 4 * KEYS)
        scene.walferry.start_streaming()
        load = scene.start_load(sessions=3, seconds=600, keys=KEYS)
        ask(scene, "public.load_*")
        dice = random.Random(11)
        met = 0
        for _ in range(6):
            rows = rows_confirmed(scene)
            wanted = rows + dice.randrange(1, 6_000)
            wait_until(lambda: rows_confirmed(scene) >= wanted or idle(scene),
                       lambda: f"{wanted} rows confirmed:\n{scene.walferry.log_tail()}",
                       interval=0.05)
            scene.walferry.kill9()
            met += not idle(scene)
            self.assertGreaterEqual(rows_confirmed(scene), rows)
            scene.walferry.start_streaming()
        ended = wait_ended(scene, 4, 240)
        load.stop()
        self.assertGreater(met, 2, "too few kills hit the snapshot")
        self.assertEqual({table["outcome"] for table in ended}, {"done"})
        scene.wait_caught_up()
        assert_tables_rebuilt(self, scene)

    def test_a_request_is_not_lost_with_the_process_that_heard_it(self):
        scene = self.enterContext(incremental_scene())
        scene.prepare_load()
        fill(scene, 100)
        scene.walferry.start_streaming()
        scene.walferry.kill9()
        warned = program.call("snapshot", "load_number", config=scene.walferry.config)
        self.assertEqual(warned.returncode, 0, warned.stderr)
        self.assertIn("waits in the WAL", warned.stderr)
        scene.walferry.start_streaming()
        self.assertEqual(wait_ended(scene, 1)[0]["rows"], 101)
        scene.walferry.kill9()
        scene.walferry.start_streaming()
        scene.wait_caught_up()
        self.assertEqual(len(status(scene)["ended"]), 1, "the request was taken for a new one")

    def test_a_commit_that_waits_for_a_standby_is_never_overwritten(self):
        scene = self.enterContext(incremental_scene())
        scene.prepare_load()
        scene.sql("INSERT INTO load_number VALUES (1, 1), (2, 2)")
        scene.walferry.start_streaming()
        with hanging_commit(scene, "UPDATE load_number SET n = 100 WHERE id = 1"):
            wait_until(lambda: len(scene.events()) == 1, "the update came by the stream")
            ask(scene, "load_number")
            wait_until(lambda: "which writes to table" in snapshot_status(scene)["waits_for"],
                       lambda: f"it waits: {snapshot_status(scene)}")
        wait_ended(scene, 1)
        scene.wait_caught_up()
        assert_tables_rebuilt(self, scene)
        with hanging_commit(scene, "UPDATE load_number SET n = 200 WHERE id = 1"):
            pass
        scene.wait_caught_up()
        assert_tables_rebuilt(self, scene)

    def test_a_commit_that_begins_to_hang_between_chunks(self):
        scene = self.enterContext(incremental_scene(chunk_rows=1))
        scene.prepare_load()
        scene.sql("INSERT INTO load_number SELECT g, g FROM generate_series(1, 400) g")
        scene.walferry.start_streaming()
        ask(scene, "load_number")
        wait_until(lambda: rows_confirmed(scene) > 0, "it began", interval=0.05)
        with hanging_commit(scene, "UPDATE load_number SET n = -1"):
            self.assertFalse(idle(scene), "the snapshot was over before the commit hung")
            # Chunks go on: what hangs is in the stream, and its old rows are left out.
            self.assertEqual(wait_ended(scene, 1)[0]["outcome"], "done")
        scene.wait_caught_up()
        assert_tables_rebuilt(self, scene)

    def test_pause_resume_and_stop(self):
        scene = self.enterContext(incremental_scene(chunk_rows=1))
        scene.prepare_load()
        fill(scene, 5_000)
        scene.walferry.start_streaming()
        ask(scene, "--pause")
        ask(scene, "load_number", "load_text")
        wait_until(lambda: len(status(scene)["tables"]) == 2, "both were heard")
        self.assertTrue(status(scene)["paused"])
        ask(scene, "--stop", "load_text")
        wait_until(lambda: len(status(scene)["tables"]) == 1, "one was stopped")
        self.assertEqual(rows_confirmed(scene), 0)
        ask(scene, "--resume")
        wait_until(lambda: rows_confirmed(scene) > 0, "it went on")
        ask(scene, "--stop")
        ended = wait_ended(scene, 2)
        self.assertEqual([table["outcome"] for table in ended], ["stopped", "stopped"])
        self.assertLess(ended[1]["rows"], 5_000)
        self.assertTrue(scene.walferry.running)

    def test_the_slot_goes_on_meanwhile(self):
        scene = self.enterContext(incremental_scene(chunk_rows=1))
        scene.prepare_load()
        fill(scene, 20_000)
        scene.walferry.start_streaming()
        ask(scene, "load_number")
        for _ in range(5):
            scene.sql("UPDATE load_text SET n = n + 1 WHERE n % 100 = 0")
            end = int(scene.postgres.value("SELECT pg_current_wal_lsn() - '0/0'"))
            wait_until(lambda: scene.confirmed() >= end, "acknowledged beside the snapshot")
            self.assertFalse(idle(scene), "the snapshot was over before it was looked at")
        ask(scene, "--stop")
        wait_ended(scene, 1)

    def test_truncate_and_another_definition_in_the_middle(self):
        scene = self.enterContext(incremental_scene(chunk_rows=20))
        scene.prepare_load()
        fill(scene, 3_000)
        scene.walferry.start_streaming()
        ask(scene, "load_number", "load_text")
        wait_until(lambda: rows_confirmed(scene) > 100, "it began")
        scene.sql("ALTER TABLE load_number ADD COLUMN more integer DEFAULT 7; "
                  "UPDATE load_number SET more = 8 WHERE id = 2999")
        scene.sql("TRUNCATE load_text; INSERT INTO load_text VALUES ('k7', 7)")
        ended = wait_ended(scene, 2)
        self.assertEqual({table["outcome"] for table in ended}, {"done"})
        scene.wait_caught_up()
        rows, texts = {}, {}
        for event in values(scene.records()):
            if event["op"] == "t":
                texts.clear()
            elif event["source"]["table"] == "load_text":
                texts[event["after"]["id"]] = event["after"]["n"]
            else:
                rows[event["after"]["id"]] = event["after"]
        self.assertEqual(texts, {"k7": 7})
        self.assertEqual(len(rows), 3_001)
        self.assertEqual(rows[2999]["more"], 8)
        self.assertEqual(rows[2998]["more"], 7)

    def test_events_are_debezium_s(self):
        scene = self.enterContext(incremental_scene())
        scene.prepare_load()
        scene.sql("INSERT INTO load_number VALUES (1, 1)")
        scene.walferry.start_streaming()
        ask(scene, "load_number")
        wait_ended(scene, 1)
        scene.sql("UPDATE load_number SET label = 'x'")
        scene.wait_caught_up()
        read, update = values(scene.records())
        self.assertEqual((read["op"], read["before"]), ("r", None))
        self.assertEqual(read["source"]["snapshot"], "incremental")
        self.assertIsNone(read["source"]["txId"])
        self.assertLess(read["source"]["commit_lsn"], update["source"]["commit_lsn"])
        self.assertEqual({**read["after"], "label": "x"}, update["after"])

    def test_conditions_need_the_token(self):
        scene = self.enterContext(incremental_scene())
        scene.prepare_load()
        fill(scene, 50)
        without = program.call("snapshot", "load_number", "--where", "id < 10",
                               config=scene.walferry.config)
        self.assertEqual(without.returncode, 2)
        self.assertIn("http.token", without.stderr)
        scene.walferry.config["http"]["token"] = "secret"
        scene.walferry.start_streaming()
        ask(scene, "load_number", "--where", "id < 10 -- no more")
        self.assertEqual(wait_ended(scene, 1)[0]["rows"], 10)
        message(scene, {"command": "start", "tables": ["public.load_text"], "where": "true"})
        wait_until(lambda: "no seal" in scene.walferry.log_text(), "it was refused")
        message(scene, "not JSON")
        wait_until(lambda: "not a JSON object" in scene.walferry.log_text(),
                   lambda: f"it was refused:\n{scene.walferry.log_text()}")
        message(scene, {"tables": ["public.load_text"], "slot": "another"})
        message(scene, {"tables": ["public.load_pair"]})
        ended = wait_ended(scene, 2)
        self.assertEqual([table["table"] for table in ended],
                         ["public.load_number", "public.load_pair"])
        self.assertEqual(ended[1]["rows"], 51)

    def test_what_cannot_be_read_is_refused_with_the_reason(self):
        scene = self.enterContext(incremental_scene())
        scene.sql("""
            CREATE TABLE ok (id integer PRIMARY KEY);
            CREATE TABLE no_key (id integer);
            ALTER TABLE no_key REPLICA IDENTITY FULL;
            CREATE TABLE nullable (id integer UNIQUE);
            ALTER TABLE nullable REPLICA IDENTITY FULL;
            CREATE TABLE partial (id integer NOT NULL);
            CREATE UNIQUE INDEX ON partial (id) WHERE id > 3;
            ALTER TABLE partial REPLICA IDENTITY FULL;
            CREATE TABLE late (id integer NOT NULL UNIQUE DEFERRABLE);
            ALTER TABLE late REPLICA IDENTITY FULL;
            CREATE TABLE elsewhere (id integer PRIMARY KEY);
            INSERT INTO ok VALUES (1)""")
        scene.walferry.config["source"]["tables"] = ["public.*", "!public.elsewhere"]
        scene.walferry.start_streaming()
        names = ["no_key", "nullable", "partial", "late", "elsewhere", "nowhere", "ok"]
        ask(scene, *names)
        ended = wait_ended(scene, len(names))
        outcomes = {table["table"]: table for table in ended}
        for name in names[:4]:
            self.assertEqual(outcomes[f"public.{name}"]["outcome"], "failed", name)
            self.assertIn("no primary key", outcomes[f"public.{name}"]["why"], name)
        self.assertIn("not published", outcomes["public.elsewhere"]["why"])
        self.assertIn("no published table", outcomes["public.nowhere"]["why"])
        self.assertEqual(outcomes["public.ok"]["outcome"], "done")
        self.assertTrue(scene.walferry.running)


if __name__ == "__main__":
    unittest.main()
