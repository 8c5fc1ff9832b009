"""Literals that the data has otherwise: another tag, another datatype, other letters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from colloquy.doctor.nearness import distance
from colloquy.terms import LANG_STRING, XSD, XSD_STRING, Term, is_iri, literal_parts

TEXTS = frozenset((XSD_STRING, LANG_STRING, XSD + "anyURI"))
NUMBERS = frozenset(
    XSD + n for n in ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger", "positiveInteger")
)
TIMES = {XSD + n: length for n, length in (("gYear", 4), ("gYearMonth", 7), ("date", 10), ("dateTime", 19))}


class Match(NamedTuple):
    """A value of the data that a written one may mean, with the cause that they differ by."""

    cost: float
    cause: str
    value: Term


def match(written: Term, value: Term) -> Match | None:
    """Tell how a value of the data differs from a written one, where it may be meant by it.

    >>> match('"Ada Brook"', '"Ada Brook"@en')
    Match(cost=1.0, cause='language-tag', value='"Ada Brook"@en')
    >>> match('"7"', '"7"^^<http://www.w3.org/2001/XMLSchema#integer>').cause
    'datatype'
    >>> match('"ada brook"@en', '"Ada Brook"@en').cause
    'wrong-case'
    >>> match('"Ada Brook"@en', '"Cara Lind"@en')
    """
    if is_iri(value) or value.startswith("_:") or is_iri(written) or value == written:
        return None
    mine, its = literal_parts(written), literal_parts(value)
    tags = bool(mine.language) or bool(its.language)
    cause = "language-tag" if tags and {mine.datatype, its.datatype} <= TEXTS else "datatype"
    if mine.lexical == its.lexical:
        near = 0.0 if (mine.language or "")[:2] == (its.language or "")[:2] else 0.1
        return Match(1.0 if cause == "datatype" or not mine.language else 1.0 + near, cause, value)
    if mine.datatype in TEXTS and its.datatype in TEXTS:
        far = distance(mine.lexical, its.lexical)
        other = mine.language != its.language
        return None if far == float("inf") else Match(1.0 + 0.5 * far + 0.4 * other, "wrong-case", value)
    if same_value(mine.lexical, mine.datatype, its.lexical, its.datatype):
        return Match(1.1, "datatype", value)
    if its.datatype in TEXTS and mine.datatype in TIMES and its.lexical.startswith(mine.lexical):
        return Match(1.5, "datatype", value)
    return None


def same_value(one: str, its_type: str, other: str, other_type: str) -> bool:
    """Tell whether two literals of different datatypes are numbers or times that say the same."""
    numbers, its_numbers = ([int(d) for d in _DIGITS.findall(text)] for text in (one, other))
    if other_type in TIMES and "-" in other and numbers == its_numbers:
        return True  # a day that is written with too few digits
    if its_type == other_type:
        return False
    if _NUMBER.fullmatch(one.strip()) and _NUMBER.fullmatch(other.strip()):
        return float(one) == float(other)
    if other_type == XSD + "boolean":
        return one.strip().casefold() in ({"1", "yes", "true"} if other == "true" else {"0", "no", "false"})
    if other_type == XSD + "gMonthDay" and its_type in TIMES:
        return "-" + one[4:10] == other
    if its_type in TEXTS and other_type in TIMES and len(its_numbers) > 1 and sorted(numbers) == sorted(its_numbers):
        return True
    if other_type in TIMES and (its_type in TIMES or its_type in TEXTS or its_type in NUMBERS):
        length = TIMES[other_type]
        if its_type == XSD + "dateTime" or len(one) > length:
            return one[:length] == other and (its_type not in TIMES or one[length:] in _BEGINNINGS)
        return other.startswith(one) and other[len(one) :] in _BEGINNINGS
    return False


_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_DIGITS = re.compile(r"\d+")
_BEGINNINGS = frozenset(("-01-01", "-01", "T00:00:00", "-01-01T00:00:00", "T00:00:00Z", "Z", ".0"))


def matches(written: Term, values: Iterable[Term]) -> list[Match]:
    """Give what a written literal may mean, likeliest first."""
    found = {m for value in values if (m := match(written, value))}
    return sorted(found)
