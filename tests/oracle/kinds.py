"""The types that random tables have, with literals of ordinary and extreme values, and how both formats show them."""

import base64
import calendar
import datetime
import decimal
import json
import math
import re
import struct

decimal.getcontext().prec = 2000

EXTENSIONS = ("citext", "hstore", "ltree")
PREPARE = """
CREATE TYPE mood AS ENUM ('sad', 'ok', 'a "b", c');
CREATE DOMAIN positive AS integer CHECK (value > 0);
CREATE DOMAIN tag AS varchar(20);
CREATE DOMAIN tags AS text[];
CREATE TYPE pair AS (n integer, t text);
CREATE TYPE nested AS (p pair, m mood, a integer[]);
"""

_TEXTS = ["", " ", "plain", "two words", "it''s", 'say "hi"', "back\\slash", "tab\tline\nbreak\r", "äöü €uro",
          "😀 emoji", "NULL", "null", "{a,b}", "(1,2)", "a,b;c", "__debezium_unavailable_value", "\x01\x7f",
          "x" * 300, "trailing  "]


def _quoted(text):
    return "'" + text.replace("'", "''") + "'" if "''" not in text else "'" + text + "'"


def _text(limit=None):
    return [_quoted(one[:limit] if limit else one) for one in _TEXTS]


def _array(kind, elements):
    """Literals of one and more dimensions; each element is an SQL expression."""
    some = [f"ARRAY[{', '.join(elements[:3])}]::{kind}[]", f"ARRAY[{elements[0]}, NULL]::{kind}[]",
            f"ARRAY[NULL]::{kind}[]", f"'{{}}'::{kind}[]",
            f"ARRAY[ARRAY[{elements[0]}, NULL], ARRAY[{elements[-1]}, {elements[1]}]]::{kind}[]"]
    return some


