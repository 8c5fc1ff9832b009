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
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

from colloquy.errors import Finding, Place, ProjectError, QueryError, UsageError, did_you_mean, printable
from colloquy.terms import XSD, Term, expand, iri, is_iri, literal, literal_parts

Given: TypeAlias = str | int | float | Decimal | datetime.date

_LINE = re.compile(r"#\s?(.*)")
_PARAMETER = re.compile(r"parameter\s*:\s*(.*)", re.IGNORECASE)
_PARTS = re.compile(r"[?$]?(\w+)\s*(.*?)\s+[-–—]\s+default\s+(.+?)(?:\s+[-–—]\s+(.*))?")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@([A-Za-z]+(?:-[A-Za-z0-9]+)*)|\^\^(\S+))?', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
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
    faults: list[Finding] = []
    questions = [question for path in _paths(folder) if (question := _question(path, faults))]
    if faults:
        raise ProjectError("\n".join(map(str, faults)))
    return questions


def check_questions(folder: Path, prefixes: Mapping[str, str]) -> list[Finding]:
    """Say what is wrong with the questions of a folder: their headings, and as warnings what is no SPARQL."""
    from colloquy.sparql import read_query

    faults: list[Finding] = []
    for path in _paths(folder):
        question = _question(path, faults)
        if question is None:
            continue
        try:
            read_query(question.query, prefixes)
        except QueryError as error:
            place = Place(_shown(path), error.line or 1, error.column or 1)
            faults.append(Finding(place, "warning", "bad-question", error.message, error.hint))
    return faults


