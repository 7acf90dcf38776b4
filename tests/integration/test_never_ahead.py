"""What the slot acknowledges is in the broker, whatever happens to the broker or to walferry."""

import unittest

from rig.changes import format_lsn
from rig.checker import with_commit_ends
from rig.waiting import wait_until
from scene import Scene


class NeverAheadTest(unittest.TestCase):
    def setUp(self):
        self.scene = self.enterContext(Scene())
        self.broker = self.scene.kafka.brokers[0]
        self.scene.prepare_load()
        self.scene.walferry.start_streaming()
        self.load = self.scene.start_load(sessions=3, seconds=600)

    def wait_progress(self, transactions):
        """Waits until so many further transactions of the load have ended."""
        goal = self.load.done + transactions
        wait_until(lambda: self.load.done >= goal or not self.load.running, "the load went on")

    def wait_acknowledged_something(self):
        before = self.scene.confirmed()
        wait_until(lambda: self.scene.confirmed() > before,
                   lambda: f"walferry acknowledged more:\n{self.scene.walferry.log_tail()}")

    def assert_held_by_broker(self, confirmed):
        """Each committed change up to `confirmed` is in a topic."""
        transactions = self.scene.truth.read()
        events = with_commit_ends(self.scene.events(), [lsn for lsn, _ in transactions])
        held = {(event.position.lsn, event.change.table, event.change.key, event.change.op)
                for event in events}
        lost = [(format_lsn(lsn), change)
                for lsn, changes in transactions if lsn <= confirmed
                for change in changes
                if (lsn, change.table, change.key, change.op) not in held]
        self.assertEqual(lost[:3], [], f"acknowledged {format_lsn(confirmed)} without them")

    def finish(self):
        """With everything back, nothing is missing in the end."""
        self.load.stop()
        self.scene.wait_caught_up()
        self.assertEqual(self.scene.check_load().problems, [])

    def test_broker_hangs_and_comes_back(self):
        for _ in range(3):
            self.wait_acknowledged_something()
            self.broker.freeze()
            self.wait_progress(100)
            confirmed = self.scene.confirmed()
            self.broker.thaw()
            self.assert_held_by_broker(confirmed)
        self.finish()

    def test_broker_is_killed_and_restarted(self):
        for _ in range(3):
            self.wait_acknowledged_something()
            self.broker.kill9()
            self.wait_progress(100)
            confirmed = self.scene.confirmed()
            self.broker.restart()
            self.scene.kafka.wait_ready()
            self.assert_held_by_broker(confirmed)
        self.finish()

    def changes_behind(self, confirmed):
        """How many committed changes the slot has not acknowledged."""
        return sum(len(changes) for lsn, changes in self.scene.truth.read() if lsn > confirmed)

    def kill_while_the_broker_hangs(self):
        """Leaves the broker frozen and walferry dead, with thousands of changes in between."""
        self.wait_acknowledged_something()
        self.broker.freeze()
        self.wait_progress(1500)
        self.scene.walferry.kill9()

    def test_walferry_is_killed_while_the_broker_hangs(self):
        self.kill_while_the_broker_hangs()
        confirmed = self.scene.confirmed()
        self.broker.thaw()
        self.assertGreater(self.changes_behind(confirmed), 1000)
        self.assert_held_by_broker(confirmed)
        self.scene.walferry.start_streaming()
        self.finish()

    def test_walferry_is_killed_and_back_before_the_broker(self):
        self.kill_while_the_broker_hangs()
        confirmed = self.scene.confirmed()
        self.scene.walferry.start()
        self.wait_progress(500)
        self.assertEqual(self.scene.confirmed(), confirmed, "nothing can have been confirmed")
        self.broker.thaw()
        self.scene.walferry.wait_streaming()
        self.finish()


if __name__ == "__main__":
    unittest.main()
