#!/usr/bin/python3
"""The table of error kinds in deploy/docs/errors.md, made from the code's: error_table.py --write."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CODE = ROOT / "lib/base/error_kinds.inc"
MANUAL = ROOT / "deploy/docs/errors.md"
BEGIN, END = "<!-- kinds -->", "<!-- end of kinds -->"
DONE = {"retry": ("tries again", 4), "configure": ("stops: set up", 2),
        "protect": ("stops: protect", 3), "fail": ("stops: failed", 1)}


def kinds():
    """(name, directive, meaning) of each, in the code's order."""
    return re.findall(r'^ERROR_KIND\((\w+), (\w+), "([^"]*)"\)', CODE.read_text(encoding="utf-8"),
                      re.MULTILINE)


def table():
    lines = ["| kind | meaning | what `run` does | exit code |", "|---|---|---|---|"]
    for name, directive, meaning in kinds():
        done, code = DONE[directive]
        lines.append(f"| `{name}` | {meaning} | {done} | {code} |")
    return "\n".join(lines)


def printed():
    """What the manual has."""
    return MANUAL.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0].strip()


def main():
    if sys.argv[1:] != ["--write"]:
        print(table())
        return
    before, rest = MANUAL.read_text(encoding="utf-8").split(BEGIN)
    MANUAL.write_text(f"{before}{BEGIN}\n{table()}\n{END}{rest.split(END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
