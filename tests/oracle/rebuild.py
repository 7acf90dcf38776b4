"""A consumer of `format: plain`: puts the tables together from events alone, in the order of their positions."""

import json

import kinds


class Rebuilt:
    """The rows of all tables, as the events so far have them."""

    def __init__(self, tables):
        self.rows = {table.name: [] for table in tables}
        self.last_written = {table.name: [] for table in tables}  # the position of each row's last event
        self.keyed = [table.name for table in tables if table.identity not in ("keyless", "nothing")]
        self.swappable = {table.name for table in tables if table.identity == "deferrable"}
        self.kinds = {table.name: {one.name: one.kind for one in table.columns} for table in tables}

    def apply(self, event, position):
        op = event["op"]
        if op == "message":
            self._redefine(json.loads(event["content"]))
            return
        rows, written = self.rows[event["table"]], self.last_written[event["table"]]
        nulls = event.get("json_null", ())
        row = {name: _with_null(value, name in nulls) for name, value in event.get("row", {}).items()}
        if op == "insert":
            rows.append(row)
            written.append(position)
        elif op == "truncate":
            rows.clear()
            written.clear()
        elif op == "delete":
            place = self._place(event)
            del rows[place], written[place]
        else:
            place = self._place(event)
            written[place] = position
            rows[place] = {**rows[place], **row}
            unknown = set(event.get("unchanged", ())) - set(rows[place])
            assert not unknown, f"{unknown} was never sent"

    def _place(self, event):
        """Where the row stands that the event is about: found by all that the event tells of it."""
        nulls = event.get("old_json_null", ())
        # A key has no NULL, so that one in it is JSON's.
        known = ({name: _with_null(value, name in nulls) for name, value in event["old"].items()} if "old" in event
                 else {name: _with_null(value, True) for name, value in event["key"].items()})
        for place, row in enumerate(self.rows[event["table"]]):
            if all(_same(row[name], value) for name, value in known.items()):
                return place
        raise AssertionError(f"{event['position']}: no row of {event['table']} is {known}; there are "
                             f"{[{name: row[name] for name in known} for row in self.rows[event['table']]][:20]}")

    def _redefine(self, mark):
        table = mark["table"]
        if mark["do"] == "rename_table":
            for known in (self.rows, self.kinds, self.last_written):
                known[mark["new"]] = known.pop(table)
            if table in self.swappable:
                self.swappable.add(mark["new"])
            return
        column, types = mark["column"], self.kinds[table]
        for row in self.rows[table]:
            if mark["do"] == "add":
                row[column] = mark["value"]
            elif mark["do"] == "drop":
                row.pop(column, None)
            elif mark["do"] == "rename" and column in row:
                row[mark["new"]] = row.pop(column)
        if mark["do"] in ("add", "retype"):
            types[column] = mark["kind"]
        elif mark["do"] == "drop":
            del types[column]
        else:
            types[mark["new"]] = types.pop(column)

    def statements(self, schema):
        """Plain SQL that fills the tables of `schema`."""
        for table, rows in self.rows.items():
            types = self.kinds[table]
            for row in rows:
                names = ", ".join(quoted(name) for name in row)
                values = ", ".join(_literal(value, types[name]) for name, value in row.items())
                yield f"INSERT INTO {schema}.{quoted(table)} ({names}) VALUES ({values})"


class JsonNull:
    """The null of a JSON column, which is not SQL's."""

    def __eq__(self, other):
        return isinstance(other, JsonNull)

    __hash__ = None


def _with_null(value, is_json):
    return JsonNull() if is_json and value is None else value


def _same(kept, told):
    """An added column's default was told as text, and a widened one is spelled otherwise."""
    return kept == told or (isinstance(kept, str) and str(told) == kept) or (
        isinstance(told, bool) and str(told).lower() == kept)


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def _literal(value, kind):
    if isinstance(value, JsonNull):
        return "'null'"
    if value is None:
        return "NULL"
    text = kinds.to_text(value, kind)
    return "'" + text.replace("'", "''") + "'" if "\\" not in text else \
        "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
