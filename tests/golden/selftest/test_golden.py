"""The comparison and the table, with one thing wrong at a time; no servers."""

import dataclasses
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import cases
import compare
import exact_json
import judge
import ours
import table


def record(value, key='{"id":1}', topic="c.public.t", headers="[]"):
    return exact_json.parse_record(
        f'{{"topic":"{topic}","partition":0,"key":{key},"value":{value},"headers":{headers}}}')


def places(expected, actual):
    return [one.place for one in compare.compare(expected, actual)]


def one(expected, actual, **both):
    return places([record(expected, **both)], [record(actual, **both)])


class ComparisonTest(unittest.TestCase):
    def test_equal_by_value(self):
        self.assertEqual(one('{"a":1.10,"b":[1,2]}', '{"b":[1,2.0],"a":1.1}'), [])
        self.assertEqual(one('{"a":1E+2}', '{"a":100}'), [])

    def test_notices(self):
        for expected, actual, where in (
                ('{"a":-0.0}', '{"a":0.0}', "1@/a"), ('{"a":1}', '{"a":"1"}', "1@/a"),
                ('{"a":1}', '{"a":true}', "1@/a"), ('{"a":null}', "{}", "1@/a"),
                ("{}", '{"a":null}', "1@/a"), ('{"a":[1,2]}', '{"a":[2,1]}', "1@/a/0"),
                ('{"a":[1]}', '{"a":[1,2]}', "1@/a/1"), ('{"a":"x"}', '{"a":"X"}', "1@/a"),
                ('{"a":1.00000000000000000001}', '{"a":1}', "1@/a"), ('"x"', '"y"', "1@/"),
                ('{"a":{"b/c":1}}', '{"a":{"b/c":2}}', "1@/a/b~1c")):
            self.assertIn(where, one(expected, actual), expected)

    def test_key_and_headers(self):
        theirs = [record("{}", key='{"id":1}', headers='[["a","1"],["__debezium.context.x","1"]]')]
        mine = [record("{}", headers='[["a","1"],["walferry.p","1"]]')]
        self.assertEqual(places(theirs, mine), [])
        self.assertEqual(places(theirs, [record("{}", headers='[["a","2"]]')]), ["1@headers/a"])
        self.assertEqual(places(theirs, [record("{}")]), ["1@headers/a"])
        self.assertEqual(places(theirs, [record("{}", key='{"id":2}', headers='[["a","1"]]')]),
                         ["1@key/id"])

    def test_the_position_is_an_addition_in_source_only(self):
        self.assertEqual(one('{"source":{}}', '{"source":{"commit_lsn":1,"tx_seq":2}}'), [])
        self.assertEqual(one('{"after":{}}', '{"after":{"commit_lsn":1}}'), ["1@/after/commit_lsn"])

    def test_fields_of_schemas_are_compared_by_name_and_in_order(self):
        fields = '{"fields":[{"field":"a","type":"x"},{"field":"b","type":"y"}]}'
        self.assertEqual(one(fields, fields), [])
        self.assertEqual(one(fields, fields.replace("x", "z")), ["1@/fields/a/type"])
        turned = '{"fields":[{"field":"b","type":"y"},{"field":"a","type":"x"}]}'
        self.assertEqual(one(fields, turned), ["1@/fields"])

    def test_missing_and_extra_records(self):
        rows = [record(f'{{"op":"c","after":{{"id":{i},"a":"x","b":"y"}}}}', key=f'{{"id":{i}}}')
                for i in range(4)]
        self.assertEqual(places(rows, rows[:1] + rows[2:]), ["2@missing"])
        self.assertEqual(places(rows[:2] + rows[3:], rows), ["2@extra"])
        self.assertEqual(places([], rows[:1]), ["0@extra"])
        self.assertEqual(places(rows[:1], [dataclasses.replace(rows[0], topic="c.public.u")]),
                         ["1@missing", "1@extra"])
        self.assertNotEqual(places(rows[:2], rows[1::-1]), [])

    def test_a_tombstone_is_no_event(self):
        self.assertEqual(places([record('{"op":"d"}'), record("null")], [record('{"op":"d"}')]),
                         ["2@missing"])

    def test_placeholders(self):
        now = int(time.time() * 1000)
        self.assertEqual(one('{"ts_ms":"<ts_ms>"}', f'{{"ts_ms":{now}}}'), [])
        for wrong in ("null", "1", f'"{now}"', f"{now}.5", f"{now}000"):
            self.assertEqual(one('{"ts_ms":"<ts_ms>"}', f'{{"ts_ms":{wrong}}}'), ["1@/ts_ms"])
        self.assertEqual(one('{"s":"<sequence>"}', r'{"s":"[null,\"5\"]"}'), [])
        self.assertEqual(one('{"s":"<sequence>"}', r'{"s":"[1,\"5\"]"}'), ["1@/s"])
        self.assertEqual(one('{"after":{"a":"<lsn>"}}', '{"after":{"a":5}}'), ["1@/after/a"])

    def test_transactions_are_told_apart(self):
        theirs = [record('{"x":"<tx:1>","t":{"id":"<tx:1>:<lsn>"}}'), record('{"x":"<tx:2>"}')]
        for first, second, third, wrong in (
                (7, 7, 8, []), (7, 7, 7, ["2@/x"]), (7, 8, 9, ["1@/t/id"])):
            mine = [record(f'{{"x":{first},"t":{{"id":"{second}:99"}}}}'),
                    record(f'{{"x":{third}}}')]
            self.assertEqual(places(theirs, mine), wrong)

    def test_heartbeats_are_many(self):
        now = int(time.time() * 1000)
        topic = "__debezium-heartbeat.c"
        theirs = [record('{"ts_ms":"<ts_ms>"}', topic=topic)]
        mine = [record(f'{{"ts_ms":{now + i}}}', topic=topic) for i in range(3)]
        self.assertEqual(places(theirs, mine), [])
        self.assertEqual(places(theirs, []), ["1@missing"])

    def test_what_is_not_json_is_no_json(self):
        for data, wrong in ((b'{"a":NaN}', "$raw"), (b'{"a":1,"a":2}', "$raw"),
                            (b"\xff", "$base64")):
            self.assertIn(wrong, exact_json.payload(data))


