"""PostgreSQL restarts, crashes, and ends its walsender."""

import time

import psycopg2

from case import FaultCase, main
from rig.waiting import wait_until

# What a load sees of a server that is away.
AWAY = (psycopg2.OperationalError, psycopg2.InterfaceError)


class PostgresTest(FaultCase):
    def begin(self, name):
        play = self.play(name)
        play.walferry.start_streaming()
        load = play.start_load(survive=AWAY)
        play.after(load)
        return play, load

    def finish(self, play, load, scenario, seen=""):
        load.stop()
        play.wait_caught_up()
        return self.verdict(play, scenario, seen)

    def restarted(self, play, load, stop):
        """Stops and starts the server; how long until the slot was in use again."""
        stop()
        self.ground.postgres.start()
        play.mark()
        begun = time.monotonic()
        wait_until(lambda: play.slot_facts("active"), lambda: f"it was back:\n{play.logs()}",
                   interval=0.02)
        taken = time.monotonic() - begun
        play.walferry.wait_streaming()
        play.after(load)
        return taken

    def test_fast_restart(self):
        play, load = self.begin("pg_fast")
        begun = time.monotonic()
        self.ground.postgres.stop("fast")
        stopped = time.monotonic() - begun
        taken = self.restarted(play, load, lambda: None)
        self.finish(play, load, "PostgreSQL: fast restart",
                    f"the server stopped within {stopped:.1f} s; connected {taken:.1f} s after it was back")

    def test_immediate_stop(self):
        play, load = self.begin("pg_immediate")
        taken = [self.restarted(play, load, lambda: self.ground.postgres.stop("immediate"))
                 for _ in range(2)]
        self.finish(play, load, "PostgreSQL: immediate stop x2",
                    f"connected at most {max(taken):.1f} s after it was back")

    def test_kill9(self):
        play, load = self.begin("pg_kill9")
        taken = self.restarted(play, load, self.ground.postgres.kill9)
        self.finish(play, load, "PostgreSQL: kill -9",
                    f"connected {taken:.1f} s after it was back")

    def end_walsender(self, play, how):
        pid = play.slot_facts("active_pid")
        play.sql(f"SELECT {how}(%s)", (pid,))
        play.mark()
        begun = time.monotonic()
        wait_until(lambda: play.slot_facts("active_pid") not in (pid, None),
                   lambda: f"another walsender served it:\n{play.logs()}", interval=0.02)
        return time.monotonic() - begun

    def test_walsender_terminated(self):
        play, load = self.begin("walsender_killed")
        taken = []
        for _ in range(5):
            taken.append(self.end_walsender(play, "pg_terminate_backend"))
            play.walferry.wait_streaming()
            play.after(load, 50)
        self.finish(play, load, "walsender terminated x5",
                    f"another one after at most {max(taken):.1f} s")

    def test_walsender_cancelled(self):
        play, load = self.begin("walsender_cancel")
        play.sql("SELECT pg_cancel_backend(%s)", (play.slot_facts("active_pid"),))
        play.mark()
        play.after(load, 50)
        self.finish(play, load, "walsender cancelled (pg_cancel_backend)")


if __name__ == "__main__":
    main()
