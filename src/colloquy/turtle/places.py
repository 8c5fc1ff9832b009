"""Where in a text each of its triples is written, or nothing: never a wrong place.

The text is read twice, by `grammar` and by pyoxigraph.  Only where both give the same triples, with one
blank node of the one for each of the other, are the places given.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pyoxigraph

from colloquy.terms import Term, Triple, literal
from colloquy.turtle.grammar import Grammar, Offsets

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
    if (offsets := _match(ours, theirs)) is None:
        return None
    starts = [0, *(m.end() for m in _LINE_END.finditer(text))]

    def at(offset: int) -> tuple[int, int]:
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    return [Spot(at(o.subject), at(o.predicate), at(o.object)) for o in offsets]


def _match(ours: Sequence[tuple[Triple, Offsets]], theirs: Sequence[Triple]) -> list[Offsets] | None:
    """Give our offsets in the order of the other reading; None where a triple of one is not in the other."""
    if len(ours) != len(theirs):
        return None
    names = _pair(_signatures([triple for triple, _ in ours]), _signatures(theirs))
    by_triple: dict[Triple, deque[Offsets]] = defaultdict(deque)
    for (s, p, o), offsets in ours:
        by_triple[names.get(s, s), p, names.get(o, o)].append(offsets)
    # Both are as long, so that nothing of ours is left where each of theirs is found.
    return [by_triple[t].popleft() for t in theirs] if all(_counts(by_triple, theirs)) else None


def _counts(by_triple: Mapping[Triple, Sequence[Offsets]], theirs: Sequence[Triple]) -> list[bool]:
    wanted: dict[Triple, int] = defaultdict(int)
    for triple in theirs:
        wanted[triple] += 1
    return [len(by_triple.get(triple, ())) == number for triple, number in wanted.items()]


def _signatures(triples: Sequence[Triple]) -> dict[Term, int]:
    """Give each blank node a number that tells what is said of it, and of the blank nodes around it."""
    about: dict[Term, list[Triple]] = defaultdict(list)
    for triple in triples:
        for node in {triple[0], triple[2]}:
            if node.startswith("_:"):
                about[node].append(triple)
    found = dict.fromkeys(about, 0)
    kinds = 0
    while len(set(found.values())) > kinds:
        kinds = len(set(found.values()))
        seen = found
        found = {
            node: hash(
                tuple(sorted((s == node, p, o == node, seen.get(s, hash(s)), seen.get(o, hash(o))) for s, p, o in said))
            )
            for node, said in about.items()
        }
    return found


def _pair(ours: Mapping[Term, int], theirs: Mapping[Term, int]) -> dict[Term, Term]:
    """Put a blank node of theirs to each of ours; of those that nothing tells apart, in their order."""
    waiting: dict[int, deque[Term]] = defaultdict(deque)
    for node, signature in theirs.items():
        waiting[signature].append(node)
    # A node without a partner keeps a name that no triple of theirs has.
    return {node: waiting[s].popleft() if waiting[s] else f"_:?{node}" for node, s in ours.items()}


def _term(term: object) -> Term:
    if isinstance(term, pyoxigraph.Literal):
        return literal(term.value, term.datatype.value, term.language)
    return str(term)
