"""Decides about one case: what differs, and whether the table of differences names it."""

import dataclasses
import re

import convert
import ours
import stage
from compare import ABSENT, Difference, compare, show_short
from exact_json import show
from rig.waiting import TimedOut

PASSED, NAMED, FAILED, UNSUPPORTED = "passed", "named", "failed", "unsupported"

# The text of a row cannot hold these bytes, its quotes are escaped.
_SOURCE = re.compile(rb'("source":\{[^}]*\})')
_CLOCK = re.compile(rb'("ts_(?:ms|us|ns)":)\d+')
_STREAMED = re.compile(rb'"snapshot":"false"')
_MOMENT = re.compile(rb'("(?:ts_(?:ms|us|ns)|txId|lsn|commit_lsn)":)(?:\d+|null)|("sequence":)"\[[^\]]*\]"')


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What became of a case. `lines` are for people: names of differences, or what is wrong."""

    case: str
    outcome: str
    lines: tuple = ()
    records: tuple = ()
    named: tuple = ()  # the differences that the table names


@dataclasses.dataclass(frozen=True)
class Books:
    """What may differ: the table's places, and the values accepted there."""

    places: tuple
    values: dict

    def for_case(self, name):
        return Books(tuple(place for place in self.places if place.is_for(name)),
                     self.values.get(name, {}))


def _stale(found, places):
    """Places of the table where nothing differs any more."""
    for place in places:
        covered = {one.line for one in found if place.covers(one)}
        missed = sorted(place.lines - covered)
        if not covered or missed:
            yield f"stale: {place}, where nothing differs{f' in {missed}' if covered else ''}"


def judge_differences(name, found, records, books):
    """The verdict on what `compare` found."""
    unnamed, named, names = [], [], []
    for one in found:
        over = [place.what for place in books.places if place.covers(one)]
        names += over
        (named if over else unnamed).append(one)
    if any(one.path == ("refused",) for one in unnamed):
        unnamed = [one for one in unnamed if one.path != ("missing",)]
    lines = [*map(str, unnamed), *_stale(found, books.places)]
    if not lines:
        lines = list(ours.problems(named, books.values))
    outcome = FAILED if lines else NAMED if found else PASSED
    lines = lines or dict.fromkeys(names)
    return Verdict(name, outcome, tuple(lines), tuple(records), tuple(named))


def _unsupported(case, reason, places):
    named = [place.what for place in places if place.path == ("unsupported",)]
    return Verdict(case.name, NAMED if named else UNSUPPORTED, tuple(named or [str(reason)]))


def _clockless_part(part):
    if not _SOURCE.fullmatch(part):
        return _CLOCK.sub(rb"\g<1>0", part)
    if not _STREAMED.search(part):
        # Two programs read two snapshots.
        return _MOMENT.sub(rb"\g<1>\g<2>0", part)
    return _CLOCK.sub(rb"\g<1>0", part) if b'"txId":null' in part else part


def _clockless(record):
    """The record without the times at which it was written; that of the commit stays, where there
    is one: messages outside of transactions have none."""
    value = record.value
    if value is not None:
        value = b"".join(map(_clockless_part, _SOURCE.split(value)))
    return dataclasses.replace(record, value=value, timestamp=0)


def _timeless(records):
    """Without heartbeats, whose number depends on the time."""
    return [_clockless(record) for record in records
            if not record.topic.startswith("__debezium-heartbeat.")]


def _different_bytes(text, other, form):
    """Lines about what another way of reading made different."""
    text, other = _timeless(text), _timeless(other)
    if len(text) != len(other):
        yield f"{len(text)} records by text, {len(other)} {form}"
    for number, (one, another) in enumerate(zip(text, other), 1):
        if one != another:
            found = compare(stage.parsed([one]), stage.parsed([another]))
            for place in found:
                yield (f"{number}@{place.where}: by text {show_short(place.expected)}, "
                       f"{form} {show_short(place.actual)}")
            if not found:
                yield f"{number}: by text {one}"
                yield f"{number}: {form} {another}"


def judge(case, servers, major, books, others=()):
    """Plays the case and compares; also in the other ways to read, which must give the same
    bytes."""
    books = books.for_case(case.name)
    publish = any(place.path == ("publication",) for place in books.places)
    try:
        played = stage.play(case, servers, major, ("text", *others), publish)
    except convert.Unsupported as error:
        return _unsupported(case, error, books.places)
    except (stage.Broken, TimedOut) as error:
        return Verdict(case.name, FAILED, (str(error),))
    records = stage.parsed(played.records["text"])
    found = compare(case.records, records)
    for word in ("refusal", "publication"):
        text = getattr(played, word)
        if text:
            path = ("refused",) if word == "refusal" else (word,)
            found.insert(0, Difference(0, path, ABSENT, text))
    verdict = judge_differences(case.name, found, records, books)
    different = ()
    if not played.refusal:
        different = tuple(line for form in others for line in _different_bytes(
            played.records["text"], played.records[form], form))
    if different:
        lines = different if verdict.outcome != FAILED else (*verdict.lines, *different)
        return dataclasses.replace(verdict, outcome=FAILED, lines=lines)
    return verdict


def as_line(record):
    """A published record in the form of events.jsonl."""
    return show(dataclasses.asdict(record))
