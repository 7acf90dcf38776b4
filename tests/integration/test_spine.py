"""Each committed change once, in order per key, and nothing of what was rolled back."""

import unittest

from scene import DATABASE, Scene


class SpineTest(unittest.TestCase):
    def check_major(self, major):
        with Scene(major) as scene:
            scene.prepare_load()
            scene.walferry.start_streaming()
            scene.start_load(sessions=4, transactions=250).join()
            scene.wait_caught_up()
            report = scene.check_load()
            self.assertEqual(report.problems, [])
            self.assertEqual(report.duplicates, [])
            self.assertGreater(report.events, 500)
            self.assertEqual(scene.walferry.terminate(), 0, scene.walferry.log_tail())

    def test_postgres_14(self):
        self.check_major(14)

    def test_postgres_18(self):
        self.check_major(18)

    def test_restart_goes_on_where_it_stopped(self):
        with Scene() as scene:
            scene.prepare_load()
            for seed in range(3):
                scene.walferry.start_streaming()
                running = scene.start_load(sessions=2, transactions=100, seed=seed)
                self.assertEqual(scene.walferry.terminate(), 0, scene.walferry.log_tail())
                running.join()
            scene.walferry.start_streaming()
            scene.wait_caught_up()
            report = scene.check_load()
            self.assertEqual(report.problems, [])
            self.assertEqual(report.duplicates, [], "an orderly stop acknowledges what it sent")

    def test_every_partition_holds_keys_of_its_own(self):
        with Scene() as scene:
            scene.prepare_load()
            scene.kafka.create_topic(f"{DATABASE}.public.load_number", partitions=5)
            scene.walferry.start_streaming()
            scene.start_load(sessions=2, transactions=200).join()
            scene.wait_caught_up()
            self.assertEqual(scene.check_load().problems, [])
            used = scene.kafka.end_offsets(f"{DATABASE}.public.load_number")
            self.assertEqual([p for p, end in used.items() if end == 0], [])


if __name__ == "__main__":
    unittest.main()
