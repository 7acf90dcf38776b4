"""Counts the instructions and allocations that a row costs between the frame and the sink.

Under callgrind, so the machine's load does not matter: `walferry replay --discard` over a capture of N rows and
over one of 2N; the difference is what N rows cost. Compares with instructions.json; more than 3 % above fails.
`--write` keeps the new figures.
"""

import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from rig import walferry
from rig.postgres import Postgres
from rig.workdir import Workdir

KEPT = HERE / "instructions.json"
GROWTH_MAX = 0.03
ROWS = 2000
AT = "'2026-01-01 12:00:00.123456+00'::timestamptz + i * interval '1.5 s'"
FAMILIES = {
    "narrow": ("customer integer, amount numeric(12,2), at timestamptz, note text",
               f"i % 1000, i * 0.37, {AT}, 'note number ' || i"),
    "wide": (", ".join(f"c{i:02} text" for i in range(24)), ", ".join(f"'{chr(97 + i) * 36}' || i" for i in range(24))),
    "integers": ("a int2, b int4, c int8", "i % 30000, i * 1000, i * 10000000000"),
    "floats": ("a float4, b float8", "i * 0.1, i * 1e-7"),
    "numeric": ("a numeric, b numeric(20,4)", "i * 3.14159265358979, i * 1000.0001"),
    "text": ("a text, b varchar(100)", "'plain text of some length ' || i, 'with \"quotes\" and é ' || i"),
    "json": ("a jsonb", "jsonb_build_object('number', i, 'text', 'x' || i, 'list', jsonb_build_array(i, null, true))"),
    "bytea": ("a bytea", "decode(repeat(lpad(to_hex(i), 8, '0'), 16), 'hex')"),
    "times": ("a date, b time, c timestamp, d timestamptz, e interval",
              f"date '2026-01-01' + i % 300, time '01:02:03.4' + i * interval '1 s', ({AT})::timestamp, {AT}, "
              "i * interval '1 minute'"),
    "uuid": ("a uuid", "md5(i::text)::uuid"),
    "arrays": ("a integer[], b text[]", "ARRAY[i, i + 1, NULL], ARRAY['a' || i, 'b,c', NULL]"),
}


def record(folder):
    """Captures of ROWS and of 2 * ROWS rows of every family."""
    with Postgres() as postgres:
        for family, (columns, values) in FAMILIES.items():
            for times in (1, 2):
                database = f"{family}{times}"
                postgres.create_database(database)
                run = lambda text: postgres.sql(text, database=database)
                run(f"CREATE TABLE t (id bigint PRIMARY KEY, {columns})")
                run("CREATE PUBLICATION bench FOR TABLE t")
                run(f"SELECT pg_create_logical_replication_slot('{database}', 'pgoutput')")
                run(f"INSERT INTO t SELECT i, {values} FROM generate_series(1, {ROWS * times}) i")
                config = {"name": "bench", "source": {"url": postgres.url(database), "slot": database,
                                                      "publication": "bench", "create": False}}
                done = walferry.call("record", str(folder / f"{database}.capture"), "--until-now", config=config)
                if done.returncode:
                    raise RuntimeError(done.stderr)
                run(f"SELECT pg_drop_replication_slot('{database}')")


def count(capture):
    """(instructions, allocations) of a replay."""
    out = capture.with_suffix(".callgrind")
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", walferry.binary(), "replay", str(capture),
         "--discard", "--set", "name=bench", "--set", "snapshot.mode=never"],
        check=False, text=True, capture_output=True)
    total = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not total:
        raise RuntimeError(done.stderr[-2000:])
    return int(total.group(1)), allocations(out)


def allocations(profile):
    """How often malloc was called, from callgrind's file: the calls= lines behind cfn=malloc."""
    names, calls, called = {}, 0, None
    for line in profile.read_text(encoding="utf-8", errors="replace").splitlines():
        if found := re.match(r"c?fn=\((\d+)\)(?: (.*))?", line):
            if found.group(2):
                names[found.group(1)] = found.group(2)
            if line.startswith("c"):
                called = names[found.group(1)]
        elif line.startswith("calls=") and called == "malloc":
            calls += int(line[6:].split()[0])
    return calls


def measure():
    folder = Workdir("instructions")
    try:
        record(folder.path)
        found = {}
        for family in FAMILIES:
            once, twice = (count(folder.path / f"{family}{times}.capture") for times in (1, 2))
            found[family] = {"instructions": round((twice[0] - once[0]) / ROWS),
                             "allocations": round((twice[1] - once[1]) / ROWS, 2)}
        return found
    finally:
        folder.remove()


class InstructionsTest(unittest.TestCase):
    def test_a_row_costs_no_more_than_it_did(self):
        if not shutil.which("valgrind"):
            self.skipTest("valgrind is not installed")
        kept = json.loads(KEPT.read_text(encoding="utf-8"))
        found = measure()
        for family, now in found.items():
            print(f"{family:10} {now['instructions']:6} instructions a row (kept {kept[family]['instructions']}), "
                  f"{now['allocations']} allocations")
        grown = [family for family, now in found.items()
                 if now["instructions"] > kept[family]["instructions"] * (1 + GROWTH_MAX)]
        self.assertEqual(grown, [], "these cost more than 3 % more; if it must be, `instructions.py --write`")
        self.assertEqual([family for family, now in found.items() if now["allocations"] >= 0.1], [],
                         "these allocate per row")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep the figures in instructions.json")
    arguments = parser.parse_args()
    found = measure()
    print(json.dumps(found, indent=1))
    if arguments.write:
        KEPT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
