"""Each way of being set up wrongly: one clear message that says the cure, and the right exit code."""

import json
import subprocess
import unittest

from rig import ports, walferry
from rig.postgres import Postgres
from rig.waiting import wait_until
from scene import config

USAGE, PROTECT, GAVE_UP = 2, 3, 4


class ErrorsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = cls.enterClassContext(Postgres())
        cls.postgres.create_database("shop")
        cls.postgres.sql("CREATE TABLE t (id integer PRIMARY KEY)", database="shop")
        cls.postgres.sql("CREATE ROLE plain LOGIN")
        cls.postgres.sql("CREATE ROLE reader LOGIN REPLICATION")

    def run_with(self, settings, seconds=60):
        return walferry.call("run", config=settings, seconds=seconds)

    def config(self, postgres=None):
        return config(postgres or self.postgres, {"stdout": {}})

    def assert_ends(self, done, code, *words):
        """The exit code, nothing on stdout, and each word in a message that is not a dump."""
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertEqual(done.stdout, "")
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertNotIn("terminate called", done.stderr)

    def assert_check(self, settings, code, *words):
        """What `check` ends with, and the words in what it found."""
        done = walferry.call("check", config=settings)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        for word in words:
            self.assertIn(word, done.stdout)

    def test_unknown_key_names_the_nearest_and_the_place(self):
        text = "name: shop\nsource:\n  urll: postgresql://127.0.0.1/shop\n"
        self.assert_ends(self.run_with(text), USAGE, "urll", "url", "walferry.yaml:3:3")

    def test_wrong_type_is_refused(self):
        settings = {**self.config(), "snapshot": {"mode": "sometimes"}}
        self.assert_ends(self.run_with(settings), USAGE, "snapshot.mode", "sometimes", "never")

    def test_broken_yaml_is_refused(self):
        self.assert_ends(self.run_with("source: [\n"), USAGE, "walferry.yaml")

    def test_property_that_librdkafka_does_not_know_is_refused(self):
        settings = config(self.postgres, {"kafka": {"bootstrap.servers": "127.0.0.1:1", "lingerms": 5}})
        self.assert_ends(self.run_with(settings), USAGE, "sink.kafka", "lingerms", "no such property")

    def test_missing_file_is_refused(self):
        done = walferry.call("run", "-c", "/nonexistent/walferry.yaml")
        self.assert_ends(done, USAGE, "/nonexistent/walferry.yaml")

    def test_unknown_option_is_refused(self):
        self.assertEqual(walferry.call("run", "--frobnicate").returncode, USAGE)

    def test_what_cannot_be_printed_is_an_error(self):
        for arguments in (["--help"], ["--version"], ["config", "reference"], ["slot", "list", "--help"]):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([walferry.binary(), *arguments], check=False, stdout=full,
                                      stderr=subprocess.PIPE, text=True)
            self.assertEqual(done.returncode, 1, arguments)
            self.assertIn("stdout", done.stderr)

    def test_a_closed_stdout_is_no_socket(self):
        self.postgres.create_database("closed")
        self.postgres.sql("CREATE TABLE t (id integer PRIMARY KEY); INSERT INTO t VALUES (1)", database="closed")
        done = subprocess.run(["bash", "-c", 'exec "$0" "$@" >&-', walferry.binary(), "run",
                               "--set", f"source.url={self.postgres.url('closed')}",
                               "--set", f"http.listen=127.0.0.1:{ports.allocate()}"],
                              check=False, stderr=subprocess.PIPE, text=True, timeout=60)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("the output cannot be written: Bad file descriptor", done.stderr)

    def test_role_that_only_reads_by_default_may_set_up(self):
        self.postgres.create_database("careful")
        self.postgres.sql("CREATE TABLE t (id integer PRIMARY KEY)", database="careful")
        self.postgres.sql("CREATE ROLE careful LOGIN SUPERUSER; "
                          "ALTER ROLE careful SET default_transaction_read_only = on")
        settings = self.config()
        settings["source"] |= {"url": self.postgres.url("careful", user="careful"), "slot": "careful"}
        with walferry.Walferry(settings) as program:
            program.start_streaming()
            self.assertEqual(program.terminate(), 0, program.log_tail())

    def test_secret_is_not_shown(self):
        settings = self.config()
        settings["source"]["url"] = "postgresql://cdc:hush5@127.0.0.1:1/shop"
        done = walferry.call("config", "show", config=settings)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("hush5", done.stdout + done.stderr)

    def test_missing_privilege_says_how_to_grant_it(self):
        settings = self.config()
        settings["source"]["url"] = self.postgres.url("shop", user="plain")
        self.assert_ends(self.run_with(settings), USAGE, "ALTER ROLE", "REPLICATION")

    def test_missing_privilege_on_the_database_names_the_publication_to_make(self):
        settings = self.config()
        settings["source"]["url"] = self.postgres.url("shop", user="reader")
        self.assert_ends(self.run_with(settings), USAGE, "permission denied for database shop",
                         "CREATE PUBLICATION")

    def test_check_says_how_to_grant_a_missing_privilege(self):
        settings = self.config()
        settings["source"]["url"] = self.postgres.url("shop", user="plain")
        self.assert_check(settings, USAGE, 'ALTER ROLE "plain" REPLICATION')

    def test_check_tells_what_creating_the_publication_lacks_and_its_statements_mend_it(self):
        self.postgres.create_database("foreign")
        self.postgres.sql("CREATE ROLE app; CREATE ROLE cdc LOGIN REPLICATION", database="foreign")
        self.postgres.sql("CREATE TABLE t (id integer PRIMARY KEY); ALTER TABLE t OWNER TO app; "
                          "CREATE TABLE others (id integer PRIMARY KEY)", database="foreign")
        settings = self.config()
        settings["source"] |= {"url": self.postgres.url("foreign", user="cdc"), "tables": ["public.t"],
                               "slot": "foreign"}
        grants = 'GRANT CREATE ON DATABASE "foreign" TO "cdc"', 'GRANT "app" TO "cdc"'
        self.assert_check(settings, USAGE, *grants)
        self.assert_ends(self.run_with(settings), USAGE, "permission denied for database foreign")
        self.postgres.sql(grants[0], database="foreign")
        self.assert_check(settings, USAGE, grants[1], "does not own public.t")
        self.assert_ends(self.run_with(settings), USAGE, "must be owner of table t")
        self.postgres.sql(grants[1], database="foreign")
        self.assert_check(settings, 0, "will be created")
        settings["source"]["tables"] = ["public.others"]
        self.assert_check(settings, USAGE, 'as a superuser: CREATE PUBLICATION "walferry_shop" FOR TABLE')
        settings["source"]["tables"] = ["public.t"]
        with walferry.Walferry(settings) as run:
            run.start_streaming()
            self.assertEqual(run.terminate(), 0, run.log_tail())

    def test_tables_that_cannot_be_published_as_configured_are_refused_before_a_slot_is_made(self):
        self.postgres.create_database("unfit")
        self.postgres.sql('CREATE TABLE o (id integer PRIMARY KEY, who text); CREATE TABLE "a|b" (id integer '
                          'PRIMARY KEY); CREATE TABLE "a@b" (id integer PRIMARY KEY)', database="unfit")
        for tables, more, words in (
                (["public.o"], {"events": {"keys": {"public.o": ["who"]}}}, ("events.keys", '"who"')),
                (["public.o"], {"topics": {"partition_by": {"o": ["who"]}}}, ("topics.partition_by", '"who"')),
                (["public.a*"], {}, ("public.a|b", "public.a@b", "share topic"))):
            settings = {**self.config(), **more}
            settings["source"] |= {"url": self.postgres.url("unfit"), "tables": tables, "slot": "unfit"}
            with self.subTest(words=words):
                told = walferry.call("check", "--json", config=settings)
                self.assertEqual(told.returncode, USAGE, told.stderr)
                whats = [one["what"] for one in json.loads(told.stdout)["findings"] if one["severity"] == "error"]
                self.assertEqual(len(whats), 1, told.stdout)
                for word in words:
                    self.assertIn(word, whats[0])
                self.assert_ends(self.run_with(settings), USAGE, *[json.dumps(word)[1:-1] for word in words])
                self.assertFalse(self.postgres.sql("SELECT FROM pg_replication_slots WHERE slot_name = 'unfit'"))
                self.postgres.sql("DROP PUBLICATION IF EXISTS walferry_shop", database="unfit")

    def test_wal_level_says_how_to_set_it(self):
        with Postgres(settings={"wal_level": "replica"}) as postgres:
            postgres.create_database("shop")
            words = "wal_level", "ALTER SYSTEM SET wal_level = logical"
            self.assert_ends(self.run_with(self.config(postgres)), USAGE, *words)
            self.assert_check(self.config(postgres), USAGE, *words)

    def test_no_such_database(self):
        settings = self.config()
        settings["source"]["url"] = self.postgres.url("nowhere")
        self.assert_ends(self.run_with(settings), USAGE, "nowhere")

    def test_unreachable_server_is_retried_until_it_is_there(self):
        settings = self.config()
        settings["source"]["url"] = f"postgresql://postgres@127.0.0.1:{ports.allocate()}/shop"
        with walferry.Walferry(settings) as run:
            run.start()
            wait_until(lambda: "127.0.0.1" in run.log_text(), "it said what it cannot reach")
            self.assertTrue(run.running)
            self.assertFalse(run.ready())
            self.assertEqual(run.terminate(), 0, run.log_tail())

    def test_unreachable_server_is_given_up_at_last(self):
        settings = self.config()
        port = ports.allocate()
        settings["source"]["url"] = f"postgresql://postgres@127.0.0.1:{port}/shop"
        settings["source"]["startup_timeout"] = "1s"
        self.assert_ends(self.run_with(settings), GAVE_UP, str(port), "refused", "source.url")

    def test_without_a_name_the_server_that_would_tell_it_is_waited_for_too(self):
        port = ports.allocate()
        done = walferry.call("run", "--set", f"source.url=postgresql://postgres@127.0.0.1:{port}",
                             "--set", "source.startup_timeout=1s", "--set", "http.listen=")
        self.assert_ends(done, GAVE_UP, "source_retry", "Connection refused")

    def test_config_check_knows_what_libpq_accepts(self):
        for url, reason in (("postgresql://cdc:sesame@db/shop?pasword=x", "pasword"), ("host=db port", "connection string")):
            done = walferry.call("config", "check", "--set", f"source.url={url}")
            self.assert_ends(done, USAGE, "source.url", reason)
            self.assertNotIn("sesame", done.stderr)

    def test_config_check_knows_what_librdkafka_accepts(self):
        settings = {"sink": {"kafka": {"bootstrap.servers": "127.0.0.1:1", "lingerms": 5}}}
        self.assert_ends(walferry.call("config", "check", config=settings), USAGE, "lingerms", "no such property")

    def test_check_reports_unreachable_server(self):
        settings = self.config()
        port = ports.allocate()
        settings["source"]["url"] = f"postgresql://postgres@127.0.0.1:{port}/shop"
        self.assert_check(settings, GAVE_UP, str(port), "source.url")

    def test_check_reports_unreachable_broker(self):
        port = ports.allocate()
        settings = config(self.postgres, {"kafka": {"bootstrap.servers": f"127.0.0.1:{port}"}})
        self.assert_check(settings, GAVE_UP, str(port), "check that Kafka runs")


