"""What is streamed before its commit is published as if it had come whole."""

import json
import unittest

import savepoints
from two_readers import DATABASE, TwoReaders

SESSIONS = 5
TRANSACTIONS = 30
BACKLOG_MIB = 12


class StreamingTest(TwoReaders, unittest.TestCase):
    def streaming_server(self, major):
        immediate = {"debug_logical_replication_streaming": "immediate"} if major >= 16 else {}
        return self.server(major, logical_decoding_work_mem="64kB", **immediate)

    def streamed(self, postgres, slot):
        """How many transactions of the slot were streamed."""
        return int(postgres.value(
            "SELECT stream_txns FROM pg_stat_replication_slots WHERE slot_name = %s", (slot,)))

    def play(self, major, mode="on", wild=False, **source):
        postgres = self.streaming_server(major)
        savepoints.create_tables(postgres, DATABASE, SESSIONS)
        for slot in ("whole", "streamed"):
            self.make_slot(postgres, slot)
        savepoints.write(postgres, DATABASE, SESSIONS, TRANSACTIONS, seed=major, wild=wild)
        self.backlog.write(BACKLOG_MIB)
        whole = self.read_to_marker(self.walferry(postgres, "whole", 0, **source))
        reader = self.walferry(postgres, "streamed", 0, streaming=mode, spool={"memory": "64KiB"},
                               **source)
        streamed = self.read_to_marker(reader)
        log = reader.log_text()
        if wild:
            # Where PostgreSQL does not tell enough, or fails, the stream goes on without.
            self.assertIn("streaming_left", log)
            streamed, whole = self.in_order(streamed), self.in_order(whole)
        else:
            self.assertNotIn("streaming_left", log)
            self.assertNotIn("source_retry", log)
            self.assertGreater(self.streamed(postgres, "streamed"), 20)
        self.assert_same(streamed, whole)
        self.assertGreater(len(streamed), 1000)
        self.assertEqual(self.streamed(postgres, "whole"), 0)
        self.assert_acknowledged(postgres, streamed, ("whole", "streamed"))

    def in_order(self, events):
        """As a reader keeps them who drops what comes again by its position."""
        kept, last = [], (0, 0)
        for event in events:
            source = json.loads(event)["source"]
            position = (source["commit_lsn"], source["tx_seq"])
            # Logical messages outside of transactions have positions of their own.
            if source["tx_seq"] and position > last:
                kept.append(event)
                last = position
        return kept

    def test_same_events_14(self):
        self.play(14)

    def test_same_events_15(self):
        self.play(15, binary=True)

    def test_same_events_16(self):
        self.play(16, mode="parallel")

    def test_same_events_17(self):
        self.play(17, binary=True)

    def test_same_events_18(self):
        self.play(18, mode="parallel")

    def test_messages_and_ddl_rolled_back_to_savepoints(self):
        self.play(15, wild=True)

    def test_columns_that_are_published_from_the_middle_on(self):
        """Rows that came before the publication was altered are as it was then; for what follows the
        transaction the last announcement on the wire counts."""
        postgres = self.streaming_server(16)
        postgres.sql("DROP PUBLICATION shop", database=DATABASE)
        postgres.sql("CREATE TABLE slim (id integer PRIMARY KEY, a text, b text)", database=DATABASE)
        postgres.sql("CREATE PUBLICATION shop FOR TABLE slim (id), marker", database=DATABASE)
        self.make_slot(postgres, "streamed")
        early = postgres.connect(DATABASE, autocommit=False)
        early.cursor().execute("INSERT INTO slim SELECT i, 'a', 'b' FROM generate_series(1, 50) i")
        postgres.sql("ALTER PUBLICATION shop SET TABLE slim (id, a), marker", database=DATABASE)
        postgres.sql("INSERT INTO slim VALUES (1001, 'a', 'b')", database=DATABASE)
        early.commit()
        early.close()
        postgres.sql("INSERT INTO slim VALUES (1002, 'a', 'b')", database=DATABASE)
        postgres.sql("INSERT INTO marker VALUES (1)", database=DATABASE)
        reader = self.walferry(postgres, "streamed", 0, streaming="on")
        rows = [json.loads(event)["after"] for event in self.read_to_marker(reader)]
        self.assertNotIn("streaming_left", reader.log_text())
        self.assertEqual([row["id"] for row in rows], [1001, *range(1, 51), 1002, 1])
        self.assertEqual([len(row) for row in rows], [2] + [1] * 50 + [2, 1])
        self.assertGreater(self.streamed(postgres, "streamed"), 0)

    def test_replication_origins(self):
        """The name is there; where the transaction ended at its origin is told with the commit only."""
        postgres = self.streaming_server(17)
        for slot in ("whole", "streamed"):
            self.make_slot(postgres, slot)
        session = postgres.connect(DATABASE).cursor()
        session.execute("SELECT pg_replication_origin_create('far'); "
                        "SELECT pg_replication_origin_session_setup('far')")
        session.execute("BEGIN; SELECT pg_replication_origin_xact_setup('0/ABCD', now()); "
                        "INSERT INTO wide SELECT i, 'x', NULL, i FROM generate_series(1, 500) i; COMMIT")
        postgres.sql("INSERT INTO marker VALUES (1)", database=DATABASE)
        whole = self.read_to_marker(self.walferry(postgres, "whole", 0))
        streamed = self.read_to_marker(self.walferry(postgres, "streamed", 0, streaming="on"))
        self.assertEqual(json.loads(streamed[0])["source"]["origin"], "far")
        self.assertGreater(self.streamed(postgres, "streamed"), 0)
        self.assert_same(streamed, [event.replace(f'"origin_lsn": {0xABCD}', '"origin_lsn": 0')
                                    for event in whole])


if __name__ == "__main__":
    unittest.main()
