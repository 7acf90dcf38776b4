"""Watches what the processes of a long run take: memory and open files."""

import os
import statistics
import threading

_EVERY = 5
# A life is judged from so many samples on: half of it is compared with the other half.
_SAMPLES_MIN = 60
_GROWTH_MAX = 1.25
_SLACK_MIB = 8
_FILES_SLACK = 8


class Memory:
    """Samples every walferry of a Play until closed. A life is one process from start to end."""

    def __init__(self, play):
        self._play = play
        self._lives = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self):
        self._over.set()
        self._thread.join()

    def _run(self):
        while not self._over.wait(_EVERY):
            for walferry in self._play.walferries:
                if walferry.running:
                    self._look(walferry)

    def _look(self, walferry):
        pid = walferry.pid
        try:
            sample = walferry.rss_kib() / 1024, len(os.listdir(f"/proc/{pid}/fd"))
        except (OSError, KeyError):
            return  # it ended just now
        self._lives.setdefault(pid, []).append(sample)

    def _longest(self):
        return max(self._lives.values(), key=len, default=[])

    def _quarters(self, which):
        """The medians of the four quarters of the longest life."""
        samples = [sample[which] for sample in self._longest()]
        size = max(1, len(samples) // 4)
        return [statistics.median(samples[n * size:(n + 1) * size] or samples) for n in range(4)]

    def problems(self):
        """What grew in a life that was long enough to tell."""
        if len(self._longest()) < _SAMPLES_MIN:
            return []
        memory, files = self._quarters(0), self._quarters(1)
        found = []
        if memory[3] > memory[1] * _GROWTH_MAX + _SLACK_MIB:
            found.append(f"memory grew: {memory} MiB by quarters")
        if files[3] > files[1] + _FILES_SLACK:
            found.append(f"open files grew: {files} by quarters")
        return found

    def __str__(self):
        samples = self._longest()
        if not samples:
            return "No process lived long enough to be looked at."
        memory = ", ".join(f"{value:.1f}" for value in self._quarters(0))
        files = ", ".join(f"{value:g}" for value in self._quarters(1))
        return (f"Of {len(self._lives)} processes the longest lived {len(samples) * _EVERY / 60:.0f} "
                f"minutes: {memory} MiB by quarters of its life (median), at most "
                f"{max(rss for rss, _ in samples):.1f} MiB; {files} open files.")
