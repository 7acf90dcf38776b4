"""Reads values of Debezium's envelope (default modes, JSON without schema), knowing the column's type only, and
compares them with the text that PostgreSQL prints for the same value."""

import base64
import datetime
import decimal
import json
import re
import struct

_UNITS = {"year": 12, "mon": 1}
_TIME = re.compile(r"(-?)(\d+):(\d\d):(\d\d)(?:\.(\d+))?")
_STAMP = re.compile(r"(\d{4,})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?([+-][\d:]+)?( BC)?")
_INT64 = range(-2**63, 2**63)
_STAMP_INFINITY = {"infinity": 9223372036825200000, "-infinity": -9223372036832400000}
_DAY_INFINITY = {"infinity": 2147483647, "-infinity": -2147483648}


class Wrong(Exception):
    """An event does not say what the table says."""


def _days(year, month, day):
    """Days since 1970 in the proleptic Gregorian calendar; year 0 is 1 BC."""
    cycles, year = divmod(year - 1, 400)
    return datetime.date(year + 1, month, day).toordinal() + cycles * 146097 - 719163


def _moment(text):
    """(days, microseconds of the day, offset in seconds) of a date or timestamp."""
    found = _STAMP.fullmatch(text)
    if found is None:
        raise Wrong(f"no timestamp: {text}")
    year, month, day, hour, minute, second, fraction, zone, era = found.groups()
    year = 1 - int(year) if era else int(year)
    of_day = (int(hour or 0) * 3600 + int(minute or 0) * 60 + int(second or 0)) * 10**6
    return (_days(year, int(month), int(day)), of_day + int((fraction or "").ljust(6, "0")), _offset(zone))


def _offset(zone):
    if not zone:
        return 0
    parts = [int(one) for one in zone[1:].split(":")] + [0, 0]
    return (parts[0] * 3600 + parts[1] * 60 + parts[2]) * (-1 if zone[0] == "-" else 1)


def _micros(text):
    days, of_day, offset = _moment(text)
    return days * 86400 * 10**6 + of_day - offset * 10**6


def _time_micros(text):
    sign, hours, minutes, seconds, fraction = _TIME.fullmatch(text).groups()
    total = (int(hours) * 3600 + int(minutes) * 60 + int(seconds)) * 10**6 + int((fraction or "").ljust(6, "0"))
    return -total if sign else total


def _interval_micros(text):
    months = days = micros = 0
    words = text.split()
    while words:
        word = words.pop(0)
        if ":" in word:
            micros = _time_micros(word.lstrip("+"))
            continue
        unit = words.pop(0).rstrip("s")
        if unit == "day":
            days = int(word)
        else:
            months += int(word) * _UNITS[unit]
    return int(months * decimal.Decimal("30.4375") * 86400 * 10**6) + days * 86400 * 10**6 + micros


def _unscaled(data, scale):
    return decimal.Decimal(int.from_bytes(base64.b64decode(data, validate=True), "big", signed=True)).scaleb(-scale)


def _modifier(kind):
    found = re.search(r"\((\d+)(?:,(-?\d+))?\)", kind)
    return (int(found[1]), int(found[2] or 0)) if found else None


def _same(got, wanted, kind):
    if got != wanted or isinstance(got, bool) != isinstance(wanted, bool):
        raise Wrong(f"{kind}: {got!r} is not {wanted!r}")


def _number(got, text, kind):
    if isinstance(got, bool) or not isinstance(got, str):
        raise Wrong(f"{kind}: {got!r}")
    _same(int(got), int(text), kind)


def _float(got, text, kind):
    if text in ("NaN", "Infinity", "-Infinity"):
        return _same(got, text, kind)
    layout = "<f" if kind == "real" else "<d"
    return _same(struct.pack(layout, float(got)), struct.pack(layout, float(text)), kind)


def _decimal(got, text, kind):
    if text in ("NaN", "Infinity", "-Infinity"):
        return _same(got, text, kind)
    value = decimal.Decimal(text)
    if kind == "numeric":
        return _same(_unscaled(got["value"], int(got["scale"])), value, kind)
    return _same(_unscaled(got, _modifier(kind)[1]), value, kind)


def _money(got, text, kind):
    _same(_unscaled(got, 2), decimal.Decimal(text.replace("$", "").replace(",", "")), kind)


def _bytes(got, text, kind):
    _same(base64.b64decode(got, validate=True), bytes.fromhex(text[2:]), kind)


def _bits(got, text, kind):
    if kind == "bit(1)":
        return _same(got, text == "1", kind)
    return _same(int.from_bytes(base64.b64decode(got, validate=True), "little"), int(text or "0", 2), kind)


def _date(got, text, kind):
    _same(int(got), _DAY_INFINITY[text] if text in _DAY_INFINITY else _moment(text)[0], kind)


def _precision(kind):
    return (_modifier(kind) or (6, 0))[0]


