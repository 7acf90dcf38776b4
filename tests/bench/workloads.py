"""What the bench lets PostgreSQL write: each workload makes its tables and a backlog of rows."""

import dataclasses

NARROW = ("CREATE TABLE narrow (id bigint PRIMARY KEY, customer integer NOT NULL, amount numeric(12,2) NOT NULL, "
          "at timestamptz NOT NULL, note text)")
WIDE = "CREATE TABLE wide (id bigint PRIMARY KEY, {})".format(", ".join(f"c{i:02} text" for i in range(24)))
FULL = ("CREATE TABLE changed (id bigint PRIMARY KEY, customer integer, amount numeric(12,2), at timestamptz, "
        "note text); ALTER TABLE changed REPLICA IDENTITY FULL; INSERT INTO changed SELECT i, i, i, now(), "
        "'note ' || i FROM generate_series(1, {rows}) i")
NARROW_ROWS = ("INSERT INTO narrow SELECT i, i % 1000, i * 0.37, now(), 'note number ' || i "
               "FROM generate_series({first}, {last}) i")
WIDE_ROWS = "INSERT INTO wide SELECT i, {} FROM generate_series({{first}}, {{last}}) i".format(
    ", ".join(f"'{chr(97 + i) * 30}' || i" for i in range(24)))


@dataclasses.dataclass(frozen=True)
class Workload:
    """`rows` changes written by `statement`, `rows_a_transaction` in each transaction (0: all in one)."""

    name: str
    tables: str
    statement: str
    rows: int
    rows_a_transaction: int = 0

    def prepare(self, postgres, database):
        for part in self.tables.format(rows=self.rows).split(";"):
            postgres.sql(part, database=database)

    def write(self, postgres, database):
        """Commits the backlog."""
        size = self.rows_a_transaction or self.rows
        if size == self.rows:
            postgres.sql(self.statement.format(first=1, last=self.rows), database=database)
            return
        # One call writes them all: the client's round trips are not what is measured.
        statement = self.statement.format(first="n", last=f"least(n + {size} - 1, {self.rows})")
        connection = postgres.connect(database)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
            cursor.execute(f"DO $$ BEGIN FOR n IN 1..{self.rows} BY {size} LOOP {statement}; COMMIT; END LOOP; END $$")
        connection.close()


def all_workloads(scale):
    """Every workload with `scale` times 100,000 narrow rows."""
    rows = int(100_000 * scale)
    many = ";".join(f"CREATE TABLE t{i:04} (id bigint PRIMARY KEY, note text)" for i in range(1000))
    spread = "DO $x$ BEGIN FOR i IN 0..999 LOOP EXECUTE format('INSERT INTO t%s SELECT i, ''note '' || i " \
             f"FROM generate_series(1, {max(1, rows // 1000)}) i', lpad(i::text, 4, '0')); END LOOP; END $x$"
    return [
        Workload("narrow-1tx", NARROW, NARROW_ROWS, rows),
        Workload("narrow-1000", NARROW, NARROW_ROWS, rows, 1000),
        Workload("narrow-10", NARROW, NARROW_ROWS, rows, 10),
        Workload("narrow-1", NARROW, NARROW_ROWS, rows // 2, 1),
        Workload("wide-1tx", WIDE, WIDE_ROWS, rows // 5),
        Workload("update-full", FULL, "UPDATE changed SET amount = amount + 1 WHERE id BETWEEN {first} AND {last}", rows),
        Workload("tables-1000", many, spread, max(1000, rows // 1000 * 1000)),
    ]
