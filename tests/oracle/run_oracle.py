#!/usr/bin/python3
"""Random schemas and transactions; what the events say is compared with what the tables hold."""

import argparse
import contextlib
import json
import pathlib
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import psycopg2

import envelope
import keyed
import kinds
import rebuild
import world
from rig import consumer, walferry
from rig.kafka import Kafka
from rig.mock_kafka import MockKafka
from rig.postgres import Postgres
from rig.postgres_binaries import Unavailable
from rig.waiting import wait_until

_SKIPPED = 77
_FORMATS = ("plain", "debezium")


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10, help="how many")
    parser.add_argument("--first", type=int, default=1, help="the first one")
    parser.add_argument("--pg", type=int, default=15, metavar="MAJOR")
    parser.add_argument("--transactions", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=0, help="begin no seed after so long; 0: no limit")
    parser.add_argument("--mock", action="store_true",
                        help="librdkafka's broker in memory, a new one now and then: many seeds cost less")
    parser.add_argument("--keep-going", action="store_true", help="go on behind a seed that fails")
    return parser.parse_args()


class Play:
    """One seed: its database, two programs, and the comparison."""

    def __init__(self, seed, postgres, transactions):
        self._seed, self._postgres, self._kafka = seed, postgres, None
        self._name = f"o{seed}"
        self._transactions = transactions
        self.rows = self.events = self.values = 0

    def _config(self, form):
        return {
            "name": f"{self._name}{form}",
            "source": {"url": self._postgres.url(self._name), "slot": f"{self._name}{form}",
                       "publication": "oracle", "create": True, "binary": bool(self._seed % 2)},
            "events": {"format": form},
            "topics": {"rewrite": [], "create": not isinstance(self._kafka, MockKafka)},
            "sink": {"kafka": {"bootstrap.servers": self._kafka.bootstrap}},
            "snapshot": {"mode": "never"},
        }

    def run(self, kafka):
        self._kafka = kafka
        self._postgres.create_database(self._name)
        with contextlib.ExitStack() as stack:
            connection = stack.enter_context(contextlib.closing(
                self._postgres.connect(self._name, autocommit=False)))
            made = world.World(connection, self._seed)
            made.create()
            before = rebuild.Rebuilt(made.tables)
            self._postgres.sql("CREATE PUBLICATION oracle FOR ALL TABLES", database=self._name)
            ferries = [stack.enter_context(walferry.Walferry(self._config(form))) for form in _FORMATS]
            for ferry in ferries:
                ferry.start()
            for ferry in ferries:
                ferry.wait_streaming()
            for _ in range(3):
                made.work(self._transactions // 3)
                made.redefine()
            self._wait(ferries)
            for ferry in ferries:
                code = ferry.terminate()
                assert code == 0, ferry.log_tail()
            rebuilt = self._compare_values(before)
            self._compare_tables(connection, rebuilt)

    def _wait(self, ferries):
        end = self._postgres.value("SELECT pg_current_wal_insert_lsn() - '0/0'")
        arrived = ("SELECT count(*) = 2 FROM pg_replication_slots WHERE slot_name LIKE %s AND "
                   "confirmed_flush_lsn - '0/0' >= %s")

        def reached():
            for ferry in ferries:
                assert ferry.running, ferry.log_tail()
            return self._postgres.value(arrived, (f"{self._name}%", end))

        wait_until(reached, lambda: "\n".join(ferry.log_tail() for ferry in ferries))

    def _records(self, form):
        topics = consumer.topic_names(self._kafka.bootstrap, f"{self._name}{form}.")
        return [one for one in consumer.read(self._kafka.bootstrap, topics) if one.value is not None]

    def _compare_values(self, rebuilt):
        """Applies the plain events; each value in Debezium's must be the same, and the same rows must be left."""
        # Delivered again is the same again.
        plain = {_plain_position(event): event
                 for event in (kinds.parse_json(one.value) for one in self._records("plain"))}
        told = keyed.by_position(self._records("debezium"))
        left = keyed.Keyed(rebuilt.keyed)
        for position, event in sorted(plain.items()):
            events = told.pop(position, ())
            rebuilt.apply(event, position)
            left.apply(event, position, events)
            self.events += 1
            if event["op"] != "message":
                self._compare_images(event, keyed.images(events), rebuilt)
        assert not told, f"only in format debezium: {list(told)[:5]}"
        left.compare(rebuilt)
        return rebuilt

    def _compare_images(self, event, images, rebuilt):
        for side, member in (("after", "row"), ("before", "old")):
            told = event.get(member)
            # Another row has taken the key that this one leaves: no delete of it, and so no old row.
            swapped = side == "before" and side not in images and event["op"] in ("update", "delete")
            if told is None or (swapped and event["table"] in rebuilt.swappable):
                continue
            assert side in images, f"no {side} in format debezium: {event}"
            self._compare_row(event, images[side], told, rebuilt, member)

    def _compare_row(self, event, shown, told, rebuilt, member):
        types = rebuilt.kinds[event["table"]]
        nulls = event.get("json_null" if member == "row" else "old_json_null", ())
        for name, value in told.items():
            kind = types[name]
            if value is None and name not in nulls:
                wanted = None
            elif value is None:
                wanted = "null"
            else:
                wanted = self._canonical(kinds.to_text(value, kind), kind)
            self.values += 1
            try:
                envelope.check(shown[name], wanted, kind)
            except (envelope.Wrong, KeyError) as error:
                raise AssertionError(f"{event['position']} {event['table']}.{name} {kind}: {error!r}; "
                                     f"plain has {value!r}") from error

    def _canonical(self, text, kind):
        """As PostgreSQL prints it, whatever form plain has."""
        key = (text, kind)
        if key not in self._printed:
            with self._printer.cursor() as cursor:
                # concat() prints as the type's output function does; a cast to text does not always.
                cursor.execute(f"SELECT concat(CAST(%s AS {kind}))", (text,))
                self._printed[key] = cursor.fetchone()[0]
        return self._printed[key]

    @property
    def _printer(self):
        if not hasattr(self, "_connection"):
            self._connection = self._postgres.connect(self._name)
            with self._connection.cursor() as cursor:
                cursor.execute("SET timezone = 'UTC'; SET extra_float_digits = 3; SET intervalstyle = postgres; "
                               "SET datestyle = ISO; SET bytea_output = hex; SET search_path = public")
            self._printed_ = {}
        return self._connection

    @property
    def _printed(self):
        _ = self._printer
        return self._printed_

    def _compare_tables(self, connection, rebuilt):
        """In a second database: what the events say against a copy of the tables, both ways."""
        if hasattr(self, "_connection"):
            self._connection.close()
        connection.close()
        self._postgres.sql(f"CREATE DATABASE {self._name}_copy TEMPLATE {self._name}")
        with contextlib.closing(self._postgres.connect(f"{self._name}_copy", autocommit=False)) as copy, \
                copy.cursor() as cursor:
            cursor.execute("SET timezone = 'UTC'; CREATE SCHEMA rebuilt")
            for table in rebuilt.rows:
                name = rebuild.quoted(table)
                cursor.execute(f"CREATE TABLE rebuilt.{name} (LIKE public.{name})")
            for statement in rebuilt.statements("rebuilt"):
                cursor.execute(statement)
            for table, rows in rebuilt.rows.items():
                self.rows += len(rows)
                self._compare_table(cursor, table, rebuilt.kinds[table])

    def _compare_table(self, cursor, table, types):
        columns = ", ".join(f"{rebuild.quoted(name)}::{kind.replace('json', 'jsonb')}" if kind in ("json", "json[]") else
                            f"{rebuild.quoted(name)} IS NULL, concat({rebuild.quoted(name)})"
                            for name, kind in types.items())
        for here, there, word in (("public", "rebuilt", "missing"), ("rebuilt", "public", "extra")):
            name = rebuild.quoted(table)
            cursor.execute(f"SELECT {columns} FROM {here}.{name} EXCEPT ALL SELECT {columns} FROM {there}.{name}")
            found = cursor.fetchall()
            assert not found, f"{len(found)} rows of {table} are {word}, first: {found[0]}, columns {types}"

    def drop(self):
        """Leaves nothing on the server, wherever the seed ended."""
        self._postgres.sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots "
                           "WHERE slot_name = ANY (%s)", ([f"{self._name}{form}" for form in _FORMATS],))
        for name in (f"{self._name}_copy", self._name):
            self._postgres.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _plain_position(event):
    commit, _, sequence = event["position"].partition(":")
    high, _, low = commit.partition("/")
    return (int(high, 16) << 32) + int(low, 16), int(sequence)


