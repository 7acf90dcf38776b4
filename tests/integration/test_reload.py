"""SIGHUP: the configuration is read again; what can change while running does, all or nothing."""

import json
import signal
import unittest
import urllib.error
import urllib.request

from rig.postgres import Postgres
from rig.waiting import wait_until
from rig.walferry import Walferry, write_config
from scene import config


class ReloadTest(unittest.TestCase):
    def setUp(self):
        self.postgres = self.enterContext(Postgres())
        self.postgres.create_database("shop")
        self.postgres.sql("CREATE TABLE t (id integer PRIMARY KEY)", database="shop")
        settings = {**config(self.postgres, {"stdout": {}}), "snapshot": {"mode": "never"},
                    "log": {"level": "info", "format": "json"}}
        self.walferry = self.enterContext(Walferry(settings)).start_streaming()
        self.heard = 0

    def reload(self, change):
        """Changes the file, by a document or as text, and signals; the log's line about it."""
        if isinstance(change, dict):
            change = {**self.walferry.config, **change}
        write_config(self.walferry.stdout.parent, change)
        self.walferry.signal(signal.SIGHUP)
        self.heard += 1
        wait_until(lambda: len(self.answers()) == self.heard, self.walferry.log_tail)
        return self.answers()[-1]

    def answers(self):
        lines = map(json.loads, self.walferry.log_text().splitlines())
        return [line for line in lines if line["event"] in ("reloaded", "reload_refused")]

    def metric(self, name):
        lines = self.walferry.get("/metrics")[1].splitlines()
        return [line.split()[1] for line in lines if line.startswith(f"{name} ")]

    def succeeded(self):
        return self.metric("walferry_config_reload_success")

    def post(self, token):
        request = urllib.request.Request(f"http://{self.walferry.http}/snapshot", data=b'{"tables": ["t"]}',
                                         headers={"Authorization": f"Bearer {token}"}, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def test_what_can_change_while_running_does(self):
        self.assertEqual(self.post("open sesame"), 403)
        line = self.reload({"http": {**self.walferry.config["http"], "token": "open sesame"},
                            "shutdown_timeout": "7s"})
        self.assertEqual((line["event"], line["changed"]), ("reloaded", "shutdown_timeout, http.token"))
        self.assertNotIn(self.post("open sesame"), (401, 403))
        self.assertEqual(self.post("open simsim"), 401)
        self.assertEqual(self.succeeded(), ["1"])
        self.assertNotIn("sesame", self.walferry.log_text())

    def test_the_level_of_the_log(self):
        write_config(self.walferry.stdout.parent,
                     {**self.walferry.config, "log": {"level": "error", "format": "json"}})
        self.walferry.signal(signal.SIGHUP)
        wait_until(lambda: self.metric("walferry_config_reload_timestamp_seconds"), "it was read again")
        before = self.walferry.log_text()
        walsender = "SELECT active_pid FROM pg_replication_slots WHERE active_pid IS NOT NULL"
        ended = self.postgres.value(walsender)
        self.postgres.sql(f"SELECT pg_terminate_backend({ended})")
        wait_until(lambda: self.postgres.sql(f"{walsender} AND active_pid <> {ended}"), "it connected again")
        self.assertEqual(self.walferry.log_text(), before)

    def test_nothing_is_taken_when_another_key_differs(self):
        line = self.reload({"http": {**self.walferry.config["http"], "token": "new"}, "name": "other"})
        self.assertEqual(line["event"], "reload_refused")
        self.assertIn("name", line["msg"])
        self.assertIn("restart", line["hint"])
        self.assertEqual(self.post("new"), 403)
        self.assertEqual(self.succeeded(), ["0"])

    def test_a_broken_file_is_refused_with_its_place_and_the_stream_goes_on(self):
        line = self.reload("source:\n  urll: x\n")
        self.assertEqual(line["event"], "reload_refused")
        self.assertIn("walferry.yaml:2:3", line["msg"])
        self.postgres.sql("INSERT INTO t VALUES (1)", database="shop")
        wait_until(self.walferry.stdout_lines, self.walferry.log_tail)
        self.assertEqual(self.reload({})["event"], "reloaded")


if __name__ == "__main__":
    unittest.main()
