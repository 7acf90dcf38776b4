"""The checker accepts a faithful stream and notices each way of being unfaithful."""

import json
import unittest

from rig import checker, load, truth
from rig.consumer import Record
from rig.postgres import Postgres

KEYS = {"load_number": ["id"], "load_text": ["id"], "load_pair": ["a", "b"], "load_full": ["id"]}


def faithful_records(transactions):
    """What walferry should have published for them."""
    records = []
    for lsn, changes in transactions:
        for sequence, change in enumerate(changes, 1):
            value = {"before": None, "after": dict(change.row) if change.row else None,
                     "op": change.op,
                     "source": {"table": change.table, "commit_lsn": lsn - 1, "tx_seq": sequence}}
            key = json.dumps(dict(change.key)).encode()
            records.append(record(change.table, len(records), key, json.dumps(value).encode()))
            if change.op == "d":
                records.append(record(change.table, len(records), key, None))
    return records


def record(topic, offset, key, value):
    return Record(topic, 0, offset, key, value, (), 0)


class CheckerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = cls.enterClassContext(Postgres())
        cls.postgres.create_database("shop")
        load.create_tables(cls.postgres, "shop")
        cls.truth = truth.Truth(cls.postgres, "shop", KEYS)
        load.Load(cls.postgres.url("shop"), sessions=4, transactions=100).start().join()
        cls.transactions = cls.truth.read()
        cls.records = faithful_records(cls.transactions)

    def check(self, records):
        renumbered = [record(r.topic, n, r.key, r.value) for n, r in enumerate(records)]
        return checker.check(renumbered, self.truth)

    def test_load_makes_every_kind_of_change(self):
        ops = {change.op for _, changes in self.transactions for change in changes}
        self.assertEqual(ops, {"c", "u", "d"})
        self.assertGreater(len(self.transactions), 100)
        self.assertLess(len(self.transactions), 400, "some transactions must have been rolled back")

    def test_faithful_stream_has_no_problems(self):
        report = self.check(self.records)
        self.assertEqual(report.problems, [])
        self.assertEqual(report.duplicates, [])
        self.assertEqual(report.events, report.expected)

    def test_replayed_tail_counts_as_duplicates_only(self):
        report = self.check(self.records + self.records[-50:])
        self.assertEqual(report.problems, [])
        self.assertTrue(report.duplicates)

    def test_lost_event_is_missing(self):
        victim = next(n for n, r in enumerate(self.records) if r.value)
        self.assertEqual(len(self.check(self.records[:victim] + self.records[victim + 1:]).missing), 1)

    def test_lost_tombstone_is_noticed(self):
        victim = max(n for n, r in enumerate(self.records) if r.value is None)
        rest = self.records[:victim] + self.records[victim + 1:]
        self.assertEqual(len(self.check(rest).missing_tombstones), 1)

    def test_invented_event_is_extra(self):
        invented = faithful_records([(1, [checker.Change(
            "load_number", (("id", "9999"),), "c", (("id", "9999"), ("n", "1")))])])
        report = self.check(self.records + invented)
        self.assertEqual(len(report.extra), 1)
        self.assertEqual(len(report.different_rows), 1)

    def test_changed_value_is_missing_and_extra(self):
        records = list(self.records)
        victim = next(n for n, r in enumerate(records) if r.value and json.loads(r.value)["after"])
        value = json.loads(records[victim].value)
        value["after"]["n"] = "-1"
        records[victim] = record(records[victim].topic, 0, records[victim].key,
                                 json.dumps(value).encode())
        report = self.check(records)
        self.assertEqual((len(report.missing), len(report.extra)), (1, 1))

    def test_swapped_events_of_a_key_are_reordered(self):
        records = list(self.records)
        by_key = {}
        for n, item in enumerate(records):
            before = by_key.get((item.topic, item.key))
            if item.value and before is not None:
                records[before], records[n] = records[n], records[before]
                break
            if item.value:
                by_key[(item.topic, item.key)] = n
        self.assertTrue(self.check(records).reordered)


if __name__ == "__main__":
    unittest.main()
