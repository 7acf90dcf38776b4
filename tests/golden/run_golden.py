#!/usr/bin/python3
"""Runs the golden cases against real servers and compares the events with Debezium's."""

import argparse
import collections
import concurrent.futures
import os
import pathlib
import sys
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import cases
import judge
import ours
import stage
import table
from rig import walferry
from rig.postgres_binaries import Unavailable

_SKIPPED = 77
_LINES_SHOWN = 12


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help="of " + ", ".join(cases.GROUPS))
    parser.add_argument("-k", dest="patterns", action="append", default=[], metavar="CASE",
                        help="only cases of this name; * stands for anything")
    parser.add_argument("--binary", action="store_true",
                        help="read in the binary form too: its events must have the same bytes")
    parser.add_argument("--streaming", action="store_true",
                        help="read streamed transactions too: their events must have the same bytes")
    parser.add_argument("--pg", type=int, metavar="MAJOR",
                        help="PostgreSQL's version, for the cases whose record holds there")
    parser.add_argument("--jobs", type=int, default=min(4, (os.cpu_count() or 1) + 1),
                        help="cases at a time")
    parser.add_argument("--all-lines", action="store_true", help="show each difference")
    parser.add_argument("--events", type=pathlib.Path, metavar="DIR",
                        help="write what was published to DIR/CASE.jsonl")
    parser.add_argument("--accept", action="store_true",
                        help="write ours.json: what walferry publishes where it differs")
    arguments = parser.parse_args()
    unknown = set(arguments.groups) - set(cases.GROUPS)
    if unknown:
        parser.error(f"no group {', '.join(sorted(unknown))}")
    return arguments


def _judge(case, servers, major, books, others):
    try:
        return judge.judge(case, servers, major, books, others)
    except Unavailable:
        raise
    except Exception:
        return judge.Verdict(case.name, judge.FAILED, (traceback.format_exc(),))


def _print(verdict, arguments):
    word = {judge.PASSED: "ok", judge.NAMED: "named", judge.FAILED: "FAIL",
            judge.UNSUPPORTED: "UNSUPPORTED"}[verdict.outcome]
    if verdict.outcome == judge.NAMED:
        print(f"{word:6} {verdict.case}: {'; '.join(verdict.lines)}")
    else:
        print(f"{word:6} {verdict.case}" + f" ({len(verdict.records)} records)")
        shown = verdict.lines if arguments.all_lines else verdict.lines[:_LINES_SHOWN]
        for line in shown:
            print("    " + line.replace("\n", "\n    "))
        if len(shown) < len(verdict.lines):
            print(f"    … {len(verdict.lines) - len(shown)} more (--all-lines)")
    if arguments.events:
        arguments.events.mkdir(parents=True, exist_ok=True)
        text = "".join(f"{judge.as_line(record)}\n" for record in verdict.records)
        (arguments.events / f"{verdict.case}.jsonl").write_text(text, encoding="utf-8")
    sys.stdout.flush()


def _unknown_cases(places):
    """Rows of the table about cases that are not there, as verdicts."""
    names = [case.name for case in cases.load()]
    for place in places:
        if not any(place.is_for(name) for name in names):
            yield judge.Verdict("(table)", judge.FAILED, (f"no such case: {place}",))


def _run(arguments, servers):
    """Verdicts as they come."""
    books = judge.Books(tuple(table.load()), ours.load())
    if not arguments.patterns:
        yield from _unknown_cases(books.places)
    chosen = [(case, case.major(arguments.pg))
              for case in cases.load(arguments.groups, arguments.patterns)]
    others = [form for form, wanted in (("binary", arguments.binary),
                                        ("streamed", arguments.streaming)) if wanted]
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        running = [pool.submit(_judge, case, servers, major, books, others)
                   for case, major in chosen if major]
        for done in concurrent.futures.as_completed(running):
            yield done.result()


def main():
    arguments = _arguments()
    if not (cases.folder() / "cases").is_dir():
        print(f"{cases.folder()} is not there: WALFERRY_GOLDEN names another folder")
        return _SKIPPED
    if not walferry.binary().exists():
        print(f"{walferry.binary()} is not there: WALFERRY_BIN names another program")
        return 1
    counts = collections.Counter()
    accepted = {}
    try:
        with stage.Servers(arguments.streaming) as servers:
            for verdict in _run(arguments, servers):
                _print(verdict, arguments)
                counts[verdict.outcome] += 1
                accepted[verdict.case] = ours.of(verdict.named)
            streamed = servers.streamed
    except Unavailable as error:
        print(error)
        return _SKIPPED
    if arguments.accept:
        ours.save(accepted)
    print(f"{counts[judge.PASSED]} passed, {counts[judge.NAMED]} passed with named differences, "
          f"{counts[judge.FAILED]} failed, {counts[judge.UNSUPPORTED]} unsupported")
    if arguments.streaming:
        print(f"{streamed} transactions were streamed")
    wrong = counts[judge.FAILED] + counts[judge.UNSUPPORTED]
    return 1 if wrong or not counts.total() else 0


if __name__ == "__main__":
    sys.exit(main())