@contextlib.contextmanager
def _brokers(arguments):
    """What makes a seed's broker, as a context: the one Kafka for all, or a new one in memory."""
    if arguments.mock:
        yield MockKafka
        return
    with Kafka() as kafka:
        yield lambda: contextlib.nullcontext(kafka)


def _play(play, broker):
    with broker() as kafka:
        try:
            play.run(kafka)
        finally:
            play.drop()


def _run(arguments, postgres, broker):
    failed, done, begin = [], 0, time.monotonic()
    rows = events = values = 0
    for seed in range(arguments.first, arguments.first + arguments.seeds):
        if arguments.seconds and time.monotonic() - begin > arguments.seconds:
            break
        play = Play(seed, postgres, arguments.transactions)
        done += 1
        try:
            _play(play, broker)
            print(f"seed {seed}: {play.events} events, {play.values} values, {play.rows} rows", flush=True)
        except Unavailable:
            raise
        except Exception:
            failed.append(seed)
            print(f"seed {seed} (--first {seed} --seeds 1 --pg {arguments.pg}):\n{traceback.format_exc()}", flush=True)
            if not arguments.keep_going:
                break
        rows, events, values = rows + play.rows, events + play.events, values + play.values
    print(f"{done} seeds, {events} events, {values} values compared, {rows} rows rebuilt, {len(failed)} failed"
          + (f": {failed}" if failed else ""))
    return 1 if failed or not values else 0


def main():
    arguments = _arguments()
    settings = {"max_wal_senders": "20", "max_replication_slots": "40", "wal_writer_delay": "10ms",
                "autovacuum": "off", "fsync": "off"}
    try:
        with Postgres(arguments.pg, settings=settings) as postgres, _brokers(arguments) as broker:
            return _run(arguments, postgres, broker)
    except Unavailable as error:
        print(error)
        return _SKIPPED


if __name__ == "__main__":
    sys.exit(main())
