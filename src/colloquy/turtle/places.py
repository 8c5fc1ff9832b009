"""Where in a text each of its triples is written, or nothing: never a wrong place.

The text is read twice, by `grammar` and by pyoxigraph.  Only where both give the same triples in the
same order, with one blank node of the one for each of the other, are the places given.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

import pyoxigraph

from colloquy.terms import Term, Triple, iri_value, is_iri, literal
from colloquy.turtle.grammar import Grammar

_LINE_END = re.compile(r"\r\n|\n|\r")


class Spot(NamedTuple):
    """Where the parts of a triple stand: line and column of each, from 1; columns count characters.

    The subject may stand some lines above.  A blank node stands at its bracket.  In a list, an item is the
    object, and the predicate stands there too.
    """

    subject: tuple[int, int]
    predicate: tuple[int, int]
    object: tuple[int, int]


def spots_in(data: bytes, base: str = "") -> list[Spot] | None:
    """Give the place of every triple of a Turtle text, in the order in which pyoxigraph gives them.

    >>> spots_in(b"@prefix : <http://harbour.example/> . :ada :knows :cy ,\\n  :bo .")[1]
    Spot(subject=(1, 39), predicate=(1, 44), object=(2, 3))

    None where the two readings differ in anything, or the text is not Turtle 1.1.
    """
    try:
        text = data.decode("utf-8")
        ours = Grammar(text, base).read()
        parsed = pyoxigraph.parse(data, pyoxigraph.RdfFormat.TURTLE, base_iri=base or None)
        theirs = [(_term(q.subject), _term(q.predicate), _term(q.object)) for q in parsed]
    except (ValueError, SyntaxError, RecursionError):
        return None
    if not _are_equal([triple for triple, _ in ours], theirs):
        return None
    starts = [0, *(m.end() for m in _LINE_END.finditer(text))]

    def at(offset: int) -> tuple[int, int]:
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    return [Spot(at(o.subject), at(o.predicate), at(o.object)) for _, o in ours]


def _are_equal(ours: list[Triple], theirs: list[Triple]) -> bool:
    """Compare triple by triple; a blank node of the one always has to be the same of the other."""
    if len(ours) != len(theirs):
        return False
    names: dict[Term, Term] = {}
    for one, other in zip(ours, theirs, strict=True):
        for term, same in zip(one, other, strict=True):
            if term.startswith("_:") != same.startswith("_:"):
                return False
            if names.setdefault(term, same) != same or (not term.startswith("_:") and term != same):
                return False
    return len(set(names.values())) == len(names)


def _term(term: object) -> Term:
    if isinstance(term, pyoxigraph.Literal):
        return literal(term.value, term.datatype.value, term.language)
    return str(term)
