"""What truth and records are compared as: changes of keys, with values as PostgreSQL's text."""

import dataclasses
import functools


@functools.total_ordering
@dataclasses.dataclass(frozen=True)
class Position:
    """A change's place in the stream: the commit record's LSN, the ordinal in its transaction."""

    lsn: int
    sequence: int

    def __lt__(self, other):
        return (self.lsn, self.sequence) < (other.lsn, other.sequence)

    def __str__(self):
        return f"{format_lsn(self.lsn)}:{self.sequence}"


@dataclasses.dataclass(frozen=True)
class Change:
    """One change of one key.

    `op` is c, u or d; `key` and `row` are sorted tuples of (column, text or None), and `row` is
    None for a delete. An update that changes the key counts as d of the old and c of the new.
    """

    table: str
    key: tuple
    op: str
    row: tuple | None


def parse_lsn(text):
    """'0/16B3748' as a number."""
    high, low = text.split("/")
    return int(high, 16) << 32 | int(low, 16)


def format_lsn(number):
    return f"{number >> 32:X}/{number & 0xFFFFFFFF:X}"


def as_text(value):
    """A JSON value as PostgreSQL prints it: for int, bigint, text and bool, and null."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    raise TypeError(f"{value!r} has no documented text form")


def freeze(columns):
    """A dict of column values as a comparable tuple."""
    return tuple(sorted((name, as_text(value)) for name, value in columns.items()))
