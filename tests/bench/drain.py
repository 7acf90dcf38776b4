"""Drains a waiting backlog, each program from a slot of its own, interleaved; prints ratios."""

import argparse
import contextlib
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

from workloads import all_workloads

DATABASE = "bench"
PUBLICATION = "bench"
TICKS = os.sysconf("SC_CLK_TCK")
# What follows the walsender, and what lets backends decode in parallel.
PROGRAMS = ["recvlogical", "stdout", "kafka", "catchup-stdout", "catchup-kafka"]


def cpu_seconds(pid):
    """User and system time of a process with all its threads, so far."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_kib(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1])
    return 0


class Drain:
    """One program on one slot: begun, watched until it has everything, ended."""

    def __init__(self, scene, program, slot, rows, transport):
        self.scene, self.program, self.slot, self.rows = scene, program, slot, rows
        self.url = scene.url(transport)

    def run(self):
        if self.program == "recvlogical":
            return self.run_recvlogical()
        return self.run_walferry()

    def walsender(self):
        return int(self.scene.postgres.value(
            "SELECT coalesce(max(active_pid), 0) FROM pg_replication_slots WHERE slot_name = %s", (self.slot,)))

    def wait_walsender(self, process):
        while not (pid := self.walsender()):
            if process.poll() is not None:
                raise RuntimeError(f"{self.program} ended before it streamed")
            time.sleep(0.002)
        return pid

    def run_recvlogical(self):
        argv = [self.scene.postgres.binaries.bin / "pg_recvlogical", "-d", self.url, "-S", self.slot, "--start",
                "-f", "/dev/null", "-F", "0", "-o", "proto_version=1", "-o", f"publication_names={PUBLICATION}",
                "-E", self.scene.end, "--no-loop"]
        started = time.monotonic()
        process = subprocess.Popen(argv, env={**os.environ, **self.scene.postgres.binaries.env})
        sender = self.wait_walsender(process)
        begun = time.monotonic()
        cpu = sender_cpu = peak = 0
        while process.poll() is None:
            try:
                cpu, sender_cpu, peak = cpu_seconds(process.pid), cpu_seconds(sender), peak_kib(process.pid)
            except (OSError, IndexError):
                pass
            time.sleep(0.005)
        return self.figures(started, begun, cpu, sender_cpu, peak)

    def run_walferry(self):
        catches_up = self.program.startswith("catchup")
        http = f"127.0.0.1:{ports.allocate()}"
        config = {"name": self.slot, "http": {"listen": http}, "snapshot": {"mode": "never"},
                  "source": {"url": self.url, "slot": self.slot, "publication": PUBLICATION, "create": False,
                             "catch_up": {"workers": self.scene.workers if catches_up else 0, "after": "1MiB"},
                             **self.scene.options.get("source", {})}}
        if self.program.endswith("kafka"):
            config["sink"] = {"kafka": {"bootstrap.servers": self.scene.kafka.bootstrap}}
        folder = Workdir("bench")
        try:
            path = walferry.write_config(folder.path, config)
            started = time.monotonic()
            with open(folder.path / "log", "wb") as log, open("/dev/null", "wb") as nowhere:
                process = subprocess.Popen([walferry.binary(), "run", "-c", path], stdout=nowhere, stderr=log)
            try:
                figures = self.watch_walferry(process, http, started)
                self.check_log(folder.path / "log", catches_up)
                return figures
            except BaseException:
                print((folder.path / "log").read_text(encoding="utf-8")[-2000:], file=sys.stderr)
                raise
            finally:
                process.terminate()
                process.wait()
        finally:
            folder.remove()

    @staticmethod
    def check_log(path, catches_up):
        text = path.read_text(encoding="utf-8")
        if catches_up != ('"event":"catch_up"' in text) or "catch_up_given_up" in text:
            raise RuntimeError("the backlog was not decoded as it should")

    def watch_walferry(self, process, http, started):
        sender = self.wait_walsender(process)
        begun = time.monotonic()
        sender_cpu = 0
        broker_cpu = self.scene.broker_cpu()
        while self.confirmed(http) < self.rows:
            if process.poll() is not None:
                raise RuntimeError(f"walferry ended with {process.returncode}")
            with contextlib.suppress(OSError):  # that of a catch-up ends with it
                sender_cpu = cpu_seconds(sender)
            time.sleep(0.05)
        return self.figures(started, begun, cpu_seconds(process.pid), sender_cpu, peak_kib(process.pid),
                            self.scene.broker_cpu() - broker_cpu)

    @staticmethod
    def confirmed(http):
        try:
            with urllib.request.urlopen(f"http://{http}/status", timeout=5) as answer:
                return json.load(answer)["sink"]["records_confirmed"]
        except OSError:
            return 0

    def figures(self, started, begun, cpu, sender_cpu, peak, broker_cpu=0):
        million = self.rows / 1e6
        now = time.monotonic()
        return {"rows_per_second": self.rows / (now - begun), "whole_rows_per_second": self.rows / (now - started),
                "load_average": os.getloadavg()[0], "cpu_s_per_million": cpu / million,
                "walsender_cpu_s_per_million": sender_cpu / million,
                "broker_cpu_s_per_million": broker_cpu / million, "peak_mib": peak / 1024}


class Scene:
    def __init__(self, postgres, kafka, options, workers):
        self.postgres, self.kafka, self.options, self.workers = postgres, kafka, options, workers
        self.end = None

    def broker_cpu(self):
        return cpu_seconds(self.kafka.brokers[0].pid)

    def url(self, transport):
        if transport == "tcp":
            return f"postgresql://postgres@127.0.0.1:{self.postgres.port}/{DATABASE}"
        return f"postgresql://postgres@/{DATABASE}?host={self.postgres.directory}&port={self.postgres.port}"

    def prepare(self, workload, slots):
        self.postgres.create_database(DATABASE)
        workload.prepare(self.postgres, DATABASE)
        self.postgres.sql(f"CREATE PUBLICATION {PUBLICATION} FOR ALL TABLES", database=DATABASE)
        for slot in slots:
            self.postgres.sql(f"SELECT pg_create_logical_replication_slot('{slot}', 'pgoutput')", database=DATABASE)
        workload.write(self.postgres, DATABASE)
        self.end = self.postgres.value("SELECT pg_current_wal_insert_lsn()")
        # A commit beyond the end, so that pg_recvlogical sees that it has reached it.
        self.postgres.sql("SELECT pg_logical_emit_message(true, 'bench', 'end')", database=DATABASE)
        self.postgres.sql("CHECKPOINT")

    def clean(self, slots):
        for slot in slots:
            self.postgres.sql(f"SELECT pg_drop_replication_slot('{slot}')")
        self.postgres.sql(f"DROP DATABASE {DATABASE}")


def measure(scene, workload, arguments):
    """All programs in turn, `rounds` times; a list of figures a program."""
    # The broker's JVM compiles what it runs for some millions of records: rounds below 0 do not count.
    rounds = range(-arguments.warm_up, arguments.rounds)
    names = [(program, round_) for round_ in rounds for program in arguments.programs
             if round_ >= 0 or program.endswith("kafka")]
    # The state topic remembers a name: each drain has its own.
    slots = {name: f"{workload.name}_{name[0]}_{name[1] + arguments.warm_up}".replace("-", "_") for name in names}
    scene.prepare(workload, slots.values())
    found = {program: [] for program in arguments.programs}
    for name in names:
        figures = Drain(scene, name[0], slots[name], workload.rows, arguments.transport).run()
        if name[1] >= 0:
            found[name[0]].append(figures)
    scene.clean(slots.values())
    return found


def spread(values):
    return f"{min(values):.2f} / {statistics.median(values):.2f} / {max(values):.2f}"


def report(workload, found, transport):
    print(f"\n{workload.name}, {workload.rows:,} rows, {transport} (minimum / median / maximum)")
    for program, runs in found.items():
        # A catch-up begins before any row flows: all of its time counts, from the start of the process.
        rate = "whole_rows_per_second" if program.startswith("catchup") else "rows_per_second"
        base = [one[rate] for one in found.get("recvlogical", [])]
        rates = [one[rate] for one in runs]
        line = f"  {program:12} rows/s {statistics.median(rates):>10,.0f}"
        if base and program != "recvlogical":
            line += f"  ratio {spread([a / b for a, b in zip(rates, base)])}"
        for figure in ("cpu_s_per_million", "walsender_cpu_s_per_million", "broker_cpu_s_per_million",
                       "peak_mib", "load_average"):
            line += f"  {figure} {statistics.median(one[figure] for one in runs):.2f}"
        print(line, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--warm-up", type=int, default=2, help="rounds to Kafka before those that count")
    parser.add_argument("--scale", type=float, default=5, help="times 100,000 narrow rows")
    parser.add_argument("--transport", choices=["unix", "tcp"], default="unix")
    parser.add_argument("--workloads", nargs="*", help="names; default: all")
    parser.add_argument("--programs", nargs="*", default=PROGRAMS, choices=PROGRAMS)
    parser.add_argument("--major", type=int, default=15)
    parser.add_argument("--workers", type=int, default=2, help="backends of a catch-up")
    parser.add_argument("--binary", action="store_true", help="source.binary: true")
    parser.add_argument("--json", help="write all figures to this file")
    arguments = parser.parse_args()
    workloads = [one for one in all_workloads(arguments.scale)
                 if not arguments.workloads or one.name in arguments.workloads]
    settings = {"max_replication_slots": "60", "max_wal_senders": "20", "max_wal_size": "8GB",
                "shared_buffers": "256MB", "logical_decoding_work_mem": "256MB"}
    everything = {}
    with Postgres(arguments.major, settings=settings) as postgres, Kafka(1) as kafka:
        scene = Scene(postgres, kafka, {"source": {"binary": True}} if arguments.binary else {},
                      arguments.workers)
        for workload in workloads:
            found = measure(scene, workload, arguments)
            report(workload, found, arguments.transport)
            everything[workload.name] = found
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(everything, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
