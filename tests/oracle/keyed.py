"""A consumer of `format: debezium` that keeps the last record of each key, as a compacted topic does."""

import json

import kinds


def by_position(records):
    """(commit, sequence) to the records of that change, in the order of the topic: (key, value)."""
    found = {}
    for record in sorted(records, key=lambda one: (one.topic, one.partition, one.offset)):
        value = kinds.parse_json(record.value)
        source = value["source"]
        place = int(source["commit_lsn"]), int(source["tx_seq"])
        # Columns may be renamed: a key is its values.
        key = record.key and tuple(map(kinds.dump_json, kinds.parse_json(record.key).values()))
        found.setdefault(place, []).append((key, value))
    return found


def images(events):
    """The rows that the envelopes of one change show; a key change is a delete and a create."""
    return {side: value[side] for _, value in events for side in ("before", "after") if value.get(side)}


class Keyed:
    """For each table that has keys: the key of each row that is left, and the change that wrote it last."""

    def __init__(self, tables):
        self._rows = {table: {} for table in tables}

    def apply(self, event, position, events):
        if event["op"] == "message":
            mark = json.loads(event["content"])
            if mark["do"] == "rename_table" and mark["table"] in self._rows:
                self._rows[mark["new"]] = self._rows.pop(mark["table"])
            return
        rows = self._rows.get(event["table"])
        for key, value in events:
            assert (key is None) == (rows is None or value["op"] == "t"), f"key {key} of {event}"
            if rows is None:
                continue
            if value["op"] == "t":
                rows.clear()
            elif value["op"] == "d":
                rows.pop(key, None)
            else:
                rows[key] = position

    def compare(self, rebuilt):
        """Each row of the table is left under a key of its own, and nothing else is."""
        for table, rows in self._rows.items():
            left, wanted = sorted(rows.values()), sorted(rebuilt.last_written[table])
            assert left == wanted, (f"rows left under the keys of {table} were written at {left}, "
                                    f"those of the table at {wanted}")
