"""Waiting for a condition, with a deadline that only a hang ever reaches."""

import os
import time


class TimedOut(AssertionError):
    """The condition did not come true in time."""


def patience(seconds):
    """`seconds`, stretched by WALFERRY_RIG_PATIENCE for slow or instrumented runs."""
    return seconds * float(os.environ.get("WALFERRY_RIG_PATIENCE", "1"))


def wait_until(condition, what, seconds=60, interval=0.05):
    """Polls until `condition()` is true and returns its value.

    `what` completes the sentence 'waited N s until …'; a callable is asked at the end.
    """
    limit = patience(seconds)
    deadline = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            text = what() if callable(what) else what
            raise TimedOut(f"waited {limit:g} s until {text}")
        time.sleep(interval)
