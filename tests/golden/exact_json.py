"""JSON with nothing lost: numbers by their digits, doubled names noticed, any bytes shown."""

import base64
import dataclasses
import json
from decimal import Decimal


@dataclasses.dataclass(frozen=True)
class GoldenRecord:
    """A record with parsed JSON; `headers` are (name, text) in their order."""

    topic: str
    partition: int
    key: object
    value: object
    headers: tuple


def _object(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _constant(name):
    raise ValueError(f"{name} is not JSON")


def loads(text, strict=True):
    """Parsed JSON whose numbers are Decimal, so that 1.10 equals 1.1 and -0.0 keeps its sign."""
    return json.loads(text, parse_int=Decimal, parse_float=Decimal, parse_constant=_constant,
                      object_pairs_hook=_object if strict else dict)


def parse_record(line):
    """A line of events.jsonl."""
    read = loads(line, strict=False)
    return GoldenRecord(read["topic"], int(read["partition"]), read["key"], read["value"],
                        tuple(map(tuple, read["headers"])))


def payload(data):
    """A key or a value; what is no JSON as an object with $raw, what is no UTF-8 with $base64."""
    if data is None:
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return {"$base64": base64.b64encode(data).decode()}
    try:
        return loads(text)
    except ValueError:
        return {"$raw": text}


def of_kafka(record):
    """What a consumer got (rig.consumer.Record), in the form of the recorded ones."""
    headers = tuple((name, None if text is None else text.decode("utf-8", "backslashreplace"))
                    for name, text in record.headers)
    return GoldenRecord(record.topic, record.partition, payload(record.key),
                        payload(record.value), headers)


def show(value):
    """Any parsed JSON in one line."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name, ensure_ascii=False)}:{show(one)}"
                              for name, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(show, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
