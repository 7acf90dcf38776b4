"""The manual's table of differences, lib/encode/DIFFERENCES.md. README.md has the notation."""

import dataclasses
import fnmatch
import pathlib
import re

PATH = pathlib.Path(__file__).resolve().parents[2] / "lib/encode/DIFFERENCES.md"

_COLUMNS = 5
# Between cells; a bar in a cell has a backslash.
_BORDER = re.compile(r"(?<!\\)\|")
_PLACE = re.compile(r"(?:(?P<lines>\d[\d,-]*)@)?(?P<path>\S+)")
_ROOTS = ("", "key", "headers", "partition", "missing", "extra", "unsupported", "refused",
          "publication")


def _numbers(text):
    """'2,4-6' as a set."""
    found = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return frozenset(found)


@dataclasses.dataclass(frozen=True)
class Place:
    """One path of one row for the cases that `case` fits. No `lines`: all lines."""

    what: str
    case: str
    lines: frozenset
    path: tuple
    text: str

    def is_for(self, case):
        return fnmatch.fnmatchcase(case, self.case)

    def covers(self, difference):
        """Whether it names that place or one above it. Who refused publishes no more."""
        if self.lines and difference.line not in self.lines:
            return False
        if self.path == ("refused",) and difference.path == ("missing",):
            return True
        return len(self.path) <= len(difference.path) and all(
            mine in ("*", theirs) for mine, theirs in zip(self.path, difference.path))

    def __str__(self):
        return f"\"{self.what}\" names {self.case}: {self.text}"


def _place(what, case, text):
    found = _PLACE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a path")
    path = "" if found["path"] == "/" else found["path"]
    parts = tuple(part.replace("~1", "/").replace("~0", "~") for part in path.split("/"))
    if parts[0] not in _ROOTS:
        raise ValueError(f"{text!r} begins with none of / {' '.join(_ROOTS[1:])}")
    lines = _numbers(found["lines"]) if found["lines"] else frozenset()
    return Place(what, case, lines, parts, text)


def _places(what, cell):
    for part in filter(None, map(str.strip, cell.split(";"))):
        case, colon, paths = part.partition(":")
        if not colon or not paths.split() or not re.fullmatch(r"[a-z0-9_*]+", case.strip()):
            raise ValueError(f"{part!r} is not 'case: path path'")
        for text in paths.split():
            yield _place(what, case.strip(), text)


def parse(markdown):
    """The places of all rows."""
    rows = [line for line in markdown.splitlines() if line.startswith("|")]
    found = []
    for number, line in enumerate(rows):
        cells = [cell.strip() for cell in _BORDER.split(line.strip())[1:-1]]
        if len(cells) != _COLUMNS:
            raise ValueError(f"not {_COLUMNS} columns: {line}")
        if number > 1:
            try:
                found += _places(cells[0], cells[-1])
            except ValueError as error:
                raise ValueError(f"row \"{cells[0]}\": {error}") from error
    return found


def load():
    return parse(PATH.read_text(encoding="utf-8")) if PATH.exists() else []
