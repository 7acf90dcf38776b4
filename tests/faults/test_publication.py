"""The publication changes under a running stream."""

import json

from case import FaultCase, main
from figures import Figures
from rig import consumer
from rig.changes import parse_lsn

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
        taken, _ = self.assert_protects(play.walferry, play.slot, "CREATE PUBLICATION")
        Figures("publication dropped while down",
                seen=f"exit 3 after {taken:.1f} s, with the cure").publish()

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

    def gaps(self, play):
        """The events of accepted gaps."""
        return [json.loads(record.value) for record in
                consumer.read(self.ground.kafka.bootstrap, [f"{play.name}.gap"])]

    def test_table_dropped_from_it(self):
        """Its rows from then on would be lost: not silently."""
        play = self.play("pub_narrowed", extra=EXTRA)
        play.walferry.start_streaming()
        load = play.start_load()
        play.sql("INSERT INTO late SELECT i, i FROM generate_series(1, 10) i")
        play.after(load)
        play.sql(f"ALTER PUBLICATION {play.slot} DROP TABLE late")
        taken, text = self.assert_protects(play.walferry, "public.late", "--accept-gap")
        self.assertIn("ADD TABLE", text)
        self.assert_protects(play.walferry, "public.late")
        told = play.another(options=("--accept-gap",))
        play.mark()
        told.start_streaming()
        load.stop()
        play.wait_caught_up()
        self.assertEqual(self.count(play, "late"), 10)
        (gap,) = self.gaps(play)
        self.assertEqual((gap["reason"], gap["tables"]), ("publication_changed", ["public.late"]))
        self.verdict(play, "table dropped from the publication",
                     f"exit 3 after {taken:.1f} s; with --accept-gap it goes on; its rows up to "
                     "then arrived, nothing of the others is missing")

    def stopped(self, name, **how):
        """A stream that was stopped in order; what the publication lists is known to it."""
        play = self.play(name, extra=EXTRA, **how)
        play.walferry.start_streaming()
        play.sql("INSERT INTO late VALUES (1, 1)")
        play.wait_caught_up()
        self.assertEqual(play.walferry.terminate(), 0, play.logs())
        return play

    def test_narrowed_while_down(self):
        """Rows of a table that is published no more are lost at once: not silently."""
        play = self.stopped("pub_narrow_down")
        play.sql(f"ALTER PUBLICATION {play.slot} DROP TABLE late")
        play.sql("INSERT INTO late VALUES (2, 2)")
        taken, _ = self.assert_protects(play.walferry, "late", "--accept-gap")
        play.sql(f"ALTER PUBLICATION {play.slot} ADD TABLE late")
        self.assert_protects(play.walferry, "taken out and added again", "--accept-gap")
        told = play.another(options=("--accept-gap",))
        told.start_streaming()
        (gap,) = self.gaps(play)
        self.assertEqual(gap["tables"], ["public.late"])
        self.assertLess(parse_lsn(gap["from_lsn"]), parse_lsn(gap["to_lsn"]))
        self.assertEqual(told.terminate(), 0, told.log_tail())
        play.walferry.start_streaming()
        Figures("publication narrowed while down", seen=f"exit 3 after {taken:.1f} s, also when it "
                "was widened again; the gap event names the table").publish()

    def test_options_changed_while_down(self):
        play = self.stopped("pub_options")
        for change, words in [
                ("SET (publish = 'insert, update')", "DELETE"),
                ("SET (publish = 'insert, update, delete, truncate', "
                 "publish_via_partition_root = true)", "publish_via_partition_root"),
        ]:
            play.sql(f"ALTER PUBLICATION {play.slot} {change}")
            self.assert_protects(play.walferry, words, "--accept-gap")
        play.sql(f"ALTER PUBLICATION {play.slot} SET (publish_via_partition_root = false)")
        tables = ", ".join(table for table in play.tables if table != "late")
        for how, words in [("late WHERE (n > 5)", "row filter"), ("late (id)", "column list")]:
            play.sql(f"ALTER PUBLICATION {play.slot} SET TABLE {tables}, {how}")
            self.assert_protects(play.walferry, "public.late", words, "--accept-gap")

    def put_back(self, play):
        """Narrows the publication, deletes a row, and makes it what it was."""
        table = next(iter(play.tables))
        play.sql(f"ALTER PUBLICATION {play.slot} SET (publish = 'insert')")
        play.sql(f"DELETE FROM {table} WHERE ctid = (SELECT min(ctid) FROM {table})")
        play.sql(f"ALTER PUBLICATION {play.slot} SET "
                 "(publish = 'insert, update, delete, truncate')")

    def test_altered_and_put_back(self):
        play = self.play("pub_back")
        play.walferry.start_streaming()
        play.start_load(transactions=20).join()
        play.wait_caught_up()
        self.put_back(play)
        self.assert_protects(play.walferry, "altered and put back", "--accept-gap")

    def test_altered_and_put_back_while_down(self):
        play = self.play("pub_back_down")
        play.walferry.start_streaming()
        play.start_load(transactions=20).join()
        play.wait_caught_up()
        self.assertEqual(play.walferry.terminate(), 0, play.logs())
        self.put_back(play)
        self.assert_protects(play.walferry, "altered and put back", "--accept-gap")

    def test_widened_beyond_the_configuration_while_down(self):
        play = self.stopped("pub_wide", source={"tables": ["public.l*"]})
        play.sql("CREATE TABLE hidden (id integer PRIMARY KEY)")
        play.sql(f"ALTER PUBLICATION {play.slot} ADD TABLE hidden")
        self.assert_protects(play.walferry, "public.hidden", "source.tables")

    def test_taken_out_of_both_is_meant(self):
        play = self.stopped("pub_meant")
        play.sql(f"ALTER PUBLICATION {play.slot} DROP TABLE late")
        play.another(source={"tables": ["public.*", "!public.late"]}).start_streaming()
        play.start_load(transactions=20).join()
        play.wait_caught_up()
        self.assertEqual(self.count(play, "late"), 1)

    def test_dropped_table_is_no_loss(self):
        play = self.stopped("pub_dropped_table")
        play.sql("DROP TABLE late")
        play.sql("ALTER TABLE load_text ADD COLUMN more text")
        play.walferry.start_streaming()


if __name__ == "__main__":
    main()
