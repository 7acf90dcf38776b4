"""What most tests play on: a database, a broker, and a walferry between them."""

import contextlib
import unittest

from rig import checker, consumer, load
from rig.kafka import Kafka
from rig.postgres import Postgres
from rig.postgres_binaries import Unavailable
from rig.truth import Truth
from rig.waiting import wait_until
from rig.walferry import Walferry

DATABASE = "shop"
SLOT = "walferry_shop"
LOAD_KEYS = {"load_number": ["id"], "load_text": ["id"], "load_pair": ["a", "b"],
             "load_full": ["id"]}


def config(postgres, sink, **more):
    """A configuration that streams all of `public` from now on."""
    return {
        "name": DATABASE,
        "source": {"url": postgres.url(DATABASE), "slot": SLOT, "publication": SLOT,
                   "create": True, "tables": ["public.*"]},
        "sink": sink,
        "snapshot": {"mode": "never"},
        **more,
    }


class Scene(contextlib.ExitStack):
    """Servers with database `shop`, and `walferry` configured but not started.

    Raises unittest.SkipTest when a server cannot be had on this machine.
    """

    def __init__(self, major=15, brokers=1, proxied=False, settings=None, overrides=None):
        super().__init__()
        try:
            self.postgres = self.enter_context(Postgres(major, settings=settings))
            self.kafka = self.enter_context(
                Kafka(brokers, proxied=proxied, overrides=overrides))
        except Unavailable as error:
            self.close()
            raise unittest.SkipTest(str(error)) from error
        self.postgres.create_database(DATABASE)
        sink = {"kafka": {"bootstrap.servers": self.kafka.bootstrap}}
        self.walferry = self.enter_context(Walferry(config(self.postgres, sink)))
        self.truth = None

    def sql(self, text, parameters=None):
        return self.postgres.sql(text, parameters, database=DATABASE)

    def start_load(self, **how):
        """Starts a load (rig.load.Load) on tables that prepare_load made."""
        return load.Load(self.postgres.url(DATABASE), **how).start()

    def prepare_load(self):
        """Makes the load's tables and begins to record the truth."""
        load.create_tables(self.postgres, DATABASE)
        self.truth = Truth(self.postgres, DATABASE, LOAD_KEYS)

    def confirmed(self):
        """walferry's slot's confirmed LSN as a number; 0 while there is no slot."""
        return int(self.postgres.value(
            "SELECT coalesce(max(confirmed_flush_lsn - '0/0'), 0) FROM pg_replication_slots "
            "WHERE slot_name = %s", (SLOT,)))

    def wait_caught_up(self, seconds=120):
        """Waits until everything that is committed now is acknowledged."""
        end = int(self.postgres.value("SELECT pg_current_wal_lsn() - '0/0'"))
        wait_until(lambda: self.confirmed() >= end,
                   lambda: f"walferry acknowledged all; log:\n{self.walferry.log_tail()}", seconds)

    def records(self):
        """Everything in the topics of the load's tables."""
        names = [f"{DATABASE}.public.{table}" for table in LOAD_KEYS]
        return consumer.read(self.kafka.bootstrap, names)

    def events(self):
        """The events (rig.checker.Event) among the records."""
        return [event for event in map(checker.parse, self.records()) if event]

    def check_load(self):
        """The checker's report on everything published against everything committed."""
        return checker.check(self.records(), self.truth)
