"""Servers that are guarded as deploy/docs/security.md says: TLS on both sides, SCRAM, a role and ACLs with no more than they need."""

import contextlib
import shutil
import unittest

from rig import certificates, markdown, users
from rig.kafka import Kafka
from rig.postgres import Postgres
from rig.postgres_binaries import Unavailable
from rig.walferry import ROOT
from rig.workdir import Workdir

MANUAL = markdown.read(ROOT / "deploy/docs/security.md")
PASSWORD, KAFKA_PASSWORD = "change-me", "change-me-too"
_SCHEMA = """
CREATE ROLE shop_owner;
CREATE SCHEMA sales AUTHORIZATION shop_owner;
SET ROLE shop_owner;
CREATE TABLE sales.orders (id integer PRIMARY KEY, note text);
CREATE TABLE sales.customers (id integer PRIMARY KEY, name text);
CREATE TABLE sales.salaries (id integer PRIMARY KEY, amount integer);
RESET ROLE;
"""


def _passwords(listener):
    """Broker properties: clients have a password."""
    modules = "org.apache.kafka.common.security"
    return {
        f"{listener}sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
        f"{listener}plain.sasl.jaas.config":
            f'{modules}.plain.PlainLoginModule required user_walferry="{KAFKA_PASSWORD}";',
        f"{listener}scram-sha-512.sasl.jaas.config": f"{modules}.scram.ScramLoginModule required;",
    }


def _guarded_listener(folder, protocol):
    """Broker properties: clients come by TLS with a certificate; with SASL_SSL they have a password, too."""
    listener = "listener.name.client."
    names = {"ssl.principal.mapping.rules": "RULE:^CN=([^,]+).*$/$1/"}
    return {
        **(_passwords(listener) if protocol == "SASL_SSL" else names),
        "listener.security.protocol.map": f"CLIENT:{protocol},INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
        f"{listener}ssl.keystore.type": "PEM",
        f"{listener}ssl.keystore.location": folder / "broker.store.pem",
        f"{listener}ssl.truststore.type": "PEM",
        f"{listener}ssl.truststore.location": folder / "ca.pem",
        f"{listener}ssl.client.auth": "required",
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",
    }


class Secured(contextlib.ExitStack):
    """Both servers with nobody admitted yet; the manual's steps are methods.

    Raises unittest.SkipTest when a server or openssl cannot be had.
    """

    def __init__(self, kafka_protocol="SASL_SSL"):
        super().__init__()
        if not certificates.available():
            raise unittest.SkipTest("no openssl")
        workdir = Workdir("secured")
        self.callback(workdir.remove)
        self.folder = workdir.path
        self.authority = certificates.Authority(self.folder)
        self._issue()
        try:
            self.postgres = self.enter_context(Postgres(settings=self._tls_settings()))
            self.kafka = self.enter_context(Kafka(
                overrides=_guarded_listener(self.folder, kafka_protocol), guarded=True))
        except Unavailable as error:
            self.close()
            raise unittest.SkipTest(str(error)) from error
        self.postgres.create_database("shop")
        self.sql(_SCHEMA)

    def _issue(self):
        """Certificates of both servers and of the client, and the unit's credentials."""
        here = "DNS:localhost", "IP:127.0.0.1"
        broker = self.authority.issue("broker", *here)
        (self.folder / "broker.store.pem").write_text(broker.both(), encoding="ascii")
        self.server = self.authority.issue("postgres", *here)
        self._for_server = self.folder / "postgres"
        self._for_server.mkdir()
        for file in (self.server.key, self.server.certificate, self.authority.certificate):
            shutil.copy(file, self._for_server)
        users.give(self._for_server)
        client = self.authority.issue("cdc")
        self.credentials = self.folder / "credentials"
        self.credentials.mkdir()
        shutil.copy(client.key, self.credentials)
        self.set_credential("password", PASSWORD)
        self.set_credential("kafka-password", KAFKA_PASSWORD)

    def _tls_settings(self):
        return {"ssl": "on", "ssl_cert_file": self._for_server / self.server.certificate.name,
                "ssl_key_file": self._for_server / self.server.key.name,
                "ssl_ca_file": self._for_server / self.authority.certificate.name}

    def set_credential(self, name, value):
        (self.credentials / name).write_text(value + "\n", encoding="ascii")

    def sql(self, text):
        return self.postgres.sql(text, database="shop")

    def here(self, text):
        """The manual's text with this machine's addresses and files for the manual's."""
        for there, here in {
                "k1.example.org:9093": self.kafka.bootstrap.replace("127.0.0.1", "localhost"),
                "host=db.example.org": f"host=localhost port={self.postgres.port}",
                "10.0.0.7/32": "127.0.0.1/32",
                "/etc/walferry": str(self.folder)}.items():
            text = text.replace(there, here)
        return text

    def make_role(self):
        self.sql(f"GRANT CREATE ON DATABASE shop TO shop_owner; {MANUAL.block('The role in PostgreSQL', 'sql')}")

    def guard_postgres(self):
        """The manual's lines first; without them the rig's own admit everyone."""
        file = self.postgres.data / "pg_hba.conf"
        lines = self.here(MANUAL.block("pg_hba.conf", "text"))
        file.write_text(lines + file.read_text(encoding="utf-8"), encoding="utf-8")
        self.sql("SELECT pg_reload_conf()")

    def kafka_commands(self):
        """The manual's commands, sent by the way on which the rig may do everything."""
        text = MANUAL.block("Kafka", "bash").replace("k1.example.org:9093", self.kafka.rig_bootstrap)
        return text.replace("\\\n", " ").splitlines()

    def config(self):
        """The manual's configuration, as YAML."""
        return self.here(MANUAL.block("TLS", "yaml"))

    @property
    def environment(self):
        return {"CREDENTIALS_DIRECTORY": str(self.credentials)}
