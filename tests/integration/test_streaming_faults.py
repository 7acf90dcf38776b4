"""What happens to transactions that are streamed and not committed when something breaks."""

import os
import unittest

from rig import consumer
from rig.waiting import wait_until
from rig.workdir import Workdir
from scene import SLOT, Scene

KILLS = 6
ROWS = 20_000


class StreamingFaultsTest(unittest.TestCase):
    def setUp(self):
        self.scene = self.enterContext(Scene(major=17, settings={
            "logical_decoding_work_mem": "64kB", "debug_logical_replication_streaming": "immediate"}))
        self.spool = Workdir("spool")
        self.addCleanup(self.spool.remove)

    def stream_with(self, **spool):
        self.scene.walferry.config["source"] |= {
            "streaming": "on", "spool": {"directory": str(self.spool.path), **spool}}
        self.scene.walferry.start_streaming()

    def source(self):
        return self.scene.walferry.status()["source"]

    def wait_spooled(self, rows_bytes):
        wait_until(lambda: self.source()["spool_bytes"] + self.source()["open_transaction_bytes"] > rows_bytes,
                   lambda: f"open transactions came:\n{self.scene.walferry.log_tail()}")

    def open_transaction(self):
        self.scene.sql("CREATE TABLE big (id integer PRIMARY KEY, body text)")
        session = self.scene.postgres.connect("shop", autocommit=False)
        self.addCleanup(session.close)
        return session

    @staticmethod
    def write(session, first, rows):
        session.cursor().execute("INSERT INTO big SELECT i, 'row ' || i FROM generate_series(%s, %s) i",
                                 (first, first + rows - 1))

    def ids(self):
        """Of `big`, in the order of the topic, without what came again."""
        found = {}
        for record in consumer.read(self.scene.kafka.bootstrap, ["shop.public.big"]):
            found.setdefault(record.key, len(found))
        return len(found)

    def wait_slot_free(self):
        wait_until(lambda: not self.scene.postgres.value(
            "SELECT active FROM pg_replication_slots WHERE slot_name = %s", (SLOT,)), "the slot was free")

    def test_killed_with_open_transactions(self):
        self.scene.prepare_load()
        session = self.open_transaction()
        self.stream_with(memory="64KiB")
        load = self.scene.start_load(sessions=3, seconds=600)
        for number in range(KILLS):
            self.write(session, number * ROWS + 1, ROWS)
            session.cursor().execute("SAVEPOINT s")
            self.write(session, 10_000_000, 500)
            session.cursor().execute("ROLLBACK TO s")
            self.wait_spooled((number + 1) * ROWS * 20)
            self.scene.walferry.kill9()
            self.assertEqual(os.listdir(self.spool.path), [])
            self.assertEqual(self.scene.kafka.count("shop.public.big"), 0)
            self.wait_slot_free()
            self.scene.walferry.start_streaming()
        load.stop()
        session.commit()
        self.scene.wait_caught_up()
        self.assertEqual(self.scene.check_load().problems, [])
        self.assertEqual(self.ids(), KILLS * ROWS)
        self.assertEqual(self.source()["spool_bytes"], 0)
        self.assertNotIn("streaming_left", self.scene.walferry.log_text())

    def test_a_spool_that_is_full_is_left_to_the_server(self):
        session = self.open_transaction()
        self.stream_with(memory="64KiB", disk="1MiB")
        self.scene.sql("INSERT INTO big VALUES (10000000, 'small, and first')")
        self.write(session, 1, 3 * ROWS)
        wait_until(lambda: "streaming_left" in self.scene.walferry.log_text(),
                   lambda: f"the spool was full:\n{self.scene.walferry.log_tail()}")
        self.assertIn("source.spool.disk", self.scene.walferry.log_text())
        session.commit()
        self.scene.wait_caught_up()
        self.assertEqual(self.ids(), 3 * ROWS + 1)
        self.assertEqual(self.source()["spool_bytes"], 0)

    def test_acknowledging_goes_on_past_open_transactions(self):
        session = self.open_transaction()
        self.stream_with()
        self.write(session, 1, ROWS)
        self.wait_spooled(ROWS * 20)
        self.scene.sql("INSERT INTO big VALUES (10000000, 'committed')")
        self.scene.wait_caught_up()
        session.commit()
        self.scene.wait_caught_up()
        self.assertEqual(self.ids(), ROWS + 1)

    def test_a_folder_that_cannot_be_written_to(self):
        self.scene.walferry.config["source"] |= {
            "streaming": "on", "spool": {"directory": str(self.spool.path / "missing")}}
        self.scene.walferry.start()
        wait_until(lambda: not self.scene.walferry.running, "walferry ended")
        self.assertEqual(self.scene.walferry.exit_code, 2)
        self.assertIn("source.spool.directory", self.scene.walferry.log_tail())


if __name__ == "__main__":
    unittest.main()
