"""Loopback ports that no other rig on this machine takes, even while their server is down."""

import fcntl
import os
import pathlib
import random
import socket
import tempfile

# Below the range from which the kernel picks ports of outgoing connections.
FIRST, LAST = 20000, 31999

_held = {}


def _lock_directory():
    path = pathlib.Path(tempfile.gettempdir()) / f"walferry-ports.{os.geteuid()}"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def _free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def allocate():
    """A free port, reserved until this process ends."""
    for port in random.sample(range(FIRST, LAST + 1), LAST - FIRST):
        lock = os.open(_lock_directory() / str(port), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            continue
        if _free(port):
            _held[port] = lock
            return port
        os.close(lock)
    raise RuntimeError("no free loopback port")
