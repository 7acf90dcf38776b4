#!/usr/bin/python3
"""What the documents name is there: links, anchors, files, tests, keys, commands, options, metrics; and their YAML is valid."""
import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest

import yaml

import debezium_table
import documented
import test_metrics
from rig import markdown
from rig.walferry import ROOT, binary, call

# Fields of events and of /status have names like keys; here is where they are written.
FIELDS = [ROOT / "lib/encode/source_block.cpp", ROOT / "lib/encode/fixed_schemas.cpp", ROOT / "lib/observe/status_json.cpp"]
FILES = (".hpp", ".cpp", ".inc", ".py", ".md")
HEADER_OF_CAPTURES = "walferry capture 1"
_LIKE_A_KEY = re.compile(r"^([a-z_]+(?:\.[a-z_]+)+)(?::.*)?$")
_LIKE_A_PATH = re.compile(r"^(?:cmd|decoders|deploy|lib|tests)/[\w./-]+$")
_ROW_WITH_DEFAULT = re.compile(r"^\| `([a-z_.]+)(?:: \w+)?` (?:\(([^)]*)\) \||\| (`?[\w ]+`?) \| .)")
_ASSIGNMENT = re.compile(r"^[A-Z_]+=")


def paths():
    """All documents, but for those of build directories and of golden cases."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
                            text=True, capture_output=True, check=True).stdout.split()
    return [ROOT / name for name in listed if (ROOT / name).exists()]


def documents():
    return [markdown.read(path) for path in paths()]


def command_words(line):
    """The words behind `walferry` of each command line in a line of code; a|b stands for either."""
    line = re.sub(r"\s#\s.*", "", line)
    alternatives = re.sub(r"\s\|\s(?=--)", " ", line)
    for part in re.split(r"\s(?:\||&&|;)\s|`", alternatives):
        try:
            words = shlex.split(re.sub(r"[\[\]]|\.\.\.", "", part))
        except ValueError:
            continue
        while words and (_ASSIGNMENT.match(words[0]) or words[0] == "$"):
            words.pop(0)
        if words and words[0].rpartition("/")[2] == "walferry":
            choices = next((word.split("|") for word in words if re.fullmatch(r"[a-z-]+(\|[a-z-]+)+", word)), [None])
            for choice in choices:
                yield [choice if choice and "|" in word else word for word in words[1:]]


def commands(document):
    """(line, words) of every command line in the document's code."""
    for span in document.code:
        if span.text.startswith("walferry ") and span.text != HEADER_OF_CAPTURES:
            yield from ((span.line, words) for words in command_words(span.text))
    for block in document.blocks:
        if block.language in ("", "bash", "sh"):
            for number, line in enumerate(block.text.replace("\\\n", " ").splitlines()):
                yield from ((block.line + number, words) for words in command_words(line))


def is_field(name):
    texts = [path.read_text(encoding="utf-8") for path in FIELDS]
    return any(f'"{name.rpartition(".")[2]}"' in text or f'\\"{name.rpartition(".")[2]}\\"' in text for text in texts)


class Looking(unittest.TestCase):
    """Collects what is wrong, so that one run tells all of it."""

    def setUp(self):
        self.faults = []

    def expect(self, truth, document, line, what):
        if not truth:
            self.faults.append(f"{document.path.relative_to(ROOT)}:{line}: {what}")

    def done(self, seen, at_least):
        self.assertGreaterEqual(seen, at_least, "so few were looked at that the search must be wrong")
        self.assertEqual([], self.faults)


class Documents(Looking):
    def test_links_lead_somewhere(self):
        seen = 0
        for document in documents():
            for link in document.links:
                if "://" in link.text or link.text.startswith("mailto:"):
                    continue
                seen += 1
                place, _, anchor = link.text.partition("#")
                target = (document.path.parent / place).resolve() if place else document.path
                self.expect(target.exists(), document, link.line, f"no {link.text}")
                if anchor and target.suffix == ".md" and target.exists():
                    self.expect(anchor in markdown.read(target).anchors(), document, link.line, f"no anchor {link.text}")
        self.done(seen, 50)

    def test_files_are_there(self):
        seen = 0
        for document in documents():
            for span in document.code:
                if _LIKE_A_PATH.match(span.text):
                    seen += 1
                    self.expect((ROOT / span.text).exists(), document, span.line, f"no file {span.text}")
        self.done(seen, 30)

    def test_metrics_exist(self):
        known = {test_metrics.family(name) for name in test_metrics.catalogue()}
        seen = 0
        for document in documents():
            if document.path.parent != ROOT and ROOT / "deploy" not in document.path.parents:
                continue  # elsewhere such names are CMake's targets
            for number, line in enumerate(document.path.read_text(encoding="utf-8").splitlines(), 1):
                for name in re.findall(r"\bwalferry_[a-z]+_[a-z_]+\b(?!\()", line):
                    seen += 1
                    self.expect(test_metrics.family(name) in known, document, number, f"no metric {name}")
        self.done(seen, 8)