def _time(got, text, kind):
    micros = _time_micros(text)
    _same(int(got), micros // 1000 if _precision(kind) <= 3 else micros, kind)


def _zoned_time(got, text, kind):
    cut = re.search(r"[+-]", text).start()
    micros = (_time_micros(text[:cut]) - _offset(text[cut:]) * 10**6)
    if text.startswith("24:00:00") and micros == 86400 * 10**6:
        return _same(got, "24:00:00Z", kind)
    micros %= 86400 * 10**6
    seconds, fraction = divmod(micros, 10**6)
    wanted = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return _same(got, wanted + (f".{fraction:06}".rstrip("0") if fraction else "") + "Z", kind)


def _timestamp(got, text, kind):
    millis = _precision(kind) <= 3
    micros = _STAMP_INFINITY.get(text)
    micros = _micros(text) if micros is None else micros
    if not millis and micros not in _INT64:
        return _same(got, text, kind)
    return _same(int(got), micros // 1000 if millis else micros, kind)


def _zoned_timestamp(got, text, kind):
    if text in _STAMP_INFINITY:
        return _same(got, text, kind)
    days, of_day, offset = _moment(text)
    _same(offset, 0, kind)
    found = re.fullmatch(r"([+-]?\d{4,})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?Z", got)
    if found is None:
        raise Wrong(f"{kind}: {got!r}")
    year, month, day, hour, minute, second, fraction = found.groups()
    seen = (int(hour) * 3600 + int(minute) * 60 + int(second)) * 10**6 + int((fraction or "").ljust(6, "0"))
    return _same((_days(int(year), int(month), int(day)), seen), (days, of_day), kind)


def _interval(got, text, kind):
    micros = _interval_micros(text)
    if micros not in _INT64:
        return _same(got, text, kind)
    return _same(int(got), micros, kind)


def _point(got, text, kind):
    x, y = (float(one) for one in text[1:-1].split(","))
    _same((struct.pack("<d", float(got["x"])), struct.pack("<d", float(got["y"]))),
          (struct.pack("<d", x), struct.pack("<d", y)), kind)


def _json(got, text, kind):
    _same(json.loads(got), json.loads(text), kind)


def _hstore(got, text, kind):
    pairs = re.findall(r'"((?:[^"\\]|\\.)*)"=>(NULL|"(?:[^"\\]|\\.)*")', text)
    plain = {re.sub(r"\\(.)", r"\1", key): None if value == "NULL" else re.sub(r"\\(.)", r"\1", value[1:-1])
             for key, value in pairs}
    _same(json.loads(got), plain, kind)


def _vector(got, text, kind):
    _same([int(one) for one in got], [int(one) for one in text.split()], kind)


def _plain_text(got, text, kind):
    _same(got, text, kind)


_READERS = {
    "smallint": _number, "integer": _number, "bigint": _number, "oid": _number, "positive": _number,
    "real": _float, "double precision": _float, "numeric": _decimal, "money": _money, "bytea": _bytes,
    "bit": _bits, "varbit": _bits, "date": _date, "time": _time, "timetz": _zoned_time, "timestamp": _timestamp,
    "timestamptz": _zoned_timestamp, "interval": _interval, "point": _point, "json": _json, "jsonb": _json,
    "hstore": _hstore, "oidvector": _vector, "int2vector": _vector,
    "boolean": lambda got, text, kind: _same(got, text == "t", kind),
}
# Elements whose arrays Debezium does not know: published as PostgreSQL's text.
_TEXT_ARRAYS = ("money", "name", "interval", "xml", "point", "bit", "varbit", "tsvector", "bit(1)", "bit(12)",
                "varbit(9)", "tsquery", "line", "lseg", "box", "path", "polygon", "circle", "pg_lsn", "xid8", "xid",
                "jsonpath", "regclass", "regtype", "int4multirange", "datemultirange", "pair", "nested", "positive",
                "tag", "regproc", "regrole")


def array_elements(text, delimiter=","):
    """The elements of a one-dimensional array's text, None for NULL; nothing for another form."""
    if not text.startswith("{") or not text.endswith("}") or text.startswith("{{"):
        return None
    found, at, inside = [], 1, text[:-1]
    while at < len(inside):
        if inside[at] == '"':
            end = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL).match(inside, at)
            found.append(re.sub(r"\\(.)", r"\1", end[1], flags=re.DOTALL))
            at = end.end() + 1
        else:
            end = inside.find(delimiter, at)
            end = len(inside) if end < 0 else end
            word = re.sub(r"\\(.)", r"\1", inside[at:end])
            found.append(None if inside[at:end] == "NULL" else word)
            at = end + 1
    return found


def check(got, text, kind):
    """Raises Wrong unless `got`, from an event, is the value that PostgreSQL prints as `text`."""
    if text is None or got is None:
        _same(got, text, kind)
    elif kind == "tags":
        check(got, text, "text[]")
    elif kind.endswith("[]"):
        _check_array(got, text, kind[:-2])
    else:
        reader = _READERS.get(kind) or _READERS.get(re.sub(r"\(.*\)", "", kind)) or _plain_text
        try:
            reader(got, text, kind)
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise Wrong(f"{kind}: {got!r} for {text!r}: {error}") from error


def _check_array(got, text, element):
    if element not in _TEXT_ARRAYS:
        text = re.sub(r"^\[-?\d+:-?\d+\]=", "", text)  # Debezium's arrays begin anywhere
    known = None if element in _TEXT_ARRAYS else array_elements(text)
    if known is None:
        _same(got, text, element + "[]")
        return
    if not isinstance(got, list) or len(got) != len(known):
        raise Wrong(f"{element}[]: {got!r} is not {text!r}")
    for one, shown in zip(got, known):
        check(one, shown, element)
