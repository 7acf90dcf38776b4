"""One child process: started, signalled, waited for, and never left behind by accident."""

import os
import pathlib
import shutil
import signal
import subprocess

from . import users
from .waiting import wait_until


def command(argv, server_user=False, death_signal=None):
    """`argv` wrapped by setpriv so that exec keeps the pid: another user, a signal if we die."""
    options = []
    if server_user and os.geteuid() == 0:
        entry = users.server_user()
        options += ["--reuid", str(entry.pw_uid), "--regid", str(entry.pw_gid), "--clear-groups"]
    if death_signal:
        options += ["--pdeathsig", death_signal]
    return ["setpriv", *options, *argv] if options else list(argv)


class Process:
    """A running program whose output goes to a file.

    It dies with this process unless `detached`, which puts it into a session of its own.
    Start it from a thread that lives as long as it should.
    """

    def __init__(self, argv, *, log, env=None, cwd=None, server_user=False, detached=False,
                 death_signal="KILL", stdout=None, inherits=()):
        full = command(argv, server_user, None if detached else death_signal)
        with open(log, "ab") as sink:
            self._child = subprocess.Popen(
                full, stdin=subprocess.DEVNULL, stdout=stdout or sink, stderr=sink,
                env=env, cwd=cwd, start_new_session=True, pass_fds=inherits)
        self.pid = self._child.pid
        self.log = pathlib.Path(log)

    @property
    def exit_code(self):
        """None while it runs; as subprocess has it: negative for a signal."""
        return self._child.poll()

    @property
    def running(self):
        return self.exit_code is None

    def signal(self, number):
        """Sends a signal, to nobody if it has ended."""
        if self.running:
            os.kill(self.pid, number)

    def wait(self, seconds=60):
        """Waits for its end and returns the exit code."""
        wait_until(lambda: not self.running,
                   lambda: f"process {self.pid} ended; it is at\n{stacks(self.pid)}\nand wrote\n{self.log_tail()}",
                   seconds)
        return self.exit_code

    def kill9(self):
        self.signal(signal.SIGKILL)
        return self.wait()

    def kill9_all(self):
        """Kills it and everything of its session that it started."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        return self.wait()

    def freeze(self):
        """Stops it in its tracks, children included: it hangs, its sockets stay open."""
        for pid in [self.pid, *children(self.pid)]:
            send(pid, signal.SIGSTOP)

    def thaw(self):
        for pid in [self.pid, *children(self.pid)]:
            send(pid, signal.SIGCONT)

    def log_tail(self, lines=20):
        """The last lines that it wrote, for error messages."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])


def send(pid, number):
    """Signals `pid` if it is there."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def exists(pid):
    """Whether `pid` runs (a zombie does not)."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def children(pid):
    """The pids of the direct children of `pid`."""
    found = []
    for listing in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(word) for word in listing.read_text(encoding="utf-8").split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def stacks(pid):
    """Where the threads of `pid` are, as gdb sees it; what the kernel tells where there is no gdb."""
    gdb = shutil.which("gdb")
    if gdb:
        return subprocess.run([gdb, "-p", str(pid), "-batch", "-nx", "-ex", "thread apply all bt 30"], text=True,
                              check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT).stdout
    told = []
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*"):
        try:
            told.append(f"{task.name} {(task / 'comm').read_text().strip()}: {(task / 'wchan').read_text()}")
        except OSError:
            continue
    return "\n".join(told)


def memory_kib(pid, field="VmRSS"):
    """A line of /proc/PID/status in KiB: VmRSS now, VmHWM at its highest."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    for line in status.splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    raise KeyError(field)
