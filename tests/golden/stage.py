"""The servers of a run, and one case played on them: from an empty database to records."""

import contextlib
import dataclasses
import json
import subprocess
import threading

import psycopg2

from exact_json import of_kafka
from rig import consumer
from rig.kafka import Kafka
from rig.postgres import SUPERUSER, Postgres
from rig.waiting import TimedOut, wait_until
from rig.walferry import Walferry

import convert

_SETTINGS = {
    "max_prepared_transactions": "10",
    "max_connections": "200",
    "max_wal_senders": "40",
    "max_replication_slots": "80",
    "wal_writer_delay": "10ms",
    "autovacuum": "off",
}
_WRONG_CONFIGURATION = 2


@dataclasses.dataclass
class Played:
    """What came of a case: `records` by the form of the protocol (binary or not), in the order of
    their offsets, as a consumer sees them (rig.consumer.Record)."""

    records: dict
    # What walferry said when it ended because of what it was asked to do, else empty.
    refusal: str = ""
    # The publication had to be made by hand, and what walferry said about that.
    publication: str = ""


# How walferry names a key that it knows and whose promise it cannot keep yet.
_NOT_THERE = "this version of walferry does not have what it asks for"


class _Refused(Exception):
    """walferry said that it will not do this."""


class Broken(Exception):
    """Something else than the events went wrong."""


def _last_word(ferry):
    """The error that walferry ended with."""
    line = ferry.log_tail(1)
    try:
        said = json.loads(line)
        return f"{said['msg']} ({said['error_kind']})"
    except (ValueError, KeyError):
        return line


class Servers(contextlib.ExitStack):
    """One PostgreSQL of each version that is asked for, one broker for each way to read it."""

    def __init__(self):
        super().__init__()
        self._lock = threading.Lock()
        self._started = {}

    def _get(self, name, make):
        with self._lock:
            if name not in self._started:
                self._started[name] = self.enter_context(make())
            return self._started[name]

    def postgres(self, major):
        return self._get(("postgres", major), lambda: Postgres(major, settings=_SETTINGS))

    def kafka(self, binary):
        """Two programs publish to the same topics, so each has a broker of its own."""
        return self._get(("kafka", binary), Kafka)


