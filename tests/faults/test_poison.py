"""Records that the broker does not take, topics that go away."""

import json

from confluent_kafka.admin import ConfigResource, NewPartitions

from case import PROTECT, FaultCase, main
from figures import Figures
from rig import consumer
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
        since = play.confirmed()
        play.walferry.start_streaming()
        play.mark()
        play.wait_caught_up()
        play.truth.since = since
        self.verdict(play, "topic deleted while streaming",
                     f"exit {code} names the topic; started again, nothing after it is missing")


if __name__ == "__main__":
    main()
