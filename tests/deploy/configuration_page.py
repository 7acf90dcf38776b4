#!/usr/bin/python3
"""deploy/docs/configuration.md, made from `walferry config reference`: configuration_page.py --write."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from rig.walferry import binary  # noqa: E402

MANUAL = ROOT / "deploy/docs/configuration.md"
BEGIN, END = "<!-- keys -->", "<!-- end of keys -->"
_LINE = re.compile(r"^( *)(?:# (?P<text>.*)|#?(?P<key>[a-z_]+):(?: (?P<default>.*))?)$")
HEAD = ["| key | default | values | |", "|---|---|---|---|"]


def escaped(text):
    """As a cell of a table."""
    return re.sub(r"([|<*])", r"\\\1", text)


def row(path, default, told):
    """`told` are the comments above the key: what it is, and last what it may be."""
    values, _, rest = told[-1].partition("; ")
    facts = dict(part.split(": ", 1) for part in rest.split("; ") if part.startswith("default: "))
    shown = facts.get("default") or f"`{default}`"
    note = " Can change while running." if rest.endswith("reloadable") else ""
    return f"| `{path}` | {escaped(shown)} | {escaped(values)} | {escaped(' '.join(told[:-1]))}{note} |"


def table():
    """A chapter for each section that begins in the first column, after the keys that stand alone."""
    text = subprocess.run([binary(), "config", "reference"], text=True, capture_output=True, check=True).stdout
    body = text.partition("\n\n")[2]
    lines, above, told = list(HEAD), [], []
    for line in body.splitlines():
        match = _LINE.match(line)
        if not match:
            continue
        if match["text"] is not None:
            told.append(match["text"])
            continue
        above = [*above[:len(match[1]) // 2], match["key"]]
        if len(above) == 1 and match["default"] is None:
            lines += ["", f"## {match['key']}", "", *([" ".join(told), ""] if told else []), *HEAD]
        elif match["default"] is not None:
            lines.append(row(".".join(above), match["default"], told))
        elif told:
            lines.append(f"| `{'.'.join(above)}` | | {escaped(told[-1]) if len(told) > 1 else ''} | {escaped(told[0])} |")
        told = []
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