def _paths(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.rq"), key=lambda path: path.name)


def _question(path: Path, faults: list[Finding]) -> Question | None:
    try:
        return _read(path, path.read_bytes().decode("utf-8-sig"), faults)
    except (OSError, UnicodeDecodeError) as error:
        message = f"the file cannot be read as UTF-8: {error}"
        faults.append(Finding(Place(_shown(path), 1, 1), "error", "bad-question", message, "save it as UTF-8"))
        return None


def _shown(path: Path) -> str:
    """Name a file as people do who stand in the project's folder."""
    return f"{path.parent.name}/{path.name}"


def read_question(path: Path) -> Question:
    """Read a query from any file: with its parameters, where it declares some, and without a question in words.

    Raises ProjectError for a parameter line that cannot be read; OSError and UnicodeDecodeError.
    """
    faults: list[Finding] = []
    question = _read(path, path.read_bytes().decode("utf-8-sig"), faults)
    faults = [fault for fault in faults if "parameter" in fault.message]
    if faults:
        raise ProjectError("\n".join(map(str, faults)))
    return question


def read_question_text(path: Path, text: str) -> Question:
    """Read the text of a question that is to stand at a path.

    Raises UsageError where it has no question in words, or a parameter line that cannot be read.
    """
    faults: list[Finding] = []
    question = _read(path, text, faults)
    if faults:
        raise UsageError("; ".join(map(str, faults)))
    return question


def with_heading(
    text: str, words: str, values: Mapping[str, Term], ids: Mapping[str, Term], prefixes: Mapping[str, str]
) -> str:
    """Give a query the heading of a question: its words, where any are given, and its values as defaults."""
    end = 0
    lines = text.splitlines(keepends=True)
    while end < len(lines) and (not lines[end].strip() or lines[end].lstrip().startswith("#")):
        end += 1
    heading, declared = lines[:end], set()
    for at, line in enumerate(heading):
        found = _LINE.fullmatch(line.strip())
        said = found and _PARAMETER.fullmatch(found[1])
        parts = said and _PARTS.fullmatch(said[1].strip())
        if parts and parts[1] in values:
            declared.add(parts[1])
            if read_value(parts[3], ids, prefixes, _takes(parts[2])) != values[parts[1]]:
                heading[at] = _line_of(parts[1], values[parts[1]], ids, parts[4] or "", parts[2])
    heading += [_line_of(name, term, ids) for name, term in values.items() if name not in declared]
    if words:
        before = [f"# {line}\n" for line in printable(" ".join(words.split()), len(words)).split("\n")]
        heading = [*before, "#\n", *heading] if any(line.strip() for line in lines[:end]) else [*before, *heading]
    return "".join([*heading, *lines[end:]]).strip("\r\n ") + "\n"


def _line_of(name: str, term: Term, ids: Mapping[str, Term], words: str = "", takes: str = "") -> str:
    """Write the line that declares a parameter with this default."""
    value, kind = term, "entry" if is_iri(term) else "text"
    if is_iri(term):
        value = next((one for one, known in ids.items() if known == term), term)
    elif not (parts := literal_parts(term)).language:
        number = any(parts.datatype == XSD + known and form.fullmatch(parts.lexical) for form, known in _NUMBERS)
        date = any(parts.datatype == XSD + known and form.fullmatch(parts.lexical) for form, known in _DATES)
        value, kind = (parts.lexical, "number" if number else "date") if number or date else (value, kind)
    return f"# parameter: {name} {takes or kind} - default {value}{f' - {words}' if words else ''}\n"


def _read(path: Path, text: str, faults: list[Finding]) -> Question:
    def wrong(line: int, message: str, hint: str) -> None:
        faults.append(Finding(Place(_shown(path), line, 1), "error", "bad-question", message, hint))

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
                hint = "write: # parameter: person entry - default an-id - what"
                wrong(number, "this is no parameter: it takes a name, a kind and a default", hint)
            elif parts[2] and not any(kind in parts[2].casefold() for kind in _KINDS):
                wrong(number, f"a parameter takes no `{printable(parts[2])}`", did_you_mean(parts[2], _KINDS))
            else:
                parameters.append(Parameter(parts[1], _takes(parts[2]), parts[3], (parts[4] or "").strip()))
        elif not found[1].strip():
            asked = asked or bool(words)
        elif not asked:
            words.append(found[1].strip())
    if not words:
        wrong(1, "the question is not asked in words", "begin the file with a comment, such as # Who spoke where?")
    return Question(path.stem, " ".join(words), text, tuple(parameters), path)


_KINDS = ("text", "number", "date", "entry")


def _takes(words: str) -> str:
    for kind in _KINDS[:-1]:
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


def bind_text(given: Mapping[str, Given], ids: Mapping[str, Term], prefixes: Mapping[str, str]) -> dict[str, Term]:
    """Give the values for variables of a query that declares no parameters, as terms; see `read_value`."""
    values = {}
    for name, value in given.items():
        try:
            values[name] = read_value(value, ids, prefixes)
        except UsageError as error:
            raise UsageError(f"?{printable(name)}: {error}") from None
    return values


def read_value(value: Given, ids: Mapping[str, Term], prefixes: Mapping[str, str], takes: str = "entry") -> Term:
    r"""Read somebody's value as a term.

    A string is an entry's id, a CURIE, `<IRI>`, a number, or text in double quotes with `@language`
    or `^^datatype`; where the parameter takes text, any other string is that text.  Python's
    numbers, booleans and dates are literals, and terms of rdflib and pyoxigraph are what they are.

    >>> read_value("ada", {"ada": "<https://example.org/ada>"}, {}), read_value(7, {}, {})
    ('<https://example.org/ada>', '"7"^^<http://www.w3.org/2001/XMLSchema#integer>')
    >>> read_value("croeso", {}, {}, "text"), read_value('"croeso"@cy', {}, {})
    ('"croeso"', '"croeso"@cy')

    Raises UsageError for a string that is none of these, with the nearest id, and for what no term can be.
    """
    if (term := _term_of_a_library(value)) is not None:
        return term
    if not isinstance(value, str):
        return _python_literal(value)
    _check_characters(value)
    text = value.strip()
    if found := _QUOTED.fullmatch(text):
        lexical = _ESCAPE.sub(_unescaped, found[1])
        _check_characters(lexical)
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


def _check_characters(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError(f"`{printable(text)}` holds half of a surrogate pair, which is no character") from None


def _unescaped(found: re.Match[str]) -> str:
    short, long, letter = found.groups()
    if letter is not None:
        return {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}.get(letter, letter)
    number = int(short or long, 16)
    return chr(number) if number < 0x110000 else found[0]


def _term_of_a_library(value: object) -> Term | None:
    """Give the term that somebody has as an object of rdflib or pyoxigraph; None for anything else."""
    text = datatype = language = None
    if (rdflib := sys.modules.get("rdflib")) is not None:  # else nobody has one
        if isinstance(value, rdflib.URIRef):
            return _checked_iri(str(value))
        if isinstance(value, rdflib.Literal):
            text, datatype, language = str(value), value.datatype, value.language
    if text is None and (pyoxigraph := sys.modules.get("pyoxigraph")) is not None:
        if isinstance(value, pyoxigraph.NamedNode):
            return _checked_iri(value.value)
        if isinstance(value, pyoxigraph.Literal):
            text, datatype, language = value.value, value.datatype.value, value.language
    if text is None:
        return None
    _check_characters(text)
    if language:
        return literal(text, language=str(language))
    return literal(text, _checked_iri(str(datatype))[1:-1]) if datatype else literal(text)


def _checked_iri(text: str) -> Term:
    _check_characters(text)
    try:
        return iri(text)
    except ValueError as error:
        raise UsageError(f"`{printable(text)}` is no IRI: {error}") from None


def _python_literal(value: object) -> Term:
    if not isinstance(value, datetime.date) and callable(item := getattr(value, "item", None)):  # a number of numpy
        value = item()
    if isinstance(value, bool):
        return literal(str(value).lower(), XSD + "boolean")
    if isinstance(value, datetime.datetime):
        return literal(value.isoformat(), XSD + "dateTime")
    if isinstance(value, datetime.date):
        return literal(value.isoformat(), XSD + "date")
    if isinstance(value, Decimal) and value.is_finite():
        return literal(f"{value:f}", XSD + "decimal")
    if isinstance(value, float):
        return literal(repr(value).replace("inf", "INF").replace("nan", "NaN"), XSD + "double")
    if isinstance(value, int):
        return literal(str(value), XSD + "integer")
    shown = printable(str(value), 60)
    raise UsageError(f"{shown} ({type(value).__name__}) is no value: give text, a number, a boolean, a date, or a term")
