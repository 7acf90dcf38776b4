"""A catch-up that is killed, cut or impossible loses nothing and reorders nothing."""

import json
import random
import unittest

from backlog import Backlog
from rig import consumer
from rig.waiting import wait_until
from rig.walferry import Walferry
from scene import DATABASE, LOAD_KEYS, SLOT, Scene

KILLS = 10
SLOTS_OF_THE_SCENE = 2  # walferry's and the truth's
TEMPORARY = ("SELECT slot_name, active_pid FROM pg_replication_slots "
             "WHERE temporary AND slot_name LIKE 'walferry_catch_up_%'")


class CatchUpFaultsTest(unittest.TestCase):
    def play(self, mebibytes, workers=3, **settings):
        """A scene with a slot and a backlog behind it."""
        self.scene = self.enterContext(Scene(settings={
            "max_prepared_transactions": "10", "max_wal_size": "2GB", **settings}))
        self.walferry = self.scene.walferry
        self.walferry.config["source"]["catch_up"] = {"workers": workers, "after": "1MiB"}
        self.scene.prepare_load()
        backlog = Backlog(self.scene.postgres, DATABASE)
        backlog.create_tables()
        self.walferry.start_streaming()
        self.assertEqual(self.walferry.terminate(), 0, self.walferry.log_tail())
        backlog.write(mebibytes)

    def end_offsets(self):
        """Records in the topics that are there."""
        names = [f"{DATABASE}.public.{table}" for table in (*LOAD_KEYS, "wide")]
        return sum(sum(self.scene.kafka.end_offsets(name).values()) for name in names)

    def state(self, walferry=None):
        status, body = (walferry or self.walferry).get("/status")
        return json.loads(body)["state"] if status == 200 else ""

    def wait_catching_up(self):
        wait_until(lambda: self.state() == "catching_up",
                   lambda: f"it caught up:\n{self.walferry.log_tail()}", interval=0.01)

    def wait_progress(self, records):
        before = self.end_offsets()
        wait_until(lambda: self.end_offsets() >= before + records,
                   lambda: f"{records} more records came:\n{self.walferry.log_tail()}",
                   interval=0.01)

    def wait_slot_free(self):
        wait_until(lambda: not self.scene.postgres.value(
            "SELECT active FROM pg_replication_slots WHERE slot_name = %s", (SLOT,)),
            "the slot was free")

    def wait_nothing_left(self):
        wait_until(lambda: not self.scene.sql(TEMPORARY), "temporary slots were gone")

    def check_wide(self):
        """Each row that the table holds is the newest record of its key, and no other is."""
        newest = {}
        records = consumer.read(self.scene.kafka.bootstrap, [f"{DATABASE}.public.wide"])
        for record in sorted(records, key=lambda r: (r.partition, r.offset)):
            if record.value is not None:
                event = json.loads(record.value)
                row = event["after"] or event["before"]
                newest[row["id"]] = event["op"] != "d"
        published = {key for key, there in newest.items() if there}
        held = {row[0] for row in self.scene.sql("SELECT id FROM wide")}
        self.assertEqual(len(published ^ held), 0, sorted(published ^ held)[:5])
        self.assertGreater(len(held), 1000)

    def check_all(self):
        """Follows to the end: everything is there, in order."""
        self.scene.wait_caught_up(240)
        wait_until(lambda: self.state() == "streaming",
                   lambda: f"it streamed:\n{self.walferry.log_tail()}")
        self.assertEqual(self.scene.check_load().problems, [])
        self.check_wide()
        self.wait_nothing_left()

    def test_nothing_missing_after_ten_kills(self):
        self.play(56)
        dice = random.Random(6)
        for kill in range(KILLS):
            self.walferry.start()
            self.wait_catching_up()
            self.wait_progress(dice.randrange(1, 1500))
            self.assertEqual(self.state(), "catching_up", f"at kill {kill}")
            self.walferry.kill9()
            self.wait_nothing_left()
            self.wait_slot_free()
        self.walferry.start_streaming()
        self.check_all()
        self.assertEqual(self.walferry.log_text().count('catch_up_given_up'), 0)

    def test_terminated_backends_and_a_crash_of_the_server(self):
        self.play(56)
        self.walferry.start()
        self.wait_catching_up()
        self.wait_progress(200)
        (pid,) = [row[1] for row in wait_until(lambda: self.scene.sql(TEMPORARY + " LIMIT 1"),
                                              "a temporary slot was there")]
        self.scene.sql("SELECT pg_terminate_backend(%s)", (pid,))
        wait_until(lambda: "catch_up_given_up" in self.walferry.log_text(),
                   lambda: f"it gave up:\n{self.walferry.log_tail()}")
        self.wait_progress(200)
        self.scene.postgres.restart("immediate")
        self.check_all()

    def test_stopped_and_started(self):
        self.play(40)
        self.walferry.start()
        self.wait_catching_up()
        self.wait_progress(500)
        self.assertEqual(self.walferry.terminate(), 0, self.walferry.log_tail())
        self.wait_nothing_left()
        self.walferry.start_streaming()
        self.check_all()

    def test_no_slot_is_left(self):
        self.play(24, max_replication_slots=str(SLOTS_OF_THE_SCENE))
        self.walferry.start_streaming()
        self.check_all()
        self.assertIn("catch_up_given_up", self.walferry.log_text())
        self.assertIn("all replication slots are in use", self.walferry.log_text())

    def test_one_slot_is_left_for_three_workers(self):
        self.play(56, max_replication_slots=str(SLOTS_OF_THE_SCENE + 1))
        self.walferry.start_streaming()
        self.check_all()
        self.assertIn("in 3 ranges", self.walferry.log_text())
        self.assertNotIn("catch_up_given_up", self.walferry.log_text())

    def test_no_room_for_temporary_files(self):
        self.play(24)
        self.scene.sql("ALTER ROLE postgres SET temp_file_limit = '64kB'")
        self.walferry.start_streaming()
        self.scene.wait_caught_up(240)
        # The truth is decoded by such a backend, too.
        self.scene.sql("ALTER ROLE postgres RESET temp_file_limit")
        self.check_all()
        self.assertIn("temporary file size exceeds", self.walferry.log_text())

    def test_a_second_walferry_waits(self):
        self.play(40)
        self.walferry.start()
        self.wait_catching_up()
        self.wait_progress(1)
        self.walferry.freeze()
        config = {name: value for name, value in self.walferry.config.items() if name != "http"}
        config["source"] = {**config["source"], "wait_for_slot": True}
        second = self.enterContext(Walferry(config))
        second.start()
        wait_until(lambda: self.state(second) == "standby",
                   lambda: f"the second waited:\n{second.log_tail()}")
        self.walferry.thaw()
        self.check_all()
        second.kill9()


if __name__ == "__main__":
    unittest.main()
