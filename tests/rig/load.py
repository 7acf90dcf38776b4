"""A load of many small transactions that does everything a change stream must survive.

It records nothing: what was committed is asked of the database (see truth.py).
"""

import random
import threading
import time

import psycopg2
from psycopg2 import errors

TABLES = ("load_number", "load_text", "load_pair", "load_full")

_SCHEMA = """
CREATE TABLE load_number (id integer PRIMARY KEY, n bigint NOT NULL, label text, flag boolean);
CREATE TABLE load_text (id text PRIMARY KEY, n bigint NOT NULL, label text, flag boolean);
CREATE TABLE load_pair (a integer, b text, n bigint NOT NULL, label text, flag boolean,
                        PRIMARY KEY (a, b));
CREATE TABLE load_full (id integer PRIMARY KEY, n bigint NOT NULL, label text, flag boolean);
ALTER TABLE load_full REPLICA IDENTITY FULL;
"""

_LABELS = (None, "", "plain", "it's", 'quoted "twice"', "back\\slash", "tab\tand\nline", "ünïcödé ☃")


def create_tables(postgres, database):
    """Makes the tables of the load."""
    postgres.sql(_SCHEMA, database=database)


def _keys(table, number):
    """The key columns of a table and the values of key `number`."""
    if table == "load_pair":
        return ("a", "b"), (number % 7, f"b{number}")
    if table == "load_text":
        return ("id",), (f"k{number}",)
    return ("id",), (number,)


class _Session:
    """One connection's random transactions. Sessions fight for the same keys on purpose."""

    def __init__(self, dsn, seed, keys):
        self._dsn = dsn
        self._random = random.Random(seed)
        self._keys = keys
        self._step = seed * 1_000_000
        self._connection = None

    def _execute(self, text, parameters=None):
        with self._connection.cursor() as cursor:
            cursor.execute(text, parameters)

    def _row(self):
        self._step += 1
        pick = self._random
        return self._step, pick.choice(_LABELS), pick.choice((None, True, False))

    def _upsert(self, table):
        columns, key = _keys(table, self._random.randrange(self._keys))
        names = ", ".join(columns)
        marks = ", ".join(["%s"] * (len(key) + 3))
        self._execute(
            f"INSERT INTO {table} ({names}, n, label, flag) VALUES ({marks}) "
            f"ON CONFLICT ({names}) DO UPDATE SET n = excluded.n, label = excluded.label, "
            "flag = excluded.flag", (*key, *self._row()))

    def _where(self, table):
        columns, key = _keys(table, self._random.randrange(self._keys))
        return " AND ".join(f"{column} = %s" for column in columns), key

    def _delete(self, table):
        condition, key = self._where(table)
        self._execute(f"DELETE FROM {table} WHERE {condition}", key)

    def _move(self, table):
        """Gives a row another key, unless that is taken."""
        condition, old = self._where(table)
        columns, new = _keys(table, self._random.randrange(self._keys))
        taken = " AND ".join(f"{column} = %s" for column in columns)
        change = ", ".join(f"{column} = %s" for column in columns)
        self._execute(f"UPDATE {table} SET {change} WHERE {condition} "
                      f"AND NOT EXISTS (SELECT 1 FROM {table} WHERE {taken})", (*new, *old, *new))

    def _change(self):
        table = self._random.choice(TABLES)
        self._random.choices((self._upsert, self._delete, self._move), (6, 2, 1))[0](table)

    def _part(self):
        """A few changes, sometimes under a savepoint that is rolled back."""
        undone = self._random.random() < 0.2
        if undone:
            self._execute("SAVEPOINT part")
        for _ in range(self._random.randint(1, 5)):
            self._change()
        if undone:
            self._execute("ROLLBACK TO SAVEPOINT part")

    def transaction(self):
        """One transaction: committed four times out of five. Conflicts count as rollbacks."""
        if self._connection is None:
            self._connection = psycopg2.connect(self._dsn)
        try:
            for _ in range(self._random.randint(1, 3)):
                self._part()
            if self._random.random() < 0.2:
                self._connection.rollback()
            else:
                self._connection.commit()
        except (errors.DeadlockDetected, errors.UniqueViolation):
            self._connection.rollback()

    def close(self):
        """Ends the connection; the next transaction opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Load:
    """Runs sessions in threads until each made `transactions`, or `seconds` passed, or `stop`.

    Errors other than conflicts surface in `join`, unless `survive` names exceptions to go on
    after, with a new connection (a server that is being restarted).
    """

    def __init__(self, dsn, sessions=4, transactions=None, seconds=None, keys=40, seed=1,
                 survive=()):
        if transactions is None and seconds is None:
            raise ValueError("a load needs an end: transactions or seconds")
        self._sessions = [_Session(dsn, seed * 100 + n, keys) for n in range(sessions)]
        self._transactions = transactions
        self._seconds = seconds
        self._survive = survive
        self._stopping = threading.Event()
        self._failures = []
        self._done = [0] * sessions
        self._threads = [threading.Thread(target=self._run, args=(n,), daemon=True)
                         for n in range(sessions)]

    @property
    def done(self):
        """Transactions ended so far, rolled back ones included."""
        return sum(self._done)

    @property
    def running(self):
        return any(thread.is_alive() for thread in self._threads)

    def _finished(self, n, deadline):
        if self._stopping.is_set() or (deadline and time.monotonic() > deadline):
            return True
        return self._transactions is not None and self._done[n] >= self._transactions

    def _run(self, n):
        session = self._sessions[n]
        deadline = time.monotonic() + self._seconds if self._seconds else None
        try:
            while not self._finished(n, deadline):
                self._one(session)
                self._done[n] += 1
        except psycopg2.Error as error:
            self._failures.append(error)
            self._stopping.set()
        finally:
            session.close()

    def _one(self, session):
        try:
            session.transaction()
        except self._survive:
            session.close()
            self._stopping.wait(0.1)

    def start(self):
        for thread in self._threads:
            thread.start()
        return self

    def stop(self):
        """Ends it early, after the transactions that are under way."""
        self._stopping.set()
        return self.join()

    def join(self):
        """Waits for its end; raises what went wrong."""
        for thread in self._threads:
            thread.join()
        if self._failures:
            raise self._failures[0]
        return self
