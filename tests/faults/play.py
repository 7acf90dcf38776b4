"""One scenario's database, topics, walferry and figures."""

import contextlib
import time

from integration.scene import LOAD_KEYS
from rig import load
from rig.changes import format_lsn
from rig.waiting import wait_until
from rig.walferry import Walferry

from figures import Figures
from verdict import Judgement, Trial
from witness import Witness


class SteadyLoad(load.Load):
    """The rig's load with a pause after each transaction, so that a long fault stays small."""

    def __init__(self, dsn, pause=0.02, **how):
        super().__init__(dsn, **{"sessions": 3, "seconds": 600, **how})
        self._pause = pause

    def _one(self, session):
        super()._one(session)
        self._stopping.wait(self._pause)


class Play(contextlib.ExitStack):
    """Database, slot, publication and topics called `name`; `walferry` configured, not started.

    `address` is where walferry looks for PostgreSQL, host:port; `extra` are further tables
    (SQL, {table: key columns}); `more` goes into the configuration.
    """

    def __init__(self, ground, name, address=None, extra=("", {}), **more):
        super().__init__()
        self.ground = ground
        self.name = name
        self.slot = f"walferry_{name}"
        self.marks = []
        self.kills = []
        self.walferries = []
        self._address = address or f"127.0.0.1:{ground.postgres.port}"
        self._more = more
        self.tables = {**LOAD_KEYS, **extra[1]}
        ground.postgres.create_database(name)
        self.callback(self._drop_slots)
        load.create_tables(ground.postgres, name)
        if extra[0]:
            self.sql(extra[0])
        self.truth = Trial(ground.postgres, name, self.tables, f"truth_{name}")
        self.walferry = self.another()
        self.witness = Witness(ground.postgres.connect, self.slot,
                               lambda: any(w.running and w.ready() for w in self.walferries))
        self.callback(self.witness.close)

    def _drop_slots(self):
        with contextlib.suppress(Exception):
            self.ground.postgres.sql(
                "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots "
                "WHERE database = %s AND active", (self.name,))
            wait_until(lambda: self.ground.postgres.value(
                "SELECT count(*) = 0 FROM pg_replication_slots WHERE database = %s AND active",
                (self.name,)), "the slots were free", 10)
            self.ground.postgres.sql("SELECT pg_drop_replication_slot(slot_name) "
                                     "FROM pg_replication_slots WHERE database = %s", (self.name,))

    def config(self, **more):
        """The configuration; `more` are sections whose keys are replaced."""
        source = {"url": f"postgresql://postgres@{self._address}/{self.name}", "slot": self.slot,
                  "publication": self.slot, "create": True, "tables": ["public.*"]}
        base = {"name": self.name, "source": source, "snapshot": {"mode": "never"},
                "sink": {"kafka": {"bootstrap.servers": self.ground.kafka.bootstrap}}}
        for section, keys in [*self._more.items(), *more.items()]:
            base[section] = {**base.get(section, {}), **keys} if isinstance(keys, dict) else keys
        return base

    def another(self, options=(), **more):
        """A further walferry with almost the same configuration; killed at the end."""
        made = self.enter_context(Walferry(self.config(**more), options=options))
        self.walferries.append(made)
        return made

    def topic(self, table):
        return f"{self.name}.public.{table}"

    def sql(self, text, parameters=None):
        return self.ground.postgres.sql(text, parameters, database=self.name)

    def start_load(self, **how):
        how = {"dsn": self.ground.postgres.url(self.name), **how}
        running = SteadyLoad(**how)
        self.callback(running._stopping.set)
        return running.start()

    def after(self, running, transactions=100):
        """Waits until so many further transactions of the load have ended."""
        goal = running.done + transactions
        wait_until(lambda: running.done >= goal or not running.running, "the load went on")

    def mark(self):
        """The fault is over now: how long until a change that is committed later arrives?"""
        self.marks.append(time.time())

    def kill9(self):
        """Kills walferry; from now on it has to recover."""
        self.walferry.kill9()
        self.kills.append(time.time())
        self.mark()

    def slot_facts(self, column):
        return self.ground.postgres.value(
            f"SELECT {column} FROM pg_replication_slots WHERE slot_name = %s", (self.slot,))

    def confirmed(self):
        return int(self.slot_facts("coalesce(confirmed_flush_lsn - '0/0', 0)"))

    def wal_end(self):
        return int(self.ground.postgres.value("SELECT pg_current_wal_lsn() - '0/0'"))

    def wait_slot_free(self):
        wait_until(lambda: not self.slot_facts("active"), "the slot was free")

    def logs(self):
        return "\n".join(w.log_tail() for w in self.walferries)

    def wait_caught_up(self, seconds=120):
        """Waits until everything that is committed now is acknowledged."""
        end = self.wal_end()
        wait_until(lambda: self.confirmed() >= end,
                   lambda: f"{format_lsn(end)} was acknowledged, not only "
                           f"{format_lsn(self.confirmed())}; log:\n{self.logs()}", seconds)

    def judge(self, scenario, seen="", gap=None, by_position=False):
        """The Figures of everything published against everything committed, and the problems.

        `gap`: (first, last] LSN whose changes were given up on purpose. `by_position`: duplicates
        may come behind later changes, where a reader knows them by their position.
        """
        self.witness.close()
        self.truth.gap = gap
        found = Judgement(self)
        report = found.report
        if self.kills:
            seen = "; ".join(filter(None, [
                seen, "what came again had arrived at most "
                f"{found.oldest_again(self.kills):.1f} s before the kill"]))
        if by_position:
            equal, late = found.rebuilt_by_position()
            seen += f"; {late} late ones, known by their position"
            if equal:
                report.different_rows.clear()
                report.missing_tombstones.clear()
        if gap or self.truth.since:
            report.different_rows.clear()
        figures = Figures(
            scenario, report.expected, len(report.missing), len(report.extra),
            len(report.reordered) + len(report.scattered_keys),
            None if gap or self.truth.since else not report.different_rows, found.ahead(),
            len(report.duplicates), found.recovery(self.marks), found.mute(), seen)
        return figures, report.problems
