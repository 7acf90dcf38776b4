"""A private PostgreSQL server of any supported major."""

import os
import signal
import subprocess
import urllib.parse

import psycopg2

from . import ports, postgres_binaries, process, users
from .waiting import wait_until
from .workdir import Workdir

SUPERUSER = "postgres"

_DEFAULTS = {
    "listen_addresses": "127.0.0.1",
    "wal_level": "logical",
    "fsync": "off",
    "max_connections": "50",
    "max_wal_senders": "10",
    "max_replication_slots": "10",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_min_messages": "warning",
}

_STOP_SIGNALS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}


class Postgres:
    """A cluster in a directory of its own, on a loopback port and a unix socket.

    `settings` go into postgresql.conf over the rig's defaults. Use as a context manager to
    start and stop. Every role connects without a password.
    """

    def __init__(self, major=15, directory=None, settings=None, detached=False):
        self.major = major
        self.binaries = postgres_binaries.find(major)
        self._workdir = Workdir(f"pg{major}", directory)
        self.port = ports.allocate()
        self.settings = {**_DEFAULTS, **(settings or {})}
        self._detached = detached
        self._process = None

    @property
    def directory(self):
        return self._workdir.path

    @property
    def data(self):
        return self.directory / "data"

    @property
    def log(self):
        return self.directory / "postgres.log"

    @property
    def pid(self):
        return self._process.pid

    @property
    def running(self):
        return self._process is not None and self._process.running

    @property
    def _env(self):
        return {**os.environ, **self.binaries.env, "HOME": str(self.directory)}

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        self.stop("immediate")
        self._workdir.remove()

    def _initialize(self):
        self.log.touch()
        users.give(self.directory)
        argv = [self.binaries.bin / "initdb", "-D", self.data, "-U", SUPERUSER, "-A", "trust",
                "--locale=C.UTF-8", "--encoding=UTF8", "--no-sync"]
        done = subprocess.run(process.command(argv, server_user=True), env=self._env,
                              cwd="/", check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise RuntimeError(f"initdb {self.major} failed:\n{done.stdout.decode()}")

    def _write_settings(self):
        everything = {**self.settings, "port": str(self.port),
                      "unix_socket_directories": str(self.directory)}
        lines = [f"{name} = '{value}'\n" for name, value in everything.items()]
        path = self.data / "rig.conf"
        path.write_text("".join(lines), encoding="utf-8")
        path.chmod(0o644)
        main = self.data / "postgresql.conf"
        include = "include 'rig.conf'\n"
        if include not in main.read_text(encoding="utf-8"):
            with open(main, "a", encoding="utf-8") as file:
                file.write(include)

    def start(self):
        """Starts the server, making the cluster the first time, and waits until it answers."""
        if not self.data.exists():
            self._initialize()
        self._write_settings()
        self._process = process.Process(
            [self.binaries.bin / "postgres", "-D", self.data], log=self.log, env=self._env,
            cwd="/", server_user=True, detached=self._detached, death_signal="QUIT")
        wait_until(self._answers, f"PostgreSQL {self.major} answered")
        return self

    def _answers(self):
        if not self._process.running:
            raise RuntimeError(f"PostgreSQL {self.major} ended:\n{self._process.log_tail()}")
        try:
            self.connect().close()
        except psycopg2.OperationalError:
            return False
        return True

    def stop(self, mode="fast"):
        """Stops the server: smart, fast or immediate (as after a crash)."""
        if self.running:
            self._process.thaw()
            self._process.signal(_STOP_SIGNALS[mode])
            self._process.wait()

    def kill9(self):
        """Kills the server and every backend without warning."""
        family = [self.pid, *process.children(self.pid)]
        self._process.signal(signal.SIGKILL)
        for pid in family:
            process.send(pid, signal.SIGKILL)
        self._process.wait()
        wait_until(lambda: not any(map(process.exists, family)), "all backends were gone")

    def restart(self, mode="fast"):
        self.stop(mode)
        return self.start()

    def freeze(self):
        """Hangs the server and its backends; connections stay open."""
        self._process.freeze()

    def thaw(self):
        self._process.thaw()

    def url(self, database="postgres", user=SUPERUSER, socket=False, **parameters):
        """A libpq URL, over TCP or over the unix socket."""
        if socket:
            parameters = {"host": str(self.directory), "port": self.port, **parameters}
            place = ""
        else:
            place = f"127.0.0.1:{self.port}"
        query = "?" + urllib.parse.urlencode(parameters) if parameters else ""
        return f"postgresql://{user}@{place}/{database}{query}"

    def connect(self, database="postgres", user=SUPERUSER, autocommit=True):
        """A psycopg2 connection."""
        connection = psycopg2.connect(host="127.0.0.1", port=self.port, dbname=database, user=user)
        connection.autocommit = autocommit
        return connection

    def sql(self, text, parameters=None, database="postgres", user=SUPERUSER):
        """Runs SQL in autocommit mode and returns the rows of the last statement, if it has any."""
        connection = self.connect(database, user)
        try:
            with connection.cursor() as cursor:
                cursor.execute(text, parameters)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def value(self, text, parameters=None, database="postgres"):
        """The first column of the first row."""
        return self.sql(text, parameters, database)[0][0]

    def create_database(self, name):
        self.sql(f'CREATE DATABASE "{name}"')
