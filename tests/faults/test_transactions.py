"""What a session can do with a transaction, and what else happens in a busy database."""

import json

from case import FaultCase, main
from rig import consumer
from rig.waiting import wait_until

ROWS = 200_000
TABLES = 500
DDL = ("CREATE TABLE shape (id integer PRIMARY KEY, a integer)", {"shape": ["id"]})
TOAST = ("CREATE TABLE toast (id integer PRIMARY KEY, small integer, big text);"
         "ALTER TABLE toast ALTER big SET STORAGE EXTERNAL", {"toast": ["id"]})


class TransactionsTest(FaultCase):
    def begin(self, name, **how):
        play = self.play(name, **how)
        play.walferry.start_streaming()
        return play

    def arrived(self, play, table):
        return self.ground.kafka.count(play.topic(table))

    def test_large_one_cut_in_the_middle(self):
        play = self.begin("large", address=self.ground.wire.address)
        play.sql("INSERT INTO load_number SELECT i, i FROM generate_series(1, %s) i", (ROWS,))
        for part in (ROWS // 4, ROWS // 2):
            wait_until(lambda part=part: self.arrived(play, "load_number") >= part,
                       lambda: f"{part} rows came:\n{play.logs()}", interval=0.01)
            self.ground.wire.cut()
        wait_until(lambda: self.arrived(play, "load_number") >= ROWS * 3 // 4,
                   lambda: f"more rows came:\n{play.logs()}", interval=0.01)
        play.kill9()
        play.walferry.start_streaming()
        play.wait_caught_up()
        self.verdict(play, f"{ROWS:,} rows in a transaction, cut twice, then kill -9")

    def test_savepoints(self):
        play = self.begin("savepoints")
        with play.ground.postgres.connect(play.name, autocommit=False) as connection:
            with connection.cursor() as cursor:
                for n in range(100):
                    cursor.execute("SAVEPOINT s; INSERT INTO load_number "
                                   "SELECT %s * 100 + i, i FROM generate_series(1, 50) i", (n,))
                    if n % 3 == 0:
                        cursor.execute("ROLLBACK TO SAVEPOINT s")
                    elif n % 3 == 1:
                        cursor.execute("SAVEPOINT t; DELETE FROM load_number WHERE id % 7 = 0;"
                                       "ROLLBACK TO SAVEPOINT t; RELEASE SAVEPOINT s")
            connection.commit()
        play.wait_caught_up()
        figures = self.verdict(play, "savepoints in one transaction, a third rolled back")
        self.assertEqual((figures.changes, figures.duplicates), (66 * 50, 0))

    def test_two_phase(self):
        play = self.begin("two_phase")
        load = play.start_load(transactions=30)
        for n, end in enumerate(("COMMIT", "ROLLBACK")):
            play.sql(f"BEGIN; INSERT INTO load_number SELECT 5000 + {n} * 100 + i, i "
                     f"FROM generate_series(1, 50) i; PREPARE TRANSACTION 'tx{n}'")
        load.join()
        play.kill9()
        for n, end in enumerate(("COMMIT", "ROLLBACK")):
            play.sql(f"{end} PREPARED 'tx{n}'")
        play.walferry.start_streaming()
        play.wait_caught_up()
        self.verdict(play, "two-phase: one committed, one rolled back after kill -9")

    def test_five_hundred_tables(self):
        names = [f"many_{n}" for n in range(TABLES)]
        ddl = ";".join(f"CREATE TABLE {name} (id integer PRIMARY KEY, n bigint)" for name in names)
        play = self.play("many", extra=(ddl, {name: ["id"] for name in names}))
        play.walferry.start_streaming()
        insert = ";".join(f"INSERT INTO {name} VALUES (1, 1), (2, 2)" for name in names)
        play.sql(insert)
        play.mark()
        play.sql("INSERT INTO many_7 VALUES (3, 3)")
        play.wait_caught_up(300)
        play.kill9()
        play.sql(";".join(f"UPDATE {name} SET n = 5" for name in names))
        play.walferry.start_streaming()
        play.wait_caught_up(300)
        self.verdict(play, f"{TABLES} tables, each in a topic of its own")

    def test_busy_neighbour(self):
        play = self.begin("neighbour")
        play.sql("CREATE SCHEMA other; CREATE TABLE other.busy (id bigserial PRIMARY KEY, t text)")
        load = play.start_load(transactions=30)
        for _ in range(20):
            play.sql("INSERT INTO other.busy (t) SELECT repeat('x', 1000) "
                     "FROM generate_series(1, 1000)")
        load.join()
        written = play.wal_end()
        wait_until(lambda: play.confirmed() >= written, "the slot reached what was written", 10)
        self.verdict(play, "busy neighbour of 20 MB", "the slot follows at once")

    def test_truncate(self):
        play = self.begin("truncate", extra=("CREATE TABLE gone (id integer PRIMARY KEY)", {}))
        load = play.start_load(transactions=50)
        play.sql("INSERT INTO gone SELECT generate_series(1, 10)")
        play.sql("TRUNCATE gone")
        load.join()
        play.wait_caught_up()
        self.assertGreaterEqual(self.arrived(play, "gone"), 10)
        self.verdict(play, "TRUNCATE of a published table")


class SchemaTest(FaultCase):
    """Values that did not come, columns that come and go."""

    def test_ddl_under_load(self):
        play = self.play("ddl", extra=DDL)
        play.walferry.start_streaming()
        load = play.start_load()
        steps = ("ALTER TABLE shape ADD b text", "ALTER TABLE shape ADD c integer DEFAULT 7",
                 "ALTER TABLE shape DROP a", "ALTER TABLE shape ALTER c TYPE bigint",
                 "ALTER TABLE load_number ADD extra text", "ALTER TABLE load_number DROP extra",
                 "ALTER TABLE shape RENAME b TO bb")
        for n, step in enumerate(steps):
            play.sql("INSERT INTO shape (id) SELECT i FROM generate_series(%s, %s) i",
                     (n * 10, n * 10 + 9))
            play.sql(step)
            play.after(load, 20)
            if n == 3:
                play.kill9()
                play.walferry.start_streaming()
        load.stop()
        # DDL publishes no rows: those that are there get their new shape by being written again.
        play.sql("UPDATE shape SET c = c; UPDATE load_number SET n = n")
        play.wait_caught_up()
        self.verdict(play, "DDL under load: add, drop, retype, rename")

    def test_toast_unchanged(self):
        play = self.play("toasted", extra=TOAST)
        play.walferry.start_streaming()
        play.sql("INSERT INTO toast SELECT i, i, repeat(md5(i::text), 500) "
                 "FROM generate_series(1, 20) i")
        play.wait_caught_up()
        self.assertEqual(self.ground.kafka.count(play.topic("toast")), 20)
        play.sql("UPDATE toast SET small = small + 1")
        play.wait_caught_up()
        events = [event for event in self.events(play, "toast")]
        placeholders = [value for event in events for name, value in event["after"].items()
                        if event["op"] == "u" and name == "big"]
        self.assertEqual(placeholders, ["__debezium_unavailable_value"] * 20)

    def events(self, play, table):
        records = consumer.read(self.ground.kafka.bootstrap, [play.topic(table)])
        return [json.loads(record.value) for record in records if record.value]


if __name__ == "__main__":
    main()
