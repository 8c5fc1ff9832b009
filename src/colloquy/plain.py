"""Units and declarations as plain tuples, which `marshal` writes and reads many times quicker than objects."""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from colloquy.entries import Declared, Listed
from colloquy.errors import Finding, Place
from colloquy.evidence import Evidence
from colloquy.terms import Term
from colloquy.unit import Mention, Unit

# What `_make` does, without a call of Python for each: this runs tens of thousands of times before anything else.
_listed: Callable[[Any], Listed] = partial(tuple.__new__, Listed)
_mention: Callable[[Any], Mention] = partial(tuple.__new__, Mention)
_place: Callable[[Any], Place] = partial(tuple.__new__, Place)

_predicates: dict[frozenset[Term], frozenset[Term]] = {}
"""Most files are written with the same properties: `marshal` writes, and makes, one set once."""


def of_declared(one: Declared) -> tuple[Any, ...]:
    """Give what a file declares as plain values."""
    return one.file, [tuple(e) for e in one.entries], of_findings(one.findings), one.unmapped


def declared(values: tuple[Any, ...]) -> Declared:
    """Give back what `of_declared` was given."""
    file, entries, found, unmapped = values
    return Declared(file, [*map(_listed, entries)], findings(found), unmapped)


def of_unit(unit: Unit) -> tuple[Any, ...]:
    """Give a unit as plain values, but for its rows."""
    judged = None if unit.judged is None else of_findings(unit.judged)
    asked, answers = tuple(unit.uses) or unit.asked, unit.answers or marshal.dumps(unit.uses)
    predicates = _predicates.setdefault(unit.predicates, unit.predicates)
    return (
        unit.file, [tuple(e) for e in unit.evidences], [tuple(m) for m in unit.mentions], unit.relations, unit.phrases,
        unit.refused, unit.open, of_findings(unit.findings), judged, unit.judged_by, asked, answers, unit.named,
        unit.lost, unit.sections, unit.volatile, unit.counts, predicates, unit.part,
    )  # fmt: skip


def unit(values: tuple[Any, ...], rows: bytes | None) -> Unit:
    """Give back what `of_unit` was given, with its rows as `marshal` wrote them, where they are wanted."""
    (file, evidences, mentions, relations, phrases, refused, open_, found, judged, judged_by, asked, answers, named,
     lost, sections, volatile, counts, predicates, part) = values  # fmt: skip
    return Unit(
        file, None, [Evidence._make(e) for e in evidences], [*map(_mention, mentions)], relations, phrases,
        refused, open_, findings(found), None if judged is None else findings(judged), judged_by, {}, named,
        lost, sections, volatile, counts, predicates, rows, part, asked, answers,
    )  # fmt: skip


def of_findings(found: Iterable[Finding]) -> list[tuple[Any, ...]]:
    """Give findings as plain values."""
    return [
        (tuple(f.place), f.severity, f.code, f.message, f.hint, tuple(tuple(place) for place in f.related))
        for f in found
    ]


def findings(rows: Iterable[tuple[Any, ...]]) -> list[Finding]:
    """Give back what `of_findings` was given."""
    return [
        Finding(_place(place), severity, code, message, hint, tuple(map(_place, related)))
        for place, severity, code, message, hint, related in rows
    ]
