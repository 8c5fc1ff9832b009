"""Lexical forms of XSD datatypes: which text is a value of which type.

Clauses of XML Schema 1.1 part 2 (https://www.w3.org/TR/xmlschema11-2/): 3.3 for the types, and
the stores that follow are checked against here first, since Oxigraph accepts `2024-02-30`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from urllib.parse import urlsplit

from colloquy.terms import XSD, XSD_STRING

_ZONE = r"(Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
_DATE = re.compile(r"([0-9]{4})-([0-9][0-9])-([0-9][0-9])" + _ZONE)
_YEAR_MONTH = re.compile(r"([0-9]{4})-([0-9][0-9])" + _ZONE)
_YEAR = re.compile(r"([0-9]{4})" + _ZONE)
_MONTH_DAY = re.compile(r"--([0-9][0-9])-([0-9][0-9])" + _ZONE)
_DATE_TIME = re.compile(
    r"([0-9]{4})-([0-9][0-9])-([0-9][0-9])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?" + _ZONE
)
_INTEGER = re.compile(r"[+-]?[0-9]{1,100}")
_DECIMAL = re.compile(r"[+-]?([0-9]{1,100}(\.[0-9]{0,100})?|\.[0-9]{1,100})")
_DOUBLE = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?INF|NaN")
_EASY_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]*[A-Za-z0-9](?:[/?#][A-Za-z0-9/._~?=&#:+,;-]*)?")  # as most are
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_IRI_FORBIDDEN = re.compile(r'[\x00-\x20<>"{}|^`\\\x7f-\xa0]')


_FRACTION = re.compile(r"\.([0-9]+)")
_ZERO_ZONE = re.compile(r"[+-]00:00$")
_DATED = {XSD + name for name in ("date", "dateTime", "gYear", "gYearMonth", "gMonthDay")}
_INTEGERS = {XSD + name for name in ("nonNegativeInteger", "positiveInteger")}


def _day_exists(year: int, month: int, day: int) -> bool:
    return year > 0 and 1 <= month <= 12 and day >= 1 and (day <= 28 or day <= monthrange(year, month)[1])


def _date(text: str) -> str | None:
    found = _DATE.fullmatch(text)
    if not found:
        return None
    return text if _day_exists(int(found[1]), int(found[2]), int(found[3])) else None


def _date_time(text: str) -> str | None:
    found = _DATE_TIME.fullmatch(text)
    if not found:
        return None
    if not _day_exists(int(found[1]), int(found[2]), int(found[3])):
        return None
    return _FRACTION.sub(lambda part: ("." + part[1].rstrip("0")).rstrip("."), text)


def _year_month(text: str) -> str | None:
    found = _YEAR_MONTH.fullmatch(text)
    return text if found and int(found[1]) > 0 and 1 <= int(found[2]) <= 12 else None


def _year(text: str) -> str | None:
    found = _YEAR.fullmatch(text)
    return text if found and int(found[1]) > 0 else None


def _month_day(text: str) -> str | None:
    found = _MONTH_DAY.fullmatch(text)
    # 2000 is a leap year: 29 February is a day of some year.
    return text if found and _day_exists(2000, int(found[1]), int(found[2])) else None


def _integer(low: int | None = None) -> Callable[[str], str | None]:
    def canonical(text: str) -> str | None:
        if not _INTEGER.fullmatch(text):
            return None
        number = int(text)
        return str(number) if low is None or number >= low else None

    return canonical


def _decimal(text: str) -> str | None:
    if not _DECIMAL.fullmatch(text):
        return None
    sign = "-" if text.startswith("-") else ""
    whole, _, part = text.lstrip("+-").partition(".")
    whole, part = whole.lstrip("0") or "0", part.rstrip("0")
    number = whole + ("." + part if part else "")
    return number if number == "0" else sign + number


def _double(text: str) -> str | None:
    if not _DOUBLE.fullmatch(text):
        return None
    if text.lstrip("+-") in ("INF", "NaN"):
        return text.lstrip("+")
    from decimal import Decimal  # dear to load, and numbers of this kind are rare

    # Never with an exponent, and without a fraction where there is none.
    digits = format(Decimal(repr(float(text))), "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _boolean(text: str) -> str | None:
    return text if text in ("true", "false") else None


def _any_uri(text: str) -> str | None:
    if _EASY_ADDRESS.fullmatch(text):
        return text
    if _IRI_FORBIDDEN.search(text):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in ("mailto", "urn") or (parts.scheme in ("http", "https") and parts.hostname) else None


CANONICAL: dict[str, Callable[[str], str | None]] = {
    XSD + "date": _date,
    XSD + "gYear": _year,
    XSD + "gYearMonth": _year_month,
    XSD + "gMonthDay": _month_day,
    XSD + "dateTime": _date_time,
    XSD + "boolean": _boolean,
    XSD + "positiveInteger": _integer(1),
    XSD + "nonNegativeInteger": _integer(0),
    XSD + "integer": _integer(),
    XSD + "decimal": _decimal,
    XSD + "double": _double,
    XSD + "anyURI": _any_uri,
    XSD_STRING: lambda text: text,
}
"""For each datatype that a property may have: its canonical lexical form, None for no value of it.

