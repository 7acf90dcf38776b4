"""Downloads that outlive a test run, made once however many runs want them."""

import contextlib
import fcntl
import os
import pathlib
import shutil
import tempfile

ROOT_CACHE = pathlib.Path("/var/cache/walferry-rig")


def directory():
    """The cache, made if it is not there. Readable by every user: servers run under another one."""
    named = os.environ.get("WALFERRY_RIG_CACHE")
    if named:
        path = pathlib.Path(named)
    elif os.geteuid() == 0:
        path = ROOT_CACHE
    else:
        home = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
        path = pathlib.Path(home) / "walferry-rig"
    path.mkdir(mode=0o755, parents=True, exist_ok=True)
    return path


@contextlib.contextmanager
def locked(name):
    """Holds the cache's lock of that name; other processes wait."""
    with open(directory() / f"{name}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def provide(name, build):
    """The cached directory `name`, filled by `build(path)` the first time.

    A build that fails or is killed leaves nothing behind under that name.
    """
    final = directory() / name
    if final.is_dir():
        return final
    with locked(name):
        if final.is_dir():
            return final
        scratch = pathlib.Path(tempfile.mkdtemp(prefix=f"{name}.", dir=directory()))
        try:
            scratch.chmod(0o755)
            build(scratch)
            scratch.rename(final)
        except BaseException:
            shutil.rmtree(scratch, ignore_errors=True)
            raise
    return final