_LITERALS = {
    "smallint": ["0", "-32768", "32767", "7"],
    "integer": ["0", "-2147483648", "2147483647", "42"],
    "bigint": ["0", "-9223372036854775808", "9223372036854775807", "9007199254740993"],
    "boolean": ["true", "false"],
    "real": ["0", "'-0'", "1.5", "'NaN'", "'Infinity'", "'-Infinity'", "3.4028235e38", "1e-45", "0.1", "16777217"],
    "double precision": ["0", "'-0'", "'NaN'", "'Infinity'", "'-Infinity'", "1.7976931348623157e308", "5e-324",
                         "0.1", "123456789.123456789", "1e23"],
    "numeric": ["0", "0.00", "-1.10", "'NaN'", "'Infinity'", "'-Infinity'", "1e50", "1e-50", "12345678901234567890.123456789",
                "1e400", "-0.000001", "128", "-128", "255", "-129"],
    "numeric(10,2)": ["0", "1.10", "-99999999.99", "'NaN'", "1.28", "-1.28", "1.27", "327.68"],
    "numeric(20,0)": ["0", "99999999999999999999", "-1", "'NaN'"],
    "money": ["'0'", "'-92233720368547758.08'", "'92233720368547758.07'", "'1.10'"],
    "text": _text(),
    "varchar(12)": _text(12),
    "char(5)": _text(5),
    "name": _text(60),
    '"char"': ["'a'", "''", "'\"'"],
    "citext": _text(),
    "bytea": ["''", "'\\x00ff10'", "'\\x" + bytes(range(256)).hex() + "'"],
    "bit(1)": ["B'0'", "B'1'"],
    "bit(12)": ["B'000000000001'", "B'101010101010'", "B'000000000000'"],
    "varbit": ["B''", "B'1'", "B'0001'", "B'1010101010101010101'"],
    "varbit(9)": ["B''", "B'1'", "B'000000001'"],
    "date": ["'1970-01-01'", "'0001-01-01'", "'0044-03-15 BC'", "'infinity'", "'-infinity'", "'5874897-12-31'",
             "'4713-01-01 BC'", "'2024-02-29'", "'10000-01-01'"],
    "time": ["'00:00'", "'24:00'", "'23:59:59.999999'", "'04:05:06.7'"],
    "time(3)": ["'04:05:06.789'", "'24:00'"],
    "timetz": ["'04:05:06.789+05:30'", "'00:00:00-15:59'", "'23:59:59.999999+15:59'", "'24:00:00+00'", "'01:02:03+02:00:30'"],
    "timestamp": ["'1970-01-01'", "'2024-02-03 04:05:06.789123'", "'infinity'", "'-infinity'", "'0044-03-15 01:02:03 BC'",
                  "'294276-12-31 23:59:59.999999'", "'4713-01-01 BC'", "'1969-12-31 23:59:59.999999'", "'12000-01-01'"],
    "timestamp(3)": ["'2024-02-03 04:05:06.789'", "'infinity'", "'-infinity'", "'0001-01-01 BC'", "'1969-12-31 23:59:59.999'"],
    "timestamptz": ["'1970-01-01+00'", "'2024-02-03 04:05:06.789123+05:30'", "'infinity'", "'-infinity'",
                    "'0044-03-15 01:02:03+00 BC'", "'294276-12-31 23:59:59.999999+00'", "'2024-02-03 04:05:06+00'"],
    "timestamptz(2)": ["'2024-02-03 04:05:06.78+00'", "'infinity'"],
    "interval": ["'0'", "'1 year -2 mons 3 days 04:05:06.789'", "'-1 mon'", "'00:00:00.000001'", "'-00:00:01.5'",
                 "'100 years'", "'178000000 years'"],
    "uuid": ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "'00000000-0000-0000-0000-000000000000'"],
    "json": ["'{\"a\": 1.10, \"a\": [null, \"ä\\u0041\"]}'", "'null'", "'1e500'", "'\"x\"'", "'[ 1 ,\n 2 ]'", "'{}'"],
    "jsonb": ["'{\"a\": 1.10, \"b\": [null, \"ä\"]}'", "'null'", "'12345678901234567890'", "'\"x\"'", "'[]'", "'true'"],
    "xml": ["'<a b=\"1\">t</a>'", "'x'"],
    "inet": ["'10.0.0.1'", "'10.0.0.1/8'", "'::1'", "'fe80::1/64'"],
    "cidr": ["'10.0.0.0/8'", "'::/0'"],
    "macaddr": ["'08:00:2b:01:02:03'"],
    "macaddr8": ["'08:00:2b:01:02:03:04:05'"],
    "point": ["'(1,2)'", "'(-1.5,1e300)'", "'(0.1,-0)'"],
    "line": ["'{1,-1,0.5}'"],
    "lseg": ["'[(0,0),(1.5,-1)]'"],
    "box": ["'(1,1),(0,0.5)'"],
    "path": ["'[(0,0),(1,1)]'", "'((0,0),(1,1),(2,0))'"],
    "polygon": ["'((0,0),(1,1),(2,0))'"],
    "circle": ["'<(1,2),3.5>'"],
    "tsvector": ["'a fat cat'::tsvector", "'fat:2A cat:3'::tsvector", "''"],
    "tsquery": ["'fat & (rat | !cat)'::tsquery", "'super:*'::tsquery"],
    "pg_lsn": ["'0/0'", "'16/B374D848'"],
    "oid": ["0", "4294967295"],
    "xid8": ["'0'", "'18446744073709551615'"],
    "xid": ["'0'", "'4294967295'"],
    "jsonpath": ["'$.a[*] ? (@ > 1)'"],
    "regclass": ["'pg_class'", "0", "'information_schema.tables'"],
    "regtype": ["'integer'", "'text[]'"],
    "regproc": ["0"],
    "regrole": ["'postgres'"],
    "int4range": ["'[1,5)'", "'empty'", "'(,)'", "'[1,]'"],
    "numrange": ["'[1.10,5)'", "'(,2]'", "'empty'"],
    "tsrange": ["'[2024-01-01,2024-02-03 04:05:06.7)'", "'(,infinity]'"],
    "tstzrange": ["'[2024-01-01 00:00+00,2024-02-03 04:05:06.7+00)'"],
    "daterange": ["'[2024-01-01,2024-02-03)'", "'[0044-03-15 BC,)'"],
    "int4multirange": ["'{[1,5),[7,8)}'", "'{}'"],
    "datemultirange": ["'{[2024-01-01,2024-02-03)}'"],
    "hstore": ["''", "'a=>1, b=>NULL, \"c d\"=>\"e\\\"f\"'"],
    "ltree": ["'Top.Science'", "''"],
    "mood": ["'sad'", "'ok'", "'a \"b\", c'"],
    "positive": ["1", "2147483647"],
    "tag": _text(20),
    "tags": ["ARRAY['a', NULL, 'b,c']", "'{}'"],
    "pair": ["ROW(1, 'x')::pair", "ROW(NULL, 'a \"q\", (b)')::pair", "ROW(NULL, NULL)::pair", "ROW(1, '')::pair"],
    "nested": ["ROW(ROW(1, 'a b')::pair, 'ok', ARRAY[1, 2])::nested", "ROW(NULL, NULL, NULL)::nested"],
    "oidvector": ["'1 2'", "''"],
    "int2vector": ["'1 2'", "''"],
}
_NO_ARRAY = ("oidvector", "int2vector", "tags", '"char"')
LITERALS = dict(_LITERALS)
for _kind, _some in _LITERALS.items():
    if _kind not in _NO_ARRAY and len(_some) > 1:
        _casts = [f"{one}::{_kind}" for one in _some]
        LITERALS[f"{_kind}[]"] = _array(_kind, _casts)
