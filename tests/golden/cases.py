"""The recorded cases, as ../shared/golden/README.md describes them."""

import dataclasses
import fnmatch
import json
import os
import pathlib

from exact_json import parse_record

ROOT = pathlib.Path(__file__).resolve().parents[2]

# One process, and so one set of servers and one ctest test, runs a group: the first words of names.
GROUPS = {
    "types": ("type",),
    "modes": ("mode",),
    "rows": ("ident", "key", "toast", "trunc", "msg", "tx"),
    "options": ("opt", "col", "pub"),
    "catalog": ("part", "ddl", "name"),
    "formats": ("schema", "smt", "snap"),
}


def folder():
    """Where the cases are: WALFERRY_GOLDEN, or beside the project."""
    named = os.environ.get("WALFERRY_GOLDEN")
    return pathlib.Path(named) if named else ROOT.parent / "shared/golden"


@dataclasses.dataclass(frozen=True)
class Case:
    """One recorded case. `records` are what Debezium wrote, in the order of the file."""

    name: str
    directory: pathlib.Path
    majors: tuple
    tables: tuple
    connector: dict
    topics: tuple
    records: tuple

    @property
    def slot(self):
        return f"g_{self.name}"[:63]

    @property
    def setup(self):
        return (self.directory / "setup.sql").read_text(encoding="utf-8")

    @property
    def parts(self):
        """work.sql, cut where everything so far must have been published."""
        parts = [[]]
        for line in (self.directory / "work.sql").read_text(encoding="utf-8").splitlines(True):
            if line.strip() == "-- wait":
                parts.append([])
            else:
                parts[-1].append(line)
        return ["".join(lines) for lines in parts]

    def owns_topic(self, topic):
        return (topic.startswith(f"{self.name}.") or topic in self.topics
                or topic == f"__debezium-heartbeat.{self.name}")

    def major(self, wanted=None):
        """The version to run on: the one that is asked for, if the record holds there."""
        if wanted is None:
            return self.majors[0] if self.majors[0] == 18 else 17
        return wanted if wanted in self.majors else None


def _load(directory):
    facts = json.loads((directory / "case.json").read_text(encoding="utf-8"))
    lines = (directory / "events.jsonl").read_text(encoding="utf-8").split("\n")
    return Case(directory.name, directory, tuple(map(int, facts["pg"])), tuple(facts["tables"]),
                facts["connector"], tuple(facts["topics"]),
                tuple(parse_record(line) for line in lines if line))


def group_of(name):
    """The group of a case. A new kind of case needs a place in GROUPS, or it would never run."""
    for group, prefixes in GROUPS.items():
        if name.partition("_")[0] in prefixes:
            return group
    raise LookupError(f"case {name} belongs to none of the groups in {__file__}")


def load(groups=(), patterns=()):
    """The cases of the groups (none: of all) whose names fit one of the patterns (none: all)."""
    found = []
    for directory in sorted((folder() / "cases").iterdir()):
        name = directory.name
        if (not groups or group_of(name) in groups) and (
                not patterns or any(fnmatch.fnmatchcase(name, one) for one in patterns)):
            found.append(_load(directory))
    return found
