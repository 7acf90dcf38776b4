"""deploy/docs/security.md on guarded servers: what it grants is enough, what it does not grant is refused, and each refusal says why."""

import contextlib
import copy
import pathlib
import re
import unittest

import psycopg2
import psycopg2.extras
import yaml

from rig import certificates, consumer, kafka_jars, walferry
from rig.waiting import wait_until
from secured import KAFKA_PASSWORD, PASSWORD, Secured

SET_UP, GAVE_UP = 2, 4
STATE = "walferry.shop.state"


class CertificateAloneTest(unittest.TestCase):
    """Brokers that know walferry by its certificate: security.protocol: SSL."""

    def test_rows_flow(self):
        with Secured("SSL") as servers:
            servers.make_role()
            servers.guard_postgres()
            for command in servers.kafka_commands():
                if command.startswith("kafka-acls.sh"):
                    kafka_jars.run_tool(command.replace("User:walferry", "User:cdc"))
            config = yaml.safe_load(servers.config())
            properties = config["sink"]["kafka"]
            config["sink"]["kafka"] = {name: value for name, value in properties.items() if not name.startswith("sasl.")}
            config["sink"]["kafka"]["security.protocol"] = "SSL"
            done = walferry.call("check", config=config, env=servers.environment)
            self.assertEqual(done.returncode, 0, done.stdout)
            with walferry.Walferry(config, env=servers.environment) as program:
                program.start_streaming()
                servers.sql("INSERT INTO sales.orders VALUES (1, 'by certificate')")
                records = consumer.follow_until(servers.kafka.rig_bootstrap, "shop.sales.orders", lambda found: found)
                self.assertEqual([record.key for record in records], [b'{"id":1}'])
                self.assertEqual(program.terminate(), 0)


class SecurityTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.servers = cls.enterClassContext(Secured())
        cls.servers.make_role()
        cls.servers.guard_postgres()
        for command in cls.servers.kafka_commands()[:3]:
            kafka_jars.run_tool(command)

    def config(self):
        return yaml.safe_load(self.servers.config())

    def url_with(self, *changes):
        """The manual's configuration with parts of source.url replaced."""
        config = self.config()
        for old, new in changes:
            self.assertIn(old, config["source"]["url"])
            config["source"]["url"] = config["source"]["url"].replace(old, new)
        return config

    def kafka_with(self, **changes):
        """With properties of Kafka's replaced, a__b for a.b; None takes one out."""
        config = self.config()
        for name, value in changes.items():
            config["sink"]["kafka"][name.replace("__", ".")] = value
        config["sink"]["kafka"] = {name: value for name, value in config["sink"]["kafka"].items() if value is not None}
        return config

    def call(self, command, config, **options):
        done = walferry.call(command, config=config, env=self.servers.environment, **options)
        self.no_secrets(done.stdout + done.stderr)
        return done

    def no_secrets(self, text):
        self.assertNotIn(PASSWORD, text)  # KAFKA_PASSWORD begins with it
        self.assertNotIn("PRIVATE KEY", text)

    def check(self, config, code, *words):
        done = self.call("check", config)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        for word in words:
            self.assertIn(word, done.stdout)
        return done.stdout

    def started(self, config):
        program = self.enterContext(walferry.Walferry(config, env=self.servers.environment))
        return program.start()

    def run_ends(self, config, code, *words):
        config = copy.deepcopy(config)
        config["source"]["startup_timeout"] = "1s"
        program = self.started(config)
        self.assertEqual(program.wait_exit(), code, program.log_tail())
        for word in words:
            self.assertIn(word, program.log_text())
        self.no_secrets(program.log_text())

    def waits(self, config, pattern):
        """run does not end: it tells on /readyz what it waits for."""
        program = self.started(config)
        wait_until(lambda: re.search(pattern, program.get("/readyz")[1]),
                   lambda: f"/readyz told {pattern}, not {program.get('/readyz')}:\n{program.log_tail()}")
        self.no_secrets(program.log_text() + program.get("/status")[1])
        self.assertTrue(program.running)

    @contextlib.contextmanager
    def credential(self, name, wrong, right):
        self.servers.set_credential(name, wrong)
        try:
            yield
        finally:
            self.servers.set_credential(name, right)

    def other_authority(self):
        folder = self.servers.folder / "other"
        return certificates.Authority(folder, "somebody else").certificate

    def test_rows_flow_with_no_more_than_the_manual_grants(self):
        out = self.check(self.config(), 0, "0 errors, 0 warnings")
        self.assertRegex(out, "role: cdc may replicate")
        self.servers.sql("INSERT INTO sales.orders VALUES (1, 'there before')")
        with walferry.Walferry(self.config(), env=self.servers.environment) as program:
            program.start_streaming()
            self.servers.sql("INSERT INTO sales.orders VALUES (2, 'later'); INSERT INTO sales.salaries VALUES (1, 9)")
            records = consumer.follow_until(self.servers.kafka.rig_bootstrap, "shop.sales.orders",
                                            lambda found: len(found) == 2)
            self.assertEqual([record.key for record in records], [b'{"id":1}', b'{"id":2}'])
            self.shows_no_secret(program)
            self.verify()
            self.assertEqual(program.terminate(), 0)
        topics = consumer.topic_names(self.servers.kafka.rig_bootstrap)
        self.assertEqual([topic for topic in topics if not topic.startswith("__")],
                         ["shop.sales.customers", "shop.sales.orders", STATE])

    def shows_no_secret(self, program):
        command_line = pathlib.Path(f"/proc/{program.pid}/cmdline").read_text(encoding="utf-8")
        for text in (command_line, program.log_text(), program.get("/status")[1], program.get("/metrics")[1],
                     program.get("/")[1]):
            self.no_secrets(text)
        shown = walferry.call("config", "show", config=self.config(), env=self.servers.environment)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn("***", shown.stdout)
        self.no_secrets(shown.stdout)

    def verify(self):
        """Reading the topics back takes the last command of the manual's."""
        self.assertNotEqual(self.call("verify", self.config()).returncode, 0)
        kafka_jars.run_tool(self.servers.kafka_commands()[3])
        done = self.call("verify", self.config())
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_publication_that_is_missing_is_named_with_what_it_takes(self):
        config = {**self.config(), "name": "other"}
        self.check(config, SET_UP, 'publication "walferry_other" cannot be created',
                   'GRANT CREATE ON DATABASE "shop" TO "cdc"', 'role "cdc" does not own sales.')

    def test_the_role_cannot_copy_the_cluster(self):
        url = self.config()["source"]["url"]
        url = url.replace("${cred:password}", PASSWORD)
        url = url.replace("${env:CREDENTIALS_DIRECTORY}", str(self.servers.credentials))
        psycopg2.connect(url).close()
        with self.assertRaisesRegex(psycopg2.OperationalError, "pg_hba.conf rejects"):
            psycopg2.connect(url, connection_factory=psycopg2.extras.PhysicalReplicationConnection)

    def test_postgres_that_cannot_be_trusted(self):
        for change, word in ((("/ca.pem", f"/{self.other_authority().parent.name}/ca.pem"), "certificate verify failed"),
                             (("host=localhost", "host=127.0.0.2 hostaddr=127.0.0.1"), "does not match host name")):
            with self.subTest(word):
                self.check(self.url_with(change), GAVE_UP, word)
                self.run_ends(self.url_with(change), GAVE_UP, word)

    def test_postgres_that_does_not_trust(self):
        plain = (("sslmode=verify-full", "sslmode=disable"), ("channel_binding=require", ""))
        nobody = ((f"sslcert={self.servers.folder}/cdc.pem", "sslcert=/nonexistent"),)
        for changes, word in ((plain, "pg_hba.conf rejects connection"),
                              (nobody, "connection requires a valid client certificate")):
            with self.subTest(word):
                self.check(self.url_with(*changes), SET_UP, word, "sslcert and sslkey in source.url")
                self.run_ends(self.url_with(*changes), SET_UP, word)

    def test_wrong_passwords(self):
        with self.credential("password", "wrong", PASSWORD):
            self.check(self.config(), SET_UP, "password authentication failed", "set the right password")
            self.run_ends(self.config(), SET_UP, "password authentication failed", "set the right password")
        with self.credential("kafka-password", "wrong", KAFKA_PASSWORD):
            self.check(self.config(), SET_UP, "_AUTHENTICATION", "correct sasl.mechanism")
            self.run_ends(self.config(), SET_UP, "_AUTHENTICATION", "correct sasl.mechanism")

    def test_scram_or_why_not(self):
        """librdkafka before 2.6.1 is refused by Kafka 4, which the cure tells."""
        config = self.kafka_with(sasl__mechanism="SCRAM-SHA-512")
        done = self.call("check", config)
        linked = walferry.version().partition("librdkafka ")[2].partition(",")[0]
        if tuple(map(int, linked.split("."))) >= (2, 6, 1):
            self.assertEqual(done.returncode, 0, done.stdout)
        else:
            self.assertEqual(done.returncode, SET_UP, done.stdout)
            self.assertIn(f"Kafka 4 refuses SCRAM of librdkafka before 2.6.1 whatever the password is, and {linked}",
                          done.stdout)

    def test_brokers_that_cannot_be_trusted(self):
        config = self.kafka_with(ssl__ca__location=str(self.other_authority()))
        self.check(config, GAVE_UP, "certificate verify failed", "ssl.ca.location")
        self.waits(config, "certificate verify failed")

    def test_brokers_that_do_not_trust(self):
        config = self.kafka_with(ssl__certificate__location=None, ssl__key__location=None)
        self.check(config, GAVE_UP, "no broker of", "security.protocol")
        # One Java calls it bad, another one required.
        self.waits(config, "alert (bad certificate|certificate required)")

    def test_a_file_that_is_missing(self):
        config = self.kafka_with(ssl__ca__location="/nonexistent/ca.pem")
        self.check(config, SET_UP, "ssl.ca.location failed", "a file must be there")
        self.run_ends(config, SET_UP, "ssl.ca.location failed", "a file must be there")


if __name__ == "__main__":
    unittest.main()
