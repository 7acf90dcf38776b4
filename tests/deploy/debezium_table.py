#!/usr/bin/python3
"""The table of Debezium's properties in deploy/docs/migration.md, made from the converter's: debezium_table.py --write."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CODE = ROOT / "lib/config"
MANUAL = ROOT / "deploy/docs/migration.md"
BEGIN, END = "<!-- properties -->", "<!-- end of properties -->"
WAYS = {"lower_case": "", "milliseconds": "milliseconds become a duration", "": ""}


def source(name):
    return (CODE / name).read_text(encoding="utf-8")


def part(text, start, end="};"):
    return text.split(start)[1].split(end)[0]


def words(text):
    """Names of the tables of words to their pairs."""
    return {name: re.findall(r'\{"([^"]+)",\s*"([^"]+)"\}', body)
            for name, body in re.findall(r"constexpr word (\w+)\[\] = \{(.*?)\};", text, re.DOTALL)}


def renamed():
    """(property, key, remark) of those that have one key."""
    text = source("debezium_modes.cpp")
    tables = words(text)
    for row in re.findall(r'\{"([\w.]+)", "([\w.]+)"(?:, (\w+))?(?:, (\w+))?\}', part(text, "renamed_properties[] = {")):
        name, key, way, table = row
        remark = ", ".join(f"`{theirs}`: `{ours}`" for theirs, ours in tables[table]) if table else WAYS[way]
        yield name, key, remark
    yield "skipped.operations", "events.skip", "`t`, Debezium's default, is written out"


def connection():
    for name, keyword in re.findall(r'\{"(database\.\w+)", "(\w+)"\}', source("debezium_filters.cpp")):
        yield name, "source.url", f"`{keyword}=`"


def filters():
    text = source("debezium_filters.cpp")
    for name in re.findall(r'convert_schemas\(draft, "([\w.]+)"', text):
        yield name, "source.tables", "patterns of schemas" if "include" in name else "patterns with `!`"
    for name, key in re.findall(r'convert_list\(draft, "([\w.]+)", "([\w.]+)"', text):
        yield name, key, "patterns with `!`" if "exclude" in name else ""
    yield "message.key.columns", "events.keys", ""
    yield "column.mask.with.N.chars", "events.masks", "`fixed`"
    yield "column.truncate.to.N.chars", "events.masks", "`truncate`"
    yield "column.mask.hash.v2.*", "events.masks", "`hash`, `salt`; version 1 becomes 2, so that hashes change"


def advised():
    """(property, text) of those without a key."""
    text = source("debezium_rest.cpp")
    constants = dict(re.findall(r'constexpr std::string_view (\w+) =\s*"([^"]+)";', text))
    for name, body in re.findall(r'\{"([^"]+)",\s*((?:"[^"]*"\s*)+|\w+)\}', part(text, "all_advice[] = {")):
        said = constants[body] if body in constants else "".join(re.findall(r'"([^"]*)"', body))
        if said:
            yield name, said.replace("<", "\\<")


def names():
    """Every property that the table has."""
    return {row[0] for rows in (connection(), renamed(), filters(), advised()) for row in rows}


def table():
    lines = ["| Debezium | walferry | |", "|---|---|---|"]
    lines += [f"| `{name}` | `{key}` | {remark} |" for name, key, remark in [*connection(), *renamed(), *filters()]]
    lines += ["", "| without a key of its own | instead |", "|---|---|"]
    lines += [f"| `{name}` | {text} |" for name, text in advised()]
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
