#!/usr/bin/python3
"""Runs one unittest file for ctest: exit 0 passed, 1 failed, 77 when every test was skipped.

    run_tests.py FILE [unittest options]
"""

import importlib.util
import pathlib
import sys
import unittest

SKIPPED = 77


def load(path):
    """The tests of a file, with the rig importable."""
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def main(arguments):
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    module = load(pathlib.Path(arguments[0]).resolve())
    program = unittest.main(module=module, argv=arguments, exit=False, verbosity=2)
    return exit_code(program.result)


def exit_code(result):
    """A class that skips as a whole is listed as skipped, but its tests are not counted as run."""
    skipped = sum(isinstance(test, unittest.TestCase) for test, _ in result.skipped)
    if not result.wasSuccessful():
        return 1
    if result.testsRun > skipped:
        return 0
    return SKIPPED if result.skipped else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
