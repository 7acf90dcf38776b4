"""Behind the address answers another cluster: nothing of it is published, and nothing is lost."""

from case import FaultCase, main
from rig.postgres import Postgres
from rig.waiting import wait_until

ROWS = 50
SCHEMA = "CREATE TABLE load_number (id integer PRIMARY KEY, n bigint, label text, flag boolean)"


class OtherSystemTest(FaultCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.enterClassContext(Postgres())

    def tearDown(self):
        self.ground.wire.target = ("127.0.0.1", self.ground.postgres.port)
        super().tearDown()

    def end_of(self, postgres):
        return int(postgres.value("SELECT pg_current_wal_lsn() - '0/0'"))

    def advance(self, postgres, past):
        """Lets the server's WAL go on until it is past the LSN."""
        wait_until(lambda: self.end_of(postgres) > past or not postgres.sql(
            "SELECT pg_logical_emit_message(false, 'x', 'y'), pg_switch_wal()"),
            "the WAL was further on", interval=0)

    def prepare_other(self, play, with_slot):
        """The same database by name, as a copy that was restored elsewhere has it."""
        other = self.other
        other.create_database(play.name)
        other.sql(SCHEMA, database=play.name)
        if with_slot:
            other.sql(f"CREATE PUBLICATION {play.slot} FOR TABLE load_number", database=play.name)
            other.sql("SELECT pg_create_logical_replication_slot(%s, 'pgoutput')", (play.slot,),
                      database=play.name)

    def write(self, postgres, play, first):
        for n in range(ROWS):
            postgres.sql("INSERT INTO load_number VALUES (%s, %s)", (first + n, n),
                         database=play.name)

    def begin(self, name):
        play = self.play(name, address=self.ground.wire.address)
        play.walferry.start_streaming()
        play.start_load(transactions=30).join()
        play.wait_caught_up()
        return play

    def switch(self, play):
        """From now on the address leads to the other cluster, where rows are written."""
        self.ground.wire.target = ("127.0.0.1", self.other.port)
        self.ground.wire.cut()
        self.write(self.other, play, 3_000_000)

    def finish(self, play, scenario, taken):
        """Back at the right cluster all is there, and nothing of the other one."""
        self.ground.wire.target = ("127.0.0.1", self.ground.postgres.port)
        self.ground.wire.cut()
        self.write(self.ground.postgres, play, 4_000_000)
        play.walferry.start_streaming()
        play.wait_caught_up()
        self.verdict(play, scenario, f"exit 3 after {taken:.1f} s; names both system identifiers; "
                     "back at the right cluster it goes on")

    def check(self, name, ahead, with_slot, scenario, down=True):
        play = self.begin(name)
        if down:
            self.assertEqual(play.walferry.terminate(), 0, play.logs())
        self.prepare_other(play, with_slot)
        first, last = self.ground.postgres, self.other
        if not ahead:
            first, last = last, first
        self.advance(last, self.end_of(first))
        if not ahead:
            if not down:
                play.wait_caught_up()
        self.switch(play)
        identifiers = [postgres.value("SELECT system_identifier::text FROM pg_control_system()")
                       for postgres in (self.other, self.ground.postgres)]
        taken, _ = self.assert_protects(play.walferry, "system_changed", *identifiers)
        self.finish(play, scenario, taken)

    def test_ahead_while_down(self):
        self.check("system_ahead", True, True, "other cluster while down, higher LSNs")

    def test_behind_while_down(self):
        self.check("system_behind", False, True, "other cluster while down, lower LSNs")

    def test_without_slot_while_down(self):
        self.check("system_bare", True, False, "other cluster while down, without the slot")

    def test_ahead_while_streaming(self):
        self.check("system_ahead_live", True, True, "other cluster while streaming, higher LSNs",
                   down=False)

    def test_behind_while_streaming(self):
        self.check("system_behind_live", False, True, "other cluster while streaming, lower LSNs",
                   down=False)


if __name__ == "__main__":
    main()
