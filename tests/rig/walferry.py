"""Runs the program under test and watches it from outside."""

import json
import os
import pathlib
import signal
import subprocess
import urllib.error
import urllib.request

from . import ports, process
from .waiting import wait_until
from .workdir import Workdir

ROOT = pathlib.Path(__file__).resolve().parents[2]


def binary():
    """The program: WALFERRY_BIN, or what the release preset builds."""
    return pathlib.Path(os.environ.get("WALFERRY_BIN") or ROOT / "build/release/walferry")


def version():
    """What it says of itself."""
    return subprocess.run([binary(), "--version"], text=True, check=True,
                          capture_output=True).stdout.strip()


def _environment(extra=None):
    """Ours without what would configure walferry or libpq behind the test's back."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("WALFERRY_", "PG"))}
    return {**kept, "NO_COLOR": "1", **(extra or {})}


def call(*arguments, config=None, env=None, seconds=60):
    """Runs a command of walferry's to its end; returns subprocess.CompletedProcess, text."""
    with _config_file(config) as options:
        return subprocess.run([binary(), *arguments, *options], env=_environment(env), text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False,
                              timeout=seconds)


class _config_file:
    """Context: the options that name a temporary configuration file; none without one."""

    def __init__(self, config):
        self._config = config
        self._workdir = None

    def __enter__(self):
        if self._config is None:
            return []
        self._workdir = Workdir("config")
        return ["-c", str(write_config(self._workdir.path, self._config))]

    def __exit__(self, *_):
        if self._workdir:
            self._workdir.remove()


def write_config(directory, config):
    """Writes a configuration (a nested dict, or YAML as text) into `directory`."""
    path = pathlib.Path(directory) / "walferry.yaml"
    # JSON is YAML too.
    text = config if isinstance(config, str) else json.dumps(config, indent=2)
    path.write_text(text, encoding="utf-8")
    return path


class Walferry:
    """`walferry run` with a configuration; can be started again after it ended.

    Each run adds to the same `stdout` and `stderr` files. An http.listen address is added
    unless the configuration has one; without a configuration (None) the options say all.
    Use as a context manager to have it killed at the end.
    """

    def __init__(self, config, env=None, options=()):
        self._workdir = Workdir("run")
        self.config = config
        if config is not None:
            listen = f"127.0.0.1:{ports.allocate()}"
            self.config = {"http": {"listen": listen}, **config}
            self.http = self.config["http"]["listen"]
        self._env = env
        self._options = options
        self._process = None

    @property
    def stdout(self):
        return self._workdir.path / "stdout"

    @property
    def stderr(self):
        return self._workdir.path / "stderr"

    @property
    def pid(self):
        return self._process.pid

    @property
    def running(self):
        return self._process is not None and self._process.running

    @property
    def exit_code(self):
        return self._process.exit_code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill9()
        self._workdir.remove()

    def start(self):
        """Starts the process; says nothing about what it does then."""
        options = list(self._options)
        if self.config is not None:
            options += ["-c", write_config(self._workdir.path, self.config)]
        with open(self.stdout, "ab") as out:
            self._process = process.Process(
                [binary(), "run", *options], log=self.stderr, stdout=out,
                env=_environment(self._env), cwd=self._workdir.path)
        return self

    def start_streaming(self, seconds=60):
        """Starts it and waits until it says that it streams."""
        self.start()
        return self.wait_streaming(seconds)

    def wait_streaming(self, seconds=60):
        wait_until(self._must_run(self.ready), lambda: f"/readyz said yes; log:\n{self.log_tail()}",
                   seconds)
        return self

    def _must_run(self, condition):
        def checked():
            if not self.running:
                raise AssertionError(f"walferry ended with {self.exit_code}:\n{self.log_tail()}")
            return condition()
        return checked

    def get(self, path):
        """(status, body) of an HTTP endpoint; status 0 when nothing answers."""
        try:
            with urllib.request.urlopen(f"http://{self.http}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def ready(self):
        return self.get("/readyz")[0] == 200

    def status(self):
        """The JSON of /status."""
        return json.loads(self.get("/status")[1])

    def wait_exit(self, seconds=60):
        return self._process.wait(seconds)

    def terminate(self, seconds=60):
        """SIGTERM, as a service manager stops it; returns the exit code."""
        self._process.signal(signal.SIGTERM)
        return self._process.wait(seconds)

    def signal(self, number):
        self._process.signal(number)

    def kill9(self):
        if self.running:
            self._process.kill9()

    def freeze(self):
        self._process.freeze()

    def thaw(self):
        self._process.thaw()

    def rss_kib(self):
        return process.memory_kib(self.pid)

    def peak_rss_kib(self):
        return process.memory_kib(self.pid, "VmHWM")

    def log_tail(self, lines=20):
        return self._process.log_tail(lines)

    def log_text(self):
        return self.stderr.read_text(encoding="utf-8", errors="replace")

    def stdout_lines(self):
        """Whole lines written so far."""
        text = self.stdout.read_text(encoding="utf-8")
        return text[:text.rfind("\n") + 1].splitlines()
