"""Somebody touched the slot while walferry was down: it stops, and says what is missing."""

import json
import re
import time

import psycopg2
from case import FaultCase, main
from figures import Figures
from rig import consumer
from rig.changes import format_lsn, parse_lsn
from rig.waiting import wait_until

ROWS = 50


class SlotTest(FaultCase):
    def begin(self, name, **how):
        """A stream that was stopped in order, and rows that were committed since."""
        play = self.play(name, **how)
        play.walferry.start_streaming()
        load = play.start_load(transactions=30)
        load.join()
        play.wait_caught_up()
        self.assertEqual(play.walferry.terminate(), 0, play.logs())
        play.wait_slot_free()
        play.stopped_at = play.confirmed()
        return play

    def write(self, play, first=1_000_000):
        """Transactions of one row each while nobody streams."""
        for n in range(ROWS):
            play.sql("INSERT INTO load_number VALUES (%s, %s)", (first + n, n))

    def create_slot(self, play):
        play.sql("SELECT pg_create_logical_replication_slot(%s, 'pgoutput')", (play.slot,))

    def drop_slot(self, play):
        play.sql("SELECT pg_drop_replication_slot(%s)", (play.slot,))

    def must_stop_then_go_on(self, play, scenario, kind):
        """Exit 3, twice; then --accept-gap goes on, and only the told range is missing."""
        taken, text = self.assert_protects(play.walferry, kind, "--accept-gap")
        self.assertIn(format_lsn(self.stored(play)), text, "where the gap begins")
        self.assert_protects(play.walferry, "--accept-gap")
        told = play.another(options=("--accept-gap",))
        told.start_streaming()
        self.assertIn("gap_accepted", told.log_text())
        gap = self.gap_told(told.log_text())
        (event,) = [json.loads(record.value) for record in consumer.read(
            self.ground.kafka.bootstrap, [f"{play.name}.gap"])]
        self.assertEqual((event["reason"], parse_lsn(event["from_lsn"]),
                          parse_lsn(event["to_lsn"])), (kind, *gap))
        play.mark()
        self.write(play, 2_000_000)
        play.wait_caught_up()
        self.assert_holds_the_rows(play, gap)
        self.verdict(play, scenario, f"exit 3 after {taken:.1f} s; the {ROWS} rows that the slot "
                     "lacks are in the range told; goes on with --accept-gap", gap=gap)
        self.assertEqual(told.terminate(), 0, told.log_tail())
        play.walferry.start_streaming()

    def stored(self, play):
        """What walferry remembers as acknowledged: what its slot had when it was stopped."""
        return play.stopped_at

    def gap_told(self, text):
        first, last = re.search(r"changes after ([0-9A-F/]+) up to ([0-9A-F/]+)", text).groups()
        return parse_lsn(first), parse_lsn(last)

    def assert_holds_the_rows(self, play, gap):
        """The range that walferry told has the lost rows, and the lost rows only."""
        inside = [change for lsn, changes in play.truth.everything()
                  if gap[0] < lsn <= gap[1] for change in changes]
        self.assertEqual(len(inside), ROWS)

    def test_advanced(self):
        play = self.begin("slot_advanced")
        self.write(play)
        play.sql("SELECT pg_replication_slot_advance(%s, pg_current_wal_lsn())", (play.slot,))
        self.must_stop_then_go_on(play, "slot advanced while down", "slot_ahead")

    def test_recreated(self):
        play = self.begin("slot_recreated")
        self.write(play)
        self.drop_slot(play)
        self.create_slot(play)
        self.must_stop_then_go_on(play, "slot re-created while down", "slot_ahead")

    def test_dropped(self):
        play = self.begin("slot_dropped")
        self.write(play)
        self.drop_slot(play)
        self.must_stop_then_go_on(play, "slot dropped while down", "slot_lost")

    def test_dropped_and_may_not_be_created(self):
        play = self.begin("slot_gone")
        self.write(play)
        self.drop_slot(play)
        careful = play.another(source={"create": False})
        taken, _ = self.assert_protects(careful, "slot_lost", format_lsn(play.stopped_at))
        figures = Figures("slot dropped, `source.create: false`",
                          seen=f"exit 3 after {taken:.1f} s; no slot is made")
        figures.publish()
        self.assertEqual(play.ground.postgres.sql(
            "SELECT 1 FROM pg_replication_slots WHERE slot_name = %s", (play.slot,)), [])

    def test_dropped_while_streaming(self):
        """Somebody ends the walsender and drops the slot before walferry is back."""
        play = self.play("slot_pulled")
        play.walferry.start_streaming()
        play.start_load(transactions=10).join()
        play.wait_caught_up()
        begun = time.monotonic()
        wait_until(lambda: self.pull_slot(play), "the slot could be dropped", interval=0)
        self.write(play)
        taken, text = self.assert_protects(play.walferry, "slot_lost")
        taken = time.monotonic() - begun
        Figures("slot dropped while streaming", seen=f"exit 3 after {taken:.1f} s").publish()

    def pull_slot(self, play):
        try:
            play.sql("SELECT pg_terminate_backend(active_pid), pg_drop_replication_slot(slot_name)"
                     " FROM pg_replication_slots WHERE slot_name = %s", (play.slot,))
        except psycopg2.errors.ObjectInUse:
            return False
        return True


if __name__ == "__main__":
    main()
