#!/usr/bin/python3
"""Reads the tree and compares it with the rules of the design: who may include whom, sizes, names."""
import os
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# The table of design.md section 2: what a folder's files may include besides their own folder and
# lib/base, which holds the words of all.
DECODERS = {"decoders/pgoutput", "decoders/values"}
DESIGN = {
    "lib/base": set(),
    "lib/config": set(),
    "decoders/pgoutput": set(),
    "decoders/values": set(),
    "lib/change": DECODERS,
    "lib/route": {"lib/config", "lib/change"},
    "lib/encode": {"lib/change"},
    "lib/ledger": set(),
    "lib/postgres": {"lib/config"} | DECODERS,
    "lib/publish": {"lib/config"},
    "lib/observe": {"lib/config"},
    "lib/snapshot": {"lib/postgres", "lib/change", "lib/route", "lib/encode", "lib/publish"},
    "lib/audit": {"lib/postgres", "lib/publish", "lib/encode"},
    "lib/spool": {"decoders/pgoutput"},
    "lib/capture": {"lib/change", "decoders/pgoutput"},  # not in the design's table yet
}
# Arrows that the code has and the design's table does not. Each wants a word in the design.
BEYOND_DESIGN = {
    "lib/encode": {"lib/config"} | DECODERS,  # reads event_settings and turns columns into values
    "lib/postgres": {"lib/change"},           # fills change::catalog from the server's catalog
    "lib/audit": {"lib/config", "lib/change"},  # findings compare settings with servers, verify reads changes
    "lib/snapshot": {"lib/config"} | DECODERS,  # modes, and the messages that a table is announced with
}
ARROWS = {folder: (allowed | BEYOND_DESIGN.get(folder, set()) | {"lib/base"}) - {folder}
          for folder, allowed in DESIGN.items()}
ARROWS["lib/base"] = set()
# These know all parts; but nothing includes them, and a pure file of pipeline takes of the shells
# only the headers that are pure themselves.
TOPS = {"lib/pipeline", "cmd/walferry"}

PURE_FOLDERS = {"lib/base", "lib/config", "decoders/pgoutput", "decoders/values", "lib/change", "lib/route",
                "lib/encode", "lib/ledger"}
PURE_FILES = re.compile(r"lib/pipeline/(engine\w*|acknowledger|backoff|table_plans|passage|action|counters)\.[ch]pp"
                        r"|lib/spool/(announcements|buffer|extents|storage|transaction\w*)\.[ch]pp"
                        r"|lib/snapshot/(course|marks|memory|row_text|rows_out)\.[ch]pp"
                        r"|lib/postgres/(session|copy_frame)\.[ch]pp")
PURE_HEADERS_OF_SHELLS = {"lib/postgres/copy_frame.hpp", "lib/postgres/session.hpp", "lib/publish/sink.hpp",
                          "lib/observe/histogram.hpp", "lib/observe/table_counts.hpp"}
SHELL_HEADERS = re.compile(r"<(boost/(asio|beast)|libpq|postgresql/|pq-|librdkafka/|yaml-cpp/|spdlog/|prometheus/|"
                           r"thread>|mutex>|condition_variable>|iostream>|unistd\.h>|poll\.h>|sys/(socket|epoll))")
# config is "pure + reader": these two files are the reader.
READER = {"lib/config/document.cpp", "lib/config/reader.cpp"}

TOP_LEVEL = {"CMakeLists.txt", "cmd", "lib", "decoders", "tests", "deploy", "README.md", "CMakePresets.json",
             "LICENSE", "CHANGELOG.md", "build"}
LINES_MAX, LINES_WISHED = 400, 300
UNFINISHED = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]) + r")\b")
TEXT_SUFFIXES = {".cpp", ".hpp", ".inc", ".py", ".sh", ".cmake", ".txt", ".yaml", ".yml", ".sql"}
# What is recorded or generated is not ours to shorten.
NOT_SOURCES = re.compile(r"tests/(golden/cases|fuzz/corpus)/|__pycache__")


