"""A case's properties as a configuration of walferry: by `walferry config from-debezium`."""

import fnmatch
import json
import re
import urllib.parse

import yaml

from rig import walferry
from rig.workdir import Workdir

_JSON = "org.apache.kafka.connect.json.JsonConverter"

# What from-debezium remarks about although the configuration that it writes does it: property,
# the value for which that is so, and why.
_DONE_ANYWAY = (
    ("header.converter", _JSON, "key headers always hold the JSON of the key"),
    ("header.converter.schemas.enable", "false", "and no schema"),
    ("extended.headers.enabled", "false", "context headers come only by events.headers"),
    ("column.mask.hash.SHA-*", "*", "hashed, by version 2; a row of the table of differences"),
)
_REMARK = re.compile(r"#   (?P<property>[^ :]\S*): (?P<text>.*)")
_HARMLESS_REMARK = "Debezium ignores upper and lower case here"


class Unsupported(Exception):
    """walferry has no counterpart for something that the case wants."""


def _quoted(table):
    return re.sub(r"([.\\^$|?*+()\[\]{},])", r"\\\1", table)


def connector(case, postgres, bootstrap):
    """The whole configuration that Debezium would get for the case, but for the connection."""
    place = urllib.parse.urlsplit(postgres.url(case.name))
    chosen = {"table.include.list": ",".join(map(_quoted, case.tables))} if case.tables else {}
    return {
        "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
        "plugin.name": "pgoutput",
        "database.hostname": place.hostname,
        "database.port": str(place.port),
        "database.user": place.username,
        "database.dbname": case.name,
        "topic.prefix": case.name,
        "slot.name": case.slot,
        "publication.name": case.slot,
        "publication.autocreate.mode": "filtered",
        "snapshot.mode": "no_data",
        "key.converter": _JSON,
        "key.converter.schemas.enable": "false",
        "value.converter": _JSON,
        "value.converter.schemas.enable": "false",
        "producer.override.bootstrap.servers": bootstrap,
        **chosen,
        **case.connector,
    }


def _is_done_anyway(name, value):
    return any(fnmatch.fnmatchcase(name, known) and fnmatch.fnmatchcase(value, when)
               for known, when, _ in _DONE_ANYWAY)


def _complaints(case, text):
    """The remarks at the end that say that something of the case was not converted."""
    for line in text.splitlines():
        remark = _REMARK.fullmatch(line)
        if remark is None or remark["text"].startswith(_HARMLESS_REMARK):
            continue
        given = case.connector.get(remark["property"])
        if given is None or not _is_done_anyway(remark["property"], given):
            yield line.removeprefix("#").strip()


def configuration(case, postgres, bootstrap):
    """The configuration as a dict; raises Unsupported when a property has no counterpart."""
    workdir = Workdir("golden")
    try:
        path = workdir.path / "connector.json"
        path.write_text(json.dumps(connector(case, postgres, bootstrap)), encoding="utf-8")
        done = walferry.call("config", "from-debezium", str(path))
    finally:
        workdir.remove()
    if done.returncode != 0:
        raise Unsupported(done.stderr.strip().replace(f"{path}: ", ""))
    complaints = list(_complaints(case, done.stdout))
    if complaints:
        raise Unsupported("; ".join(complaints))
    return yaml.safe_load(done.stdout)
