"""Snapshots that are killed, and one beside a transaction that waits for an absent standby."""

import random
import threading
import unittest

from rig.waiting import wait_until
from snapshots import assert_tables_rebuilt, snapshot_scene, wait_rows_read

KILLS = 8
ROWS = 60_000


class SnapshotFaultsTest(unittest.TestCase):
    def test_kill9_in_the_middle(self):
        scene = self.enterContext(snapshot_scene(workers=2))
        scene.prepare_load()
        scene.sql(f"""
            INSERT INTO load_number SELECT g, g, repeat('x', 100), g % 2 = 0
              FROM generate_series(1, {ROWS}) g;
            INSERT INTO load_text SELECT 'k' || g, g, 'y', NULL FROM generate_series(1, {ROWS}) g;
            INSERT INTO load_pair SELECT g % 7, 'b' || g, g, NULL, true
              FROM generate_series(1, {ROWS}) g""")
        load = scene.start_load(sessions=3, seconds=900)
        dice = random.Random(7)
        interrupted = 0
        for _ in range(KILLS):
            scene.walferry.start()
            interrupted += wait_rows_read(scene, dice.randrange(1, 3 * ROWS))
            scene.walferry.kill9()
        self.assertGreater(interrupted, 0, "no kill hit the snapshot")
        scene.walferry.start_streaming(180)
        load.stop()
        scene.wait_caught_up()
        assert_tables_rebuilt(self, scene)

    def test_a_transaction_that_waits_for_a_standby_is_not_lost(self):
        scene = self.enterContext(snapshot_scene())
        scene.prepare_load()
        scene.sql("INSERT INTO load_number VALUES (1, 1)")
        for setting in ("synchronous_commit = local", "synchronous_standby_names = absent"):
            scene.postgres.sql(f"ALTER SYSTEM SET {setting}")
            scene.postgres.sql("SELECT pg_reload_conf()")
        waiting = threading.Thread(target=lambda: scene.sql(
            "SET synchronous_commit = on; INSERT INTO load_number VALUES (2, 2)"))
        waiting.start()
        wait_until(lambda: scene.postgres.value(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") == 1,
            "the transaction waited for its standby")
        scene.walferry.start()
        wait_until(lambda: scene.postgres.value(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'walsender'") > 0,
            "walferry was making its slot")
        scene.postgres.sql("ALTER SYSTEM SET synchronous_standby_names = ''")
        scene.postgres.sql("SELECT pg_reload_conf()")
        waiting.join()
        scene.walferry.wait_streaming()
        scene.wait_caught_up()
        assert_tables_rebuilt(self, scene)

    def test_memory_does_not_grow_with_the_table(self):
        scene = self.enterContext(snapshot_scene())
        scene.prepare_load()
        scene.sql("INSERT INTO load_number SELECT g, g, 'a label of some length', true "
                  "FROM generate_series(1, 1000000) g")
        scene.walferry.start_streaming(300)
        peak = scene.walferry.peak_rss_kib()
        print(f"peak {peak >> 10} MiB")
        self.assertEqual(sum(scene.kafka.end_offsets("shop.public.load_number").values()), 1_000_000)
        self.assertLess(peak, 160 << 10)


if __name__ == "__main__":
    unittest.main()
