"""Watches a stream from outside while it runs: what the slot acknowledged and what /readyz said."""

import contextlib
import threading
import time

import psycopg2

_EVERY = 0.05


class Witness:
    """Samples, until closed, in threads of its own; servers that are away give no samples.

    `acknowledged`: (time, LSN), each read before that time. `ready`: (time, whether some walferry
    said so).
    """

    def __init__(self, connect, slot, says_ready):
        self.acknowledged = []
        self.ready = []
        self._connect = connect
        self._slot = slot
        self._says_ready = says_ready
        self._over = threading.Event()
        self._threads = [threading.Thread(target=work, daemon=True)
                         for work in (self._watch_slot, self._watch_readiness)]
        for thread in self._threads:
            thread.start()

    def close(self):
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _watch_slot(self):
        while not self._over.wait(_EVERY):
            with contextlib.suppress(psycopg2.Error):
                connection = self._connect()
                try:
                    self._follow_slot(connection)
                finally:
                    connection.close()

    def _follow_slot(self, connection):
        with connection.cursor() as cursor:
            while not self._over.wait(_EVERY):
                cursor.execute("SELECT confirmed_flush_lsn - '0/0' FROM pg_replication_slots "
                               "WHERE slot_name = %s AND confirmed_flush_lsn IS NOT NULL",
                               (self._slot,))
                found = cursor.fetchone()
                if found:
                    self.acknowledged.append((time.time(), int(found[0])))

    def _watch_readiness(self):
        while not self._over.wait(2 * _EVERY):
            said = self._says_ready()
            self.ready.append((time.time(), said))
