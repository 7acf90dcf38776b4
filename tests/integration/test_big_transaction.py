"""One transaction of five million rows passes in bounded memory."""

import unittest

from rig.waiting import wait_until
from scene import Scene

ROWS = 5_000_000
MEMORY_LIMIT_KIB = 100 * 1024


class BigTransactionTest(unittest.TestCase):
    def test_five_million_rows_in_one_transaction(self):
        with Scene(settings={"max_wal_size": "4GB"}) as scene:
            scene.sql("CREATE TABLE big (id integer PRIMARY KEY, t text)")
            scene.walferry.start_streaming()
            scene.sql("INSERT INTO big SELECT i, 'row ' || i FROM generate_series(1, %s) i",
                      (ROWS,))
            peak = self.wait_published(scene)
            scene.wait_caught_up()
            self.assertEqual(scene.kafka.count("shop.public.big"), ROWS)
            print(f"{ROWS} rows: at most {peak} KiB resident")
            self.assertLess(peak, MEMORY_LIMIT_KIB)

    def wait_published(self, scene):
        """Waits until all rows are in the topic; returns the most memory it took, in KiB."""
        wait_until(lambda: scene.kafka.count("shop.public.big") >= ROWS,
                   lambda: f"all rows arrived:\n{scene.walferry.log_tail()}", seconds=600,
                   interval=0.5)
        return scene.walferry.peak_rss_kib()


if __name__ == "__main__":
    unittest.main()
