"""The servers that the tests of one class share: each test has a database and topics of its own."""

import contextlib
import unittest

from rig.kafka import Kafka
from rig.postgres import Postgres
from rig.postgres_binaries import Unavailable
from rig.proxy import Proxy

_SETTINGS = {"max_connections": "100", "max_replication_slots": "60", "max_wal_senders": "20",
             "wal_keep_size": "0", "max_prepared_transactions": "10"}
# The broker stamps records with its own clock: when it had them is then known to the millisecond.
_OVERRIDES = {"log.message.timestamp.type": "LogAppendTime"}


class Ground(contextlib.ExitStack):
    """PostgreSQL, Kafka and `wire`, a proxy in front of PostgreSQL, all started.

    Raises unittest.SkipTest when a server cannot be had on this machine.
    """

    def __init__(self, major=15, brokers=1, proxied=False, settings=None, overrides=None):
        super().__init__()
        try:
            self.postgres = self.enter_context(
                Postgres(major, settings={**_SETTINGS, **(settings or {})}))
            self.kafka = self.enter_context(
                Kafka(brokers, proxied=proxied, overrides={**_OVERRIDES, **(overrides or {})}))
            self.wire = self.enter_context(Proxy(("127.0.0.1", self.postgres.port)))
        except Unavailable as error:
            self.close()
            raise unittest.SkipTest(str(error)) from error
        except BaseException:
            self.close()
            raise

    def heal(self):
        """Undoes every fault: what one test broke is not the next one's trouble."""
        self.wire.heal()
        for broker in self.kafka.brokers:
            if broker.proxy:
                broker.proxy.heal()
            if broker.running:
                broker.thaw()
            else:
                broker.restart()
        self.kafka.wait_ready()
        if self.postgres.running:
            self.postgres.thaw()
        else:
            self.postgres.start()