def sources(*suffixes, below=("lib", "decoders", "cmd", "tests", "deploy")):
    for top in below:
        for path in sorted((ROOT / top).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.is_file() and path.suffix in suffixes and not NOT_SOURCES.search(name):
                yield name, path.read_text(encoding="utf-8")


def folder_of(name):
    return "/".join(name.split("/")[:2])


def forbidden_includes(name, text):
    """The includes of a file that no arrow allows."""
    folder = folder_of(name)
    is_pure = folder in PURE_FOLDERS or PURE_FILES.fullmatch(name)
    found = []
    for quoted in re.findall(r'^\s*#\s*include\s+"([^"]+)"', text, re.MULTILINE):
        target = folder_of(quoted)
        allowed = target == folder or (folder in TOPS and target != "cmd/walferry") or target in ARROWS.get(folder, ())
        if is_pure and target in {"lib/postgres", "lib/publish", "lib/observe"} and folder != target:
            allowed = allowed and quoted in PURE_HEADERS_OF_SHELLS
        if not allowed:
            found.append(quoted)
    for system in re.findall(r"^\s*#\s*include\s+(<[^>]+>)", text, re.MULTILINE):
        if is_pure and SHELL_HEADERS.match(system) and name not in READER:
            found.append(system)
    return found


class Tree(unittest.TestCase):
    def no(self, faults):
        faults = list(faults)
        if faults:
            self.fail("\n" + "\n".join(faults))

    def test_includes_follow_the_arrows(self):
        faults = []
        for name, text in sources(".cpp", ".hpp", below=("lib", "decoders", "cmd")):
            if folder_of(name) not in ARROWS and folder_of(name) not in TOPS:
                faults.append(f"{name}: its folder has no row in the table of arrows")
            faults += [f"{name} must not include {what}" for what in forbidden_includes(name, text)]
        self.no(faults)

    def test_the_arrows_would_notice(self):
        for name, include in [("lib/base/x.hpp", '"lib/change/change.hpp"'), ("lib/ledger/x.cpp", '"lib/config/settings.hpp"'),
                              ("lib/change/x.cpp", "<boost/asio/io_context.hpp>"), ("lib/route/x.cpp", "<thread>"),
                              ("lib/pipeline/engine.cpp", '"lib/postgres/connection.hpp"'),
                              ("lib/pipeline/engine.cpp", "<libpq-fe.h>"), ("lib/encode/x.cpp", '"lib/publish/sink.hpp"'),
                              ("lib/pipeline/loop.cpp", '"cmd/walferry/main.hpp"')]:
            self.assertEqual([include.strip('"')], forbidden_includes(name, f"#include {include}\n"), name)
        for name, include in [("lib/pipeline/engine.cpp", '"lib/postgres/copy_frame.hpp"'),
                              ("lib/pipeline/loop.cpp", '"lib/postgres/connection.hpp"'),
                              ("lib/config/document.cpp", "<yaml-cpp/yaml.h>")]:
            self.assertEqual([], forbidden_includes(name, f"#include {include}\n"), name)

    def test_every_folder_says_what_it_is(self):
        folders = {folder_of(name) for name, _ in sources(".cpp", ".hpp", below=("lib", "decoders", "cmd"))}
        self.no(f"{folder} has no README.md" for folder in sorted(folders) if not (ROOT / folder / "README.md").is_file())

    def test_files_are_short(self):
        faults = []
        for name, text in sources(".cpp", ".hpp", ".py", ".sh"):
            lines = text.count("\n")
            if lines > LINES_MAX:
                faults.append(f"{name} has {lines} lines, more than {LINES_MAX}")
            elif lines > LINES_WISHED:
                print(f"{name} has {lines} lines, more than the {LINES_WISHED} wished for", file=sys.stderr)
        self.no(faults)

    def test_nothing_is_left_for_later(self):
        self.no(f"{name}:{text.count(chr(10), 0, found.start()) + 1}: {found.group()}"
                for name, text in sources(*TEXT_SUFFIXES) for found in UNFINISHED.finditer(text))

    def test_headers_are_included_once(self):
        self.no(f"{name} has no #pragma once" for name, text in sources(".hpp")
                if not re.search(r"^#pragma once$", text, re.MULTILINE))

    def test_the_top_level_is_closed(self):
        self.no(f"{name} does not belong to the top level" for name in sorted(os.listdir(ROOT))
                if not name.startswith(".") and name not in TOP_LEVEL)


if __name__ == "__main__":
    unittest.main()
