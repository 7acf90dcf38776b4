"""A backlog that parallel backends decode is the one that the walsender would have sent."""

import json
import unittest

from backlog import Backlog
from rig import load
from rig.postgres import Postgres
from rig.postgres_binaries import Unavailable
from rig.waiting import wait_until
from rig.walferry import Walferry

DATABASE = "shop"
SETTINGS = {"max_prepared_transactions": "10", "max_wal_size": "2GB"}
# Three ranges at least.
BACKLOG_MIB = 56


class CatchUpTest(unittest.TestCase):
    def server(self, major, **settings):
        try:
            postgres = self.enterContext(Postgres(major, settings={**SETTINGS, **settings}))
        except Unavailable as error:
            self.skipTest(str(error))
        postgres.create_database(DATABASE)
        load.create_tables(postgres, DATABASE)
        self.backlog = Backlog(postgres, DATABASE, seed=major)
        self.backlog.create_tables()
        postgres.sql("CREATE PUBLICATION shop FOR ALL TABLES", database=DATABASE)
        return postgres

    @staticmethod
    def make_slot(postgres, name):
        postgres.sql("SELECT pg_create_logical_replication_slot(%s, 'pgoutput')", (name,),
                     database=DATABASE)

    def walferry(self, postgres, slot, workers, **source):
        return self.enterContext(Walferry({
            "name": DATABASE, "snapshot": {"mode": "never"},
            "source": {"url": postgres.url(DATABASE), "slot": slot, "publication": "shop",
                       "create": False, "catch_up": {"workers": workers, "after": "1MiB"},
                       **source}}))

    def read_to_marker(self, walferry):
        """Runs it until the last transaction was printed and acknowledged; its events."""
        walferry.start()
        wait_until(lambda: b'"table":"marker"' in self.tail(walferry.stdout),
                   lambda: f"the marker came:\n{walferry.log_tail()}", seconds=240, interval=0.2)
        walferry.wait_streaming()
        wait_until(lambda: walferry.status()["state"] == "streaming",
                   lambda: f"it streamed:\n{walferry.log_tail()}")
        self.assertEqual(walferry.terminate(), 0, walferry.log_tail())
        return [self.parse(line) for line in walferry.stdout_lines()]

    @staticmethod
    def tail(path):
        with open(path, "rb") as file:
            file.seek(max(0, path.stat().st_size - 4000))
            return file.read()

    @staticmethod
    def parse(line):
        """An event without the time at which it was made."""
        event = json.loads(line)
        # A message outside of a transaction has no time of its own.
        alone = event["op"] == "m" and event["message"]["prefix"] == "alone"
        for part in [event, event["source"]] if alone else [event]:
            for key in ("ts_ms", "ts_us", "ts_ns"):
                part.pop(key, None)
        return json.dumps(event)

    def assert_same(self, ranged, followed):
        for number, (one, other) in enumerate(zip(ranged, followed)):
            self.assertEqual(one, other, f"event {number}")
        self.assertEqual(len(ranged), len(followed))

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
        confirmed = dict(postgres.sql(
            "SELECT slot_name, confirmed_flush_lsn - '0/0' >= %s FROM pg_replication_slots",
            (json.loads(ranged[-1])["source"]["commit_lsn"],)))
        self.assertEqual(confirmed, {"ranged": True, "followed": True})

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
