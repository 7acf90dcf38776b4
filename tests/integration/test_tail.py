"""`walferry tail` prints what is committed from now on, and leaves nothing on the server."""

import json
import subprocess
import tempfile
import unittest

from rig.postgres import Postgres
from rig.waiting import wait_until
from rig.walferry import binary


class TailTest(unittest.TestCase):
    def setUp(self):
        self.postgres = self.enterContext(Postgres())
        self.postgres.create_database("shop")
        self.sql("CREATE TABLE orders (id integer PRIMARY KEY, total numeric)")
        self.sql("CREATE TABLE people (id integer PRIMARY KEY, name text)")
        self.sql("ALTER TABLE people REPLICA IDENTITY FULL")
        self.out = self.enterContext(tempfile.TemporaryFile("w+"))
        self.err = self.enterContext(tempfile.TemporaryFile("w+"))

    def sql(self, text):
        return self.postgres.sql(text, database="shop")

    def tail(self, *arguments):
        process = subprocess.Popen(
            [binary(), "tail", *arguments, "--set", f"source.url={self.postgres.url('shop')}"],
            stdout=self.out, stderr=self.err)
        self.addCleanup(process.kill)
        wait_until(lambda: self.sql("SELECT 1 FROM pg_replication_slots WHERE active") or process.poll() is not None,
                   "it streamed or ended")
        return process

    def text(self, file):
        file.seek(0)
        return file.read()

    def end(self, process):
        process.terminate()
        self.assertEqual(process.wait(30), 0, self.text(self.err))
        self.assertFalse(self.sql("SELECT 1 FROM pg_replication_slots"), "a slot was left behind")

    def test_transactions_for_people(self):
        self.sql("CREATE PUBLICATION walferry_shop FOR TABLE orders, people")
        process = self.tail("people")
        self.sql("INSERT INTO orders VALUES (1, 2.50)")
        self.sql("BEGIN; INSERT INTO people VALUES (1, 'Ada'); ROLLBACK")
        self.sql("BEGIN; INSERT INTO people VALUES (2, 'Eve'); UPDATE people SET name = 'Eva'; COMMIT")
        wait_until(lambda: "└" in self.text(self.out), lambda: "a transaction:\n" + self.text(self.err))
        self.end(process)
        shown = self.text(self.out)
        self.assertRegex(shown, r"^┌ .*  xid \d+\n│ \+ public.people  id=2  name=Eve\n"
                                r"│ ~ public.people  id=2  name: Eve → Eva\n└ 2 changes  commit .*\n$")

    def test_an_object_a_change(self):
        self.sql("CREATE PUBLICATION walferry_shop FOR TABLE orders")
        process = self.tail("--json")
        self.sql("INSERT INTO orders VALUES (1, 2.50)")
        wait_until(lambda: self.text(self.out), lambda: "a change:\n" + self.text(self.err))
        self.end(process)
        change = json.loads(self.text(self.out))
        self.assertEqual((change["op"], change["table"], change["row"]),
                         ("c", "orders", {"id": "1", "total": "2.50"}))

    def test_a_missing_publication_is_told_with_its_cure(self):
        process = self.tail()
        self.assertEqual(process.wait(30), 2)
        self.assertIn("CREATE PUBLICATION", self.text(self.err))
        self.assertFalse(self.sql("SELECT 1 FROM pg_replication_slots"))


if __name__ == "__main__":
    unittest.main()
