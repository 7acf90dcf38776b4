"""Judges what a stream published, from the topics, the database and a Witness."""

import bisect
import functools
import itertools
import json

from rig import checker, consumer
from rig.truth import Truth


class Trial(Truth):
    """The truth of one database, read once at the end; transactions in `gap` were given up, and
    what is not behind `since` is left alone."""

    def __init__(self, postgres, database, keys, slot):
        super().__init__(postgres, database, keys, slot)
        self.gap = None
        self.since = 0

    @functools.cached_property
    def _all(self):
        return super().read()

    def everything(self):
        return self._all

    def read(self):
        """What must be in the topics."""
        first, last = self.gap or (0, 0)
        return [(lsn, changes) for lsn, changes in self._all
                if not first < lsn <= last and lsn > self.since]


def _redeliveries(records):
    """(when the broker had it before, when it came again) of each duplicate."""
    latest, out = {}, []
    for record in sorted(records, key=lambda r: (r.topic, r.partition, r.offset)):
        event = checker.parse(record)
        if event is not None:
            if event.identity in latest:
                out.append((latest[event.identity], record.timestamp / 1000))
            latest[event.identity] = record.timestamp / 1000
    return out


def _is_later(record, since):
    """Whether it is of a transaction behind that LSN; tombstones tell nothing and stay."""
    if not since:
        return True
    event = checker.parse(record)
    return event is None or event.position.lsn >= since


class Judgement:
    """The checker's report and what the witness adds to it."""

    def __init__(self, play):
        self.truth = play.truth
        names = [play.topic(table) for table in play.tables]
        records = [record for record in consumer.read(play.ground.kafka.bootstrap, names)
                   if _is_later(record, self.truth.since)]
        self.report = checker.check(records, self.truth)
        self._witness = play.witness
        self._arrivals = self._first_arrivals(records)
        self._records = records
        self._again = _redeliveries(records)

    def _first_arrivals(self, records):
        """(commit end, commit time, when the broker had it) of every event's first delivery."""
        ends = [lsn for lsn, _ in self.truth.everything()]
        first = {}
        for record in sorted(records, key=lambda r: (r.topic, r.partition, r.offset)):
            event = checker.parse(record)
            if event is not None and event.identity not in first:
                first[event.identity] = event, record
        out = []
        for event, record in first.values():
            source = json.loads(record.value)["source"]
            (moved,) = checker.with_commit_ends([event], ends)
            out.append((moved.position.lsn, source["ts_ms"] / 1000, record.timestamp / 1000))
        return sorted(out)

    def ahead(self):
        """How many transactions some sample shows as acknowledged before all of it had arrived."""
        whole = {}
        for lsn, _, arrived in self._arrivals:
            whole[lsn] = max(whole.get(lsn, 0), arrived)
        lsns = sorted(whole)
        latest = list(itertools.accumulate((whole[lsn] for lsn in lsns), max))
        early = set()
        for at, confirmed in self._witness.acknowledged:
            place = bisect.bisect_right(lsns, confirmed)
            if place and latest[place - 1] > at:
                early |= {lsn for lsn in lsns[:place] if whole[lsn] > at}
        return len(early)

    def recovery(self, marks):
        """The longest time from a mark to the first arrival of what was committed after it."""
        times = []
        for mark in marks:
            later = [arrived for _, committed, arrived in self._arrivals if committed >= mark]
            if later:
                times.append(min(later) - mark)
        return max(times, default=None)

    def rebuilt_by_position(self):
        """Whether a reader that leaves out what is behind the highest position of its partition
        ends with the tables as they are, and how many records it leaves out."""
        rows, highest, late = {}, {}, 0
        for record in sorted(self._records, key=lambda r: (r.topic, r.partition, r.offset)):
            event = checker.parse(record)
            if event is None:
                continue
            if event.position < highest.get(event.partition, event.position):
                late += 1
                continue
            highest[event.partition] = event.position
            rows[event.change.table, event.change.key] = event.change.row
        return {place: row for place, row in rows.items() if row} == self.truth.final_rows(), late

    def oldest_again(self, kills):
        """How long before a kill the broker already had what came again after it, seconds."""
        ages = [kill - had for had, arrived in self._again
                for kill in kills if had <= kill <= arrived]
        return max(ages, default=0.0)

    def mute(self):
        """The longest time that it said ready while commits waited and nothing arrived."""
        by_arrival = sorted((arrived, committed) for _, committed, arrived in self._arrivals)
        longest, oldest = 0.0, float("inf")
        for n in range(len(by_arrival) - 1, -1, -1):
            arrived, committed = by_arrival[n]
            oldest = min(oldest, committed)
            before = by_arrival[n - 1][0] if n else 0.0
            if arrived - max(before, oldest) > longest:
                longest = max(longest, self._said_ready(max(before, oldest), arrived))
        return longest

    def _said_ready(self, begin, end):
        """The longest uninterrupted readiness between the two times."""
        longest, since = 0.0, None
        for at, said in self._witness.ready:
            if begin <= at <= end and said:
                since = since or at
                longest = max(longest, at - since)
            else:
                since = None
        return longest
