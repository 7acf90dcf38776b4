#!/usr/bin/python3
"""Runs clang-tidy 14 over the sources of lib, decoders and cmd.

  clang_tidy.py BUILD [--fresh] [FILE...]      BUILD is build/dev, built: each source alone, by Ninja

Without a FILE it looks at every source.
What was clean stays so until the file, a header of it, its options or .clang-tidy change: BUILD/tidy has a
mark for each. --fresh looks at all of them again. Exits 77 when clang-tidy is not installed.
"""
import argparse
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = "clang-tidy-14"
FOLDERS = ("lib", "decoders", "cmd")
SKIPPED = 77
OBJECT = re.compile(r" -o (\S+)")
# The commands are g++'s: clang does not know all of its options and warnings.
NOT_CLANGS = re.compile(r" -fno-lifetime-dse\b")
# clang 14's analyzer walks through every inlined function of Asio and does not know what a coroutine
# keeps alive: half a minute a file for nothing true.
COROUTINES = re.compile(r"/boost/asio/awaitable\.hpp$")
NO_ANALYZER = "--checks=-clang-analyzer-*"


def commands(build):
    """{source: (object, command)} of the build."""
    entries = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
    return {entry["file"]: (OBJECT.search(entry["command"])[1], entry["command"]) for entry in entries}


def dependencies(build):
    """{object: every file that it was compiled from}, as Ninja knows it."""
    text = subprocess.run(["ninja", "-C", str(build), "-t", "deps"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    found, files = {}, []
    for line in text.splitlines():
        if line.startswith(" "):
            files.append(os.path.normpath(build / line.strip()))
        elif ": #deps" in line:
            files = found.setdefault(line.split(":")[0], [])
    return found


@functools.lru_cache(maxsize=None)
def state(path):
    """What changes when the file does: our own by their text, the system's by what apt changes."""
    if path.startswith(f"{ROOT}/"):
        return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
    facts = os.stat(path)
    return f"{facts.st_size} {facts.st_mtime_ns}"


class Source:
    """One file with the clang-tidy options and the mark that it gets."""

    def __init__(self, path, command, files, rules):
        self.path = path
        self.has_coroutines = any(COROUTINES.search(file) for file in files)
        self.options = [NO_ANALYZER] if self.has_coroutines else []
        # Without Ninja's knowledge nobody can say that nothing changed.
        self.mark = None
        if files:
            parts = [rules, command, *self.options, *(f"{file} {state(file)}" for file in sorted(files))]
            self.mark = hashlib.sha256("\n".join(parts).encode()).hexdigest()


def sources(build, wanted):
    known, found = commands(build), dependencies(build)
    rules = (ROOT / ".clang-tidy").read_text(encoding="utf-8") + subprocess.run(
        [TOOL, "--version"], check=True, text=True, stdout=subprocess.PIPE).stdout
    for path in wanted:
        if path not in known:
            sys.exit(f"{path} is not compiled in {build}")
        target, command = known[path]
        yield Source(path, command, found.get(target, []), rules)


def look(source, database):
    """clang-tidy's findings in one source; nothing when it is clean."""
    done = subprocess.run(
        [TOOL, "-p", database, "--quiet", *source.options, "--extra-arg=-Wno-unknown-warning-option", source.path],
        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode == 0:
        return ""
    return re.sub(r"^\d+ warnings? generated\.\n", "", done.stdout, flags=re.MULTILINE) or "clang-tidy failed\n"


def look_at_all(build, due, marks):
    """Prints the findings of the sources that are due; returns in how many there were some."""
    faulty = 0
    with tempfile.TemporaryDirectory() as database, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        text = (build / "compile_commands.json").read_text(encoding="utf-8")
        pathlib.Path(database, "compile_commands.json").write_text(NOT_CLANGS.sub("", text), encoding="utf-8")
        # The slow ones first, so that none is left alone at the end.
        running = {pool.submit(look, source, database): source
                   for source in sorted(due, key=lambda source: not source.has_coroutines)}
        for ended in concurrent.futures.as_completed(running):
            findings, source = ended.result(), running[ended]
            if findings:
                faulty += 1
                print(findings, end="", flush=True)
            elif source.mark:
                (marks / source.mark).touch()
    return faulty


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("file", nargs="*")
    arguments = parser.parse_args()
    if not shutil.which(TOOL):
        print(f"{TOOL} is not installed", file=sys.stderr)
        return SKIPPED
    build = arguments.build.resolve()
    wanted = [str(pathlib.Path(file).resolve()) for file in arguments.file] or \
        [str(path) for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.cpp"))]
    marks = build / "tidy"
    marks.mkdir(exist_ok=True)
    every = list(sources(build, wanted))
    if not arguments.file:
        kept = {source.mark for source in every}
        for mark in marks.iterdir():
            if mark.name not in kept:
                mark.unlink()
    due = [source for source in every
           if arguments.fresh or not source.mark or not (marks / source.mark).exists()]
    faulty = look_at_all(build, due, marks)
    print(f"clang-tidy: {len(every)} sources, {len(due)} of them looked at, findings in {faulty}")
    return 1 if faulty else 0


if __name__ == "__main__":
    sys.exit(main())
