#!/usr/bin/python3
"""The release build has the protections that deploy/docs/security.md names, as the binary itself tells."""
import re
import shutil
import subprocess
import unittest

from rig.walferry import binary

CACHE = binary().parent / "CMakeCache.txt"


def is_release():
    """Built by the release preset: other builds trade these for sanitizers."""
    if not binary().exists() or not CACHE.exists():
        return False
    text = CACHE.read_text(encoding="utf-8")
    return "CMAKE_BUILD_TYPE:STRING=RelWithDebInfo" in text and re.search(r"^WALFERRY_SANITIZE:STRING=$", text, re.M)


@unittest.skipUnless(shutil.which("readelf"), "no readelf")
@unittest.skipUnless(is_release(), "not the release build")
class Hardening(unittest.TestCase):
    def read(self, *options):
        return subprocess.run(["readelf", "-W", *options, binary()], text=True, capture_output=True, check=True).stdout

    def test_it_is_position_independent(self):
        self.assertRegex(self.read("-h"), r"Type: +DYN \(Position-Independent Executable file\)")

    def test_relocations_are_read_only_from_the_start(self):
        self.assertIn("GNU_RELRO", self.read("-l"))
        self.assertRegex(self.read("-d"), r"\(FLAGS\) +BIND_NOW")

    def test_the_stack_is_not_executable(self):
        (stack,) = re.findall(r"GNU_STACK.*", self.read("-l"))
        self.assertRegex(stack, r" RW +0x")

    def test_overflows_are_noticed(self):
        symbols = self.read("--dyn-syms")
        for name in ("__stack_chk_fail", "__memcpy_chk"):
            self.assertIn(name, symbols)
        self.assertIn("__glibcxx_assert_fail", symbols)

    def test_no_library_is_looked_for_elsewhere(self):
        self.assertNotRegex(self.read("-d"), r"RPATH|RUNPATH|TEXTREL")


if __name__ == "__main__":
    unittest.main()
