"""kill -9 under load: nothing missing, and only what was not acknowledged comes again."""

import random
import time
import unittest

from rig import redelivery
from rig.changes import format_lsn
from rig.waiting import patience, wait_until
from scene import LOAD_KEYS, SLOT, Scene

KILLS = 20
# What the broker had for so long, while walferry streamed, is acknowledged.
UNACKNOWLEDGED_MAX = 1.0


class Kill9Test(unittest.TestCase):
    def setUp(self):
        # The broker's own clock, which is the kills' too, tells when it had a record.
        overrides = {"log.message.timestamp.type": "LogAppendTime"}
        self.scene = self.enterContext(Scene(overrides=overrides))
        self.scene.prepare_load()
        self.random = random.Random(9)
        self.restarts = []
        self.runs = []

    def end_offsets(self):
        kafka = self.scene.kafka
        return {(topic, partition): end
                for topic in (f"shop.public.{table}" for table in LOAD_KEYS)
                for partition, end in kafka.end_offsets(topic).items()}

    def kill_after_progress(self):
        """Kills when a random number of further records has arrived, at whatever it does then."""
        streaming = time.time()
        before = sum(self.end_offsets().values())
        more = self.random.randrange(1, 400)
        wait_until(lambda: sum(self.end_offsets().values()) >= before + more,
                   lambda: f"{more} more records came:\n{self.scene.walferry.log_tail()}",
                   interval=0.01)
        self.scene.walferry.kill9()
        self.runs.append((streaming, time.time()))
        self.wait_slot_free()
        self.restarts.append((self.scene.confirmed(), self.end_offsets()))

    def wait_slot_free(self):
        postgres = self.scene.postgres
        wait_until(lambda: not postgres.value(
            "SELECT active FROM pg_replication_slots WHERE slot_name = %s", (SLOT,)),
            "the slot was free")

    def acknowledged_before(self, event):
        """What the slot had acknowledged when the run that published the event began.

        A transaction's position is where its commit record starts, so what is acknowledged lies
        below: a commit record that starts there belongs to the next transaction.
        """
        begun = [confirmed for confirmed, ends in self.restarts
                 if event.offset >= ends.get(event.partition, 0)]
        return max(begun, default=0)

    def test_nothing_missing_after_twenty_kills(self):
        self.scene.walferry.start_streaming()
        load = self.scene.start_load(sessions=3, seconds=600)
        for _ in range(KILLS):
            self.kill_after_progress()
            self.scene.walferry.start_streaming()
        load.stop()
        self.scene.wait_caught_up()
        report = self.scene.check_load()
        self.assertEqual(report.problems, [])
        again = [f"{event.position} after {format_lsn(self.acknowledged_before(event))}"
                 for event in self.scene.events()
                 if event.position.lsn < self.acknowledged_before(event)]
        self.assertEqual(again, [], "acknowledged transactions were published again")
        ages = redelivery.ages(self.scene.records(), self.runs)
        self.assertLess(max(ages, default=0), patience(UNACKNOWLEDGED_MAX),
                        "came again although the broker had it for longer")
        print(f"{report}; {len(ages) / KILLS:.0f} again a kill, which the broker had for at most "
              f"{max(ages, default=0):.2f} s of streaming")


if __name__ == "__main__":
    unittest.main()
