#!/usr/bin/python3
"""The manual's table of error kinds is the code's."""
import unittest

import error_table


class ErrorsTest(unittest.TestCase):
    def test_the_manual_has_every_kind_as_the_code_does(self):
        self.assertGreater(len(error_table.kinds()), 40)
        self.assertEqual(error_table.printed(), error_table.table(),
                         "tests/deploy/error_table.py --write")


if __name__ == "__main__":
    unittest.main()
