"""Watches topics with kcat and notes when each record arrived, for people to look at."""

import json
import subprocess
import sys
import threading
import time


def _stamp(process, write):
    for line in process.stdout:
        write(f"{time.time_ns() // 1000} {line.decode('utf-8', 'replace')}")


def watch(bootstrap, topics):
    """Prints 'microseconds JSON' for each record, old ones first; ends when every kcat does."""
    lock = threading.Lock()

    def write(line):
        with lock:
            sys.stdout.write(line)
            sys.stdout.flush()

    watchers = []
    for topic in topics:
        argv = ["setpriv", "--pdeathsig", "TERM", "kcat", "-u", "-q", "-C", "-J", "-b", bootstrap,
                "-t", topic, "-o", "beginning", "-X", "fetch.wait.max.ms=50"]
        kcat = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        watchers.append(threading.Thread(target=_stamp, args=(kcat, write)))
        watchers[-1].start()
    for thread in watchers:
        thread.join()


def _committed_us(record):
    """The commit's time, in microseconds if the event has them. Of a raw record its own time."""
    source = json.loads(record["payload"]).get("source", {})
    return source.get("ts_us") or source.get("ts_ms", record["ts"]) * 1000


def _headers(record):
    """walferry.version=1 and so on, of a record that has headers."""
    flat = record.get("headers") or []
    return "  ".join(f"{name}={value}" for name, value in zip(flat[::2], flat[1::2]))


def _describe(line):
    stamp, _, text = line.partition(" ")
    record = json.loads(text)
    place = f"{record['topic']} {record['key']}  {_headers(record)}".rstrip()
    if record["payload"] is None:
        return f"{'tombstone':>12}  {place}"
    taken = (int(stamp) - _committed_us(record)) / 1000
    return f"{taken:9.1f} ms  {place}\n{record['payload']}\n"


def present(path, skip):
    """Prints the records in a file that `watch` wrote, without the first `skip`: time from commit
    to consumer, topic and key, and the value as it is."""
    with open(path, encoding="utf-8") as file:
        for line in file.read().splitlines()[skip:]:
            print(_describe(line))
