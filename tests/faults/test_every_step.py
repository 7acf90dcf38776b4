"""Each step of connect, create, start, stream, reconnect and shutdown fails once in turn: cut before
the server does it, cut after, refused. Then the process goes on, or it stopped with an error whose
exit code is that of the table of error kinds, and goes on when it is started again."""

import collections
import concurrent.futures
import contextlib
import itertools
import json
import pathlib
import re

from case import FaultCase, main
from figures import Figures
from rig import consumer
from rig.step_proxy import CUT, LOSE, Script, for_kafka, for_postgres
from rig.waiting import wait_until
from rig.walferry import Walferry

KINDS = pathlib.Path(__file__).resolve().parents[2] / "lib/base/error_kinds.inc"
EXIT_CODES = {"configure": 2, "protect": 3, "fail": 1, "retry": 4}
# Time heals the first; nobody but an administrator the second.
REFUSALS = ("57P03", "42501")
AT_ONCE = 4
ROWS = 3
DATABASE = "steps"


def directives():
    """Error kind to what run does about it."""
    text = KINDS.read_text(encoding="utf-8")
    return dict(re.findall(r"^ERROR_KIND\((\w+), (\w+),", text, re.MULTILINE))


class Life:
    """One walferry with a slot, publication and topics of its own, from its first start to an
    orderly end, through the failure of one step."""

    numbers = itertools.count()

    def __init__(self, ground, kafka_scripts, fails=None, how=None):
        self._name = f"life{next(self.numbers)}"
        self._ground = ground
        self.script = Script(fails, how)
        kafka_scripts[self._name] = self.script
        self._proxy = for_postgres(ground.postgres.port, self.script)
        self.ended = []  # (exit code, error kind) of ends that were not asked for

    def _config(self):
        url = f"postgresql://postgres@{self._proxy.address}/{DATABASE}"
        kafka = {"bootstrap.servers": self._ground.kafka.bootstrap, "client.id": self._name}
        return {"name": self._name, "snapshot": {"mode": "never"}, "log": {"format": "json"},
                "source": {"url": url, "slot": self._name, "publication": self._name,
                           "tables": [f"public.{self._name}"], "create": True},
                "sink": {"kafka": kafka}}

    def run(self):
        """Returns itself; raises when it does not come back."""
        with contextlib.ExitStack() as things:
            things.enter_context(self._proxy)
            self._walferry = things.enter_context(Walferry(self._config()))
            things.callback(self._drop)
            things.callback(self._walferry.kill9)
            self._sql(f"CREATE TABLE {self._name} (n integer PRIMARY KEY)")
            self._walferry.start()
            self._until(self._walferry.ready, "it streamed")
            self._write_and_wait(0)
            self._proxy.cut()
            self._write_and_wait(1)
            self._stop()
            self._check_records()
        return self

    def _until(self, condition, what):
        """Waits; whenever it ends by itself it is noted, and started again."""
        def checked():
            if not self._walferry.running:
                self._note_end()
                self._walferry.start()
            return condition()
        wait_until(checked, lambda: f"{what}:\n{self._walferry.log_tail()}")

    def _errors(self):
        lines = [json.loads(line) for line in self._walferry.log_text().splitlines()
                 if line.startswith("{")]
        return [line["error_kind"] for line in lines if "error_kind" in line]

    def _note_end(self):
        kinds = self._errors()
        self.ended.append((self._walferry.exit_code, kinds[-1] if kinds else None))
        assert len(self.ended) < 3, f"it ends again and again: {self.ended}"

    def _write_and_wait(self, part):
        first = part * ROWS
        self._sql(f"INSERT INTO {self._name} SELECT generate_series({first}, {first + ROWS - 1})")
        self._until(lambda: self._published() >= set(range(first + ROWS)), "its rows arrived")

    def _sql(self, text, parameters=None):
        return self._ground.postgres.sql(text, parameters, database=DATABASE)

    def _published(self):
        topic = f"{self._name}.public.{self._name}"
        return {json.loads(record.value)["after"]["n"] for record in consumer.read(
            self._ground.kafka.bootstrap, [topic]) if record.value}

    def _stop(self):
        code = self._walferry.terminate()
        if code != 0:
            self._note_end()
            self._walferry.start()
            self._until(self._walferry.ready, "it streamed again")
            code = self._walferry.terminate()
        assert code == 0, f"exit {code}:\n{self._walferry.log_tail()}"

    def _check_records(self):
        found = self._published()
        assert found == set(range(2 * ROWS)), f"published {sorted(found)}"

    def _drop(self):
        wait_until(lambda: self._sql("SELECT 1 FROM pg_replication_slots WHERE slot_name = %s AND "
                                     "active", (self._name,)) == [], "the slot was free")
        self._sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots "
                  "WHERE slot_name = %s", (self._name,))

    def faults(self):
        """What contradicts the table of error kinds."""
        rules = directives()
        return [f"exit {code} with error kind {kind}" for code, kind in self.ended
                if kind not in rules or EXIT_CODES[rules[kind]] != code]


def ways(step):
    """How a step can fail."""
    name, _ = step
    refusable = not name.startswith("Kafka") and (
        name.endswith(": connect") or any(word in name for word in ("SELECT", "_", "CREATE")))
    return (CUT, LOSE, *(REFUSALS if refusable else ()))


class EveryStepTest(FaultCase):
    maxDiff = None
    servers = {"proxied": True}

    def setUp(self):
        broker = self.ground.kafka.brokers[0]
        self.scripts = {}
        steps = self.enterContext(for_kafka(broker.client_port, self.scripts))
        broker.proxy.target = ("127.0.0.1", steps.port)
        self.ground.postgres.create_database(DATABASE)

    def life(self, step=None, how=None):
        return Life(self.ground, self.scripts, step, how)

    def attempt(self, step, how):
        """(the life, what went wrong or None)"""
        life = self.life(step, how)
        try:
            life.run()
        except AssertionError as error:
            return life, f"{how} at {step}: {error}"
        problems = life.faults()
        return life, f"{how} at {step}: {problems}" if problems else None

    def test_each_fails_once(self):
        undisturbed = self.life().run()
        self.assertEqual(undisturbed.ended, [])
        steps = [step for step in dict.fromkeys(undisturbed.script.steps) if step[1] <= 2]
        names = "\n".join(name for name, _ in steps)
        for expected in ("control: connect", "replication: connect", "IDENTIFY_SYSTEM",
                         "CREATE PUBLICATION", "CREATE_REPLICATION_SLOT", "START_REPLICATION",
                         "replication: status", "Kafka: CreateTopics", "Kafka: Produce",
                         "Kafka: InitProducerId", "Kafka: Fetch"):
            self.assertIn(expected, names)
        todo = [(step, how) for step in steps for how in ways(step)]
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            done = list(pool.map(lambda one: self.attempt(*one), todo))
        self.assertEqual([problem for _, problem in done if problem], [])
        self.tell(len(steps), [life for life, _ in done])

    def tell(self, steps, lives):
        struck = [life for life in lives if life.script.spent]
        self.assertGreater(len(struck), len(lives) * 0.9, "steps did not come a second time")
        ends = collections.Counter(life.ended[0] for life in struck if life.ended)
        stopped = ", ".join(f"{count} exit {code} ({kind})"
                            for (code, kind), count in sorted(ends.items()))
        Figures("each step of a life fails once", missing=0, phantom=0,
                seen=f"{steps} steps, {len(struck)} failures: {len(struck) - ends.total()} "
                     f"recovered by themselves; {stopped}, as the table of error kinds says, and "
                     "went on when started again").publish()


if __name__ == "__main__":
    main()
