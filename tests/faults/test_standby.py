"""Two walferrys on one slot: one streams, the other waits and takes over."""

import json
import time

from case import FaultCase, main
from rig import consumer
from rig.changes import parse_lsn
from rig.waiting import wait_until


class StandbyTest(FaultCase):
    def begin(self, name):
        """The first streams; the second said that it waits."""
        play = self.play(name)
        play.walferry.start_streaming()
        second = play.another().start()
        wait_until(lambda: play.slot in second.log_text(), "it said which slot is in use")
        load = play.start_load()
        play.after(load)
        self.assertFalse(second.ready())
        self.assertEqual(second.status()["state"], "standby")
        return play, second, load

    def wait_takeover(self, play, second):
        """How long it takes until the second streams, at most the five seconds of issue 5."""
        begun = time.monotonic()
        play.mark()
        second.wait_streaming(5)
        return time.monotonic() - begun

    def finish(self, play, load, scenario, seen):
        load.stop()
        play.wait_caught_up()
        return self.verdict(play, scenario, seen)

    def stored(self, play):
        """The last position of each process in the state topic."""
        latest = {}
        for record in consumer.read(self.ground.kafka.bootstrap, [f"walferry.{play.name}.state"]):
            latest[record.key] = record.value
        return [parse_lsn(json.loads(value)["acknowledged"]) for value in latest.values() if value]

    def test_first_is_killed(self):
        play, second, load = self.begin("standby_kill")
        play.kill9()
        taken = self.wait_takeover(play, second)
        play.after(load)
        self.finish(play, load, "standby: the first is killed",
                    f"the second streams {taken:.1f} s later")

    def test_first_is_stopped(self):
        play, second, load = self.begin("standby_stop")
        self.assertEqual(play.walferry.terminate(), 0, play.logs())
        taken = self.wait_takeover(play, second)
        play.after(load)
        figures = self.finish(play, load, "standby: the first is stopped in order",
                              f"the second streams {taken:.1f} s later")
        self.assertEqual(figures.duplicates, 0)

    def test_first_was_only_paused(self):
        """It wakes up after the takeover: neither the slot nor the stored position goes back."""
        play, second, load = self.begin("standby_pause")
        play.walferry.freeze()
        play.after(load)
        play.sql("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots "
                 "WHERE slot_name = %s", (play.slot,))
        taken = self.wait_takeover(play, second)
        play.after(load)
        before = play.confirmed()
        play.walferry.thaw()
        wait_until(lambda: not play.walferry.running or
                   play.walferry.status()["state"] == "standby",
                   lambda: f"the first found that it lost the slot:\n{play.logs()}")
        play.after(load)
        self.assertTrue(second.ready(), second.log_tail())
        load.stop()
        play.wait_caught_up()
        self.assertGreaterEqual(play.confirmed(), before)
        self.assertGreaterEqual(max(self.stored(play)), play.confirmed())
        # Whoever comes next goes on from there, whichever of the two is asked.
        second.kill9()
        play.wait_slot_free()
        if not play.walferry.running:
            play.walferry.start()
        play.walferry.wait_streaming()
        play.start_load(transactions=30, seed=3).join()
        play.wait_caught_up()
        self.verdict(play, "standby: the first is paused, loses the slot, wakes up",
                     f"takeover {taken:.1f} s after the walsender's end; slot and state go on",
                     by_position=True)


if __name__ == "__main__":
    main()
