#!/usr/bin/python3
"""Runs the scenarios by hand: run_faults.py [--write] [NAME...], NAME as in test_NAME.py.

With --write the table of figures in README.md is replaced; with names only the rows of what ran.
"""

import argparse
import datetime
import os
import pathlib
import subprocess
import sys
import tempfile

import figures

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from rig import walferry

HERE = pathlib.Path(__file__).resolve().parent


def heading():
    """When the whole run was, and of what."""
    return f"All of it on {datetime.date.today()}, {os.cpu_count()} cores: {walferry.version()}."


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("name", nargs="*")
    arguments = parser.parse_args()
    files = [HERE / f"test_{name}.py" for name in arguments.name] or sorted(HERE.glob("test_*.py"))
    failed = []
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as collected:
        environment = {**os.environ, figures.VARIABLE: collected.name,
                       "PYTHONDONTWRITEBYTECODE": "1"}
        for file in files:
            done = subprocess.run([sys.executable, HERE.parent / "rig/run_tests.py", file],
                                  env=environment, check=False)
            if done.returncode != 0:
                failed.append(file.name)
        lines = collected.read().splitlines()
    if arguments.write:
        readme = HERE / "README.md"
        readme.write_text(figures.replace_table(
            readme.read_text(encoding="utf-8"), lines, None if arguments.name else heading()),
            encoding="utf-8")
    print(f"{len(files) - len(failed)} files passed; not: {' '.join(failed) or 'none'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
