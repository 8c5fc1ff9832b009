"""Says facts in words: the ontology gives the sentences, this fills them in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from colloquy.terms import XSD, Term, literal_parts

SLOT = re.compile(r"\{(\w+)\}")
MISSING = "…"

OWN, OTHER = "\x01", "\x02"
"""Stand in a sentence for the name of the entry that it is said of, and of the one at the other end.

A visitor opens an entry by its name in a sentence; and what sentences of a sort share can be written
once.  No fact holds these characters.
"""

# Not `calendar.month_name`: that follows the locale of whoever builds.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DATE = re.compile(
    r"(?P<year>\d{4})?(?:-{1,2}(?P<month>\d\d))?(?:-(?P<day>\d\d))?"
    r"(?:T(?P<time>[\d:.]+))?(?P<zone>Z|[+-]\d\d:\d\d)?"
)
_DATED = {XSD + name for name in ("date", "gYear", "gYearMonth", "gMonthDay", "dateTime")}
DATED = tuple(f"^^<{datatype}>" for datatype in sorted(_DATED))
"""What the literals that `year` reads end with."""

_ENDED = re.compile(r"[.!?…][\"'”’»)\]]*$")


def say(template: str, values: Mapping[str, str], details: Iterable[str] = (), own: str = "", other: str = "") -> str:
    """Fill the slots of a sentence, add details, and end it with one full stop.

    >>> say("{subject} belongs to {object}", {"subject": "Ada", "object": "Tide Ltd."}, ["as Chair", "from 2015"])
    'Ada belongs to Tide Ltd. as Chair, from 2015.'
    >>> say("{subject} wrote {object}.", {"subject": "Ada", "object": "Who knows?"})
    'Ada wrote Who knows?'
    >>> say("{subject} belongs to {object}", {"subject": OWN, "object": OTHER}, other="Tide Ltd.")
    '\\x01 belongs to \\x02'

    A slot without a value becomes `…`; braces inside a value stay as they are.  `own` and `other` are
    the names that `OWN` and `OTHER` stand for: the last word of a sentence may be one.
    """
    text, slots = _parts(template)
    for slot, after in slots:
        text += values.get(slot, MISSING) + after
    if told := ", ".join(details):
        text = f"{text} {told}"
    text = text.rstrip()
    # A mark may be the last word, or the last but a quotation mark.
    if {OWN: own, OTHER: other}.get(text[-1:], text)[-1:].isalnum():  # as mostly
        return text + "."
    return text if _ENDED.search(named(text[-8:], own, other)) else text + "."


def named(text: str, own: str, other: str = "") -> str:
    """Put the names of its ends into a sentence.

    >>> named("\\x01 belongs to \\x02", "Ada", "Tide Ltd.")
    'Ada belongs to Tide Ltd.'
    """
    return text.replace(OWN, own).replace(OTHER, other)


@cache
def _parts(template: str) -> tuple[str, list[tuple[str, str]]]:
    """Cut a template at its slots: the text before them, and each with the text after it."""
    first, *parts = SLOT.split(template.strip().removesuffix("."))
    return first, [*zip(parts[::2], parts[1::2], strict=True)]


def words(term: Term) -> str:
    """Say a literal: a date in full but no more exact than it is, a truth value as yes or no.

    >>> words(f'"--10-28"^^<{XSD}gMonthDay>'), words(f'"2014-10"^^<{XSD}gYearMonth>')
    ('28 October (year not said)', 'October 2014')
    """
    if term[-1] == ">":
        return _typed(term)
    if term[-1] == '"' and "\\" not in term:  # a text as it is, as most are
        return term[1:-1]
    return literal_parts(term).lexical


@cache
def _typed(term: Term) -> str:
    lexical, datatype, _ = literal_parts(term)
    if datatype == XSD + "boolean":
        return "yes" if lexical in ("true", "1") else "no"
    found = _DATE.fullmatch(lexical) if datatype in _DATED else None
    if found is None:
        return lexical
    year, month, day, time, zone = found.group("year", "month", "day", "time", "zone")
    parts = [str(int(day))] if day else []
    parts += [_MONTHS[int(month) - 1]] if month else []
    parts += [year] if year else ["(year not said)"]
    text = " ".join(parts)
    if time:
        text += ", " + re.sub(r"(:\d\d):00$", r"\1", time)
    return text + (f" {'UTC' if zone == 'Z' else 'UTC' + zone}" if zone else "")


@cache
def year(term: Term) -> int | None:
    """Give the year of a date, None of anything else.

    >>> year(f'"2014-10"^^<{XSD}gYearMonth>'), year(f'"--10-28"^^<{XSD}gMonthDay>'), year('"2014"')
    (2014, None, None)
    """
    lexical, datatype, _ = literal_parts(term)
    found = _DATE.fullmatch(lexical) if datatype in _DATED else None
    return int(found["year"]) if found and found["year"] else None
