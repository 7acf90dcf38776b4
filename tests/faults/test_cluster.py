"""Three brokers: a leader is killed; too few replicas are in sync."""

import time

from case import FaultCase, main
from rig.waiting import wait_until


class ClusterTest(FaultCase):
    servers = {"brokers": 3}

    def leader(self, play):
        """The broker that leads a topic of the load."""
        node = self.ground.kafka.topics()[play.topic("load_number")][0].leader
        return next(broker for broker in self.ground.kafka.brokers if broker.node == node)

    def begin(self, name, **how):
        play = self.play(name, **how)
        play.walferry.start_streaming()
        play.start_load(transactions=30).join()
        play.wait_caught_up()
        load = play.start_load(seed=2)
        play.after(load)
        return play, load

    def wait_in_sync(self):
        wait_until(lambda: all(len(partition.isrs) == len(partition.replicas)
                               for topic in self.ground.kafka.topics().values()
                               for partition in topic.values()), "all replicas were in sync")

    def test_leader_killed(self):
        play, load = self.begin("leader")
        for _ in range(2):
            broker = self.leader(play)
            broker.kill9()
            play.mark()
            play.after(load, 200)
            broker.restart()
            self.ground.kafka.wait_ready()
            self.wait_in_sync()
        load.stop()
        play.wait_caught_up()
        self.verdict(play, "three brokers, a leader killed x2")

    def test_too_few_in_sync(self):
        play, load = self.begin("min_isr", topics={"config": {"min.insync.replicas": "3"}})
        leader = self.leader(play)
        broker = next(b for b in self.ground.kafka.brokers if b is not leader)
        broker.kill9()
        begun = time.monotonic()
        wait_until(lambda: time.monotonic() - begun >= 25, "25 s were over", interval=1)
        broker.restart()
        self.ground.kafka.wait_ready()
        play.mark()
        play.after(load)
        load.stop()
        play.wait_caught_up()
        self.verdict(play, "min.insync.replicas not met for 25 s")


if __name__ == "__main__":
    main()
