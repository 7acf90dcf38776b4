"""source.wait_for_standbys: nothing is published that a standby lacks when it takes over."""

import time

from case import FaultCase, main
from figures import Figures
from rig import checker, consumer
from rig.changes import parse_lsn
from rig.standby import Standby
from rig.waiting import wait_until

NAME = "twin"


class FailoverTest(FaultCase):
    major = 15

    def begin(self, name, **source):
        """walferry waits for a standby that streams."""
        play = self.play(name, source={"wait_for_standbys": [NAME], **source})
        play.twin = self.enterContext(
            Standby(self.ground.postgres, NAME, database=name, settings=self.standby_settings()))
        play.callback(self.drop_physical_slot)
        play.twin.wait_streaming()
        return play

    def standby_settings(self):
        return {}

    def drop_physical_slot(self):
        if not self.ground.postgres.running:
            return
        self.ground.postgres.sql(
            "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots "
            "WHERE slot_name = %s AND active", (NAME,))
        wait_until(lambda: self.ground.postgres.sql(
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots "
            "WHERE slot_name = %s AND NOT active", (NAME,)) or True, "the slot was dropped")

    def events(self, play):
        topics = [play.topic(table) for table in play.tables]
        return [event for event in map(checker.parse, consumer.read(
            self.ground.kafka.bootstrap, topics)) if event]

    def switched_at(self, play):
        """Where the standby's history left the timeline of the old primary."""
        history = (play.twin.data / "pg_wal/00000002.history").read_text(encoding="utf-8")
        return parse_lsn(history.split()[1])

    def test_waits_while_the_standby_hangs(self):
        play = self.begin("failover_waits")
        play.walferry.start_streaming()
        load = play.start_load()
        play.after(load)
        load.stop()
        play.wait_caught_up()
        play.twin.freeze()
        play.sql("INSERT INTO load_number VALUES (-1, 1)")
        wait_until(lambda: play.walferry.status()["source"]["waits_for"],
                   "it said what it waits for")
        self.assertFalse(play.walferry.ready())
        before = self.ground.kafka.count(play.topic("load_number"))
        self.assertFalse(self.has_row(play, -1))
        play.twin.thaw()
        play.mark()
        wait_until(play.walferry.ready, "it was ready again")
        load = play.start_load(seed=2)
        play.after(load)
        load.stop()
        play.wait_caught_up()
        self.assertTrue(self.has_row(play, -1))
        self.assertGreater(self.ground.kafka.count(play.topic("load_number")), before)
        self.verdict(play, "standby of PostgreSQL hangs",
                     "nothing is published meanwhile; not ready, and says why")

    def test_nothing_is_ahead_of_the_standby_that_takes_over(self):
        play = self.begin("failover_promoted")
        play.walferry.start_streaming()
        load = play.start_load()
        play.after(load)
        play.twin.freeze()
        # More than the sockets hold for a walreceiver that does not read.
        play.sql("CREATE SCHEMA aside; CREATE TABLE aside.noise AS SELECT repeat('x', 1000) "
                 "FROM generate_series(1, 40000)")
        play.after(load, 20)
        load.stop()
        self.ground.postgres.kill9()
        play.walferry.kill9()
        play.twin.thaw()
        play.twin.promote()
        switched_at = self.switched_at(play)
        positions = [event.position for event in self.events(play)]
        self.assertTrue(positions)
        ahead = [position for position in positions if position.lsn >= switched_at]
        self.assertEqual(ahead, [])
        lost = self.rows_of_the_old_primary(play, switched_at)
        self.assertGreater(lost, 0)
        Figures("primary killed while its standby hangs, standby promoted",
                seen=f"{lost} changes of the old primary are lost with it; none of them was "
                     "published").publish()

    def rows_of_the_old_primary(self, play, switched_at):
        self.ground.postgres.start()
        return sum(len(changes) for lsn, changes in play.truth.everything() if lsn > switched_at)

    def has_row(self, play, number):
        return any(event.change.table == "load_number" and str(number) in str(event.change.key)
                   for event in self.events(play))


class FailoverSlotTest(FaultCase):
    """PostgreSQL 17: the slot is on the standby, too, and the stream goes on there."""

    servers = {"major": 17}

    def test_goes_on_at_the_new_primary(self):
        play = self.play("failover_slot", source={"wait_for_standbys": [NAME]})
        twin = self.enterContext(Standby(self.ground.postgres, NAME, database=play.name,
                                         settings={"sync_replication_slots": "on"}))
        twin.wait_streaming()
        old = self.ground.postgres
        url = (f"postgresql://postgres@127.0.0.1:{old.port},127.0.0.1:{twin.port}/{play.name}"
               "?target_session_attrs=read-write")
        walferry = play.another(source={"url": url})
        walferry.start_streaming()
        load = play.start_load(transactions=100)
        load.join()
        play.wait_caught_up()
        wait_until(lambda: twin.sql(
            "SELECT 1 FROM pg_replication_slots WHERE slot_name = %s AND synced AND NOT temporary "
            "AND confirmed_flush_lsn - '0/0' > 0", (play.slot,)), "the slot was synchronised")
        rows = set(play.sql("SELECT id, n FROM load_number"))
        wait_until(lambda: twin.value("SELECT count(*) FROM load_number", database=play.name)
                   == len(rows), "the standby had it")
        play.witness.close()
        old.kill9()
        twin.promote()
        walferry.config["source"]["wait_for_standbys"] = []
        begun = time.monotonic()
        # The new primary has no standby of its own: what is committed there would wait for one.
        wait_until(lambda: self.running(walferry)["source"]["timeline"] == 2
                   and self.running(walferry)["source"]["connected"],
                   lambda: f"it found the new primary:\n{walferry.log_tail()}")
        taken = time.monotonic() - begun
        self.assertEqual(walferry.terminate(), 0, walferry.log_tail())
        walferry.start_streaming()
        self.write(twin, play)
        Figures("failover to a synchronised slot (PostgreSQL 17)",
                seen=f"streams from the new primary {taken:.1f} s after it took "
                     "over, nothing is missing").publish()

    def running(self, walferry):
        self.assertTrue(walferry.running, walferry.log_tail())
        return walferry.status()

    def write(self, twin, play):
        before = self.ground.kafka.count(play.topic("load_number"))
        twin.sql("INSERT INTO load_number SELECT i, i FROM generate_series(900001, 900050) i",
                 database=play.name)
        wait_until(lambda: self.ground.kafka.count(play.topic("load_number")) >= before + 50,
                   lambda: f"the rows of the new primary arrived:\n{play.logs()}")
        self.assertEqual(self.ground.kafka.count(play.topic("load_number")), before + 50)


if __name__ == "__main__":
    main()
