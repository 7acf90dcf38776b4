"""Two walferries read the same WAL in different ways, each from a slot of its own: what they print must be the same."""

import json

from backlog import Backlog
from rig import load
from rig.postgres import Postgres
from rig.postgres_binaries import Unavailable
from rig.waiting import wait_until
from rig.walferry import Walferry

DATABASE = "shop"
SETTINGS = {"max_prepared_transactions": "10", "max_wal_size": "2GB"}


class TwoReaders:
    """For a unittest.TestCase."""

    def server(self, major, **settings):
        """A server with the tables of the backlog, which is not written yet, and a publication."""
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

    def assert_same(self, one, other):
        for number, (first, second) in enumerate(zip(one, other)):
            self.assertEqual(first, second, f"event {number}")
        self.assertEqual(len(one), len(other))

    def assert_acknowledged(self, postgres, events, slots):
        """All of them, up to the last event."""
        confirmed = dict(postgres.sql(
            "SELECT slot_name, confirmed_flush_lsn - '0/0' >= %s FROM pg_replication_slots",
            (json.loads(events[-1])["source"]["commit_lsn"],)))
        self.assertEqual(confirmed, {slot: True for slot in slots})
