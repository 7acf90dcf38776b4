#!/usr/bin/python3
"""Mixed load with a fault every so often: soak.py [--minutes 60] [--every 60] [--seed N] [--write].

Two walferrys, of which one waits. Faults of the second half let the processes live, so that memory
can be watched. At the end everything published is compared with everything committed. With --write
the result replaces the one in README.md.
"""

import argparse
import datetime
import pathlib
import random
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import figures
from ground import Ground
from memory import Memory
from mixture import EXTRA, Mixture
from play import Play
from rig import walferry
from rig.waiting import wait_until
from soak_faults import Faults

RECOVERY_MAX = 120
MUTE_MAX = 35
BEGIN, END = "<!-- soak -->", "<!-- end of soak -->"


class Soak:
    """One run; `lines` are what it says of itself."""

    def __init__(self, ground, minutes, every, seed):
        self._minutes, self._every, self._seed = minutes, every, seed
        self._random = random.Random(seed)
        self.play = Play(ground, "soak", address=ground.wire.address, extra=EXTRA)
        self._faults = Faults(ground, self.play)
        self._memory = Memory(self.play)
        self._recoveries = {}

    def run(self):
        with self.play:
            self.play.walferry.start_streaming()
            self.play.another().start()
            with Mixture(self.play) as mixture:
                self._go(mixture)
                changes = mixture.finish()
            self.play.wait_caught_up(600)
            self._memory.close()
            found, problems = self.play.judge("soak")
            problems += self._memory.problems()
            problems += ["acknowledged before the broker had it"] if found.ahead else []
            problems += ["ready and mute"] if found.mute >= MUTE_MAX else []
            return self._report(found, changes), problems

    def _go(self, mixture):
        begun = time.monotonic()
        seconds = self._minutes * 60
        while time.monotonic() - begun < seconds:
            pause_until = time.monotonic() + self._every
            lives = time.monotonic() - begun > seconds / 2
            self._one_fault(lives)
            mixture.check()
            wait_until(lambda: time.monotonic() >= pause_until, "the next fault was due",
                       self._every + 10, interval=0.5)

    def _one_fault(self, lives):
        name, fault = self._faults.choose(self._random, lives)
        print(f"{datetime.datetime.now():%H:%M:%S} {name}", flush=True)
        fault()
        healed = time.monotonic()
        self.play.mark()
        self.play.wait_caught_up(RECOVERY_MAX)
        taken = time.monotonic() - healed
        wait_until(self._faults.streaming, lambda: f"one said ready:\n{self.play.logs()}", 30)
        print(f"         all acknowledged after {taken:.1f} s", flush=True)
        self._recoveries.setdefault(name, []).append(taken)

    def _report(self, found, changes):
        count = sum(map(len, self._recoveries.values()))
        rows = [f"| {name} | {len(times)} | {max(times):.1f} s |"
                for name, times in sorted(self._recoveries.items())]
        return "\n".join([
            f"{datetime.date.today()}, {walferry.version()}: {self._minutes:g} minutes, {count} faults, "
            f"seed {self._seed}; {changes}.", "",
            f"{found}.", "", str(self._memory), "",
            "| fault | times | until all was acknowledged, at most |", "|---|---|---|", *rows])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--every", type=float, default=60, help="seconds between faults")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    with Ground(proxied=True) as ground:
        report, problems = Soak(ground, arguments.minutes, arguments.every, arguments.seed).run()
    print(report)
    print("\n".join(problems) or "every promise was kept")
    if arguments.write and not problems:
        readme = HERE / "README.md"
        readme.write_text(figures.replace_between(
            readme.read_text(encoding="utf-8"), BEGIN, END, report), encoding="utf-8")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
