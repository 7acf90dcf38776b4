#!/usr/bin/python3
"""The list of what walferry is made of has what the binary and its sources name."""
import json
import pathlib
import re
import shutil
import subprocess
import unittest

from rig.walferry import binary

ROOT = pathlib.Path(__file__).resolve().parents[2]


@unittest.skipUnless(shutil.which("dpkg-query") and shutil.which("ninja"), "no dpkg-query or no ninja")
@unittest.skipUnless((binary().parent / "build.ninja").exists(), "the binary stands apart from its build")
class Bill(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        text = subprocess.run([ROOT / "deploy/debian/sbom.py", binary().parent], check=True, text=True,
                              stdout=subprocess.PIPE, env={"SOURCE_DATE_EPOCH": "86400"}).stdout
        cls.bill = json.loads(text)
        cls.uses = {one["name"]: one["properties"][1]["value"] for one in cls.bill["components"]}

    def test_every_needed_library_is_there(self):
        needed = re.findall(r"NEEDED.*\[(\S+)\]", subprocess.run(
            ["readelf", "-W", "-d", binary()], check=True, text=True, stdout=subprocess.PIPE).stdout)
        self.assertGreater(len(needed), 5)
        owners = subprocess.run(["dpkg-query", "-S", *(f"*/{name}" for name in needed)], check=True, text=True,
                                stdout=subprocess.PIPE).stdout.splitlines()
        for name in needed:
            packages = {line.split(":")[0] for line in owners if line.endswith(f"/{name}")}
            self.assertTrue(packages & self.uses.keys(), f"{name} is of {packages}")

    def test_headers_count_where_they_become_part_of_the_binary(self):
        for name in ("libboost1.81-dev", "nlohmann-json3-dev", "libcli11-dev", "libexpected-dev"):
            self.assertEqual(self.uses.get(name), "compiled in")
        self.assertNotIn("catch2", self.uses)
        self.assertEqual(self.uses["librdkafka1"], "loaded")

    def test_versions_are_those_that_are_installed(self):
        for one in self.bill["components"]:
            installed = subprocess.run(["dpkg-query", "-W", "-f=${Version}", one["name"]], check=True, text=True,
                                       stdout=subprocess.PIPE).stdout
            self.assertTrue(installed.startswith(one["version"]), one["name"])
            self.assertTrue(one["purl"].startswith(f"pkg:deb/debian/{one['name']}@{one['version']}"))

    def test_it_says_when_and_what(self):
        self.assertEqual(self.bill["metadata"]["timestamp"], "1970-01-02T00:00:00Z")
        self.assertEqual(self.bill["metadata"]["component"]["name"], "walferry")


if __name__ == "__main__":
    unittest.main()
