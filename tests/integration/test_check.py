"""check: each broken set-up yields exactly its finding and its cure, and the cure makes check pass."""

import contextlib
import json
import time
import unittest

import psycopg2
import psycopg2.extras

from broken_setups import CASES, ERROR
from rig import walferry
from rig.kafka import Kafka
from rig.postgres import Postgres
from rig.postgres_binaries import Unavailable


class Setup:
    """A database with table t, its publication and slot, and a configuration that fits them."""

    def __init__(self, postgres, database, kafka, with_slot):
        self.postgres = postgres
        self.kafka = kafka
        self._holders = []
        self.names = {"slot": f"walferry_{database}", "publication": f"walferry_{database}", "database": database}
        self.database = database
        postgres.create_database(database)
        self.sql("CREATE TABLE t (id integer PRIMARY KEY, name text)")
        if with_slot:
            self.sql("CREATE PUBLICATION {publication} FOR TABLE t".format(**self.names))
            self.sql("SELECT pg_create_logical_replication_slot('{slot}', 'pgoutput')".format(**self.names))
        sink = {"kafka": {"bootstrap.servers": kafka.bootstrap}} if kafka else {"stdout": {}}
        self.config = {
            "name": database, "sink": sink, "snapshot": {"mode": "never"},
            "source": {"url": postgres.url(database), "tables": ["public.*"], "slot": self.names["slot"],
                       "publication": self.names["publication"], "create": True}}

    def sql(self, text):
        return self.postgres.sql(text, database=self.database)

    def slot(self, column):
        return self.postgres.value(f"SELECT {column} FROM pg_replication_slots WHERE slot_name = %s",
                                   (self.names["slot"],))

    def drop_slot(self):
        self.sql("SELECT pg_drop_replication_slot('{slot}')".format(**self.names))

    def change(self, key, value):
        """Sets a key of the configuration; a__b is a.b."""
        *path, last = key.split("__")
        place = self.config
        for name in path:
            place = place.setdefault(name, {})
        place[last] = value

    def move_to(self, database):
        """The same set-up in another database, which may be new."""
        self.drop_slot()
        self.database = database
        self.change("source__url", self.postgres.url(database))
        self.sql("CREATE TABLE IF NOT EXISTS t (id integer PRIMARY KEY, name text)")
        self.sql("DROP PUBLICATION IF EXISTS {publication}".format(**self.names))
        self.sql("CREATE PUBLICATION {publication} FOR TABLE t".format(**self.names))
        self.sql("SELECT pg_create_logical_replication_slot('{slot}', 'pgoutput')".format(**self.names))

    def _replication(self, factory):
        connection = psycopg2.connect(host="127.0.0.1", port=self.postgres.port, user="postgres",
                                      dbname=self.database, connection_factory=factory)
        self._holders.append(connection)
        return connection.cursor()

    def hold_slot(self):
        """Somebody streams from the slot, until the end of the case."""
        self._replication(psycopg2.extras.LogicalReplicationConnection).start_replication(
            slot_name=self.names["slot"],
            options={"proto_version": "1", "publication_names": self.names["publication"]})

    def hold_physical_slot(self, name):
        start = self.postgres.value("SELECT restart_lsn FROM pg_replication_slots WHERE slot_name = %s", (name,))
        self._replication(psycopg2.extras.PhysicalReplicationConnection).start_replication(
            slot_name=name, start_lsn=start)

    def replication_command(self, command):
        self._replication(psycopg2.extras.LogicalReplicationConnection).execute(command)

    def close(self):
        for holder in self._holders:
            with contextlib.suppress(psycopg2.Error):
                holder.close()

    def check(self, *options):
        """(exit code, what is found to be wrong, seconds)."""
        begun = time.monotonic()
        done = walferry.call("check", "--json", *options, config=self.config)
        seconds = time.monotonic() - begun
        if not done.stdout:
            raise AssertionError(f"check said nothing: {done.stderr}")
        report = json.loads(done.stdout)
        return done.returncode, [one for one in report["findings"] if is_trouble(one)], seconds


def is_trouble(finding):
    """Not what is well, nor what run will do by itself."""
    return finding["severity"] in ("error", "warning") or (finding["severity"] == "info" and finding["cure"])


def told(findings):
    return {(one["area"], one["what"]) for one in findings}


class CheckTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.servers = {(15, False): cls.enterClassContext(Postgres())}
        cls.kafka = cls.enterClassContext(Kafka(overrides={
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "allow.everyone.if.no.acl.found": "true"}))

    def server(self, case):
        place = case.major, case.bare
        if place not in self.servers:
            try:
                self.servers[place] = self.enterClassContext(Postgres(case.major))
            except Unavailable as error:
                self.skipTest(str(error))
        return self.servers[place]

    def setup_of(self, case, number):
        postgres = self.server(case)
        setup = Setup(postgres, f"case{number}", self.kafka if case.kafka else None, not case.bare)
        self.addCleanup(self.clean, setup)
        return setup

    @staticmethod
    def clean(setup):
        setup.close()
        setup.postgres.sql("ALTER SYSTEM RESET ALL")
        setup.postgres.sql("SELECT pg_reload_conf()")
        setup.postgres.sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active")

    def new_findings(self, case, setup, healthy):
        code, findings, seconds = setup.check()
        found = [one for one in findings if (one["area"], one["what"]) not in told(healthy)]
        self.assertEqual([(one["severity"], one["area"]) for one in found],
                         [(case.severity, case.area), *((ERROR, area) for area in case.more)], findings)
        self.assertEqual(code != 0, case.severity == ERROR, findings)
        names = {**setup.names}
        self.assertIn(case.what, found[0]["what"])
        self.assertIn(case.cure.format(**names) if "{" in case.cure else case.cure, found[0]["cure"])
        print(f"  {case.name}: {seconds:.2f} s: {found[0]['what']} -> {found[0]['cure']}", flush=True)
        return found, seconds

    def passes(self, setup, healthy, found):
        """Nothing is left of what was found, and nothing else came that is worse than info."""
        code, findings, _ = setup.check()
        left = told(findings) & told(found)
        worse = [one for one in findings if one["severity"] != "info"
                 and (one["area"], one["what"]) not in told(healthy)]
        self.assertEqual((code, left, worse), (0, set(), []), findings)

    def play(self, case, number):
        setup = self.setup_of(case, number)
        code, healthy, _ = setup.check()
        self.assertEqual(code, 0, healthy)
        self.assertFalse([one for one in healthy if one["severity"] != "info"], healthy)
        case.breaks(setup)
        found, seconds = self.new_findings(case, setup, healthy)
        for one in found:
            case.mend(setup, one)
        self.passes(setup, healthy, found)
        return seconds

    def play_fix(self, case, number):
        """--fix mends it, and only with --yes where nobody can be asked."""
        setup = self.setup_of(case, number)
        healthy = setup.check()[1]
        case.breaks(setup)
        found, _ = self.new_findings(case, setup, healthy)
        self.assertTrue(all(one["safe"] for one in found), found)
        refused = walferry.call("check", "--fix", config=setup.config)
        self.assertEqual(refused.returncode, 2, refused.stderr)
        self.assertIn("--yes", refused.stderr)
        for one in found:
            self.assertIn(one["statements"][0], refused.stderr)
        self.new_findings(case, setup, healthy)
        setup.check("--fix", "--yes")
        self.passes(setup, healthy, found)

    def test_each_broken_setup_has_its_finding_and_its_cure(self):
        seconds = {}
        for number, case in enumerate(CASES):
            with self.subTest(case.name):
                try:
                    seconds[case.name] = self.play(case, number)
                finally:
                    self.doCleanups()
        slowest = max(seconds, key=seconds.get)
        print(f"{len(seconds)} of {len(CASES)} set-ups, {sum(value < 2 for value in seconds.values())} in less than "
              f"2 s, the slowest ({slowest}) {seconds[slowest]:.2f} s")

    def test_fix_executes_what_only_adds(self):
        for number, case in enumerate(CASES):
            if case.fixed:
                with self.subTest(case.name):
                    try:
                        self.play_fix(case, 1000 + number)
                    finally:
                        self.doCleanups()

    def test_fix_does_nothing_else(self):
        """What drops, restarts, locks or grants is shown and left to people."""
        for case in CASES:
            if not case.fixed and case.name in ("a lost slot", "published without identity", "a private table is "
                                                "published", "role may not read the rows"):
                with self.subTest(case.name):
                    setup = self.setup_of(case, f"{2000 + CASES.index(case)}")
                    healthy = setup.check()[1]
                    case.breaks(setup)
                    before = self.new_findings(case, setup, healthy)[0]
                    setup.check("--fix", "--yes")
                    self.assertEqual(told(before), told(self.new_findings(case, setup, healthy)[0]))
                    self.doCleanups()


if __name__ == "__main__":
    unittest.main()
