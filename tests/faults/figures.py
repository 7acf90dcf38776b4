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


def table(lines):
    """The Markdown table of the JSON lines that `publish` wrote."""
    rows = [Figures(**json.loads(line)).cells() for line in lines]
    out = ["| " + " | ".join(_HEAD) + " |", "|" + "---|" * len(_HEAD)]
    out += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(out)


def replace_table(readme, lines):
    """The text `readme` with another table between the markers."""
    before, rest = readme.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{table(lines)}\n{END}{after}"