The more exact come first: where a property takes several, a value is of the first that it fits.
"""

HOW_TO_WRITE = {
    XSD + "date": "a day as 2024-05-31",
    XSD + "dateTime": "an instant as 2024-05-31T09:30:00Z",
    XSD + "gYear": "a year as 2024",
    XSD + "gYearMonth": "a month as 2024-05",
    XSD + "gMonthDay": "a day without a year as --05-31",
    XSD + "integer": "a whole number",
    XSD + "nonNegativeInteger": "a whole number, 0 or more",
    XSD + "positiveInteger": "a whole number, 1 or more",
    XSD + "decimal": "a number with a point, as 3.5",
    XSD + "double": "a number",
    XSD + "boolean": "true or false",
    XSD + "anyURI": "an address that begins with https://, http://, mailto: or urn:",
    XSD_STRING: "text",
}
"""For each datatype: what to tell somebody who wrote something else."""


def typed(text: str, datatypes: tuple[str, ...]) -> tuple[str, str] | None:
    """Find the first datatype that a text is a value of, with its canonical lexical form.

    >>> typed("2014-10", (XSD + "date", XSD + "gYearMonth"))
    ('2014-10', 'http://www.w3.org/2001/XMLSchema#gYearMonth')
    >>> typed("2024-02-30", (XSD + "date",)) is None
    True

    A datatype that is not in `CANONICAL` takes any text.  The forms are those that Oxigraph keeps, so
    that every engine holds the same literals: kinds of integers become `xsd:integer`, +00:00 is Z.
    """
    for datatype in datatypes:
        canonical = CANONICAL.get(datatype, CANONICAL[XSD_STRING])(text)
        if canonical is not None:
            if datatype in _DATED:
                canonical = _ZERO_ZONE.sub("Z", canonical)
            return canonical, XSD + "integer" if datatype in _INTEGERS else datatype
    return None


def no_such_day(text: str) -> str:
    """Say of what is written like a day, and is none, why; nothing of any other text.

    >>> no_such_day("2023-02-29"), no_such_day("2023-13-01"), no_such_day("2023-02-28")
    ('2023-02 has 28 days', 'a year has 12 months', '')
    """
    found = _DATE.fullmatch(text) or _DATE_TIME.fullmatch(text)
    if not found or _day_exists(*(year_month_day := tuple(map(int, found.groups()[:3])))):
        return ""
    year, month, _ = year_month_day
    if not 1 <= month <= 12:
        return "a year has 12 months"
    return f"{text[:7]} has {monthrange(year, month)[1]} days" if year else "years are counted from 0001"


def doubts(text: str, datatype: str) -> str:
    """Say what is odd about a legal value, or nothing.

    >>> doubts("https://ada:secret@example.org/", XSD + "anyURI")
    'the address holds a user name or password'
    """
    if datatype == XSD + "anyURI" and not _EASY_ADDRESS.fullmatch(text):
        if "@" in urlsplit(text).netloc:
            return "the address holds a user name or password"
        if _BAD_PERCENT.search(text):
            return "a % in an address is followed by two hexadecimal digits"
    return ""