class SlotInUseTest(unittest.TestCase):
    def setUp(self):
        self.postgres = self.enterContext(Postgres())
        self.postgres.create_database("shop")
        self.postgres.sql("CREATE TABLE t (id integer PRIMARY KEY)", database="shop")
        self.settings = config(self.postgres, {"stdout": {}})

    def test_second_one_waits_and_takes_over(self):
        with walferry.Walferry(self.settings) as first, walferry.Walferry(self.settings) as second:
            first.start_streaming()
            second.start()
            wait_until(lambda: "walferry_shop" in second.log_text(), "it said which slot is in use")
            self.assertTrue(second.running)
            self.assertFalse(second.ready())
            first.terminate()
            second.wait_streaming()

    def test_without_waiting_it_says_whom_to_stop(self):
        with walferry.Walferry(self.settings) as run:
            run.start_streaming()
            holder = self.postgres.value("SELECT active_pid FROM pg_replication_slots")
            impatient = config(self.postgres, {"stdout": {}})
            impatient["source"].update(wait_for_slot=False, startup_timeout="1s")
            done = walferry.call("run", config=impatient)
            self.assertEqual(done.returncode, GAVE_UP, done.stderr)
            self.assertIn(f"pg_terminate_backend({holder})", done.stderr)
            self.assertTrue(run.ready())

    def test_check_names_who_holds_the_slot(self):
        with walferry.Walferry(self.settings) as run:
            run.start_streaming()
            holder = self.postgres.value("SELECT active_pid FROM pg_replication_slots")
            done = walferry.call("check", config=self.settings)
            self.assertEqual(done.returncode, 0, done.stdout)  # run would wait for it
            self.assertIn(str(holder), done.stdout)
            impatient = {**self.settings, "source": {**self.settings["source"], "wait_for_slot": False}}
            done = walferry.call("check", config=impatient)
            self.assertEqual(done.returncode, GAVE_UP, done.stdout)
            self.assertIn(f"pg_terminate_backend({holder})", done.stdout)
            report = walferry.call("check", "--json", config=self.settings)
            self.assertTrue(json.loads(report.stdout))

    def test_lost_slot_is_not_made_anew(self):
        with walferry.Walferry(self.settings) as run:
            run.start_streaming()
            self.assertEqual(run.terminate(), 0, run.log_tail())
            self.invalidate_slot()
            run.start()
            self.assertEqual(run.wait_exit(), PROTECT, run.log_tail())

    def invalidate_slot(self):
        """Lets the server remove WAL that the slot needs."""
        self.postgres.sql("ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'")
        self.postgres.sql("SELECT pg_reload_conf()")
        lost = "SELECT wal_status = 'lost' FROM pg_replication_slots"
        for _ in range(20):
            self.postgres.sql("CREATE TABLE IF NOT EXISTS w (); DROP TABLE w; SELECT pg_switch_wal()")
            self.postgres.sql("CHECKPOINT")
            if self.postgres.value(lost):
                return
        self.fail("the slot could not be invalidated")


if __name__ == "__main__":
    unittest.main()