ROWS = """| what | SQL that shows it | Debezium 3.6.1 | walferry | golden cases and paths |
|---|---|---|---|---|
| one | `a \\| b` | x | y | c: /after/a 2@key; d_*: headers |
| two | | | | |
"""


class TableTest(unittest.TestCase):
    def test_reads(self):
        found = table.parse(ROWS)
        self.assertEqual([(place.what, place.case, place.path) for place in found],
                         [("one", "c", ("", "after", "a")), ("one", "c", ("key",)),
                          ("one", "d_*", ("headers",))])
        self.assertTrue(found[2].is_for("d_x") and not found[2].is_for("dx"))

    def test_refuses(self):
        for cell in ("c /after/a", "c:", "c: after/a", "c: x@/a", "c: 1@"):
            with self.assertRaises(ValueError, msg=cell):
                table.parse(ROWS + f"| three | | | | {cell} |\n")

    def test_a_bar_without_backslash_is_noticed(self):
        with self.assertRaises(ValueError):
            table.parse(ROWS + "| three | a || b | | | |\n")

    def verdict(self, cell, expected, actual, values=None):
        where = table.parse(ROWS.replace("c: /after/a 2@key; d_*: headers", cell))
        found = compare.compare(expected, actual)
        values = ours.of(found) if values is None else values
        return judge.judge_differences("c", found, actual, judge.Books(tuple(where), values))

    def test_verdicts(self):
        theirs = [record('{"after":{"a":1}}'), record('{"after":{"a":1}}', key='{"id":2}')]
        mine = [record('{"after":{"a":2}}'), theirs[1]]
        self.assertEqual(self.verdict("", theirs, theirs).outcome, judge.PASSED)
        self.assertEqual(self.verdict("", theirs, mine).outcome, judge.FAILED)
        for cell in ("c: /after/a", "c: 1@/after/*", "c: /after", "*: 1@/"):
            named = self.verdict(cell, theirs, mine)
            self.assertEqual((named.outcome, named.lines), (judge.NAMED, ("one",)), cell)
        for cell in ("c: 2@/after/a", "c: key", "c: /after/b"):
            self.assertEqual(self.verdict(cell, theirs, mine).outcome, judge.FAILED, cell)

    def test_stale_rows_fail(self):
        theirs = [record('{"after":{"a":1}}')]
        mine = [record('{"after":{"a":2}}')]
        for cell in ("c: /after/a key", "c: 1,2@/after/a"):
            (line,) = self.verdict(cell, theirs, mine).lines
            self.assertIn("stale", line)

    def test_values_that_differ_are_pinned(self):
        theirs, mine = [record('{"after":{"a":1}}')], [record('{"after":{"a":2}}')]
        self.assertEqual(self.verdict("c: /after/a", theirs, mine, {}).outcome, judge.FAILED)
        self.assertEqual(self.verdict("c: /after/a", theirs, mine, {"1@/after/a": "2"}).outcome,
                         judge.FAILED)


class CasesTest(unittest.TestCase):
    def setUp(self):
        if not (cases.folder() / "cases").is_dir():
            self.skipTest(f"{cases.folder()} is not there")

    def test_every_case_has_a_group(self):
        self.assertEqual(len(cases.load()), len(cases.load(list(cases.GROUPS))))

    def test_every_record_equals_itself(self):
        """With something of the right form in the places of placeholders, nothing differs."""
        for case in cases.load():
            found = [one for one in compare.compare(case.records, case.records)
                     if "<" not in exact_json.show(one.expected)]
            self.assertEqual(found, [], case.name)

    def test_every_row_names_a_case(self):
        names = [case.name for case in cases.load()]
        self.assertEqual([str(place) for place in table.load()
                          if not any(map(place.is_for, names))], [])


if __name__ == "__main__":
    unittest.main()
