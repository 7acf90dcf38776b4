"""The unix user that servers run as: PostgreSQL refuses root."""

import os
import pwd
import shutil
import subprocess

from . import cache

NAME = "walferry-rig"


def server_user():
    """The passwd entry to run servers as: ourselves, or a user of our own when we are root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        pass
    with cache.locked("user"):
        try:
            return pwd.getpwnam(NAME)
        except KeyError:
            subprocess.run(
                ["useradd", "--system", "--user-group", "--no-create-home",
                 "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", NAME],
                check=True)
    return pwd.getpwnam(NAME)


def give(path):
    """Makes `path` and what is below it the server user's."""
    if os.geteuid() == 0:
        entry = server_user()
        shutil.chown(path, entry.pw_uid, entry.pw_gid)
        for base, folders, files in os.walk(path):
            for name in folders + files:
                shutil.chown(os.path.join(base, name), entry.pw_uid, entry.pw_gid)
