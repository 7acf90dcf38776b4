#!/usr/bin/python3
"""What walferry is made of: a CycloneDX list of the Debian packages whose code it links or compiles in.

  sbom.py BUILD      BUILD/walferry was built there, by Ninja, on Debian; the list goes to stdout

Shared libraries are those that the loader finds, headers those that the compiler read for the sources of the
binary. SOURCE_DATE_EPOCH, when set, is the time of the list.
"""
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys

FOLDERS = ("lib/", "decoders/", "cmd/")


def output(*command):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout


def libraries(binary):
    """The files of all shared libraries that are loaded with it."""
    return {os.path.realpath(path) for path in re.findall(r"=> (/\S+)", output("ldd", str(binary)))}


def headers(build):
    """The system's headers that were read for the binary's own sources."""
    found, ours = set(), False
    for line in output("ninja", "-C", str(build), "-t", "deps").splitlines():
        if not line.startswith(" "):
            ours = line.startswith(FOLDERS)
        elif ours:
            found.add(os.path.realpath(build / line.strip()))
    return {file for file in found if file.startswith("/usr/")}


def before_merge(file):
    """The name of the file as a package knows it that was made before Debian merged /lib into /usr/lib."""
    return re.sub(r"^/usr(/lib)", r"\1", file)


def packages(files):
    """{package} that own the files."""
    names = sorted(files | {before_merge(file) for file in files})
    told = subprocess.run(["dpkg-query", "-S", *names], check=False, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout
    owned = {path: owners for owners, path in (line.rsplit(": ", 1) for line in told.splitlines())}
    strays = [file for file in files if not {file, before_merge(file)} & owned.keys()]
    if strays:
        sys.exit(f"no package has {', '.join(sorted(strays))}")
    return {owner.strip() for owners in owned.values() for owner in owners.split(",")}


def components(names, scope):
    if not names:
        return []
    told = output("dpkg-query", "-W", "-f=${Package}\t${Version}\t${source:Package}\t${Architecture}\n",
                  *sorted(names))
    return [component(*line.split("\t"), scope) for line in told.splitlines()]


def component(name, version, source, architecture, scope):
    purl = f"pkg:deb/debian/{name}@{version}?arch={architecture}"
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl,
            "properties": [{"name": "debian:source", "value": source}, {"name": "walferry:use", "value": scope}]}


def bill(build):
    binary = build / "walferry"
    name, version, *_ = output(str(binary), "--version").split()
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH", binary.stat().st_mtime))
    loaded = packages(libraries(binary))
    compiled = packages(headers(build)) - loaded
    made_at = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
            "metadata": {"timestamp": made_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                         "component": {"type": "application", "bom-ref": name, "name": name, "version": version}},
            "components": components(loaded, "loaded") + components(compiled, "compiled in")}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(json.dumps(bill(pathlib.Path(sys.argv[1]).resolve()), indent=1))


if __name__ == "__main__":
    main()
