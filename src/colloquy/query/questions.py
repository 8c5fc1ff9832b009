"""Questions that a project keeps: `queries/*.rq`, SPARQL under a heading of comments.

    # Who spoke where this person spoke?
    # parameter: person entry - default ada-lovelace - whose talks
    SELECT ?who { … ?person … }

The first comment is the question in words.  A parameter line gives a variable, what it takes (an
entry, `text`, a `number` or a `date`), a default, so that every question runs as it is, and words.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

from colloquy.errors import ProjectError, UsageError, did_you_mean, printable
from colloquy.terms import XSD, Term, expand, literal

Given: TypeAlias = str | int | float | Decimal | datetime.date

_LINE = re.compile(r"#\s?(.*)")
_PARAMETER = re.compile(r"parameter\s*:\s*(.*)", re.IGNORECASE)
_PARTS = re.compile(r"[?$]?(\w+)\s*(.*?)\s+[-–—]\s+default\s+(.+?)(?:\s+[-–—]\s+(.*))?")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@([A-Za-z]+(?:-[A-Za-z0-9]+)*)|\^\^(\S+))?', re.DOTALL)
_NUMBERS = (
    (re.compile(r"[+-]?[0-9]+"), "integer"),
    (re.compile(r"[+-]?[0-9]*\.[0-9]+"), "decimal"),
    (re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+"), "double"),
)
_DATES = (
    (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "date"),
    (re.compile(r"[0-9]{4}-[0-9]{2}"), "gYearMonth"),
    (re.compile(r"[0-9]{4}"), "gYear"),
    (re.compile(r"--[0-9]{2}-[0-9]{2}"), "gMonthDay"),
)


@dataclass(frozen=True)
class Parameter:
    """A variable of a question that is given a value from outside."""

    name: str
    takes: str
    """`entry`, `text`, `number` or `date`."""
    default: str
    words: str


@dataclass(frozen=True)
class Question:
    """A query with its question in words; `name` is the file's name without `.rq`."""

    name: str
    words: str
    query: str
    parameters: tuple[Parameter, ...]
    path: Path


def read_questions(folder: Path) -> list[Question]:
    """Read the questions of a folder, sorted by name; none where there is no folder.

    Raises ProjectError, all files in one message, for a file without its question in words, for a
    parameter line that cannot be read, and for text that is not UTF-8.
    """
    questions: list[Question] = []
    faults: list[str] = []
    for path in sorted(folder.glob("*.rq"), key=lambda path: path.name):
        try:
            questions.append(_read(path, path.read_bytes().decode("utf-8-sig"), faults))
        except (OSError, UnicodeDecodeError) as error:
            faults.append(f"{path.name}: cannot be read as UTF-8: {error}")
    if faults:
        raise ProjectError("\n".join(faults))
    return questions


def read_question(path: Path) -> Question:
    """Read a query from any file: with its parameters, where it declares some, and without a question in words.

    Raises ProjectError for a parameter line that cannot be read; OSError and UnicodeDecodeError.
    """
    faults: list[str] = []
    question = _read(path, path.read_bytes().decode("utf-8-sig"), faults)
    faults = [fault for fault in faults if "parameter" in fault]
    if faults:
        raise ProjectError("\n".join(faults))
    return question


def _read(path: Path, text: str, faults: list[str]) -> Question:
    words: list[str] = []
    parameters: list[Parameter] = []
    asked = False
    for number, line in enumerate(text.splitlines(), start=1):
        found = _LINE.fullmatch(line.strip())
        if found is None:
            if line.strip():
                break
            asked = asked or bool(words)
        elif declared := _PARAMETER.fullmatch(found[1]):
            asked = True
            parts = _PARTS.fullmatch(declared[1].strip())
            if parts is None:
                faults.append(
                    f"{path.name}:{number}:1: a parameter is written: # parameter: person entry - default an-id - what"
                )
            else:
                parameters.append(Parameter(parts[1], _takes(parts[2]), parts[3], (parts[4] or "").strip()))
        elif not found[1].strip():
            asked = asked or bool(words)
        elif not asked:
            words.append(found[1].strip())
    if not words:
        faults.append(f"{path.name}:1:1: the file begins with a comment that asks its question in words")
    return Question(path.stem, " ".join(words), text, tuple(parameters), path)


