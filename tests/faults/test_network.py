"""The network between walferry and its servers: cut, half-open, slow."""

from case import FaultCase, main
from rig.proxy import TO_CLIENT, TO_SERVER
from rig.waiting import wait_until


class NetworkTest(FaultCase):
    servers = {"proxied": True}

    def setUp(self):
        self.kafka_wire = self.ground.kafka.brokers[0].proxy

    def begin(self, name, **how):
        play = self.play(name, address=self.ground.wire.address)
        play.walferry.start_streaming()
        load = play.start_load(**how)
        play.after(load)
        return play, load

    def finish(self, play, load, scenario, seen=""):
        load.stop()
        play.wait_caught_up()
        return self.verdict(play, scenario, seen)

    def hold(self, play, load, wire, fault, transactions):
        """Lets the fault last for so many transactions of the load, then heals the wire."""
        fault()
        play.after(load, transactions)
        wire.heal()
        play.mark()
        play.after(load, 30)

    def cuts(self, name, wire, scenario):
        play, load = self.begin(name)
        for _ in range(10):
            self.hold(play, load, wire, wire.cut, 15)
        self.finish(play, load, scenario)

    def test_postgres_cut(self):
        self.cuts("pg_cuts", self.ground.wire, "PostgreSQL's connections cut x10")

    def test_kafka_cut(self):
        self.cuts("kafka_cuts", self.kafka_wire, "Kafka's connections cut x10")

    def test_postgres_hole(self):
        """Connections stay open and nothing passes: it must not be ready for ever."""
        play, load = self.begin("pg_hole", pause=0.1)
        self.ground.wire.blackhole()
        wait_until(lambda: not play.walferry.ready(), "it was not ready any more", 100)
        self.hold(play, load, self.ground.wire, lambda: None, 50)
        self.finish(play, load, "PostgreSQL's connections hang until noticed")

    def test_postgres_half_open(self):
        """What the server sends is lost; it hears us."""
        play, load = self.begin("pg_half", pause=0.1)
        self.ground.wire.drop(TO_CLIENT)
        wait_until(lambda: not play.walferry.ready(), "it was not ready any more", 100)
        # Bytes are lost inside the stream: the old connection must never be used again.
        self.hold(play, load, self.ground.wire, self.ground.wire.cut, 1)
        self.finish(play, load, "PostgreSQL half-open until noticed")

    def test_kafka_half_open(self):
        """The broker takes records and its confirmations are lost."""
        play, load = self.begin("kafka_half")
        self.kafka_wire.drop(TO_CLIENT)
        play.after(load, 300)
        self.kafka_wire.cut()
        self.kafka_wire.heal()
        play.mark()
        play.after(load, 50)
        self.finish(play, load, "Kafka half-open, confirmations lost")

    def test_kafka_hole(self):
        play, load = self.begin("kafka_hole")
        self.hold(play, load, self.kafka_wire, self.kafka_wire.blackhole, 500)
        self.finish(play, load, "Kafka's connections hang")

    def test_kafka_requests_lost(self):
        play, load = self.begin("kafka_deaf")
        self.kafka_wire.drop(TO_SERVER)
        play.after(load, 300)
        self.kafka_wire.cut()
        self.kafka_wire.heal()
        play.mark()
        play.after(load, 50)
        self.finish(play, load, "Kafka half-open, requests lost")

    def test_throttled(self):
        play, load = self.begin("slow")
        for wire in (self.ground.wire, self.kafka_wire):
            self.hold(play, load, wire, lambda wire=wire: wire.throttle(20_000), 200)
        self.finish(play, load, "both sides at 20 kB/s in turn")

    def test_postgres_refused(self):
        play, load = self.begin("pg_refused")
        self.ground.wire.refuse()
        self.ground.wire.cut()
        play.after(load, 300)
        self.hold(play, load, self.ground.wire, lambda: None, 1)
        self.finish(play, load, "PostgreSQL's address refuses connections")


if __name__ == "__main__":
    main()
