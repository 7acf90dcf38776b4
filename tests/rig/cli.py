"""The command line of the rig: servers that outlive the command, for deploy/quickstart.sh."""

import argparse
import functools
import json
import os
import pathlib
import signal
import sys

from . import kafka_archive, ports, postgres_binaries, process, watch
from .kafka import Kafka
from .postgres import Postgres
from .waiting import wait_until


def _state_file(directory):
    return pathlib.Path(directory) / "rig.json"


def up(arguments):
    """Starts the servers and writes their addresses to DIR/rig.json."""
    directory = pathlib.Path(arguments.directory).resolve()
    directory.mkdir(parents=True, exist_ok=True)
    postgres = Postgres(arguments.postgres, directory / "postgres", detached=True)
    kafka = Kafka(arguments.brokers, directory / "kafka", detached=True)
    try:
        postgres.start()
        kafka.start()
    except BaseException:
        postgres.stop("immediate")
        for broker in kafka.brokers:
            broker.kill9()
        raise
    state = {
        "bootstrap": kafka.bootstrap,
        "free_port": ports.allocate(),
        "postgres_port": postgres.port,
        "postgres_url": postgres.url(),
        "postgres_pid": postgres.pid,
        "broker_pids": [broker.pid for broker in kafka.brokers],
    }
    _state_file(directory).write_text(json.dumps(state, indent=2) + "\n", encoding="utf-8")


def down(arguments):
    """Stops what `up` started, as its state file tells; nothing to stop is fine."""
    try:
        state = json.loads(_state_file(arguments.directory).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    ended = [_end(state["postgres_pid"], signal.SIGQUIT, arguments.directory)]
    ended += [_end(pid, signal.SIGKILL, arguments.directory) for pid in state["broker_pids"]]
    wait_until(lambda: not any(map(process.exists, filter(None, ended))), "the servers ended")
    _state_file(arguments.directory).unlink()


def _end(pid, number, directory):
    """Signals a server of ours; a pid that someone else has got by now is left alone."""
    try:
        command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return None
    if str(pathlib.Path(directory).resolve()).encode() not in command:
        return None
    process.send(pid, number)
    return pid


def fetch(_):
    """Downloads every server ahead of the tests; says which cannot be had."""
    wanted = {f"PostgreSQL {major}": functools.partial(postgres_binaries.find, major)
              for major in postgres_binaries.MAJORS}
    wanted["Kafka"] = kafka_archive.options
    for name, download in wanted.items():
        try:
            download()
        except postgres_binaries.Unavailable as error:
            print(f"rig: {name}: tests that need it will be skipped: {error}", file=sys.stderr)


def show(arguments):
    """Prints one fact of the state file."""
    state = json.loads(_state_file(arguments.directory).read_text(encoding="utf-8"))
    print(state[arguments.fact])


def watch_topics(arguments):
    """Prints what comes out of topics, each line with the microsecond of its arrival."""
    watch.watch(arguments.bootstrap, arguments.topics)


def present(arguments):
    """Prints a file of `watch` for people: the time from commit to consumer, key and value."""
    watch.present(arguments.file, arguments.skip)


def _parser():
    parser = argparse.ArgumentParser(prog="rig", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(function, name):
        added = commands.add_parser(name, help=function.__doc__.partition("\n")[0])
        added.set_defaults(run=function)
        return added

    added = command(up, "up")
    added.add_argument("directory", metavar="DIR")
    added.add_argument("--postgres", type=int, choices=postgres_binaries.MAJORS, default=15, metavar="MAJOR")
    added.add_argument("--brokers", type=int, default=1)
    command(down, "down").add_argument("directory", metavar="DIR")
    command(fetch, "fetch")
    added = command(show, "show")
    added.add_argument("directory", metavar="DIR")
    added.add_argument("fact", help="bootstrap, postgres_url, postgres_port, free_port")
    added = command(watch_topics, "watch")
    added.add_argument("bootstrap")
    added.add_argument("topics", nargs="+", metavar="TOPIC")
    added = command(present, "present")
    added.add_argument("file")
    added.add_argument("--skip", type=int, default=0, metavar="LINES")
    return parser


def main(arguments=None):
    parsed = _parser().parse_args(arguments)
    try:
        parsed.run(parsed)
    except (postgres_binaries.Unavailable, AssertionError, RuntimeError, OSError) as error:
        print(f"rig: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main())
