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


if __name__ == "__main__":
    unittest.main()
