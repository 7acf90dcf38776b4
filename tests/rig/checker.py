"""Compares the records of walferry's topics with what the database committed."""

import bisect
import collections
import dataclasses
import json

from .changes import Change, Position, freeze, parse_lsn


@dataclasses.dataclass(frozen=True)
class Event:
    """A Debezium-JSON record, read."""

    partition: tuple
    offset: int
    position: Position
    change: Change

    @property
    def identity(self):
        return self.position, self.change.table, self.change.key, self.change.op


def _lsn(value):
    return parse_lsn(value) if isinstance(value, str) else int(value)


def _payload(data):
    """The JSON of a key or a value, without Connect's schema around it."""
    value = json.loads(data)
    return value["payload"] if set(value) == {"schema", "payload"} else value


def parse(record):
    """The event in a record; None for a tombstone."""
    if record.value is None:
        return None
    value = _payload(record.value)
    source = value["source"]
    row = freeze(value["after"]) if value["after"] is not None else None
    op = "c" if value["op"] == "r" else value["op"]
    change = Change(source["table"], freeze(_payload(record.key)), op, row)
    position = Position(_lsn(source["commit_lsn"]), source["tx_seq"])
    return Event((record.topic, record.partition), record.offset, position, change)


@dataclasses.dataclass
class Report:
    """What is wrong (empty lists: nothing), and how much was seen."""

    missing: list = dataclasses.field(default_factory=list)
    extra: list = dataclasses.field(default_factory=list)
    reordered: list = dataclasses.field(default_factory=list)
    different_rows: list = dataclasses.field(default_factory=list)
    scattered_keys: list = dataclasses.field(default_factory=list)
    missing_tombstones: list = dataclasses.field(default_factory=list)
    duplicates: list = dataclasses.field(default_factory=list)
    events: int = 0
    expected: int = 0

    @property
    def problems(self):
        """Every broken promise; duplicates are none under at-least-once."""
        return [f"{len(found)} {name.replace('_', ' ')}, first: {found[0]}"
                for name, found in vars(self).items()
                if isinstance(found, list) and found and name != "duplicates"]

    def __str__(self):
        wrong = "; ".join(self.problems) or "as committed"
        return (f"{self.events} events for {self.expected} changes, "
                f"{len(self.duplicates)} duplicates: {wrong}")


def _by_key(items, change):
    grouped = collections.defaultdict(list)
    for item in items:
        grouped[(change(item).table, change(item).key)].append(item)
    return grouped


def _without_duplicates(events, report):
    """First deliveries in offset order; the others are reported."""
    seen = set()
    first = []
    for event in sorted(events, key=lambda e: (e.partition, e.offset)):
        if event.identity in seen:
            report.duplicates.append(event)
        else:
            seen.add(event.identity)
            first.append(event)
    return first


def _check_key(place, events, committed, report):
    """One key's first deliveries against its committed (commit LSN, change) in order."""
    if len({event.partition for event in events}) > 1:
        report.scattered_keys.append(place)
    report.reordered += [f"{place}: {after.position} behind {before.position}"
                         for before, after in zip(events, events[1:])
                         if after.position < before.position]
    got = collections.Counter((event.position.lsn, event.change) for event in events)
    due = collections.Counter(committed)
    report.missing += list((due - got).elements())
    report.extra += list((got - due).elements())
    if got == due and [(e.position.lsn, e.change) for e in events] != committed:
        report.reordered.append(f"{place}: not in commit order")


def _check_tombstones(records, report):
    """Every delete is followed by a tombstone of its key in its partition."""
    waiting = {}
    for record in sorted(records, key=lambda r: (r.topic, r.partition, r.offset)):
        place = (record.topic, record.partition, record.key)
        if record.value is None:
            waiting.pop(place, None)
        elif (event := parse(record)) and event.change.op == "d":
            waiting[place] = event.change
    report.missing_tombstones += list(waiting.values())


def rebuild(events):
    """The tables as a consumer has them after applying all events, duplicates too."""
    rows = {}
    for event in sorted(events, key=lambda e: (e.partition, e.offset)):
        place = (event.change.table, event.change.key)
        if event.change.row is None:
            rows.pop(place, None)
        else:
            rows[place] = event.change.row
    return rows


def with_commit_ends(events, ends):
    """The events with the end of their commit record in place of its start, which is what
    source.commit_lsn says: test_decoding tells the end, and the start lies behind the end before."""
    def end_of(start):
        place = bisect.bisect_right(ends, start)
        return ends[place] if place < len(ends) else start
    return [dataclasses.replace(event, position=Position(end_of(event.position.lsn),
                                                         event.position.sequence))
            for event in events]


def check(records, truth, tombstones=True):
    """Compares all records of the topics (rig.consumer.Record) with rig.truth.Truth; a Report."""
    transactions = truth.read()
    events = with_commit_ends([event for event in map(parse, records) if event],
                               [lsn for lsn, _ in transactions])
    committed = [(lsn, change) for lsn, changes in transactions for change in changes]
    report = Report(events=len(events), expected=len(committed))
    delivered = _by_key(_without_duplicates(events, report), lambda event: event.change)
    due = _by_key(committed, lambda item: item[1])
    for place in delivered.keys() | due.keys():
        _check_key(place, delivered.get(place, []), due.get(place, []), report)
    rebuilt, actual = rebuild(events), truth.final_rows()
    report.different_rows += [(place, rebuilt.get(place), actual.get(place))
                              for place in sorted(rebuilt.keys() | actual.keys())
                              if rebuilt.get(place) != actual.get(place)]
    if tombstones:
        _check_tombstones(records, report)
    return report
