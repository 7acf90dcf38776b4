"""Random transactions of many sessions, open at the same time, with nested savepoints, some of them rolled back.

PostgreSQL (14 to 18) can fail to decode a transaction before its commit when DDL was rolled back to a savepoint
("could not map filenumber"), and does not tell the savepoint of a logical message. What does both is `wild`.
"""

import random
import threading

_SCHEMA = """
CREATE TABLE part_{n} (id integer PRIMARY KEY, body text, kept boolean, big text);
ALTER TABLE part_{n} ALTER big SET STORAGE EXTERNAL, REPLICA IDENTITY {identity};
"""


class Session:
    """One session's transactions, on a table of its own and on the one that all share."""

    def __init__(self, postgres, database, number, seed, wild):
        self._postgres, self._database, self._number = postgres, database, number
        self._random = random.Random(seed * 1000 + number)
        self._wild = wild
        self._next = 1
        self._columns = 0
        self._cursor = None

    def run(self, transactions):
        connection = self._postgres.connect(self._database, autocommit=True)
        self._cursor = connection.cursor()
        for _ in range(transactions):
            self._transaction()
        connection.close()

    def _transaction(self):
        self._do("BEGIN")
        self._block(0)
        fate = self._random.random()
        if fate < 0.15:
            self._do("ROLLBACK")
        elif fate < 0.25:
            name = f"s{self._number}_{self._next}"
            self._do(f"PREPARE TRANSACTION '{name}'")
            self._do(f"{self._random.choice(('COMMIT', 'ROLLBACK'))} PREPARED '{name}'")
        else:
            self._do("COMMIT")

    def _block(self, depth):
        """Some work, savepoints within it included, each released, rolled back or left."""
        for _ in range(self._random.randint(1, 5)):
            if depth < 4 and self._random.random() < 0.5:
                name = f"at_{depth}"
                self._do(f"SAVEPOINT {name}")
                self._block(depth + 1)
                fate = self._random.random()
                if fate < 0.5:
                    self._do(f"ROLLBACK TO {name}")
                elif fate < 0.8:
                    self._do(f"RELEASE {name}")
            else:
                self._work(depth)

    def _work(self, depth):
        works = {self._insert: 10, self._update: 6, self._delete: 3, self._share: 4, self._toast: 2,
                 self._message_of_nobody: 1}
        if self._wild or depth == 0:
            works |= {self._reshape: 3, self._truncate: 2}
        if self._wild:
            works[self._message] = 2
        work = self._random.choices(list(works), list(works.values()))[0]
        work(f"part_{self._number}")

    def _insert(self, table):
        rows = self._random.choice((1, 3, 40, 600))
        self._do(f"INSERT INTO {table} (id, body, kept) SELECT i, 'body ' || i, i % 2 = 0 "
                 f"FROM generate_series({self._next}, {self._next + rows - 1}) i")
        self._next += rows

    def _update(self, table):
        self._do(f"UPDATE {table} SET body = body || '!' WHERE id > {max(0, self._next - 60)}")

    def _delete(self, table):
        self._do(f"DELETE FROM {table} WHERE id % 7 = {self._random.randrange(7)}")

    def _reshape(self, table):
        self._columns += 1
        self._do(f"ALTER TABLE {table} ADD COLUMN extra_{self._columns} text DEFAULT 'e'")
        self._insert(table)
        if self._random.random() < 0.5:
            self._do(f"ALTER TABLE {table} DROP COLUMN extra_{self._columns}")

    def _truncate(self, table):
        self._do(f"TRUNCATE {table}")

    def _message(self, _):
        self._do("SELECT pg_logical_emit_message(true, 'inside', 'of a transaction')")

    def _message_of_nobody(self, _):
        self._do("SELECT pg_logical_emit_message(false, 'alone', 'of nobody')")

    def _share(self, _):
        self._do("INSERT INTO shared (by, body) SELECT "
                 f"{self._number}, 'shared' FROM generate_series(1, {self._random.randint(1, 30)})")

    def _toast(self, table):
        self._do(f"INSERT INTO {table} (id, big) SELECT {self._next}, string_agg(md5(i::text), '') "
                 "FROM generate_series(1, 200) i")
        self._do(f"UPDATE {table} SET kept = false WHERE id = {self._next}")
        self._next += 1

    def _do(self, sql):
        self._cursor.execute(sql)


def create_tables(postgres, database, sessions):
    """Those of so many sessions, each with another replica identity than its neighbour."""
    for number in range(sessions):
        identity = "FULL" if number % 2 else "DEFAULT"
        postgres.sql(_SCHEMA.format(n=number, identity=identity), database=database)
    postgres.sql("CREATE TABLE shared (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
                 "by integer, body text)", database=database)


def write(postgres, database, sessions, transactions, seed, wild=False):
    """Runs them at the same time to their end."""
    workers = [threading.Thread(target=Session(postgres, database, number, seed, wild).run,
                                args=(transactions,)) for number in range(sessions)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
