"""Faults that heal: each is done to servers under load and undone before it returns."""

import contextlib
import time

from rig.proxy import TO_CLIENT, TO_SERVER
from rig.waiting import wait_until


class Faults:
    """`choose` gives one of them, by chance."""

    def __init__(self, ground, play):
        self._ground = ground
        self._play = play
        self._broker = ground.kafka.brokers[0]
        self._deadly = {
            "walferry: kill -9, the other takes over": self._kill_walferry,
            "walferry: SIGTERM, the other takes over": self._stop_walferry,
            "both walferrys: kill -9": self._kill_both,
        }
        self._others = {
            "broker: kill -9": self._kill_broker,
            "broker: orderly restart": self._restart_broker,
            "broker: SIGSTOP for 15 s": self._hang_broker,
            "PostgreSQL: fast restart": lambda: self._restart_postgres("fast"),
            "PostgreSQL: immediate stop": lambda: self._restart_postgres("immediate"),
            "PostgreSQL: kill -9": self._kill_postgres,
            "walsender terminated": lambda: self._end_walsender("pg_terminate_backend"),
            "walsender cancelled": lambda: self._end_walsender("pg_cancel_backend"),
            "PostgreSQL's connections cut": ground.wire.cut,
            "PostgreSQL's connections hang for 15 s": lambda: self._hold(
                ground.wire, ground.wire.blackhole),
            "PostgreSQL half-open for 15 s": lambda: self._half_open(ground.wire, TO_CLIENT),
            "PostgreSQL at 20 kB/s for 15 s": lambda: self._hold(
                ground.wire, lambda: ground.wire.throttle(20_000)),
            "PostgreSQL's address refuses for 5 s": self._refuse,
            "Kafka's connections cut": self._broker.proxy.cut,
            "Kafka's connections hang for 15 s": lambda: self._hold(
                self._broker.proxy, self._broker.proxy.blackhole),
            "Kafka half-open for 15 s, confirmations lost": lambda: self._half_open(
                self._broker.proxy, TO_CLIENT),
            "Kafka half-open for 15 s, requests lost": lambda: self._half_open(
                self._broker.proxy, TO_SERVER),
            "Kafka at 20 kB/s for 15 s": lambda: self._hold(
                self._broker.proxy, lambda: self._broker.proxy.throttle(20_000)),
        }

    def choose(self, chance, lives):
        """(name, fault); with `lives` none that ends a process of walferry's."""
        among = self._others if lives else {**self._others, **self._deadly}
        name = chance.choice(sorted(among))
        return name, among[name]

    def streaming(self):
        """The walferry that says ready, or None."""
        return next((w for w in self._play.walferries if w.running and w.ready()), None)

    def _last(self, seconds):
        """Lets what is broken stay so for that long: the length is the fault's own measure."""
        until = time.monotonic() + seconds
        wait_until(lambda: time.monotonic() >= until, "it was over", seconds + 10, interval=0.5)

    def _kill_walferry(self):
        victim = self.streaming()
        victim.kill9()
        victim.start()

    def _stop_walferry(self):
        victim = self.streaming()
        code = victim.terminate()
        assert code == 0, f"exit {code} at SIGTERM:\n{victim.log_tail()}"
        victim.start()

    def _kill_both(self):
        for one in self._play.walferries:
            one.kill9()
        for one in self._play.walferries:
            one.start()

    def _kill_broker(self):
        self._broker.kill9()
        self._broker_back()

    def _restart_broker(self):
        self._broker.stop()
        self._broker_back()

    def _broker_back(self):
        self._broker.restart()
        self._ground.kafka.wait_ready()

    def _hang_broker(self):
        self._broker.freeze()
        with contextlib.ExitStack() as undo:
            undo.callback(self._broker.thaw)
            self._last(15)

    def _restart_postgres(self, how):
        self._ground.postgres.restart(how)

    def _kill_postgres(self):
        self._ground.postgres.kill9()
        self._ground.postgres.start()

    def _end_walsender(self, how):
        self._play.sql(f"SELECT {how}(active_pid) FROM pg_replication_slots "
                       "WHERE slot_name = %s AND active", (self._play.slot,))

    def _hold(self, wire, fault):
        fault()
        self._last(15)
        wire.heal()

    def _half_open(self, wire, direction):
        wire.drop(direction)
        self._last(15)
        # Bytes were lost inside the stream: the old connections must never be used again.
        wire.cut()
        wire.heal()

    def _refuse(self):
        self._ground.wire.refuse()
        self._ground.wire.cut()
        self._last(5)
        self._ground.wire.heal()
