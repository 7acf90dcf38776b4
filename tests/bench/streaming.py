"""One large transaction of a waiting backlog to Kafka, by protocol 1 and streamed, interleaved; prints ratios.

    streaming.py [--rows 3000000] [--rounds 3] [--transport unix|tcp] [--live]

First row: from the start of streaming until the bytes of the first row have come here (with streaming it waits in the spool
then, and is not published before the commit). Whole: until the broker confirmed the last record. With --live the transaction is
written while walferry runs, and whole counts from its commit. Spilled: of the server's disk, by pg_stat_replication_slots.
"""

import argparse
import contextlib
import dataclasses
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from rig import ports, walferry
from rig.kafka import Kafka
from rig.postgres import Postgres
from rig.workdir import Workdir

from drain import DATABASE, PUBLICATION, Scene, cpu_seconds, peak_kib, spread
from workloads import all_workloads

# What a Begin, a Relation and the like hold; the first row is behind it.
BYTES_BEFORE_ROWS = 400


class Reader:
    """One walferry with a slot and a name of its own."""

    def __init__(self, scene, slot, mode, transport, sink):
        self.scene, self.slot = scene, slot
        self.http = f"127.0.0.1:{ports.allocate()}"
        self.folder = Workdir("bench")
        config = {"name": slot, "http": {"listen": self.http}, "snapshot": {"mode": "never"},
                  "source": {"url": scene.url(transport), "slot": slot, "publication": PUBLICATION, "create": False,
                             "streaming": mode, "catch_up": {"workers": 0},
                             "spool": {"directory": str(self.folder.path)}}}
        if sink == "kafka":
            config["sink"] = {"kafka": {"bootstrap.servers": scene.kafka.bootstrap}}
        path = walferry.write_config(self.folder.path, config)
        self.log = open(self.folder.path / "log", "wb")
        self.nowhere = open("/dev/null", "wb")
        self.process = subprocess.Popen([walferry.binary(), "run", "-c", path], stdout=self.nowhere, stderr=self.log)

    def status(self):
        try:
            with urllib.request.urlopen(f"http://{self.http}/status", timeout=20) as answer:
                return json.load(answer)
        except OSError:
            return None

    def until(self, reached):
        """The moment at which its status said so."""
        while True:
            status = self.status()
            if status and reached(status):
                return time.monotonic()
            if self.process.poll() is not None:
                raise RuntimeError(f"walferry ended with {self.process.returncode}: {self.log_text()}")
            time.sleep(0.02)

    def log_text(self):
        return (self.folder.path / "log").read_text(encoding="utf-8")[-2000:]

    def end(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()
        self.nowhere.close()
        self.folder.remove()


def measure(scene, slot, mode, rows, arguments, write):
    reader = Reader(scene, slot, mode, arguments.transport, arguments.sink)
    try:
        begun = reader.until(lambda status: status["state"] == "streaming")
        if write:
            write(scene.postgres, DATABASE)
            begun = time.monotonic()
        first = reader.until(lambda status: status["source"]["bytes"] > BYTES_BEFORE_ROWS)
        whole = reader.until(lambda status: status["sink"]["records_confirmed"] >= rows)
        text = reader.log_text()
        if "streaming_left" in text:
            raise RuntimeError(text)
        found = {"first_row_s": first - begun, "whole_s": whole - begun, "load_average": os.getloadavg()[0],
                 "cpu_s_per_million": cpu_seconds(reader.process.pid) / rows * 1e6,
                 "peak_mib": peak_kib(reader.process.pid) / 1024}
    finally:
        reader.end()
    spilled, streamed = scene.postgres.sql(
        "SELECT spill_bytes, stream_bytes FROM pg_stat_replication_slots WHERE slot_name = %s", (slot,))[0]
    return found | {"spilled_mib": int(spilled) / 2**20, "streamed_mib": int(streamed) / 2**20}


def report(found, live):
    for mode, runs in found.items():
        line = f"  {mode:8}"
        for figure in runs[0]:
            line += f"  {figure} {statistics.median(one[figure] for one in runs):.2f}"
        print(line)
    # Written meanwhile, the first row comes before there is a commit to count from.
    for figure in ("whole_s",) if live else ("first_row_s", "whole_s"):
        ratios = [off[figure] / on[figure] for off, on in zip(found["off"], found["on"])]
        print(f"  {figure}: streamed is sooner by {spread(ratios)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=3_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--transport", choices=["unix", "tcp"], default="unix")
    parser.add_argument("--sink", choices=["kafka", "stdout"], default="kafka")
    parser.add_argument("--live", action="store_true")
    parser.add_argument("--major", type=int, default=15)
    arguments = parser.parse_args()
    workload = next(one for one in all_workloads(arguments.rows / 100_000) if one.name == "narrow-1tx")
    settings = {"max_replication_slots": "60", "max_wal_senders": "20", "max_wal_size": "8GB",
                "shared_buffers": "256MB", "logical_decoding_work_mem": "64MB"}
    with contextlib.ExitStack() as stack:
        postgres = stack.enter_context(Postgres(arguments.major, settings=settings))
        kafka = stack.enter_context(Kafka(1)) if arguments.sink == "kafka" else None
        scene = Scene(postgres, kafka, {}, 0)
        rounds = [(mode, number) for number in range(arguments.rounds) for mode in ("off", "on")]
        slots = {one: f"{one[0]}_{one[1]}" for one in rounds}
        found = {"off": [], "on": []}
        if not arguments.live:
            scene.prepare(workload, slots.values())
        for one in rounds:
            if arguments.live:
                scene.prepare(dataclasses.replace(workload, statement="SELECT 1"), [slots[one]])
            found[one[0]].append(measure(scene, slots[one], one[0], workload.rows, arguments,
                                         workload.write if arguments.live else None))
            if arguments.live:
                scene.clean([slots[one]])
        print(f"{workload.rows:,} rows in one transaction, {arguments.transport}, to {arguments.sink}"
              f"{', written meanwhile' if arguments.live else ''}")
        report(found, arguments.live)


if __name__ == "__main__":
    main()
