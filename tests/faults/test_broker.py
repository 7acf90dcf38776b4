"""The broker dies, hangs, is not there yet."""

import time

from case import FaultCase, main
from rig.waiting import wait_until


class BrokerTest(FaultCase):
    def setUp(self):
        self.broker = self.ground.kafka.brokers[0]

    def begin(self, name, **how):
        play = self.play(name)
        play.walferry.start_streaming()
        load = play.start_load(**how)
        play.after(load)
        return play, load

    def finish(self, play, load, scenario, seen=""):
        load.stop()
        play.wait_caught_up()
        return self.verdict(play, scenario, seen)

    def heal(self, play, load, action):
        action()
        play.mark()
        play.walferry.wait_streaming()
        play.after(load)

    def test_killed(self):
        play, load = self.begin("broker_kill9")
        for _ in range(3):
            self.broker.kill9()
            play.after(load)
            self.heal(play, load, self.broker.restart)
        self.finish(play, load, "broker: kill -9 x3")

    def test_hangs_for_a_minute(self):
        play, load = self.begin("broker_hang", pause=0.1)
        self.broker.freeze()
        begun = time.monotonic()
        wait_until(lambda: not play.walferry.ready(), "it was not ready any more", 90)
        unready = time.monotonic() - begun
        wait_until(lambda: time.monotonic() - begun >= 60, "the minute was over", 90, interval=1)
        self.assertEqual(play.walferry.get("/healthz")[0], 200)
        self.heal(play, load, self.broker.thaw)
        self.finish(play, load, "broker: SIGSTOP for 60 s",
                    f"not ready after {unready:.0f} s, healthy all the time")

    def test_absent_at_start(self):
        play = self.play("broker_absent")
        self.broker.kill9()
        play.walferry.start()
        wait_until(lambda: "state_unread" in play.walferry.log_text() or
                   "broker" in play.walferry.log_text(), "it said what it cannot reach")
        self.assertTrue(play.walferry.running)
        self.assertFalse(play.walferry.ready())
        self.broker.restart()
        begun = time.monotonic()
        play.walferry.wait_streaming()
        taken = time.monotonic() - begun
        load = play.start_load(transactions=30)
        self.finish(play, load, "broker: not there at the start", f"waits, not ready; streams "
                    f"{taken:.1f} s after the broker is there")

    def test_stopped_in_order(self):
        play, load = self.begin("broker_restart")
        self.broker.stop()
        play.after(load)
        self.heal(play, load, self.broker.restart)
        self.finish(play, load, "broker: orderly restart")


if __name__ == "__main__":
    main()
