"""The unit, and what walferry tells a service manager: sd_notify(3) with the test at the other end."""

import configparser
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import unittest

from rig.postgres import Postgres
from rig.waiting import wait_until
from rig.walferry import ROOT, Walferry, binary, call
from scene import config

UNIT = ROOT / "deploy/systemd/walferry.service"
WATCHDOG_SECONDS = 4


class Manager:
    """The receiving end of $NOTIFY_SOCKET."""

    def __init__(self, directory):
        self.path = str(pathlib.Path(directory) / "notify")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.path)
        self._socket.setblocking(False)
        self.told = []  # the lines of every datagram, in order

    def close(self):
        self._socket.close()

    def listen(self):
        """Takes what has arrived; returns all lines so far."""
        while True:
            try:
                self.told += self._socket.recv(65536).decode().splitlines()
            except BlockingIOError:
                return self.told

    def count(self, line):
        return self.listen().count(line)

    def status(self):
        return [line for line in self.listen() if line.startswith("STATUS=")][-1:]


class NotifyTest(unittest.TestCase):
    def setUp(self):
        directory = self.enterContext(tempfile.TemporaryDirectory())
        self.manager = Manager(directory)
        self.addCleanup(self.manager.close)
        self.postgres = self.enterContext(Postgres())
        self.postgres.create_database("shop")
        self.postgres.sql("CREATE TABLE t (id integer PRIMARY KEY)", database="shop")
        self.environment = {"NOTIFY_SOCKET": self.manager.path,
                            "WATCHDOG_USEC": str(WATCHDOG_SECONDS * 1_000_000)}

    def walferry(self):
        return self.enterContext(Walferry(config(self.postgres, {"stdout": {}}), env=self.environment))

    def wait_told(self, line, times=1):
        wait_until(lambda: self.manager.count(line) >= times,
                   lambda: f"{times} times {line}; it told {self.manager.told[-10:]}")

    def test_ready_is_told_once_when_it_streams_and_not_before(self):
        self.postgres.stop()
        walferry = self.walferry().start()
        wait_until(lambda: self.manager.status() and "starting" in self.manager.status()[0],
                   lambda: f"it says that it starts; it told {self.manager.told}")
        self.wait_told("WATCHDOG=1", 2)
        self.assertEqual(self.manager.count("READY=1"), 0)
        self.assertFalse(walferry.ready())
        self.postgres.start()
        self.wait_told("READY=1")
        self.assertRegex(self.manager.told[self.manager.told.index("READY=1") + 1], "^STATUS=streaming")
        walferry.wait_streaming()
        self.wait_told("WATCHDOG=1", self.manager.count("WATCHDOG=1") + 2)
        self.assertEqual(self.manager.count("READY=1"), 1)

    def test_stopping_is_told_and_nothing_after_it_but_status(self):
        walferry = self.walferry().start_streaming()
        self.wait_told("READY=1")
        self.assertEqual(walferry.terminate(), 0, walferry.log_tail())
        self.assertEqual(self.manager.count("STOPPING=1"), 1)
        after = self.manager.told[self.manager.told.index("STOPPING=1"):]
        self.assertNotIn("READY=1", after)

    def test_a_process_that_hangs_does_not_feed_the_watchdog(self):
        walferry = self.walferry().start_streaming()
        self.wait_told("WATCHDOG=1")
        walferry.freeze()
        self.manager.listen()
        before = len(self.manager.told)
        self.postgres.sql("SELECT pg_sleep(3)")
        self.assertEqual(len(self.manager.listen()), before)
        walferry.thaw()
        self.wait_told("WATCHDOG=1", self.manager.count("WATCHDOG=1") + 1)

    def test_the_status_follows_the_server(self):
        self.walferry().start_streaming()
        self.wait_told("READY=1")
        self.postgres.stop("immediate")
        wait_until(lambda: "reconnecting" in self.manager.status()[0],
                   lambda: f"it reconnects; it told {self.manager.told[-5:]}")
        self.postgres.start()
        wait_until(lambda: "streaming" in self.manager.status()[0],
                   lambda: f"it streams again; it told {self.manager.told[-5:]}")

    def test_what_a_restart_does_not_help_exits_as_the_unit_expects(self):
        prevented = set(unit_of(UNIT)["RestartPreventExitStatus"].split())
        done = call("run", config="name: shop\nsource: {sloot: x}\n", env=self.environment)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(prevented, {"2", "3"})
        self.assertEqual(self.manager.count("READY=1"), 0)

    def test_a_credential_is_the_password(self):
        with tempfile.TemporaryDirectory() as directory:
            (pathlib.Path(directory) / "password").write_text("hush\n", encoding="utf-8")
            done = call("config", "show", env={"CREDENTIALS_DIRECTORY": directory},
                        config="source: {url: \"host=db dbname=shop user=cdc password='${cred:password}'\"}\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("hush", done.stdout + done.stderr)


def unit_of(path):
    """The [Service] section; of keys given several times the last."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read(path, encoding="utf-8")
    return parser["Service"]


@unittest.skipUnless(shutil.which("systemd-analyze"), "no systemd-analyze")
class UnitTest(unittest.TestCase):
    def setUp(self):
        directory = self.enterContext(tempfile.TemporaryDirectory())
        self.unit = pathlib.Path(directory) / "walferry.service"
        text = UNIT.read_text(encoding="utf-8")
        self.unit.write_text(text.replace("/usr/bin/walferry", str(binary().resolve())), encoding="utf-8")

    def analyze(self, *arguments):
        return subprocess.run(["systemd-analyze", *arguments, self.unit], text=True,
                              capture_output=True, check=False)

    def test_verify_finds_nothing(self):
        done = self.analyze("verify", "--man=no")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn(self.unit.name, done.stderr)

    def test_it_is_hardened(self):
        done = self.analyze("security", "--offline=yes", "--no-pager")
        exposure = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
        self.assertLessEqual(float(exposure.group(1)), 1.5, done.stdout)

    def test_reload_signals_the_process_that_reads_the_configuration_again(self):
        self.assertEqual(unit_of(UNIT)["ExecReload"], "/bin/kill -HUP $MAINPID")


if __name__ == "__main__":
    unittest.main()
