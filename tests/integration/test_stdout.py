"""Without a sink, changes are newline-delimited JSON on stdout and nothing else is."""

import json
import signal
import unittest

from rig.postgres import Postgres
from rig.waiting import wait_until
from rig.walferry import Walferry


class StdoutTest(unittest.TestCase):
    def setUp(self):
        self.postgres = self.enterContext(Postgres())
        self.postgres.create_database("shop")
        self.sql("CREATE TABLE t (id integer PRIMARY KEY, label text)")

    def sql(self, text):
        self.postgres.sql(text, database="shop")

    def slot_active(self):
        return self.postgres.sql("SELECT 1 FROM pg_replication_slots "
                                 "WHERE active AND confirmed_flush_lsn IS NOT NULL")

    def test_prints_committed_changes_as_json_lines(self):
        options = ["--set", f"source.url={self.postgres.url('shop')}",
                   "--set", "source.create=true", "--set", "snapshot.mode=never"]
        walferry = self.enterContext(Walferry(None, options=options))
        walferry.start()
        wait_until(self.slot_active, lambda: f"it streamed:\n{walferry.log_tail()}")
        self.sql("BEGIN; INSERT INTO t VALUES (1, 'gone'); ROLLBACK")
        self.sql("INSERT INTO t VALUES (2, 'a \"quoted\" line' || chr(10) || 'break')")
        self.sql("DELETE FROM t WHERE id = 2")
        wait_until(lambda: len(walferry.stdout_lines()) >= 2,
                   lambda: f"two changes were printed:\n{walferry.log_tail()}")
        self.assertEqual(walferry.terminate(), 0, walferry.log_tail())
        lines = [json.loads(line) for line in walferry.stdout_lines()]
        self.assertNotIn("gone", walferry.stdout.read_text(encoding="utf-8"))
        self.assertIn('a \\"quoted\\" line\\nbreak', walferry.stdout.read_text(encoding="utf-8"))
        self.assertTrue(all(isinstance(line, dict) for line in lines), lines)


if __name__ == "__main__":
    unittest.main()
