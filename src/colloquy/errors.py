"""What can go wrong, and where it stands.

ColloquyError            the one root: catch it to catch everything of ours
├── UsageError           the call is wrong: an unknown command, file or option (exit code 2)
├── ProjectError         colloquy.yaml, the ontology or the output folder is not usable (exit code 2)
├── FactsError           the facts have findings that stop a build (exit code 1)
├── StoreError           another store cannot be reached, or does not do as it is asked (exit code 2)
├── BusyError            somebody else is building this project (exit code 1)
├── CitationError        what was cited cannot be asked again, or answers otherwise (exit code 1)
├── QueryError           a query that cannot be answered as written (exit code 2)
│   └── QueryLimit       an answer with more rows or bytes than are allowed (exit code 2)
└── QueryTimeout         a query that was stopped at its limit (exit code 1)
    └── QueryBusy        a query that waited in line, and never came to run (exit code 1)
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]


class Place(NamedTuple):
    """Where something is written: a file below the project folder, line and column from 1.

    `file` has forward slashes on every system; line 0 means the file as a whole.
    """

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, order=True)
class Finding:
    """One thing to tell a contributor: where, what was found, what is known, the next step.

    `code` is a stable slug (`unknown-key`) that tools can filter on; `related` holds the other
    places that matter, such as the first of two equal ids.
    """

    place: Place
    severity: Severity
    code: str
    message: str
    hint: str = ""
    related: tuple[Place, ...] = field(default=())

    def __str__(self) -> str:
        also = "".join(f" (see {place})" for place in self.related)
        hint = f" — {self.hint}" if self.hint else ""
        return f"{self.place}: {self.severity}: {self.message}{hint}{also} [{self.code}]"


class ColloquyError(Exception):
    """Root of everything this package raises on purpose; `exit_code` is what the command returns."""

    exit_code = 2


class UsageError(ColloquyError):
    """The call names something that does not exist or does not fit."""


class ProjectError(ColloquyError):
    """The project's own files (settings, ontology, output folder) cannot be used."""


class FactsError(ColloquyError):
    """The facts have errors; `findings` holds all of them, warnings included."""

    exit_code = 1

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        errors = sum(f.severity == "error" for f in self.findings)
        super().__init__(f"{errors} error{'' if errors == 1 else 's'} in the facts")


class OntologyError(FactsError, ProjectError):
    """The ontology cannot be read, and so nothing else; `findings` says where it is no Turtle."""

    def __str__(self) -> str:
        return "\n".join(map(str, self.findings))


class StoreError(ColloquyError):
    """A store elsewhere cannot be reached, asked or loaded as it should be."""


class BusyError(ColloquyError):
    """Another process holds the project's build lock."""

    exit_code = 1


class QueryError(ColloquyError):
    """A query is refused or does not parse; line and column count from 1 in the query's own text."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None, hint: str = "") -> None:
        self.message, self.line, self.column, self.hint = message, line, column, hint
        at = f"line {line}, column {column}: " if line else ""
        super().__init__(at + message + (f" — {hint}" if hint else ""))


class QueryLimit(QueryError):  # noqa: N818
    """An answer has more rows or bytes than are allowed."""


class QueryTimeout(ColloquyError):  # noqa: N818  (a timeout is what people call it)
    """A query ran longer than its limit and was stopped."""

    exit_code = 1


class QueryBusy(QueryTimeout):
    """A query waited for a worker until its time was over, or nearly so."""


def printable(text: str, limit: int = 60) -> str:
    r"""Show somebody's text safely: hidden and control characters as U+XXXX, long text cut.

    >>> printable("ada\u200b")
    'ada[U+200B]'
    """
    shown = "".join(c if c.isprintable() else f"[U+{ord(c):04X}]" for c in text[: limit + 1])
    return shown if len(text) <= limit else shown[:limit] + "…"


def with_article(noun: str) -> str:
    """Put `a` or `an` before a noun, by its first letter.

    >>> with_article("interview"), with_article("part of a body")
    ('an interview', 'a part of a body')
    """
    return ("an " if noun[:1].lower() in tuple("aeiou") else "a ") + noun


def did_you_mean(word: str, known: Iterable[str], most: int = 3) -> str:
    """Offer the nearest known words, or a few of them where none is near.

    >>> did_you_mean("nmae", ["name", "date"])
    'did you mean `name`?'
    >>> did_you_mean("x", ["name", "date"])
    'known here: date, name'
    """
    names = sorted(set(known))
    folded = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.6)
    if near:
        return f"did you mean `{folded[near[0]]}`?"
    if not names:
        return ""
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return "known here: " + ", ".join(names[:12]) + more
