"""A backlog of everything that a stream can carry, written while nobody reads it."""

import random
import threading

from rig import load

_SCHEMA = """
CREATE TABLE wide (id integer PRIMARY KEY, body text, big text, n integer);
ALTER TABLE wide ALTER big SET STORAGE EXTERNAL;
CREATE TABLE shape (id integer PRIMARY KEY, a text);
CREATE TABLE patient (id integer PRIMARY KEY, label text);
CREATE TABLE marker (id integer PRIMARY KEY);
CREATE FUNCTION body() RETURNS text LANGUAGE sql AS
  $$ SELECT string_agg(md5(random()::text), '') FROM generate_series(1, 20) $$;
"""

_NESTED = """
DO $$ BEGIN
  INSERT INTO wide VALUES ({id}, 'outer', NULL, 1);
  BEGIN
    INSERT INTO wide VALUES ({id} + 1, 'inner', NULL, 2);
    BEGIN
      INSERT INTO wide VALUES ({id} + 2, 'innermost, undone', NULL, 3);
      PERFORM 1 / 0;
    EXCEPTION WHEN division_by_zero THEN
      INSERT INTO wide VALUES ({id} + 3, 'instead', NULL, 4);
    END;
    UPDATE wide SET n = n + 10 WHERE id = {id};
  EXCEPTION WHEN OTHERS THEN NULL;
  END;
END $$"""

_MANY = """
DO $$ BEGIN
  FOR i IN {id}..{id} + 99 LOOP INSERT INTO wide VALUES (i, body(), NULL, i); COMMIT; END LOOP;
END $$"""


class Backlog:
    """Writes until so many bytes of WAL are there, by several sessions at once.

    The tables of rig.load are there, and written too. The server has max_prepared_transactions.
    """

    def __init__(self, postgres, database, seed=1):
        self._postgres, self._database = postgres, database
        self._random = random.Random(seed)
        self._id = 0
        self._columns = []
        self._prepared = []

    def create_tables(self):
        """Makes the tables that are not rig.load's."""
        self._postgres.sql(_SCHEMA, database=self._database)

    def write(self, mebibytes):
        """Writes the backlog; its last transaction is a row of `marker`."""
        begun = self._wal()
        patient = self._postgres.connect(self._database, autocommit=False)
        patient.cursor().execute("INSERT INTO patient VALUES (1, 'began first')")
        small = load.Load(self._postgres.url(self._database), sessions=3, seconds=3600).start()
        others = [threading.Thread(target=self._insert_wide, args=(begun, mebibytes, 1_000_000 * n))
                  for n in (1, 2)]
        for thread in others:
            thread.start()
        connection = self._postgres.connect(self._database)
        while self._wal() - begun < mebibytes << 20:
            self._step(connection.cursor())
        for thread in others:
            thread.join()
        small.stop()
        patient.cursor().execute("INSERT INTO patient VALUES (2, 'committed last')")
        patient.commit()
        patient.close()
        for name in self._prepared:
            connection.cursor().execute(f"COMMIT PREPARED '{name}'")
        connection.cursor().execute("INSERT INTO marker VALUES (1)")
        connection.close()

    def _wal(self):
        return int(self._postgres.value("SELECT pg_current_wal_insert_lsn() - '0/0'"))

    def _insert_wide(self, begun, mebibytes, first):
        connection = self._postgres.connect(self._database)
        while self._wal() - begun < mebibytes << 20:
            connection.cursor().execute(
                "INSERT INTO wide SELECT i, body(), NULL, i FROM generate_series(%s, %s) i",
                (first, first + 399))
            first += 400
        connection.close()

    def _next_id(self):
        self._id += 1000
        return self._id

    def _step(self, cursor):
        steps = (self._many, self._nested, self._prepare, self._end_prepared, self._reshape,
                 self._messages, self._toast, self._truncate)
        self._random.choices(steps, (4, 4, 2, 2, 2, 2, 2, 1))[0](cursor)

    def _many(self, cursor):
        cursor.execute(_MANY.format(id=self._next_id()))

    def _nested(self, cursor):
        cursor.execute(_NESTED.format(id=self._next_id()))

    def _prepare(self, cursor):
        if len(self._prepared) == 5:
            return
        first = self._next_id()
        cursor.execute(f"BEGIN; INSERT INTO wide SELECT i, 'prepared', NULL, i FROM "
                       f"generate_series({first}, {first + 20}) i; SAVEPOINT s; "
                       f"DELETE FROM wide WHERE id = {first}; ROLLBACK TO s; "
                       f"PREPARE TRANSACTION 'p{first}'")
        self._prepared.append(f"p{first}")

    def _end_prepared(self, cursor):
        if self._prepared:
            name = self._prepared.pop(self._random.randrange(len(self._prepared)))
            cursor.execute(f"{self._random.choice(('COMMIT', 'ROLLBACK'))} PREPARED '{name}'")

    def _reshape(self, cursor):
        if self._columns and self._random.random() < 0.4:
            cursor.execute(f"ALTER TABLE shape DROP COLUMN {self._columns.pop()}")
        else:
            name = f"c{self._next_id()}"
            cursor.execute(f"ALTER TABLE shape ADD COLUMN {name} text DEFAULT 'of {name}'")
            self._columns.append(name)
        first = self._next_id()
        cursor.execute(f"BEGIN; INSERT INTO shape (id, a) VALUES ({first}, 'x'); "
                       f"ALTER TABLE shape ADD COLUMN inside integer DEFAULT 7; "
                       f"INSERT INTO shape (id, a) VALUES ({first + 1}, 'y'); "
                       f"ALTER TABLE shape DROP COLUMN inside; "
                       f"UPDATE shape SET a = 'z' WHERE id = {first}; COMMIT")

    def _messages(self, cursor):
        cursor.execute("SELECT pg_logical_emit_message(true, 'inside', 'of a transaction')")
        cursor.execute("BEGIN; SELECT pg_logical_emit_message(false, 'alone', 'rolled back'); "
                       "SELECT pg_logical_emit_message(true, 'inside', 'gone'); ROLLBACK")

    def _toast(self, cursor):
        new = self._next_id()
        cursor.execute(f"INSERT INTO wide VALUES ({new}, 'toasted', repeat(body(), 10), 0)")
        cursor.execute(f"UPDATE wide SET n = 1 WHERE id = {new}")
        cursor.execute(f"UPDATE wide SET id = {new + 1} WHERE id = {new}")

    def _truncate(self, cursor):
        cursor.execute("TRUNCATE shape")
