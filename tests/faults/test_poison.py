"""Records that the broker does not take, topics that go away."""

from confluent_kafka.admin import ConfigResource

from case import FaultCase, main
from figures import Figures
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

    def test_record_too_large_goes_to_the_dead_letters(self):
        play = self.play("dead", on_poison="dead_letter")
        play.walferry.start()
        wait_until(lambda: play.walferry.ready() or not play.walferry.running, "it began")
        if "this version of walferry does not have" in play.walferry.log_text():
            self.skipTest("on_poison: dead_letter is still to come")
        play.sql("INSERT INTO load_number VALUES (776, 1, " + LARGE + ")")
        play.start_load(transactions=30).join()
        play.wait_caught_up()
        self.assertEqual(self.ground.kafka.count("dead.dead_letter"), 1)
        Figures("record too large, `on_poison: dead_letter`",
                seen="goes on; the dead-letter topic has one record").publish()

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
