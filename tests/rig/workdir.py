"""Directories of a server or a test: temporary ones go away, unless someone wants to look."""

import os
import pathlib
import shutil
import tempfile


class Workdir:
    """`path` is the given directory, or a temporary one that `remove` deletes.

    WALFERRY_RIG_KEEP=1 keeps temporary ones. World-readable: servers run as another user.
    """

    def __init__(self, label, given=None):
        self._temporary = given is None
        self.path = pathlib.Path(given or tempfile.mkdtemp(prefix=f"walferry-{label}-"))
        self.path.mkdir(parents=True, exist_ok=True)
        self.path.chmod(0o755)

    def remove(self):
        if self._temporary and os.environ.get("WALFERRY_RIG_KEEP") != "1":
            shutil.rmtree(self.path, ignore_errors=True)
