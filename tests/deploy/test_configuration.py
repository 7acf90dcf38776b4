#!/usr/bin/python3
"""The manual's tables of keys are the program's."""
import unittest

import configuration_page
from rig.walferry import binary


@unittest.skipUnless(binary().exists(), "walferry is not built")
class ConfigurationTest(unittest.TestCase):
    def test_the_manual_has_every_key_as_the_program_does(self):
        self.assertGreater(configuration_page.table().count("\n| `"), 100)
        self.assertEqual(configuration_page.printed(), configuration_page.table(),
                         "tests/deploy/configuration_page.py --write")


if __name__ == "__main__":
    unittest.main()