@unittest.skipUnless(binary().exists(), "walferry is not built")
class Program(Looking):
    """What only the program can tell."""

    def test_keys_exist(self):
        sections = documented.sections()
        theirs = debezium_table.names()
        seen = 0
        for document in documents():
            for span in document.code:
                match = _LIKE_A_KEY.match(span.text)
                if match and match[1].partition(".")[0] in sections and not match[1].endswith(FILES):
                    seen += 1
                    there = documented.is_key(match[1]) or is_field(match[1]) or match[1] in theirs
                    self.expect(there, document, span.line, f"no key {match[1]}")
        self.done(seen, 60)

    def test_defaults_are_the_programs(self):
        """Rows of tables that begin `key` | default, and `key` (default) where a first cell says so."""
        seen = 0
        for document in documents():
            for number, line in enumerate(document.path.read_text(encoding="utf-8").splitlines(), 1):
                match = _ROW_WITH_DEFAULT.match(line)
                if match and documented.keys().get(match[1]):
                    seen += 1
                    said = (match[2] or match[3]).replace(" ", "").strip("`")
                    default = documented.keys()[match[1]].strip('"')
                    self.expect(said == default, document, number, f"{match[1]} is {default} by default, not {said}")
        self.done(seen, 8)

    def test_commands_parse(self):
        seen = 0
        for document in documents():
            for line, words in commands(document):
                seen += 1
                for fault in documented.faults(words):
                    self.expect(False, document, line, f"walferry {' '.join(words)}: {fault}")
        self.done(seen, 40)

    def test_tests_exist(self):
        listed = subprocess.run(["ctest", "--test-dir", binary().parent, "-N"], text=True, capture_output=True,
                                check=True).stdout
        known = set(re.findall(r"Test +#\d+: (\S+)", listed))
        self.assertIn("deploy.documents", known)
        seen = 0
        for document in documents():
            for number, line in enumerate(document.path.read_text(encoding="utf-8").splitlines(), 1):
                for name in re.findall(r"ctest (?:group )?`([\w.*]+)`", line):
                    seen += 1
                    there = any(re.fullmatch(re.escape(name).replace(r"\*", ".*"), one) or one.startswith(f"{name}.")
                                for one in known)
                    self.expect(there, document, number, f"no test {name}")
        self.done(seen, 10)

    def test_configurations_are_valid(self):
        sections = {key.partition(".")[0] for key in documented.keys()}
        seen = 0
        for document in documents():
            for block in document.blocks:
                if block.language != "yaml":
                    continue
                parsed = yaml.safe_load(block.text)
                if not isinstance(parsed, dict) or not set(parsed) <= sections:
                    continue
                seen += 1
                done = self.check(block.text)
                self.expect(done.returncode == 0, document, block.line, done.stderr)
        self.done(seen, 5)

    def check(self, text):
        """`config check`, with what the text refers to made up."""
        with tempfile.TemporaryDirectory() as folder:
            names = set(re.findall(r"\$\{(?:cred|file):([^}]+)\}", text))
            for name in names:
                file = pathlib.Path(folder) / name.rpartition("/")[2]
                file.write_text("made-up\n", encoding="utf-8")
                text = text.replace(f"${{file:{name}}}", f"${{file:{file}}}")
            environment = {name: folder for name in re.findall(r"\$\{env:([^}]+)\}", text)}
            return call("config", "check", "--set", "source.url=postgresql://cdc@db/shop", config=text,
                        env={"CREDENTIALS_DIRECTORY": folder, **environment})

    def test_a_wrong_command_would_be_noticed(self):
        for line, fault in (("walferry verfy", "nothing is called verfy"), ("walferry check --fixx", "no option --fixx"),
                            ("walferry run --set source.uri=x", "no key source.uri=x"),
                            ("A=b walferry config check | jq .", None), ("walferry slot list -c FILE", None),
                            ("walferry record --temporary --mask FILE", None), ("walferry run now", "nothing is called now")):
            (words,) = command_words(line)
            self.assertEqual(documented.faults(words), [fault] if fault else [], line)


if __name__ == "__main__":
    unittest.main()
