"""What a busy database does all at once: the rig's load, and beside it what is rare and large."""

import itertools
import threading
import time

import psycopg2

# What a load sees of a server that is away.
AWAY = (psycopg2.OperationalError, psycopg2.InterfaceError)

EXTRA = ("CREATE TABLE shape (id integer PRIMARY KEY, a integer);"
         "CREATE TABLE bulk (id integer PRIMARY KEY, n bigint);"
         "CREATE SCHEMA aside; CREATE TABLE aside.busy (id bigserial PRIMARY KEY, t text)",
         {"shape": ["id"], "bulk": ["id"]})
_LARGE = 2_000
_PAUSE = 10
_KEPT = 200


class Mixture:
    """Runs until `finish`, through servers that come and go."""

    def __init__(self, play):
        self._play = play
        self._load = None
        self._over = threading.Event()
        self._failure = None
        self._step = 0
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._load = self._play.start_load(pause=0.1, survive=AWAY, seconds=1_000_000)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()

    def check(self):
        """Raises what went wrong."""
        if self._failure:
            raise self._failure
        assert self._load.running, "the load ended"

    def finish(self):
        """Ends it; returns what it did, in words."""
        self._over.set()
        self._thread.join()
        self.check()
        self._load.stop()
        # DDL publishes no rows: those that are there get their present shape by being written.
        self._play.sql("UPDATE shape SET a = a")
        return f"{self._load.done:,} small transactions, {self._step:,} large or rare ones"

    def _run(self):
        try:
            for part in itertools.cycle((self._large, self._neighbour, self._shape, self._undone,
                                         self._two_phase, self._message, self._emptied)):
                if self._over.wait(_PAUSE):
                    return
                self._step += 1
                part()
        except Exception as error:  # told by check()
            self._failure = error

    def _sql(self, text, done=()):
        """Runs it, again and again while the server is away; `done` are errors that say that an
        attempt whose answer was lost had succeeded."""
        while True:
            try:
                self._play.sql(text)
                return
            except AWAY:
                time.sleep(0.1)
            except done:
                return

    def _large(self):
        first = self._step * _LARGE
        self._sql(f"INSERT INTO bulk SELECT i, i FROM generate_series({first}, "
                  f"{first + _LARGE - 1}) i", done=psycopg2.errors.UniqueViolation)

    def _emptied(self):
        self._sql("DELETE FROM bulk WHERE id % 10 <> 0;"
                  f"DELETE FROM bulk WHERE id < (SELECT max(id) FROM bulk) - {_LARGE * _KEPT}")

    def _neighbour(self):
        self._sql("INSERT INTO aside.busy (t) SELECT repeat('x', 1000) "
                  "FROM generate_series(1, 1000); TRUNCATE aside.busy")

    def _shape(self):
        column = f"c{self._step}"
        self._sql(f"ALTER TABLE shape ADD {column} text", done=psycopg2.errors.DuplicateColumn)
        self._sql(f"INSERT INTO shape (id, a, {column}) VALUES ({self._step}, 1, 'it''s') "
                  "ON CONFLICT DO NOTHING")
        self._sql(f"ALTER TABLE shape DROP {column}", done=psycopg2.errors.UndefinedColumn)

    def _undone(self):
        self._sql("BEGIN; INSERT INTO bulk SELECT -1000000000 + i, i FROM "
                  "generate_series(1, 1000) i; ROLLBACK")

    def _two_phase(self):
        name = f"soak{self._step}"
        self._sql(f"BEGIN; INSERT INTO bulk SELECT -{self._step} * 100 - i, i "
                  f"FROM generate_series(1, 50) i; PREPARE TRANSACTION '{name}'",
                  done=(psycopg2.errors.DuplicateObject, psycopg2.errors.UniqueViolation))
        self._sql(f"COMMIT PREPARED '{name}'", done=psycopg2.errors.UndefinedObject)

    def _message(self):
        self._sql("SELECT pg_logical_emit_message(true, 'soak', 'hello')")
