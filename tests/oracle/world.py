"""A random database and what happens in it: every statement stands in a savepoint, so that one which PostgreSQL refuses
changes nothing."""

import dataclasses
import json
import random

import psycopg2

import kinds

MARK = "oracle"


@dataclasses.dataclass
class Column:
    name: str
    kind: str
    not_null: bool = False
    distinct: bool = False  # another number for each row, never changed


@dataclasses.dataclass
class Table:
    name: str
    columns: list
    key: list
    identity: str

    def column(self, name):
        return next(one for one in self.columns if one.name == name)


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


class World:
    """Makes the tables of a seed and works on them over one connection."""

    def __init__(self, connection, seed):
        self._connection = connection
        self._cursor = connection.cursor()
        self._random = random.Random(seed)
        self._names = self._numbers = 0
        self.tables = []

    # --- tables ---

    def create(self):
        for extension in kinds.EXTENSIONS:
            self._cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
        self._cursor.execute(kinds.PREPARE)
        for number in range(self._random.randint(3, 5)):
            self._create_table(number)
        self._connection.commit()

    def _create_table(self, number):
        pick = self._random
        columns = [Column(self._name(), pick.choice(kinds.KEYS), True) for _ in range(pick.randint(1, 2))]
        key = [one.name for one in columns]
        for kind in pick.sample(list(kinds.LITERALS), pick.randint(2, 14)):
            columns.append(Column(self._name(), kind, pick.random() < 0.2))
        pick.shuffle(columns)
        identity = pick.choice(["default", "default", "full", "full", "index", "keyless", "nothing", "deferrable"])
        name = pick.choice([f"t{number}", f"Table {number}", f"ta.ble{number}", f"tä{number}"])
        table = Table(name, columns, key, identity)
        shown = ", ".join(f"{quoted(one.name)} {one.kind}" + (" NOT NULL" if one.not_null else "") for one in columns)
        self._cursor.execute("SAVEPOINT made")
        try:
            self._cursor.execute(f"CREATE TABLE {quoted(name)} ({shown})")
            self._give_identity(table)
        except psycopg2.Error:
            self._cursor.execute("ROLLBACK TO SAVEPOINT made")
            return
        if pick.random() < 0.5:
            for one in columns:
                if one.kind in ("text", "jsonb", "bytea", "numeric", "json", "xml", "citext"):
                    self._cursor.execute(f"ALTER TABLE {quoted(name)} ALTER {quoted(one.name)} SET STORAGE EXTERNAL")
        self.tables.append(table)

    def _give_identity(self, table):
        name, columns = quoted(table.name), ", ".join(map(quoted, table.key))
        if table.identity in ("default", "full"):
            self._cursor.execute(f"ALTER TABLE {name} ADD PRIMARY KEY ({columns})")
        if table.identity == "deferrable":
            self._cursor.execute(f"ALTER TABLE {name} ADD PRIMARY KEY ({columns}) DEFERRABLE")
        if table.identity in ("full", "keyless", "deferrable"):
            self._cursor.execute(f"ALTER TABLE {name} REPLICA IDENTITY FULL")
        if table.identity == "index":
            self._cursor.execute(f"ALTER TABLE {name} ADD COLUMN other integer UNIQUE NOT NULL, "
                                 f"ADD PRIMARY KEY ({columns})")
            table.columns.append(Column("other", "integer", True))
            index = quoted(f"{table.name}_other_key")
            self._cursor.execute(f"ALTER TABLE {name} REPLICA IDENTITY USING INDEX {index}")
        if table.identity == "deferrable":
            # Rows that are equal but for a swapped key cannot be told apart.
            self._cursor.execute(f"ALTER TABLE {name} ADD COLUMN other integer")
            table.columns.append(Column("other", "integer", True, True))
        if table.identity == "nothing":
            self._cursor.execute(f"ALTER TABLE {name} REPLICA IDENTITY NOTHING")

    def _name(self):
        self._names += 1
        return self._random.choice([f"c{self._names}", f"C {self._names}", f"ö{self._names}", f'q"{self._names}'])

    # --- work ---

    def work(self, transactions):
        for _ in range(transactions):
            for _ in range(self._random.randint(1, 6)):
                self._statement()
                if self._random.random() < 0.15:
                    self._sub_transaction()
            if self._random.random() < 0.12:
                self._connection.rollback()
            else:
                self._commit()

    def _commit(self):
        try:
            self._connection.commit()
        except psycopg2.Error:
            self._connection.rollback()

    def _sub_transaction(self):
        self._cursor.execute("SAVEPOINT sub")
        self._statement()
        self._cursor.execute(self._random.choice(["ROLLBACK TO SAVEPOINT sub", "RELEASE SAVEPOINT sub"]))

    def _try(self, statement, then=None):
        self._cursor.execute("SAVEPOINT one")
        before = json.dumps([dataclasses.asdict(one) for one in self.tables])
        try:
            self._cursor.execute(statement)
            if then:
                then()
        except psycopg2.Error:
            self._cursor.execute("ROLLBACK TO SAVEPOINT one")
            return before
        self._cursor.execute("RELEASE SAVEPOINT one")
        return None

    def _statement(self):
        table = self._random.choice(self.tables)
        what = self._random.choices([self._insert, self._update, self._change_key, self._delete, self._truncate,
                                     self._swap], [50, 25, 8, 12, 1, 4])[0]
        what(table)

    def _literal(self, column):
        if column.distinct:
            self._numbers += 1
            return str(self._numbers)
        if not column.not_null and self._random.random() < 0.15:
            return "NULL"
        if column.kind in ("text", "citext") and self._random.random() < 0.1:
            return f"repeat(md5('{self._random.random()}'), 100)"
        if column.kind in ("integer", "bigint", "positive", "smallint") and self._random.random() < 0.7:
            return str(self._random.randint(1, 30))
        return self._random.choice(kinds.LITERALS[column.kind])

    def _insert(self, table):
        names = ", ".join(quoted(one.name) for one in table.columns)
        rows = ", ".join("(" + ", ".join(map(self._literal, table.columns)) + ")"
                         for _ in range(self._random.randint(1, 3)))
        self._try(f"INSERT INTO {quoted(table.name)} ({names}) VALUES {rows}")

    def _some(self, table):
        return (f"ctid IN (SELECT ctid FROM {quoted(table.name)} ORDER BY ctid "
                f"OFFSET {self._random.randint(0, 3)} LIMIT {self._random.randint(1, 3)})")

    def _update(self, table):
        others = [one for one in table.columns if one.name not in table.key and not one.distinct] or table.columns
        chosen = self._random.sample(others, min(len(others), self._random.randint(1, 3)))
        values = ", ".join(f"{quoted(one.name)} = {self._literal(one)}" for one in chosen)
        self._try(f"UPDATE {quoted(table.name)} SET {values} WHERE {self._some(table)}")

    def _change_key(self, table):
        column = table.column(self._random.choice(table.key))
        self._try(f"UPDATE {quoted(table.name)} SET {quoted(column.name)} = {self._literal(column)} "
                  f"WHERE {self._some(table)}")

    def _delete(self, table):
        self._try(f"DELETE FROM {quoted(table.name)} WHERE {self._some(table)}")

    def _truncate(self, table):
        self._try(f"TRUNCATE {quoted(table.name)}")

    def _swap(self, table):
        column = table.column(table.key[0])
        if table.identity != "deferrable" or column.kind not in ("integer", "bigint", "smallint"):
            return self._update(table)
        name = quoted(column.name)
        return self._try(f"UPDATE {quoted(table.name)} SET {name} = 31 - {name} WHERE {name} BETWEEN 1 AND 30")

    # --- definitions, marked in the stream where they happen ---

    def redefine(self):
        """One change of a table's definition, in a transaction with rows before and after it."""
        table = self._random.choice(self.tables)
        self._insert(table)
        self._random.choice([self._add_column, self._drop_column, self._rename_column, self._retype_column,
                             self._rename_table])(table)
        self._statement()
        self._insert(self._random.choice(self.tables))
        self._commit()

    def _mark(self, **what):
        self._cursor.execute("SELECT pg_logical_emit_message(true, %s, %s)", (MARK, json.dumps(what)))

    def _free_columns(self, table):
        return [one for one in table.columns if one.name not in table.key and one.name != "other"]

    def _define(self, statement, table, mark, change):
        """Runs DDL and marks it; remembers it when PostgreSQL took it."""
        if self._try(f"ALTER TABLE {quoted(table.name)} {statement}", lambda: self._mark(**mark)) is None:
            change()

    def _add_column(self, table):
        kind, default = self._random.choice([("integer", None), ("integer", "7"), ("text", "'dflt'"), ("jsonb", None),
                                             ("numeric(10,2)", "1.10"), ("boolean", "true")])
        column = Column(self._name(), kind)
        clause = f" DEFAULT {default}" if default else ""
        value = default.strip("'") if default else None
        self._define(f"ADD COLUMN {quoted(column.name)} {kind}{clause}", table,
                     {"do": "add", "table": table.name, "column": column.name, "kind": kind, "value": value},
                     lambda: table.columns.append(column))

    def _drop_column(self, table):
        free = self._free_columns(table)
        if free:
            column = self._random.choice(free)
            self._define(f"DROP COLUMN {quoted(column.name)}", table,
                         {"do": "drop", "table": table.name, "column": column.name},
                         lambda: table.columns.remove(column))

    def _rename_column(self, table):
        column = self._random.choice(table.columns)
        new = self._name()

        def change():
            table.key = [new if one == column.name else one for one in table.key]
            column.name = new

        self._define(f"RENAME COLUMN {quoted(column.name)} TO {quoted(new)}", table,
                     {"do": "rename", "table": table.name, "column": column.name, "new": new}, change)

    def _retype_column(self, table):
        wider = {"smallint": "bigint", "integer": "bigint", "varchar(12)": "text", "time(3)": "time", "tag": "text"}
        free = [one for one in self._free_columns(table) if one.kind in wider]
        if not free:
            return
        column = self._random.choice(free)
        kind = wider[column.kind]

        def change():
            column.kind = kind

        self._define(f"ALTER {quoted(column.name)} TYPE {kind}", table,
                     {"do": "retype", "table": table.name, "column": column.name, "kind": kind}, change)

    def _rename_table(self, table):
        new = f"{table.name[:20]}_{self._random.randint(0, 10**6)}"

        def change():
            table.name = new

        self._define(f"RENAME TO {quoted(new)}", table, {"do": "rename_table", "table": table.name, "new": new}, change)
