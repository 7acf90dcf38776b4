"""The base of all tests here: shared servers, and the verdict that every scenario ends with."""

import time
import unittest

from ground import Ground
from play import Play

# Readiness may lag behind what happens: the broker or the server fell silent just now. A state
# that lasts longer than this is one that lies.
MUTE_MAX = 35
PROTECT = 3


class FaultCase(unittest.TestCase):
    """`servers` are the arguments of Ground."""

    servers = {}

    @classmethod
    def setUpClass(cls):
        cls.ground = cls.enterClassContext(Ground(**cls.servers))

    def tearDown(self):
        self.ground.heal()

    def play(self, name, **how):
        return self.enterContext(Play(self.ground, name, **how))

    def verdict(self, play, scenario, seen="", **how):
        """Judges and publishes the figures; fails unless every promise was kept."""
        figures, problems = play.judge(scenario, seen, **how)
        figures.publish()
        self.assertEqual(problems, [], play.logs())
        self.assertEqual(figures.ahead, 0, "acknowledged before the broker had it")
        self.assertLess(figures.mute, MUTE_MAX, "said ready and delivered nothing")
        return figures

    def assert_protects(self, walferry, *words, seconds=30):
        """It ends with exit 3 and one error that has the words; returns (seconds, error)."""
        begun = time.monotonic()
        written = walferry.stderr.stat().st_size if walferry.stderr.exists() else 0
        if not walferry.running:
            walferry.start()
        code = walferry.wait_exit(seconds)
        taken = time.monotonic() - begun
        text = walferry.log_text()[written:]
        self.assertEqual(code, PROTECT, text)
        for word in words:
            self.assertIn(word, text)
        return taken, text


def main():
    """For a test file run by hand."""
    unittest.main()
