"""`walferry slot`: what it shows, what it refuses, and that nothing is lost without being asked."""

import json
import unittest

from rig import walferry
from rig.postgres import Postgres
from rig.waiting import wait_until
from rig.walferry import Walferry


class SlotCommandTest(unittest.TestCase):
    def setUp(self):
        self.postgres = self.enterContext(Postgres())
        self.postgres.create_database("shop")
        self.sql("CREATE TABLE t (id integer PRIMARY KEY)")
        self.sql("CREATE PUBLICATION walferry_shop FOR TABLE t")
        self.config = {"name": "shop", "source": {"url": self.postgres.url("shop")},
                       "snapshot": {"mode": "never"}}

    def sql(self, text):
        return self.postgres.sql(text, database="shop")

    def call(self, *arguments, code=0):
        done = walferry.call("slot", *arguments, config=self.config)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def slots(self):
        return json.loads(self.call("list", "--json").stdout)

    def test_a_slot_is_made_listed_and_dropped(self):
        self.assertEqual(self.slots(), [])
        self.assertIn("walferry_shop", self.call("create").stdout)
        self.assertIn("exists already", self.call("create", code=2).stderr)
        shown = self.slots()
        self.assertEqual([(slot["name"], slot["plugin"], slot["active"]) for slot in shown],
                         [("walferry_shop", "pgoutput", False)])
        self.assertIn("walferry_shop", self.call("list").stdout)
        refused = self.call("drop", code=2)
        self.assertIn("--yes", refused.stderr)
        self.assertEqual(len(self.slots()), 1)
        self.call("drop", "--yes")
        self.assertEqual(self.slots(), [])
        self.assertIn("does not exist", self.call("drop", "--yes", code=2).stderr)

    def test_a_slot_is_advanced_and_not_back(self):
        self.call("create")
        self.sql("INSERT INTO t VALUES (1)")
        end = self.postgres.value("SELECT pg_current_wal_lsn()")
        self.call("advance", end, code=2)
        self.assertLess(self.slots()[0]["confirmed_flush_lsn"], end)
        self.assertIn("--accept-gap", self.call("advance", end, "--yes").stdout)
        self.assertEqual(self.slots()[0]["confirmed_flush_lsn"], end)
        self.assertIn("cannot go back", self.call("advance", "0/1", "--yes", code=2).stderr)
        self.assertIn("the server's WAL ends at", self.call("advance", "FF/0", "--yes", code=2).stderr)
        self.assertIn("not an LSN", self.call("advance", "here", "--yes", code=2).stderr)

    def test_a_slot_in_use_is_left_alone(self):
        self.call("create")
        running = self.enterContext(Walferry(self.config))
        running.start()
        wait_until(lambda: self.slots()[0]["active"], lambda: f"it streamed:\n{running.log_tail()}")
        self.assertIn("in use", self.call("drop", "--yes", code=4).stderr)
        self.assertIn("in use", self.call("advance", "0/FFFFFFFF", "--yes", code=4).stderr)
        self.assertTrue(self.slots()[0]["active"])


if __name__ == "__main__":
    unittest.main()
