#!/usr/bin/python3
"""What the Debian package installs: example configuration, manual page, completion, maintainer scripts."""
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from rig.walferry import ROOT, binary, call

DEBIAN = ROOT / "deploy/debian"
EXAMPLE = DEBIAN / "walferry.yaml"


def uncommented():
    """The example with every key in effect. Comments are sentences: a # and a space."""
    return re.sub(r"^(\s*)#(?! )", r"\1", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)


@unittest.skipUnless(binary().exists(), "walferry is not built")
class Configuration(unittest.TestCase):
    def check(self, text, *options, **environment):
        done = call("config", "check", *options, config=text, env=environment)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_example_is_valid_once_the_url_is_set(self):
        self.check(EXAMPLE.read_text(encoding="utf-8"), "--set", "source.url=postgresql://cdc@db/shop")

    def test_it_is_valid_with_all_that_it_shows(self):
        with tempfile.TemporaryDirectory() as directory:
            (pathlib.Path(directory) / "password").write_text("hush\n", encoding="utf-8")
            self.check(uncommented(), CREDENTIALS_DIRECTORY=directory)
        self.assertGreater(len(re.findall(r"^\s*\w+:", re.sub("#.*", "", uncommented()), re.MULTILINE)), 8)

    def test_manual_and_completion_know_every_command(self):
        shown = subprocess.run([binary(), "--help"], text=True, capture_output=True, check=True).stdout
        commands = re.findall(r"^  (\w+) {3,}\S", shown.split("Subcommands:")[1], re.MULTILINE)
        self.assertIn("run", commands)
        manual = (DEBIAN / "walferry.1").read_text(encoding="utf-8")
        completion = (DEBIAN / "walferry.bash-completion").read_text(encoding="utf-8")
        for command in commands:
            self.assertRegex(manual, rf"(?m)^\.BR? .*\b{command}\b")
            self.assertRegex(completion, rf'"[^"]*\b{command}\b')


class Scripts(unittest.TestCase):
    def test_shells_can_read_them(self):
        for name, shell in [("postinst", "sh"), ("prerm", "sh"), ("postrm", "sh"), ("build.sh", "bash"),
                            ("walferry.bash-completion", "bash")]:
            done = subprocess.run([shell, "-n", DEBIAN / name], text=True, capture_output=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)

    @unittest.skipUnless(shutil.which("man"), "no man")
    def test_the_manual_page_has_no_warnings(self):
        done = subprocess.run(["man", "--warnings", "-l", DEBIAN / "walferry.1"], text=True,
                              capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
