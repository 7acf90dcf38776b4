"""Compares what was published with what was recorded, as the golden README says."""

import dataclasses
import itertools
from decimal import Decimal

from exact_json import show
from placeholders import AnyTransactions, Transactions, fits, has_place

ABSENT = type("Absent", (), {"__repr__": lambda _: "(absent)"})()

_POSITION = {"commit_lsn", "tx_seq"}
_POSITION_OF_CLOUDEVENTS = {"iodebeziumcommitlsn", "iodebeziumtxseq"}
_FREE_HEADERS = ("__debezium.context.", "walferry.")


@dataclasses.dataclass(frozen=True)
class Difference:
    """One place in one record. `line` is that of events.jsonl, counted from 1.

    `path` is a tuple: ("", "after", "x") in the value, ("key", "id"), ("headers", name), or
    ("missing",) and ("extra",) for whole records; an extra one has the line that it stands behind.
    ("refused",) and ("publication",) on line 0 say what walferry would not do.
    """

    line: int
    path: tuple
    expected: object
    actual: object

    @property
    def place(self):
        """As the table names it."""
        return f"{self.line}@{self.where}"

    @property
    def where(self):
        parts = [part.replace("~", "~0").replace("/", "~1") for part in self.path]
        return "/".join(parts) if parts != [""] else "/"

    def __str__(self):
        return (f"{self.place}: Debezium {show_short(self.expected)}, "
                f"walferry {show_short(self.actual)}")


def show_short(value, width=240):
    """A value, or its absence, for people."""
    text = repr(value) if value is ABSENT else show(value)
    return text if len(text) <= width else f"{text[:width]}… ({len(text)} characters)"


def _same_number(one, other):
    return one == other and one.is_signed() == other.is_signed()


def _is_fields(value):
    """Whether a list is the fields of a Connect schema, which have names."""
    return isinstance(value, list) and bool(value) and all(
        isinstance(one, dict) and "field" in one for one in value)


def _may_be_added(path, name):
    if name in _POSITION:
        return path[-1] == "source" or path[-2:] == ("source", "fields")
    return name in _POSITION_OF_CLOUDEVENTS and path == ("",)


class _Comparison:
    """Collects what differs below one record's key or value."""

    def __init__(self, transactions):
        self.found = []
        self._transactions = transactions

    def _differ(self, path, expected, actual):
        self.found.append((path, expected, actual))

    def compare(self, path, expected, actual, in_row=False):
        if isinstance(expected, dict) and isinstance(actual, dict):
            self._compare_objects(path, expected, actual, in_row)
        elif _is_fields(expected) and _is_fields(actual):
            self._compare_fields(path, expected, actual)
        elif isinstance(expected, list) and isinstance(actual, list):
            for index, (one, other) in enumerate(
                    itertools.zip_longest(expected, actual, fillvalue=ABSENT)):
                self.compare(path + (str(index),), one, other, in_row)
        elif isinstance(expected, Decimal) and isinstance(actual, Decimal):
            if not _same_number(expected, actual):
                self._differ(path, expected, actual)
        elif isinstance(expected, str) and not in_row and has_place(expected):
            # CloudEvents have no 64-bit numbers: their attributes are texts of digits.
            as_text = path[-1].startswith("iodebezium")
            if not fits(expected, actual, self._transactions, as_text):
                self._differ(path, expected, actual)
        elif type(expected) is not type(actual) or expected != actual:
            self._differ(path, expected, actual)

    def _compare_objects(self, path, expected, actual, in_row):
        for name in {**expected, **actual}:
            one, other = expected.get(name, ABSENT), actual.get(name, ABSENT)
            if one is not ABSENT or not _may_be_added(path, name):
                self.compare(path + (name,), one, other, in_row or name in ("before", "after"))

    def _compare_fields(self, path, expected, actual):
        """Fields by name, and then whether they stand in the same order."""
        ours = [one for one in actual if not _may_be_added(path, one["field"])]
        named = [{one["field"]: one for one in fields} for fields in (expected, ours)]
        self._compare_objects(path, *named, False)
        orders = [[one["field"] for one in fields] for fields in (expected, ours)]
        if orders[0] != orders[1] and sorted(orders[0]) == sorted(orders[1]):
            self._differ(path, *orders)

    def compare_headers(self, expected, actual):
        ours = [one for one in actual if not one[0].startswith(_FREE_HEADERS)]
        theirs = [one for one in expected if not one[0].startswith(_FREE_HEADERS)]
        self._compare_objects(("headers",), dict(theirs), dict(ours), False)
        orders = [[name for name, _ in headers] for headers in (theirs, ours)]
        if orders[0] != orders[1] and sorted(orders[0]) == sorted(orders[1]):
            self._differ(("headers",), *orders)


