"""A backlog that parallel backends decode is the one that the walsender would have sent."""

import unittest

from rig.waiting import wait_until
from two_readers import TwoReaders

# Three ranges at least.
BACKLOG_MIB = 56


class CatchUpTest(TwoReaders, unittest.TestCase):
    def assert_nothing_left(self, postgres):
        wait_until(lambda: not postgres.sql(
            "SELECT slot_name FROM pg_replication_slots WHERE temporary"),
            "temporary slots were gone")

    def play(self, major, **source):
        postgres = self.server(major)
        for slot in ("ranged", "followed"):
            self.make_slot(postgres, slot)
        self.backlog.write(BACKLOG_MIB)
        followed = self.read_to_marker(self.walferry(postgres, "followed", 0, **source))
        by_ranges = self.walferry(postgres, "ranged", 3, **source)
        ranged = self.read_to_marker(by_ranges)
        log = by_ranges.log_text()
        self.assertIn("in 3 ranges", log)
        self.assertNotIn("catch_up_given_up", log)
        self.assertNotIn("source_retry", log)
        self.assert_same(ranged, followed)
        self.assertGreater(len(ranged), 1000)
        self.assert_nothing_left(postgres)
        self.assert_acknowledged(postgres, ranged, ("ranged", "followed"))

    def test_same_events_14(self):
        self.play(14)

    def test_same_events_15(self):
        self.play(15, binary=True)

    def test_same_events_16(self):
        self.play(16)

    def test_same_events_17(self):
        self.play(17, binary=True)

    def test_same_events_18(self):
        self.play(18)


if __name__ == "__main__":
    unittest.main()
