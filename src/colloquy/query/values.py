"""Terms as plain Python values."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from typing import TypeAlias

from colloquy.terms import XSD, Term, literal_parts

Value: TypeAlias = str | int | float | bool | Decimal | datetime.date | datetime.datetime | None

BOOLEAN = XSD + "boolean"
INTEGERS = frozenset(
    XSD + name
    for name in (
        *("integer", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger"),
        *("negativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
)
FLOATS = frozenset((XSD + "double", XSD + "float"))


def lexical(term: Term) -> str:
    """Give the words of a term: an IRI, a blank node's label, or a literal's lexical form."""
    if term.startswith('"'):
        return literal_parts(term).lexical
    return term[1:-1] if term.startswith("<") else term


def python_value(term: Term | None) -> Value:
    """Give a term as a plain Python value.

    Whole numbers are int, decimals Decimal, floats and doubles float, booleans bool, `xsd:date`
    without time zone date, `xsd:dateTime` datetime.  Everything else is text: an IRI, a lexical form
    with or without language, and what Python cannot hold, such as a year alone.  Unbound is None.

    >>> python_value('"7"^^<http://www.w3.org/2001/XMLSchema#integer>'), python_value("<https://example.org/ada>")
    (7, 'https://example.org/ada')
    """
    if term is None or not term.startswith('"'):
        return None if term is None else lexical(term)
    text, datatype, _ = literal_parts(term)
    pattern, convert = _PYTHON.get(datatype, _PLAIN)
    try:
        return convert(text) if pattern.fullmatch(text) else text
    except ValueError:  # 30 February, or more digits than Python converts
        return text


_PLAIN: tuple[re.Pattern[str], Callable[[str], Value]] = (re.compile(""), str)
_INTEGER = re.compile("[+-]?[0-9]+")
_FLOAT = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN")
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_PYTHON: dict[str, tuple[re.Pattern[str], Callable[[str], Value]]] = {
    **dict.fromkeys(INTEGERS, (_INTEGER, int)),
    **dict.fromkeys(FLOATS, (_FLOAT, float)),
    XSD + "decimal": (re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"), Decimal),
    BOOLEAN: (re.compile("true|false|0|1"), lambda text: text in ("true", "1")),
    XSD + "date": (re.compile(_DAY), datetime.date.fromisoformat),
    XSD + "dateTime": (
        re.compile(rf"{_DAY}T[0-9:]{{8}}(?:\.[0-9]{{1,6}})?(?:Z|[+-][0-9:]{{5}})?"),
        datetime.datetime.fromisoformat,
    ),
}
