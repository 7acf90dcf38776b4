"""What a scenario showed, as a line of the table in README.md."""

import dataclasses
import json
import os

VARIABLE = "WALFERRY_FAULTS_FIGURES"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
_HEAD = ("scenario", "changes", "missing", "phantom", "reordered", "rebuilt", "ahead", "again",
         "back after", "mute", "seen")


@dataclasses.dataclass
class Figures:
    """The figures of one scenario; None where one has no meaning in it.

    `ahead`: transactions acknowledged before the broker had them. `again`: duplicates.
    `recovery`: from the end of the fault to the arrival of a change committed after it, seconds.
    `mute`: the longest time for which it said ready, had something to deliver, and nothing came.
    """

    scenario: str
    changes: int | None = None
    missing: int | None = None
    phantom: int | None = None
    reordered: int | None = None
    rebuilt: bool | None = None
    ahead: int | None = None
    duplicates: int | None = None
    recovery: float | None = None
    mute: float | None = None
    seen: str = ""

    def cells(self):
        def text(value, form="{}"):
            return "" if value is None else form.format(value)
        rebuilt = {None: "", True: "equal", False: "**different**"}[self.rebuilt]
        return [self.scenario, text(self.changes, "{:,}"), text(self.missing), text(self.phantom),
                text(self.reordered), rebuilt, text(self.ahead), text(self.duplicates, "{:,}"),
                text(self.recovery, "{:.1f} s"), text(self.mute, "{:.1f} s"), self.seen]

    def __str__(self):
        return ", ".join(f"{name}: {cell}" for name, cell in zip(_HEAD, self.cells()) if cell)

    def publish(self):
        """Prints the figures, and adds them to the file that a writing run asks for."""
        print(f"FIGURES {self}", flush=True)
        path = os.environ.get(VARIABLE)
        if path:
            with open(path, "a", encoding="utf-8") as file:
                file.write(json.dumps(dataclasses.asdict(self)) + "\n")


def _row(line):
    """(scenario, row of the table) of a JSON line that `publish` wrote."""
    cells = Figures(**json.loads(line)).cells()
    return cells[0], "| " + " | ".join(cells) + " |"


def _rows(readme):
    """Scenario to row, as the table has them."""
    inside = readme.split(BEGIN)[1].split(END)[0]
    rows = [line for line in inside.splitlines() if line.startswith("| ")][1:]
    return {row[2:].partition(" | ")[0]: row for row in rows}


def replace_between(readme, begin, end, text):
    """The text `readme` with another one between the markers."""
    before, rest = readme.split(begin)
    _, after = rest.split(end)
    return f"{before}{begin}\n{text}\n{end}{after}"


def replace_table(readme, lines, heading=None):
    """The text `readme` with the rows of these JSON lines in its table: in place of all others when
    a heading is given, which tells of a whole run."""
    old = _rows(readme) if heading is None else {}
    rows = {**old, **dict(map(_row, lines))}
    if heading is None:
        heading = readme.split(BEGIN)[1].partition("\n| ")[0].strip()
    text = "\n".join([heading, "", "| " + " | ".join(_HEAD) + " |", "|" + "---|" * len(_HEAD),
                      *rows.values()])
    return replace_between(readme, BEGIN, END, text)
