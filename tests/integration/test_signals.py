"""SIGTERM and SIGINT: the first ends walferry in order whenever it comes, a second at once."""

import contextlib
import fcntl
import os
import pathlib
import signal
import struct
import termios
import unittest

from rig import ports, process, walferry
from rig.postgres import Postgres
from rig.waiting import wait_until
from rig.workdir import Workdir
from scene import config

FORCED = 130


def catches(pid, number):
    """Whether the process has a handler of its own for the signal."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("SigCgt:"):
            return bool(int(line.split()[1], 16) >> (number - 1) & 1)
    raise KeyError("SigCgt")


def readable(descriptor):
    """Bytes that wait in a pipe."""
    return struct.unpack("i", fcntl.ioctl(descriptor, termios.FIONREAD, b"\0" * 4))[0]


class SignalsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = cls.enterClassContext(Postgres())
        cls.postgres.create_database("shop")
        cls.postgres.sql("CREATE TABLE t (id integer PRIMARY KEY); CREATE TABLE wide (id integer PRIMARY KEY, "
                         "content text)", database="shop")

    def setUp(self):
        workdir = Workdir("signals")
        self.addCleanup(workdir.remove)
        self.folder = workdir.path

    @contextlib.contextmanager
    def command(self, *arguments, stdout=None):
        """A command of walferry's as a process."""
        started = process.Process([walferry.binary(), *arguments], log=self.folder / "log",
                                  cwd=self.folder, stdout=stdout)
        try:
            yield started
        finally:
            if started.running:
                started.kill9()

    def assert_ends_in_order(self, started, number):
        wait_until(lambda: catches(started.pid, number), "it has a handler")
        started.signal(number)
        self.assertEqual(started.wait(), 0, started.log_tail())

    def test_the_first_moment(self):
        """The name is the database's: the server is asked for it before anything else."""
        for number in [signal.SIGTERM, signal.SIGINT] * 5:
            with self.command("run", "--set", f"source.url={self.postgres.url('shop')}", "--set",
                              f"http.listen=127.0.0.1:{ports.allocate()}") as started:
                self.assert_ends_in_order(started, number)

    def test_while_the_server_is_waited_for(self):
        with self.command("run", "--set", "source.url=postgresql://127.0.0.1:1/shop") as started:
            wait_until(lambda: "source_retry" in started.log_tail(), "it tried once")
            self.assert_ends_in_order(started, signal.SIGTERM)

    def test_a_second_ends_a_shutdown_that_waits(self):
        """Nobody reads the pipe, so what was handed over stays unconfirmed."""
        reads, writes = os.pipe()
        self.addCleanup(os.close, reads)
        settings = config(self.postgres, {"stdout": {}})
        settings["source"] |= {"slot": "second", "publication": "second"}
        settings["shutdown_timeout"] = "10m"
        with self.command("run", "-c", str(walferry.write_config(self.folder, settings)), stdout=writes) as started:
            os.close(writes)
            wait_until(lambda: self.postgres.sql("SELECT 1 FROM pg_replication_slots "
                                                 "WHERE active AND confirmed_flush_lsn IS NOT NULL"),
                       lambda: f"it streamed:\n{started.log_tail()}")
            self.postgres.sql("INSERT INTO wide SELECT i, repeat('x', 1000) FROM generate_series(1, 1000) i",
                              database="shop")
            # More than a pipe holds is on its way.
            wait_until(lambda: readable(reads) > 0, lambda: f"rows came:\n{started.log_tail()}")
            wait_until(lambda: started.signal(signal.SIGTERM) or not started.running, "signals ended it")
            self.assertEqual(started.exit_code, FORCED, started.log_tail())


if __name__ == "__main__":
    unittest.main()
