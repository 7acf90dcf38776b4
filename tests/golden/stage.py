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
# What streams does so from the first change on (16+), or from the first 64 kB.
_STREAMING = {"logical_decoding_work_mem": "64kB"}
_STREAMING_AT_ONCE = {"debug_logical_replication_streaming": "immediate"}

# Ways to read, and what they add to `source`. The first one is what is compared with Debezium's.
FORMS = {"text": {"binary": False}, "binary": {"binary": True}, "streamed": {"streaming": "on"}}


@dataclasses.dataclass
class Played:
    """What came of a case: `records` by the way of reading (of FORMS), in the order of their offsets, as a consumer sees them (rig.consumer.Record)."""

    records: dict
    # What walferry said when it ended because of what it was asked to do, else empty.
    refusal: str = ""
    # The publication had to be made by hand, and what walferry said about that.
    publication: str = ""


# How walferry names a key that it knows and whose promise it cannot keep yet.
_NOT_THERE = "this version of walferry does not have "


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

    def __init__(self, streaming=False):
        super().__init__()
        self._streaming = streaming
        self.streamed = 0  # transactions
        self._lock = threading.Lock()
        self._started = {}

    def _get(self, name, make):
        with self._lock:
            if name not in self._started:
                self._started[name] = self.enter_context(make())
            return self._started[name]

    def postgres(self, major):
        settings = dict(_SETTINGS)
        if self._streaming:
            settings |= _STREAMING | (_STREAMING_AT_ONCE if major >= 16 else {})
        return self._get(("postgres", major), lambda: Postgres(major, settings=settings))

    def count_streamed(self, transactions):
        with self._lock:
            self.streamed += transactions

    def kafka(self, form):
        """Two programs publish to the same topics, so each has a broker of its own."""
        return self._get(("kafka", form), Kafka)


class _Play:
    """A case on its servers: the database and one walferry, or one for each way to read."""

    def __init__(self, case, servers, major, forms):
        self._case = case
        self._servers = servers
        self._postgres = servers.postgres(major)
        self._kafkas = {form: servers.kafka(form) for form in forms}
        self._ferries = {}
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stack.close()
        for form in self._ferries:
            with contextlib.suppress(psycopg2.Error):
                self._postgres.sql("SELECT pg_drop_replication_slot(slot_name) FROM "
                                   "pg_replication_slots WHERE slot_name = %s AND NOT active",
                                   (self._slot(form),))

    def _slot(self, form):
        return self._case.slot if form == "text" else f"{self._case.slot[:60]}_{form[0]}"

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
        for form, kafka in self._kafkas.items():
            config = convert.configuration(self._case, self._postgres, kafka.bootstrap)
            config["source"] |= {"slot": self._slot(form), **FORMS[form]}
            if not config["source"].get("create", True):
                self._postgres.sql("SELECT pg_create_logical_replication_slot(%s, 'pgoutput')",
                                   (self._slot(form),), database=self._case.name)
            ferry = self._ferries.get(form)
            if ferry is None:
                ferry = self._stack.enter_context(Walferry(config))
                self._ferries[form] = ferry
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
        wait_until(lambda: all(self._is_published(form, end) for form in self._ferries),
                   lambda: "\n".join(f"walferry acknowledged {int(end):X}; log:\n{ferry.log_tail()}"
                                     for ferry in self._ferries.values()))

    def _is_published(self, form, end):
        self._must_run(self._ferries[form])
        return self._postgres.value(
            "SELECT coalesce(max(confirmed_flush_lsn - '0/0'), 0) >= %s FROM pg_replication_slots "
            "WHERE slot_name = %s", (end, self._slot(form)))

    def stop(self):
        if "streamed" in self._ferries:
            self._servers.count_streamed(int(self._postgres.value(
                "SELECT coalesce(max(stream_txns), 0) FROM pg_stat_replication_slots "
                "WHERE slot_name = %s", (self._slot("streamed"),))))
        for ferry in self._ferries.values():
            try:
                code = ferry.terminate()
            except TimedOut as error:
                raise Broken(f"{error}; log:\n{ferry.log_tail()}") from error
            if code != 0:
                raise Broken(f"walferry ended with {code}:\n{ferry.log_tail()}")

    def records(self, form):
        """What stands in the case's topics (rig.consumer.Record), in the order of the offsets."""
        bootstrap = self._kafkas[form].bootstrap
        topics = [one for one in consumer.topic_names(bootstrap) if self._case.owns_topic(one)]
        found = consumer.read(bootstrap, topics)
        return sorted(found, key=lambda one: (one.topic, one.partition, one.offset))


def play(case, servers, major, forms=("text",), publish=False):
    """Runs a case, for each of the ways to read at the same time. With `publish`, makes the publication by
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
        played.records = {form: scene.records(form) for form in forms}
        return played


def parsed(records):
    return [of_kafka(record) for record in records]
