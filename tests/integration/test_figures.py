"""What /metrics and /status tell while rows flow: the same, and of every stage."""

import re
import unittest

from rig.changes import parse_lsn
from rig.waiting import wait_until
from scene import SLOT, Scene

_SAMPLE = re.compile(r'^(\w+)(?:\{(.*)\})? (\S+)$')


class FiguresTest(unittest.TestCase):
    def setUp(self):
        self.scene = self.enterContext(Scene())
        self.scene.prepare_load()
        self.walferry = self.scene.walferry

    def metrics(self):
        """{(name, labels): value} of /metrics."""
        lines = self.walferry.get("/metrics")[1].splitlines()
        return {match.group(1, 2): float(match[3]) for match in map(_SAMPLE.match, lines) if match}

    def settled(self):
        """/metrics and /status of the same moment: nothing happened in between."""
        while True:
            before, metrics, after = (self.walferry.status(), self.metrics(),
                                      self.walferry.status())
            if before["lsn"] == after["lsn"] and before["slot"] | {"age_seconds": 0} == \
                    after["slot"] | {"age_seconds": 0}:
                return metrics, after

    def run_load(self):
        self.walferry.start_streaming()
        load = self.scene.start_load(transactions=100)
        load.join()
        self.scene.wait_caught_up()
        end = int(self.scene.postgres.value("SELECT pg_current_wal_lsn() - '0/0'"))
        wait_until(lambda: parse_lsn(self.walferry.status()["slot"]["confirmed_flush_lsn"] or "0/0")
                   >= end, "the slot was looked after")

    def test_slot_and_positions(self):
        self.run_load()
        metrics, status = self.settled()
        slot = status["slot"]
        self.assertEqual(slot["name"], SLOT)
        self.assertTrue(slot["active"])
        self.assertEqual(slot["wal_status"], "reserved")
        self.assertIsNotNone(slot["restart_lsn"])
        self.assertLess(slot["age_seconds"], 60)
        self.assertEqual(metrics["walferry_slot_retained_wal_bytes", None], slot["retained_bytes"])
        self.assertEqual(metrics["walferry_slot_wal_status", 'status="reserved"'], 1)
        for point in ("server", "received", "published", "confirmed", "acknowledged"):
            self.assertEqual(metrics["walferry_lsn_bytes", f'point="{point}"'],
                             parse_lsn(status["lsn"][point]), point)
        for stage, behind in status["lag"]["stages"].items():
            self.assertEqual(metrics["walferry_lag_bytes", f'stage="{stage}"'], behind["bytes"])
        self.assertEqual(metrics["walferry_lag_seconds", None], 0)

    def test_what_happened(self):
        self.run_load()
        metrics, status = self.settled()
        published = 0
        for table in status["tables"]:
            for op in ("insert", "update", "delete", "truncate"):
                labels = f'table="{table["table"]}",op="{op}"'
                self.assertEqual(metrics["walferry_events_total", labels], table[op], labels)
                published += table[op]
        self.assertEqual({table["table"] for table in status["tables"]},
                         {f"public.{name}" for name in ("load_number", "load_text", "load_pair",
                                                        "load_full")})
        self.assertGreaterEqual(published, 100)
        self.assertGreaterEqual(metrics["walferry_commit_to_ack_seconds_count", None], 100)
        self.assertGreaterEqual(metrics["walferry_commit_to_receive_seconds_count", None], 100)
        self.assertGreater(metrics["walferry_transaction_events_sum", None], published / 2)
        self.assertGreater(metrics["walferry_sink_latency_seconds_count", None], 0)
        self.assertGreater(metrics["walferry_sink_latency_seconds_sum", None], 0)
        self.assertGreater(metrics["walferry_stage_seconds_total", 'stage="wait_source"'], 0)
        self.assertGreater(metrics["walferry_last_event_timestamp_seconds", None], 1.7e9)

    def test_a_lag_that_grows(self):
        """The broker is silent: the oldest commit that waits tells the lag."""
        self.walferry.start_streaming()
        self.scene.sql("INSERT INTO load_number VALUES (0, 1)")  # its topic is open then
        self.scene.wait_caught_up()
        self.scene.kafka.brokers[0].freeze()
        self.addCleanup(self.scene.kafka.brokers[0].thaw)
        self.scene.sql("INSERT INTO load_number VALUES (1, 1)")
        wait_until(lambda: self.walferry.status()["lag"]["seconds"] > 2, "the lag grew")
        status = self.walferry.status()
        self.assertGreater(status["sink"]["oldest_outstanding_seconds"], 1)
        self.assertGreater(status["lag"]["stages"]["confirm"]["seconds"], 1)
        self.scene.kafka.brokers[0].thaw()
        wait_until(lambda: self.walferry.status()["lag"]["seconds"] == 0, "the lag was gone")


if __name__ == "__main__":
    unittest.main()
