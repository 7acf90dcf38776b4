"""walferry is stopped and killed under load."""

import time

from case import FaultCase, main
from integration.scene import LOAD_KEYS
from rig.waiting import wait_until


class WalferryDiesTest(FaultCase):
    def arrived(self, play):
        return sum(self.ground.kafka.count(play.topic(table)) for table in LOAD_KEYS)

    def wait_more(self, play, more=100):
        goal = self.arrived(play) + more
        wait_until(lambda: self.arrived(play) >= goal,
                   lambda: f"{more} more records came:\n{play.logs()}", interval=0.02)

    def test_kill9(self):
        play = self.play("kill9")
        play.walferry.start_streaming()
        play.start_load(transactions=30).join()
        play.wait_caught_up()
        load = play.start_load(pause=0.01, seed=2)
        for _ in range(5):
            self.wait_more(play)
            play.kill9()
            play.walferry.start_streaming()
        self.wait_more(play)
        load.stop()
        play.wait_caught_up()
        self.verdict(play, "walferry: kill -9 x5", "20 more in integration/test_kill9")

    def test_sigterm(self):
        play = self.play("sigterm")
        play.walferry.start_streaming()
        load = play.start_load(pause=0.01)
        longest = 0
        for _ in range(5):
            self.wait_more(play)
            begun = time.monotonic()
            self.assertEqual(play.walferry.terminate(), 0, play.logs())
            longest = max(longest, time.monotonic() - begun)
            play.mark()
            play.walferry.start_streaming()
        self.wait_more(play)
        load.stop()
        play.wait_caught_up()
        figures = self.verdict(play, "walferry: SIGTERM x5 under load",
                               f"exit 0 within {longest:.1f} s")
        self.assertEqual(figures.duplicates, 0)

    def test_killed_while_the_broker_hangs(self):
        """Nothing that only an internal queue had was acknowledged."""
        play = self.play("kill_hang")
        play.walferry.start_streaming()
        load = play.start_load(pause=0.01)
        self.wait_more(play)
        broker = self.ground.kafka.brokers[0]
        broker.freeze()
        play.after(load, 300)
        play.walferry.kill9()
        broker.thaw()
        play.mark()
        play.walferry.start_streaming()
        load.stop()
        play.wait_caught_up()
        self.verdict(play, "broker hangs, then walferry: kill -9")


if __name__ == "__main__":
    main()
