"""What was committed, in commit order, as PostgreSQL's own test_decoding tells it."""

import re

from .changes import Change, freeze, parse_lsn

_HEAD = re.compile(r'table (?P<schema>"(?:[^"]|"")+"|\w+)\.(?P<table>"(?:[^"]|"")+"|\w+): '
                   r"(?P<action>INSERT|UPDATE|DELETE|TRUNCATE):")
_COLUMN = re.compile(r""" (?P<name>"(?:[^"]|"")+"|\w+)\[[^\]]+\]:"""
                     r"""(?:'(?P<text>(?:[^']|'')*)'|(?P<bare>[^ ]+))""", re.DOTALL)


def _columns(text):
    found = {}
    end = 0
    for match in _COLUMN.finditer(text):
        if match.start() != end:
            break
        end = match.end()
        name = match["name"].strip('"').replace('""', '"')
        if match["text"] is not None:
            found[name] = match["text"].replace("''", "'")
        else:
            found[name] = None if match["bare"] == "null" else match["bare"]
    if end != len(text):
        raise ValueError(f"not understood: {text[end:]!r}")
    return found


def _split_tuples(text):
    """(old, new) column texts of an UPDATE; old is None when only the new row is there."""
    if not text.startswith(" old-key:"):
        return None, text
    middle = text.rindex(" new-tuple:")
    return text[len(" old-key:"):middle], text[middle + len(" new-tuple:"):]


class Truth:
    """A slot of its own on the database; made before the load, read after it.

    `keys` maps each table to its key columns. Slot and walferry decode the same WAL
    independently of each other.
    """

    def __init__(self, postgres, database, keys, slot="truth"):
        self._postgres = postgres
        self._database = database
        self._keys = keys
        self._slot = slot
        postgres.sql("SELECT pg_create_logical_replication_slot(%s, 'test_decoding')", (slot,),
                     database=database)

    def read(self):
        """All (commit end LSN, [Change, …]) since the slot was made, in commit order."""
        rows = self._postgres.sql(
            "SELECT lsn::text, data FROM pg_logical_slot_peek_changes(%s, NULL, NULL, "
            "'skip-empty-xacts', '1')", (self._slot,), database=self._database)
        transactions = []
        changes = []
        for lsn, data in rows:
            if data.startswith("BEGIN"):
                changes = []
            elif data.startswith("COMMIT"):
                transactions.append((parse_lsn(lsn), changes))
            else:
                changes += self._changes(data)
        return transactions

    def _key(self, table, columns):
        return freeze({name: columns[name] for name in self._keys[table]})

    def _changes(self, data):
        """The changes of one line; none for tables that nobody asked about."""
        head = _HEAD.match(data)
        if head is None or head["table"] not in self._keys:
            return []
        table, rest = head["table"], data[head.end():]
        if head["action"] == "INSERT":
            row = _columns(rest)
            return [Change(table, self._key(table, row), "c", freeze(row))]
        if head["action"] == "DELETE":
            return [Change(table, self._key(table, _columns(rest)), "d", None)]
        if head["action"] == "UPDATE":
            return self._update(table, rest)
        raise ValueError(f"no expectation for {data!r}")

    def _update(self, table, rest):
        old_text, new_text = _split_tuples(rest)
        new = _columns(new_text)
        key = self._key(table, new)
        old_key = self._key(table, _columns(old_text)) if old_text else key
        if old_key == key:
            return [Change(table, key, "u", freeze(new))]
        return [Change(table, old_key, "d", None), Change(table, key, "c", freeze(new))]

    def final_rows(self):
        """What the tables hold now, as {(table, key): row}."""
        found = {}
        for table in self._keys:
            names = [row[0] for row in self._postgres.sql(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 "
                "AND NOT attisdropped", (table,), database=self._database)]
            for values in self._postgres.sql(f"SELECT * FROM {table}", database=self._database):
                columns = dict(zip(names, values))
                found[(table, self._key(table, columns))] = freeze(columns)
        return found

    def confirmed(self, slot):
        """What another slot acknowledged, as a number."""
        return parse_lsn(self._postgres.value(
            "SELECT confirmed_flush_lsn::text FROM pg_replication_slots WHERE slot_name = %s",
            (slot,)))
