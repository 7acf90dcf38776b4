"""The publication changes under a running stream."""

from case import FaultCase, main
from figures import Figures
from rig import consumer
from rig.waiting import wait_until

CONFIGURE = 2
EXTRA = ("CREATE TABLE late (id integer PRIMARY KEY, n bigint)", {"late": ["id"]})


class PublicationTest(FaultCase):
    def count(self, play, table):
        return self.ground.kafka.count(play.topic(table))

    def test_dropped_and_made_anew(self):
        """PostgreSQL cannot decode what was committed in between: the gap must be taken on
        purpose, and is told."""
        play = self.play("pub_anew")
        play.walferry.start_streaming()
        load = play.start_load()
        play.after(load)
        definition = ", ".join(play.tables)
        play.sql(f"DROP PUBLICATION {play.slot}")
        play.after(load, 20)
        play.sql(f"CREATE PUBLICATION {play.slot} FOR TABLE {definition}")
        taken, text = self.assert_protects(play.walferry, "publication_lost", play.slot)
        self.assertIn("pg_drop_replication_slot", text)
        again, _ = self.assert_protects(play.walferry, play.slot)
        load.stop()
        Figures("publication dropped and re-created while streaming",
                seen=f"exit 3 after {taken:.1f} s, started again: after {again:.1f} s; names the "
                     "publication and the cure").publish()

    def test_missing_at_start(self):
        play = self.play("pub_missing", source={"create": False})
        play.sql("SELECT pg_create_logical_replication_slot(%s, 'pgoutput')", (play.slot,))
        play.walferry.start()
        self.assertIn(play.walferry.wait_exit(), (CONFIGURE, 3), play.logs())
        self.assertIn("publication", play.logs())
        self.assertIn("pg_drop_replication_slot", play.logs())
        code = play.walferry.exit_code
        Figures("publication missing at start", seen=f"exit {code}, with the cure").publish()

    def test_missing_at_start_without_slot(self):
        play = self.play("pub_nothing", source={"create": False})
        play.walferry.start()
        self.assertEqual(play.walferry.wait_exit(), CONFIGURE, play.logs())
        self.assertIn("CREATE PUBLICATION", play.logs())

    def test_dropped_while_down(self):
        play = self.play("pub_down")
        play.walferry.start_streaming()
        play.start_load(transactions=20).join()
        play.wait_caught_up()
        self.assertEqual(play.walferry.terminate(), 0, play.logs())
        play.sql(f"DROP PUBLICATION {play.slot}")
        play.start_load(transactions=20, seed=2).join()
        play.walferry.start()
        code = play.walferry.wait_exit(30)
        self.assertIn(code, (CONFIGURE, 3), play.logs())
        self.assertIn(play.slot, play.logs())
        Figures("publication dropped while down", seen=f"exit {code}, with the cure").publish()

    def test_table_added(self):
        play = self.play("pub_added")
        play.walferry.start_streaming()
        load = play.start_load()
        play.after(load)
        play.sql(EXTRA[0])
        play.sql("INSERT INTO late VALUES (1, 1)")
        play.sql(f"ALTER PUBLICATION {play.slot} ADD TABLE late")
        play.mark()
        play.sql("INSERT INTO late SELECT i, i FROM generate_series(2, 21) i")
        load.stop()
        play.wait_caught_up()
        self.assertEqual(self.count(play, "late"), 20)
        self.verdict(play, "table added to the publication", "20 of its 20 rows arrived")

    def test_table_dropped_from_it(self):
        play = self.play("pub_narrowed", extra=EXTRA)
        play.walferry.start_streaming()
        load = play.start_load()
        play.sql("INSERT INTO late SELECT i, i FROM generate_series(1, 10) i")
        play.sql(f"ALTER PUBLICATION {play.slot} DROP TABLE late")
        play.after(load)
        load.stop()
        play.wait_caught_up()
        self.assertEqual(self.count(play, "late"), 10)
        self.verdict(play, "table dropped from the publication", "its rows up to then arrived")

    def test_narrowed_while_down(self):
        """Rows of a table that is published no more are lost at once: not silently."""
        play = self.play("pub_narrow_down", extra=EXTRA)
        play.walferry.start_streaming()
        play.sql("INSERT INTO late VALUES (1, 1)")
        play.wait_caught_up()
        self.assertEqual(play.walferry.terminate(), 0, play.logs())
        play.sql(f"ALTER PUBLICATION {play.slot} DROP TABLE late")
        play.sql("INSERT INTO late VALUES (2, 2)")
        taken, _ = self.assert_protects(play.walferry, "late", "--accept-gap")
        Figures("publication narrowed while down", seen=f"exit 3 after {taken:.1f} s").publish()


if __name__ == "__main__":
    main()
