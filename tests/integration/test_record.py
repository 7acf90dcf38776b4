"""A capture replayed prints what `run` printed; masked, it holds none of the values."""

import json
import pathlib
import tempfile
import unittest

from rig import walferry
from rig.postgres import Postgres
from rig.waiting import wait_until
from rig.walferry import Walferry

SCHEMA = """
CREATE TYPE mood AS ENUM ('happy', 'sad');
CREATE TABLE people (id integer PRIMARY KEY, name text, born date, weight numeric, tags text[], mood mood,
  is_here boolean, doc jsonb, token uuid, photo bytea);
ALTER TABLE people REPLICA IDENTITY FULL;
"""
CHANGES = """
INSERT INTO people VALUES (17, 'Secretname', '1979-12-31', 81.25, '{alpha,"be ta"}', 'sad', false,
  '{"address": "Hiddenstreet 5", "n": [1.5, null, true]}', 'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '\\xdeadbeef');
UPDATE people SET name = 'Othersecret' WHERE id = 17;
CREATE TYPE weekday AS ENUM ('monday', 'friday');
ALTER TABLE people ADD day weekday;
UPDATE people SET day = 'friday';
DELETE FROM people;
"""
# More than logical_decoding_work_mem, of which a part is rolled back.
LARGE = """
BEGIN;
INSERT INTO people (id, name) SELECT i, 'kept ' || i FROM generate_series(100, 1100) i;
SAVEPOINT undone;
INSERT INTO people (id, name) SELECT i, 'undone ' || i FROM generate_series(2000, 4000) i;
ROLLBACK TO undone;
INSERT INTO people (id, name) SELECT i, 'kept ' || i FROM generate_series(5000, 6000) i;
COMMIT;
"""


class RecordTest(unittest.TestCase):
    def setUp(self):
        self.postgres = self.enterContext(Postgres(settings={"logical_decoding_work_mem": "64kB"}))
        self.postgres.create_database("shop")
        for part in SCHEMA.strip().split(";\n"):
            self.sql(part)
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.config = {"name": "shop", "source": {"url": self.postgres.url("shop"), "create": True},
                       "snapshot": {"mode": "never"}}

    def sql(self, text):
        return self.postgres.sql(text, database="shop")

    def call(self, *arguments, code=0):
        done = walferry.call(*arguments, config=self.config)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def slot_is(self, active):
        return self.postgres.sql("SELECT 1 FROM pg_replication_slots WHERE active = %s", (active,))

    def confirmed(self):
        return self.postgres.value("SELECT confirmed_flush_lsn FROM pg_replication_slots")

    def make_slot(self):
        """A run that publishes nothing makes publication and slot."""
        made = self.enterContext(Walferry(self.config))
        made.start()
        wait_until(lambda: self.slot_is(True), lambda: f"it streamed:\n{made.log_tail()}")
        self.assertEqual(made.terminate(), 0, made.log_tail())

    def test_a_replay_prints_what_run_prints(self):
        self.make_slot()
        self.sql(CHANGES)
        self.compare(4)

    def test_a_capture_of_streamed_transactions(self):
        self.config["source"]["streaming"] = "on"
        self.make_slot()
        self.sql(CHANGES)
        self.sql(LARGE)
        # It is the capture that streams, whatever the replay is told.
        self.compare(4 + 2002, replay={"streaming": "off"})
        self.assertGreater(int(self.postgres.value("SELECT stream_txns FROM pg_stat_replication_slots")), 0)

    def compare(self, events, replay=None):
        """Captures what is there, and compares what a replay and a run print of it."""
        before = self.confirmed()
        capture = self.folder / "stream.capture"
        summary = json.loads(self.call("record", str(capture), "--until-now", "--json").stdout)
        self.assertGreater(summary["frames"], 8)
        self.assertEqual(self.confirmed(), before, "recording moved the slot")
        recorded_by = self.config
        self.config = {**recorded_by, "source": {**recorded_by["source"], **(replay or {})}}
        replayed = self.call("replay", str(capture)).stdout.splitlines()
        self.config = recorded_by
        run = self.enterContext(Walferry(self.config))
        run.start()
        wait_until(lambda: len(run.stdout_lines()) >= events, lambda: f"{events} events:\n{run.log_tail()}")
        self.assertEqual(run.terminate(), 0, run.log_tail())
        self.assertEqual([self.timeless(line) for line in replayed],
                         [self.timeless(line) for line in run.stdout_lines()])

    @staticmethod
    def timeless(line):
        """An event without the times at which walferry made it."""
        event = json.loads(line)
        for moment in ("ts_ms", "ts_us", "ts_ns"):
            event.pop(moment, None)
        return event

    def test_a_masked_capture_holds_no_value(self):
        self.make_slot()
        self.sql(CHANGES)
        capture = self.folder / "masked.capture"
        self.call("record", str(capture), "--until-now", "--mask")
        kept = capture.read_bytes()
        for secret in (b"Secret", b"Other", b"1979", b"81.25", b"alpha", b"Hidden", b"deadbeef", b"b0eebc99"):
            self.assertNotIn(secret, kept)
        events = [json.loads(line) for line in self.call("replay", str(capture)).stdout.splitlines()]
        self.assertEqual([event["op"] for event in events], ["c", "u", "u", "d"])
        self.assertEqual(events[0]["after"]["name"], "xxxxxxxxxx")
        self.assertEqual(events[0]["after"]["tags"], ["xxxxx", "xx xx"])
        self.assertIsNone(events[1]["after"]["day"] if "day" in events[1]["after"] else None)

    def test_a_damaged_capture_is_refused_with_its_place(self):
        self.make_slot()
        self.sql(CHANGES)
        capture = self.folder / "whole.capture"
        self.call("record", str(capture), "--until-now")
        bytes_ = bytearray(capture.read_bytes())
        (self.folder / "torn.capture").write_bytes(bytes_[:-20])
        self.assertIn("cut short", self.call("replay", str(self.folder / "torn.capture"), code=2).stderr)
        bytes_[len(bytes_) // 2] ^= 1
        (self.folder / "bad.capture").write_bytes(bytes_)
        self.assertRegex(self.call("replay", str(self.folder / "bad.capture"), code=2).stderr,
                         r"at byte \d+: its check sum does not fit")
        self.assertIn("exists already", self.call("record", str(capture), code=1).stderr)


if __name__ == "__main__":
    unittest.main()
