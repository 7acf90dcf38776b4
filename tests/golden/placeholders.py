"""What stands in the record for values that differ from run to run."""

import re
import time
from decimal import Decimal

_PER_SECOND = {"ts_ms": 10 ** 3, "ts_us": 10 ** 6, "ts_ns": 10 ** 9}
_CLOCK_SLACK = 6 * 3600
_SEQUENCE = r'\[(?:null|"\d+"),"\d+"\]'
_FORMS = {
    "ts_ms": r"\d{13}", "ts_us": r"\d{16}", "ts_ns": r"\d{19}",
    "lsn": r"\d+", "xmin": r"\d+", "sequence": _SEQUENCE, "version": r".+", "connector": r".+",
    "runId": r".+", "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)",
}
_NUMBERS = {"ts_ms", "ts_us", "ts_ns", "lsn", "xmin"}
_PLACE = re.compile(r"<(tx:\d+|" + "|".join(_FORMS) + r")>")


class Transactions:
    """Which transaction id stands for which N of `<tx:N>`: one for one in the whole case."""

    def __init__(self):
        self._ids = {}
        self._numbers = {}

    def agree(self, number, xid):
        return (self._ids.setdefault(number, xid) == xid
                and self._numbers.setdefault(xid, number) == number)


class AnyTransactions:
    """Agrees to all: for a first look, when it is not known which records belong together."""

    def agree(self, _number, _xid):
        return True


def has_place(text):
    return _PLACE.search(text) is not None


def _is_integer(value):
    return isinstance(value, Decimal) and value.as_tuple().exponent == 0 and not value.is_signed()


def _is_now(name, value):
    return abs(int(value) / _PER_SECOND[name] - time.time()) < _CLOCK_SLACK


def _fits_number(name, value, transactions):
    if not _is_integer(value):
        return False
    if name.startswith("tx:"):
        return transactions.agree(name, str(value))
    return name not in _PER_SECOND or _is_now(name, value)


def fits(expected, actual, transactions, numbers_as_text=False):
    """Whether `actual` has the form that the text `expected`, with placeholders, asks for."""
    whole = _PLACE.fullmatch(expected)
    if whole and (whole[1] in _NUMBERS or whole[1].startswith("tx:")):
        if numbers_as_text:
            return (isinstance(actual, str) and re.fullmatch("[0-9]+", actual) is not None
                    and _fits_number(whole[1], Decimal(actual), transactions))
        if isinstance(actual, Decimal):
            return _fits_number(whole[1], actual, transactions)
    if not isinstance(actual, str) or (whole and whole[1] in _NUMBERS):
        return False
    pattern, names, end = "", [], 0
    for place in _PLACE.finditer(expected):
        pattern += re.escape(expected[end:place.start()])
        pattern += f"({_FORMS.get(place[1], '[0-9]+')})"
        names.append(place[1])
        end = place.end()
    found = re.fullmatch(pattern + re.escape(expected[end:]), actual)
    return bool(found) and all(
        transactions.agree(name, text) for name, text in zip(names, found.groups())
        if name.startswith("tx:"))
