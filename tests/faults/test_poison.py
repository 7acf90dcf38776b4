"""Records that the broker does not take, topics that go away."""

import json
import re

from confluent_kafka.admin import ConfigResource, NewPartitions

from case import PROTECT, FaultCase, main
from figures import Figures
from rig import consumer
from rig.changes import parse_lsn
from rig.waiting import wait_until

FAILED = 1
# Three megabytes that no compression makes small.
LARGE = "(SELECT string_agg(md5(random()::text), '') FROM generate_series(1, 100000))"


class PoisonTest(FaultCase):
    def test_record_too_large(self):
        play = self.play("too_large")
        play.walferry.start_streaming()
        load = play.start_load(transactions=30)
        load.join()
        play.sql("INSERT INTO load_number VALUES (777, 1, " + LARGE + ")")
        play.start_load(transactions=30, seed=2).join()
        code = play.walferry.wait_exit(60)
        self.assertEqual(code, FAILED, play.logs())
        text = play.walferry.log_text()
        self.assertIn("load_number", text)
        self.assertIn("777", text, "the key")
        self.assertRegex(text, r"[0-9A-F]+/[0-9A-F]+:1\b", "the position")
        # With the limits raised, as the message says, it goes on and nothing is missing.
        self.raise_limit(play.topic("load_number"))
        play.walferry.start_streaming()
        play.mark()
        play.wait_caught_up()
        self.verdict(play, "record too large for the topic",
                     "exit 1 with table, key and position; goes on once the limit is raised")

    def raise_limit(self, topic):
        wanted = ConfigResource(ConfigResource.Type.TOPIC, topic,
                                set_config={"max.message.bytes": "8000000"})
        self.ground.kafka.admin.alter_configs([wanted])[wanted].result()

    def poison_counts(self, play):
        return play.walferry.status()["sink"]["poison"]

    def letters(self, play):
        """The records of the dead-letter topic, with their headers as a dict."""
        return [(record, {name: value.decode() for name, value in record.headers})
                for record in consumer.read(self.ground.kafka.bootstrap,
                                            [f"{play.name}.dead_letter"])]

    def assert_only_these_are_missing(self, play, scenario, seen, missing):
        """All but the poison is where it belongs, in order; the slot went on."""
        figures, _ = play.judge(scenario, seen)
        figures.rebuilt = None if missing else figures.rebuilt
        figures.publish()
        self.assertEqual((figures.missing, figures.phantom, figures.reordered, figures.ahead),
                         (missing, 0, 0, 0), play.logs())
        return figures

    def test_record_too_large_goes_to_the_dead_letters(self):
        play = self.play("dead", on_poison="dead_letter")
        play.walferry.start_streaming()
        load = play.start_load()
        play.after(load)
        play.sql("INSERT INTO load_number VALUES (776, 1, " + LARGE + ")")
        play.after(load)
        load.stop()
        play.wait_caught_up()
        (letter, headers), = self.letters(play)
        self.assertEqual(json.loads(letter.key)["id"], 776)
        self.assertRegex(headers["walferry.position"], r"^[0-9A-F]+/[0-9A-F]+:1$")
        self.assertEqual(headers["walferry.table"], "public.load_number")
        self.assertEqual(headers["walferry.topic"], play.topic("load_number"))
        self.assertIn("MSG_SIZE_TOO_LARGE", headers["walferry.reason"])
        self.assertEqual(json.loads(letter.value)["position"], headers["walferry.position"])
        self.assertEqual(self.poison_counts(play)["dead_letters"], 1)
        self.assert_only_these_are_missing(
            play, "record too large, `on_poison: dead_letter`",
            "1 missing is the dead letter, which tells its position and reason", 1)

    def keyless(self, name, **how):
        """A table without a key, whose topic takes only records with one."""
        play = self.play(name, extra=(
            "CREATE TABLE keyless (v text); ALTER TABLE keyless REPLICA IDENTITY FULL", {}), **how)
        self.ground.kafka.create_topic(play.topic("keyless"), config={"cleanup.policy": "compact"})
        play.walferry.start_streaming()
        return play

    def test_record_that_the_topic_refuses(self):
        play = self.keyless("refused")
        play.sql("INSERT INTO keyless VALUES ('a')")
        self.assertEqual(play.walferry.wait_exit(60), FAILED, play.logs())
        text = play.walferry.log_text()
        self.assertIn("public.keyless", text)
        self.assertRegex(text, r"position [0-9A-F]+/[0-9A-F]+:1\b")
        self.assertIn("events.keys", text, "the cure")

    def test_records_that_the_topic_refuses_go_to_the_dead_letters(self):
        play = self.keyless("refused_dead", on_poison="dead_letter")
        load = play.start_load()
        for n in range(3):
            play.after(load, 20)
            play.sql("INSERT INTO keyless VALUES (%s), (%s)", (f"a{n}", f"b{n}"))
        play.after(load, 20)
        load.stop()
        play.wait_caught_up()
        values = [json.loads(letter.value)["after"]["v"] for letter, _ in self.letters(play)]
        self.assertEqual(sorted(set(values)), ["a0", "a1", "a2", "b0", "b1", "b2"])
        self.assert_only_these_are_missing(
            play, "records that the topic refuses, `on_poison: dead_letter`",
            "all six events are dead letters, whole", 0)

    def test_record_that_the_topic_refuses_is_skipped(self):
        play = self.keyless("refused_skip", on_poison="skip")
        play.sql("INSERT INTO keyless VALUES ('a')")
        play.start_load(transactions=30).join()
        play.wait_caught_up()
        self.assertEqual(self.poison_counts(play)["skipped"], 1)
        self.assertNotIn("refused_skip.dead_letter", self.ground.kafka.topics())

    def odd(self, name, **how):
        """An event store, some of whose events belong to no stream."""
        ddl = ("CREATE TABLE odd (n integer PRIMARY KEY, stream text, version integer, type text, "
               "payload jsonb)")
        play = self.play(name, extra=(ddl, {}), route={"event_store": {"table": "public.odd"}},
                         **how)
        play.walferry.start_streaming()
        play.sql("INSERT INTO odd VALUES (1, 'order-1', 1, 'Placed', '{}')")
        return play

    # Two that cannot be encoded around one that can.
    ODD = ("INSERT INTO odd VALUES (2, NULL, 1, 'Lost', '{}'), (3, 'order-1', 2, 'Paid', '{}'), "
           "(4, NULL, 2, 'Lost', '{}')")

    def test_change_that_cannot_be_encoded(self):
        play = self.odd("odd_stop")
        play.sql(self.ODD)
        self.assertEqual(play.walferry.wait_exit(60), FAILED, play.logs())
        text = play.walferry.log_text()
        self.assertIn("not_encodable", text)
        self.assertIn("public.odd", text)
        self.assertRegex(text, r"[0-9A-F]+/[0-9A-F]+:1\b", "the position")
        self.assertIn("SET NOT NULL", text, "the cure")
        self.assertIn("on_poison", text)
        Figures("change that cannot be encoded",
                seen="exit 1 with table, position and cure").publish()

    def test_changes_that_cannot_be_encoded_go_to_the_dead_letters(self):
        play = self.odd("odd_dead", on_poison="dead_letter")
        load = play.start_load()
        play.after(load, 20)
        play.sql(self.ODD)
        play.after(load, 20)
        load.stop()
        play.wait_caught_up()
        letters = self.letters(play)
        self.assertEqual({headers["walferry.position"].rpartition(":")[2]
                          for _, headers in letters}, {"1", "3"})
        for letter, headers in letters:
            self.assertEqual(headers["walferry.error"], "not_encodable")
            self.assertEqual(headers["walferry.table"], "public.odd")
            self.assertEqual(json.loads(letter.value)["position"], headers["walferry.position"])
        self.assertEqual(self.poison_counts(play)["dead_letters"], 2)
        self.assertEqual(self.ground.kafka.count(f"{play.name}.order"), 2)
        self.assert_only_these_are_missing(
            play, "changes that cannot be encoded, `on_poison: dead_letter`",
            "both are dead letters that tell position and reason", 0)

    def test_changes_that_cannot_be_encoded_are_skipped(self):
        play = self.odd("odd_skip", on_poison="skip")
        play.sql(self.ODD)
        play.start_load(transactions=30).join()
        play.wait_caught_up()
        self.assertEqual(self.poison_counts(play)["skipped"], 2)

    def snapshot_with_poison(self, name, **how):
        """Rows that were there before the first start; one of them is too large for its topic."""
        play = self.play(name, snapshot={"mode": "initial"}, **how)
        play.sql("INSERT INTO load_text SELECT i::text, i FROM generate_series(1, 2000) i")
        play.sql("INSERT INTO load_number SELECT i, i FROM generate_series(1, 3000) i")
        play.sql("INSERT INTO load_number VALUES (700777, 1, " + LARGE + ")")
        return play

    def rows_of(self, play, table):
        """Key of each row of the snapshot, how often it was read."""
        keys = [json.loads(record.key)["id"] for record in consumer.read(
            self.ground.kafka.bootstrap, [play.topic(table)])]
        return {key: keys.count(key) for key in set(keys)}

    def test_row_of_a_snapshot_too_large(self):
        play = self.snapshot_with_poison("large_row")
        play.walferry.start()
        self.assertEqual(play.walferry.wait_exit(120), FAILED, play.logs())
        text = play.walferry.log_text()
        self.assertIn("public.load_number", text)
        self.assertIn("700777", text, "the key")
        self.assertIn("on_poison", text)
        Figures("row of a snapshot too large", seen="exit 1 with table and key").publish()

    def test_row_of_a_snapshot_too_large_goes_to_the_dead_letters(self):
        play = self.snapshot_with_poison("large_row_dead", on_poison="dead_letter")
        play.walferry.start_streaming(180)
        play.sql("INSERT INTO load_number VALUES (5000, 1)")
        play.wait_caught_up()
        letters = self.letters(play)
        self.assertEqual({json.loads(letter.key)["id"] for letter, _ in letters}, {700777})
        for _, headers in letters:
            self.assertIn("MSG_SIZE_TOO_LARGE", headers["walferry.reason"])
            self.assertEqual(headers["walferry.table"], "public.load_number")
        self.assertEqual(set(self.rows_of(play, "load_number")), {*range(1, 3001), 5000})
        self.assertEqual(len(self.rows_of(play, "load_text")), 2000)
        again = sum(self.rows_of(play, "load_number").values()) - 3001
        Figures("row of a snapshot too large, `on_poison: dead_letter`", 5001, 0, 0, 0,
                duplicates=again, seen="it is a dead letter; all others were published").publish()

    def test_topic_made_again(self):
        """Deleted and made again within a moment: what it held is gone, and that is said."""
        play = self.play("topic_again")
        play.walferry.start_streaming()
        load = play.start_load()
        play.after(load, 300)
        topic = play.topic("load_number")
        self.ground.kafka.delete_topic(topic)
        self.ground.kafka.create_topic(topic)
        code = play.walferry.wait_exit(90)
        self.assertEqual(code, PROTECT, play.logs())
        self.assertIn(topic, play.walferry.log_text())
        load.stop()
        Figures("topic deleted and made again while streaming",
                seen=f"exit {code} names the topic").publish()

    def test_topic_gets_partitions(self):
        """Keys stay where they are until the next start."""
        play = self.play("topic_grows")
        play.walferry.start_streaming()
        load = play.start_load()
        play.after(load)
        topic = play.topic("load_number")
        self.ground.kafka.admin.create_partitions([NewPartitions(topic, 4)])[topic].result()
        play.after(load, 200)
        load.stop()
        play.wait_caught_up()
        self.verdict(play, "topic gets three more partitions while streaming",
                     "keys stay where they are until the next start")

    def test_topic_deleted(self):
        """What it held is gone; what comes later is not, and it is said."""
        play = self.play("topic_gone")
        play.walferry.start_streaming()
        load = play.start_load()
        play.after(load)
        self.ground.kafka.delete_topic(play.topic("load_number"))
        wait_until(lambda: not play.walferry.ready(), "it was not ready any more", 90)
        code = play.walferry.wait_exit(60)
        text = play.walferry.log_text()
        self.assertIn(code, (FAILED, 3), text)
        self.assertIn(play.topic("load_number"), text)
        load.stop()
        play.wait_slot_free()
        play.walferry.start_streaming()
        play.mark()
        play.wait_caught_up()
        # What it remembers as acknowledged the topic had; the slot itself can be behind that.
        *_, since = re.findall(r"streaming from ([0-9A-F]+/[0-9A-F]+)", play.walferry.log_text())
        play.truth.since = parse_lsn(since)
        self.verdict(play, "topic deleted while streaming",
                     f"exit {code} names the topic; started again, nothing after it is missing")


if __name__ == "__main__":
    main()