def _differences(expected, actual, transactions):
    comparison = _Comparison(transactions)
    if expected.partition != actual.partition:
        comparison.found.append((("partition",), expected.partition, actual.partition))
    comparison.compare(("key",), expected.key, actual.key)
    comparison.compare(("",), expected.value, actual.value)
    comparison.compare_headers(expected.headers, actual.headers)
    return comparison.found


def _operation(record):
    """What kind of record it is: those of different kinds are never taken for each other."""
    value = record.value
    if isinstance(value, dict) and set(value) == {"schema", "payload"}:
        value = value["payload"]
    if not isinstance(value, dict):
        return value is None
    return value.get("op", value.get("iodebeziumop", value.get("__op", value.get("status", ""))))


_GAP = 5.0
_NEVER = 100.0


def _price(expected, actual):
    if _operation(expected) != _operation(actual):
        return _NEVER
    return min(2 * _GAP - 1, len(_differences(expected, actual, AnyTransactions())))


def _align(expected, actual):
    """Pairs of indexes, None for a partner that is not there: the cheapest way through both."""
    best = {(0, 0): (0.0, None)}
    for i, j in itertools.product(range(len(expected) + 1), range(len(actual) + 1)):
        ways = []
        if i and j:
            price = _price(expected[i - 1], actual[j - 1])
            ways.append((best[i - 1, j - 1][0] + price, (i - 1, j - 1)))
        if i:
            ways.append((best[i - 1, j][0] + _GAP, (i - 1, j)))
        if j:
            ways.append((best[i, j - 1][0] + _GAP, (i, j - 1)))
        if ways:
            best[i, j] = min(ways)
    pairs, place = [], (len(expected), len(actual))
    while place != (0, 0):
        before = best[place][1]
        pairs.append((before[0] if before[0] < place[0] else None,
                      before[1] if before[1] < place[1] else None))
        place = before
    return pairs[::-1]


def _without_clock(value):
    if isinstance(value, dict):
        return {name: None if name == "ts_ms" else _without_clock(one)
                for name, one in value.items()}
    return value


def _sorted_collections(value, name=""):
    """The tables of a transaction's end have no order in Debezium; the record has them sorted."""
    if isinstance(value, dict):
        return {name: _sorted_collections(one, name) for name, one in value.items()}
    if name == "data_collections" and isinstance(value, list):
        return sorted(value, key=show)
    return value


def _tidy(records):
    """Equal heartbeats once, and collections of transactions in order."""
    kept = []
    for record in records:
        if (kept and record.topic.startswith("__debezium-heartbeat.")
                and kept[-1].topic == record.topic and kept[-1].key == record.key
                and _without_clock(kept[-1].value) == _without_clock(record.value)):
            continue
        kept.append(dataclasses.replace(record, value=_sorted_collections(record.value)))
    return kept


def compare(expected, actual):
    """The differences between recorded and published records.

    Both hold each topic's records in the order of their offsets.
    """
    actual = _tidy(actual)
    found = []
    transactions = Transactions()
    for topic in sorted({record.topic for record in (*expected, *actual)}):
        lines = [line for line, record in enumerate(expected, 1) if record.topic == topic]
        theirs = [expected[line - 1] for line in lines]
        ours = [record for record in actual if record.topic == topic]
        # A topic that nobody recorded stands behind everything.
        last = lines[0] - 1 if lines else len(expected)
        for one, other in _align(theirs, ours):
            if one is None:
                extra = [topic, ours[other].key, ours[other].value]
                found.append(Difference(last, ("extra",), ABSENT, extra))
                continue
            last = lines[one]
            if other is None:
                missing = [theirs[one].key, theirs[one].value]
                found.append(Difference(last, ("missing",), missing, ABSENT))
                continue
            found += [Difference(last, *place)
                      for place in _differences(theirs[one], ours[other], transactions)]
    return found