LITERALS["integer[]"] += ["'[0:1]={5,6}'", "'[-1:0][2:3]={{1,2},{3,4}}'"]
KEYS = ("integer", "bigint", "text", "uuid", "varchar(12)", "numeric(10,2)", "date", "timestamptz", "boolean", "smallint",
        "mood", "tag", "citext", "bytea", "numeric", "char(5)", "double precision", "interval", "inet", "integer[]",
        "timestamp", "time", "positive", "int4range", "jsonb", "bit(12)", "name")


class Raw(str):
    """A number of JSON as it was written."""


def parse_json(data):
    return json.loads(data, parse_int=Raw, parse_float=Raw, parse_constant=_refused)


def _refused(word):
    raise ValueError(f"{word} is not JSON")


def dump_json(value):
    """JSON text of what parse_json gave, with numbers as they were."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {dump_json(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(dump_json, value)) + "]"
    return json.dumps(value)


# --- from format plain to PostgreSQL's input ---------------------------------------------------

_DATE = re.compile(r"([+-]?)(\d{4,})-(\d\d-\d\d)(.*)", re.DOTALL)


def _from_iso(text):
    """A date of ISO 8601 as PostgreSQL reads it: year 0 is 1 BC."""
    found = _DATE.fullmatch(text)
    if found is None:
        return text
    sign, year, rest, time = found.groups()
    year = int(year) * (-1 if sign == "-" else 1)
    era = ""
    if year <= 0:
        year, era = 1 - year, " BC"
    return f"{year:04}-{rest}{time.replace('T', ' ')}{era}"


def _element(value, kind):
    if value is None:
        return "NULL"
    text = to_text(value, kind)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _array_text(value, kind):
    delimiter = ";" if kind == "box" else ","
    return "{" + delimiter.join(_array_text(one, kind) if isinstance(one, list) and not _is_json(kind)
                                else _element(one, kind) for one in value) + "}"


def _is_json(kind):
    return kind in ("json", "jsonb")


def to_text(value, kind):
    """The text that PostgreSQL's input function of `kind` reads, from a value of format plain. Not for NULL."""
    if kind == "tags":
        kind = "text[]"
    if kind.endswith("[]"):
        return _array_text(value, kind[:-2]) if isinstance(value, list) else value
    if _is_json(kind):
        return dump_json(value)
    if kind in ("oidvector", "int2vector"):
        return " ".join(value)
    if kind == "hstore":
        return ", ".join(f"{json.dumps(k, ensure_ascii=False)}=>" +
                         ("NULL" if v is None else json.dumps(v, ensure_ascii=False)) for k, v in value.items())
    if isinstance(value, bool):
        return "true" if value else "false"
    if kind.startswith(("date", "timestamp")) and "range" not in kind:
        return _from_iso(value)
    return str(value)