class _Play:
    """A case on its servers: the database and one walferry, or one for each form of values."""

    def __init__(self, case, servers, major, forms):
        self._case = case
        self._postgres = servers.postgres(major)
        self._kafkas = {binary: servers.kafka(binary) for binary in forms}
        self._ferries = {}
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stack.close()
        for binary in self._ferries:
            with contextlib.suppress(psycopg2.Error):
                self._postgres.sql("SELECT pg_drop_replication_slot(slot_name) FROM "
                                   "pg_replication_slots WHERE slot_name = %s AND NOT active",
                                   (self._slot(binary),))

    def _slot(self, binary):
        return f"{self._case.slot[:60]}_b" if binary else self._case.slot

    def _psql(self, text):
        argv = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1",
                "-p", str(self._postgres.port), "-U", SUPERUSER, "-d", self._case.name]
        done = subprocess.run(argv, input=text, text=True, check=False, encoding="utf-8",
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise Broken(f"psql: {done.stdout}")

    def set_up(self):
        self._postgres.create_database(self._case.name)
        self._psql(self._case.setup)
        # walferry publishes the tables it was told; a publication of all that will ever be is its
        # owner's to make.
        if self._case.connector.get("publication.autocreate.mode") == "all_tables":
            self._psql(f'CREATE PUBLICATION "{self._case.slot}" FOR ALL TABLES')

    def start(self):
        """Starts walferry and waits until it streams. One after another: the first one makes the
        publication."""
        for binary, kafka in self._kafkas.items():
            config = convert.configuration(self._case, self._postgres, kafka.bootstrap)
            config["source"] |= {"slot": self._slot(binary), "binary": binary}
            if not config["source"].get("create", True):
                self._postgres.sql("SELECT pg_create_logical_replication_slot(%s, 'pgoutput')",
                                   (self._slot(binary),), database=self._case.name)
            ferry = self._ferries.get(binary)
            if ferry is None:
                ferry = self._stack.enter_context(Walferry(config))
                self._ferries[binary] = ferry
            ferry.start()
            wait_until(lambda ferry=ferry: self._must_run(ferry).ready(),
                       lambda ferry=ferry: f"/readyz said yes; log:\n{ferry.log_tail()}")

    @staticmethod
    def _must_run(ferry):
        if ferry.running:
            return ferry
        if ferry.exit_code == _WRONG_CONFIGURATION:
            missing = [line for line in ferry.log_text().splitlines() if _NOT_THERE in line]
            if missing:
                raise convert.Unsupported(missing[0])
            raise _Refused(_last_word(ferry))
        raise Broken(f"walferry ended with {ferry.exit_code}:\n{ferry.log_tail()}")

    def start_with_publication(self):
        """As start(), for tables that walferry does not publish by itself. Returns why not."""
        try:
            self.start()
            return ""
        except _Refused as error:
            if "replica identity" not in str(error):
                raise
            self._publish_tables()
            self.start()
            return str(error)

    def _publish_tables(self):
        named = [".".join(f'"{part}"' for part in table.split(".", 1))
                 for table in self._case.tables]
        self._psql(f'CREATE PUBLICATION "{self._case.slot}" FOR TABLE {", ".join(named)}')

    def work(self):
        for part in self._case.parts:
            self._psql(part)
            self._wait_published()
        self._wait_heartbeats()

    def _wait_heartbeats(self):
        """Heartbeats come by the clock. One that does not come is missing in the comparison."""
        for topic in self._case.topics:
            if topic.startswith("__debezium-heartbeat."):
                with contextlib.suppress(TimedOut):
                    wait_until(lambda topic=topic: all(kafka.count(topic) > 0
                                                       for kafka in self._kafkas.values()),
                               f"a heartbeat stood in {topic}", 20)

    def _wait_published(self):
        """Waits until everything that is written is published and acknowledged. A message in
        another database makes PostgreSQL flush what a non-transactional one left in memory."""
        end = self._postgres.value("SELECT pg_logical_emit_message(true, 'golden', '') - '0/0'")
        wait_until(lambda: all(self._is_published(binary, end) for binary in self._ferries),
                   lambda: "\n".join(f"walferry acknowledged {int(end):X}; log:\n{ferry.log_tail()}"
                                     for ferry in self._ferries.values()))

    def _is_published(self, binary, end):
        self._must_run(self._ferries[binary])
        return self._postgres.value(
            "SELECT coalesce(max(confirmed_flush_lsn - '0/0'), 0) >= %s FROM pg_replication_slots "
            "WHERE slot_name = %s", (end, self._slot(binary)))

    def stop(self):
        for ferry in self._ferries.values():
            try:
                code = ferry.terminate()
            except TimedOut as error:
                raise Broken(f"{error}; log:\n{ferry.log_tail()}") from error
            if code != 0:
                raise Broken(f"walferry ended with {code}:\n{ferry.log_tail()}")

    def records(self, binary):
        """What stands in the case's topics (rig.consumer.Record), in the order of the offsets."""
        bootstrap = self._kafkas[binary].bootstrap
        topics = [one for one in consumer.topic_names(bootstrap) if self._case.owns_topic(one)]
        found = consumer.read(bootstrap, topics)
        return sorted(found, key=lambda one: (one.topic, one.partition, one.offset))


def play(case, servers, major, forms=(False,), publish=False):
    """Runs a case, for each of the forms at the same time. With `publish`, makes the publication by
    hand when walferry will not make it."""
    with _Play(case, servers, major, forms) as scene:
        played = Played({})
        scene.set_up()
        try:
            if publish:
                played.publication = scene.start_with_publication()
            else:
                scene.start()
            scene.work()
            scene.stop()
        except _Refused as error:
            played.refusal = str(error)
        played.records = {binary: scene.records(binary) for binary in forms}
        return played


def parsed(records):
    return [of_kafka(record) for record in records]