def _takes(words: str) -> str:
    for kind in ("text", "number", "date"):
        if kind in words.casefold():
            return kind
    return "entry"


def bind(
    parameters: tuple[Parameter, ...], given: Mapping[str, Given], ids: Mapping[str, Term], prefixes: Mapping[str, str]
) -> dict[str, Term]:
    """Give every parameter its value or its default, as terms.

    `ids` holds the entries by id.  Raises UsageError for a name that is no parameter and for a value
    that cannot be read.
    """
    known = {parameter.name: parameter for parameter in parameters}
    for name in given:
        if name not in known:
            hint = did_you_mean(name, known) or "this question has no parameters"
            raise UsageError(f"there is no parameter `{printable(name)}`; {hint}")
    return {
        name: read_value(given.get(name, parameter.default), ids, prefixes, parameter.takes)
        for name, parameter in known.items()
    }


def read_value(value: Given, ids: Mapping[str, Term], prefixes: Mapping[str, str], takes: str = "entry") -> Term:
    r"""Read somebody's value as a term.

    A string is an entry's id, a CURIE, `<IRI>`, a number, or text in double quotes with `@language`
    or `^^datatype`; where the parameter takes text, any other string is that text.  Python's
    numbers, booleans and dates are literals.

    >>> read_value("ada", {"ada": "<https://example.org/ada>"}, {}), read_value(7, {}, {})
    ('<https://example.org/ada>', '"7"^^<http://www.w3.org/2001/XMLSchema#integer>')
    >>> read_value("croeso", {}, {}, "text"), read_value('"croeso"@cy', {}, {})
    ('"croeso"', '"croeso"@cy')

    Raises UsageError for a string that is none of these, with the nearest id.
    """
    if not isinstance(value, str):
        return _python_literal(value)
    text = value.strip()
    if found := _QUOTED.fullmatch(text):
        lexical = re.sub(
            r"\\(.)", lambda m: {"n": "\n", "t": "\t", "r": "\r"}.get(m[1], m[1]), found[1], flags=re.DOTALL
        )
        if found[2]:
            return literal(lexical, language=found[2])
        return literal(lexical, _iri(found[3], prefixes, value)[1:-1]) if found[3] else literal(lexical)
    if text in ids:
        return ids[text]
    if text.startswith("<"):
        return _iri(text, prefixes, value)
    if takes == "text":
        return literal(value)
    for pattern, datatype in (*(_DATES if takes == "date" else ()), *_NUMBERS):
        if pattern.fullmatch(text):
            return literal(text, XSD + datatype)
    if takes in ("number", "date"):
        raise UsageError(f"`{printable(value)}` is no {takes}")
    if ":" in text:
        return _iri(text, prefixes, value)
    hint = did_you_mean(text, ids)
    raise UsageError(
        f"there is no entry `{printable(value)}`; {hint + '; ' if hint else ''}text stands in double quotes"
    )


def _iri(text: str, prefixes: Mapping[str, str], value: str) -> Term:
    try:
        return expand(text, dict(prefixes))
    except ValueError as error:
        raise UsageError(f"`{printable(value)}` is no IRI: {error}") from None


def _python_literal(value: int | float | Decimal | datetime.date) -> Term:
    if isinstance(value, bool):
        return literal(str(value).lower(), XSD + "boolean")
    if isinstance(value, datetime.datetime):
        return literal(value.isoformat(), XSD + "dateTime")
    if isinstance(value, datetime.date):
        return literal(value.isoformat(), XSD + "date")
    if isinstance(value, Decimal):
        return literal(f"{value:f}", XSD + "decimal")
    if isinstance(value, float):
        return literal(repr(value).replace("inf", "INF").replace("nan", "NaN"), XSD + "double")
    return literal(str(value), XSD + "integer")
