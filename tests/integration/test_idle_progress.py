"""A slot whose tables are idle holds no WAL while other tables are busy."""

import threading
import unittest

from rig.waiting import wait_until
from scene import Scene


class IdleProgressTest(unittest.TestCase):
    def setUp(self):
        self.scene = self.enterContext(Scene())
        self.scene.sql("CREATE TABLE quiet (id integer PRIMARY KEY)")
        self.scene.sql("CREATE SCHEMA other CREATE TABLE busy (id bigserial PRIMARY KEY, t text)")
        self.stop = threading.Event()
        self.scene.callback(self.end_writer)
        self.writer = threading.Thread(target=self.write, daemon=True)

    def write(self):
        connection = self.scene.postgres.connect("shop")
        with connection.cursor() as cursor:
            while not self.stop.wait(0.01):
                cursor.execute("INSERT INTO other.busy (t) SELECT repeat('x', 100) "
                               "FROM generate_series(1, 100)")
        connection.close()

    def end_writer(self):
        self.stop.set()
        if self.writer.is_alive():
            self.writer.join()

    def walsender(self):
        return self.scene.postgres.value("SELECT active_pid FROM pg_replication_slots")

    def current(self):
        return int(self.scene.postgres.value("SELECT pg_current_wal_lsn() - '0/0'"))

    def test_slot_follows_unpublished_changes(self):
        self.scene.walferry.start_streaming()
        self.writer.start()
        for _ in range(3):
            now = self.current()
            wait_until(lambda now=now: self.scene.confirmed() >= now,
                       "the slot reached what was written", seconds=10)
        self.assertEqual(self.scene.kafka.count("shop.public.quiet"), 0)

    def test_slot_follows_another_database(self):
        self.scene.postgres.create_database("elsewhere")
        self.scene.walferry.start_streaming()
        self.scene.postgres.sql("CREATE TABLE t AS SELECT generate_series(1, 100000) i",
                                database="elsewhere")
        now = self.current()
        wait_until(lambda: self.scene.confirmed() >= now,
                   "the slot reached what was written", seconds=10)

    def test_heartbeat_is_seen_and_not_published(self):
        self.scene.walferry.config["source"]["heartbeat"] = "100ms"
        self.scene.walferry.start_streaming()
        for _ in range(2):
            seen = self.scene.walferry.status()["source"]["last_event_at"]
            wait_until(lambda seen=seen:
                       self.scene.walferry.status()["source"]["last_event_at"] != seen,
                       "a heartbeat came back")
        now = self.current()
        wait_until(lambda: self.scene.confirmed() >= now, "it was acknowledged", seconds=10)
        self.assertEqual(self.scene.kafka.count("shop.message"), 0)

    def test_published_change_arrives_in_the_middle(self):
        self.scene.walferry.start_streaming()
        self.writer.start()
        self.scene.sql("INSERT INTO quiet VALUES (1)")
        wait_until(lambda: self.scene.kafka.count("shop.public.quiet") == 1, "the change arrived")

    def test_message_as_the_last_of_the_wal_does_not_stop_the_next_session(self):
        run = self.scene.walferry
        run.start_streaming()
        for number in range(1, 4):
            self.scene.sql("SELECT pg_logical_emit_message(false, 'alone', 'last')")
            wait_until(lambda number=number: self.scene.kafka.count("shop.message") >= number,
                       "the message arrived")
            before = self.walsender()
            self.scene.sql("SELECT pg_terminate_backend(%s)", (before,))
            wait_until(lambda before=before: self.walsender() not in (None, before),
                       lambda: f"it streams again:\n{run.log_tail()}")


if __name__ == "__main__":
    unittest.main()
