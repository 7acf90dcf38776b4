"""From an INSERT that commits alone to a Kafka consumer, at a steady rate; prints percentiles in milliseconds.

    latency.py [--rates 1000 5000] [--seconds 8] [--rounds 3] [--transport unix|tcp] [--set sink.kafka.linger.ms=5]

The moment is taken by the server in the INSERT, so the commit itself is inside; the consumer asks for what is
there at once (fetch.wait.max.ms 10). The first second of each run does not count. CPU is walferry's, of a core.
"""

import argparse
import json
import multiprocessing
import os
import pathlib
import statistics
import sys
import time

import confluent_kafka
import psycopg2

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from rig.kafka import Kafka
from rig.postgres import Postgres
from rig.walferry import Walferry

from drain import cpu_seconds, peak_kib

DATABASE = "latency"
TOPIC = f"{DATABASE}.public.t"
A_WRITER = 2500
INSERT = "INSERT INTO t (at_us) VALUES ((extract(epoch FROM clock_timestamp()) * 1000000)::bigint)"


def write(url, rate, seconds):
    """One connection's share of the load: each INSERT at its time, or as soon as the one before is through."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    cursor = connection.cursor()
    begun = time.monotonic()
    for number in range(int(rate * seconds)):
        ahead = begun + number / rate - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)
        cursor.execute(INSERT)
    connection.close()


def load(url, rate, seconds):
    writers = max(1, round(rate / A_WRITER))
    return [multiprocessing.Process(target=write, args=(url, rate / writers, seconds)) for _ in range(writers)]


class Reader:
    """Reads the topic from its end on."""

    def __init__(self, kafka):
        self.consumer = confluent_kafka.Consumer({
            "bootstrap.servers": kafka.bootstrap, "group.id": "latency", "enable.auto.commit": False,
            "fetch.wait.max.ms": 10})
        self.consumer.assign([confluent_kafka.TopicPartition(TOPIC, 0, kafka.end_offsets(TOPIC)[0])])

    def take(self, count):
        """(microseconds of the INSERT, of the arrival) of the next so many changes."""
        found = []
        while len(found) < count:
            message = self.consumer.poll(30)
            if message is None or message.error():
                raise RuntimeError(f"{len(found)} of {count} came: {message and message.error()}")
            found.append((json.loads(message.value())["after"]["at_us"], time.time_ns() // 1000))
        return found


def measure(url, reader, walferry, rate, seconds):
    writers = load(url, rate, seconds)
    before = cpu_seconds(walferry.pid)
    begun = time.monotonic()
    for one in writers:
        one.start()
    arrived = reader.take(len(writers) * int(rate / len(writers) * seconds))
    took = time.monotonic() - begun
    for one in writers:
        one.join()
    first = arrived[0][0] + 1_000_000
    late = sorted((there - made) / 1000 for made, there in arrived if made >= first)
    cuts = statistics.quantiles(late, n=1000)
    return {"p50_ms": cuts[499], "p99_ms": cuts[989], "p99.9_ms": cuts[998], "tx_per_second": len(arrived) / took,
            "cpu_percent": (cpu_seconds(walferry.pid) - before) / took * 100, "peak_mib": peak_kib(walferry.pid) / 1024,
            "load_average": os.getloadavg()[0]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rates", type=int, nargs="+", default=[1000, 5000])
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--transport", choices=["unix", "tcp"], default="unix")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    arguments = parser.parse_args()
    with Postgres(15) as postgres, Kafka(1) as kafka:
        postgres.create_database(DATABASE)
        postgres.sql("CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at_us bigint)", database=DATABASE)
        kafka.create_topic(TOPIC)
        url = postgres.url(DATABASE, socket=arguments.transport == "unix")
        config = {"name": DATABASE, "source": {"url": url}, "sink": {"kafka": {"bootstrap.servers": kafka.bootstrap}}}
        options = [word for one in arguments.set for word in ("--set", one)]
        with Walferry(config, options=options) as walferry:
            walferry.start_streaming()
            reader = Reader(kafka)
            # A consumer's first fetches come late.
            measure(url, reader, walferry, 500, 8)
            for rate in arguments.rates:
                runs = [measure(url, reader, walferry, rate, arguments.seconds) for _ in range(arguments.rounds)]
                print(f"{rate} tx/s  " + "  ".join(
                    f"{figure} {min(values):.2f} / {statistics.median(values):.2f} / {max(values):.2f}"
                    for figure in runs[0] for values in [[run[figure] for run in runs]]), flush=True)
            reader.consumer.close()


if __name__ == "__main__":
    main()
