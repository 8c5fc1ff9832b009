"""Basic graph patterns: all ways to put triples for them, the rarest pattern first."""

from __future__ import annotations

from collections.abc import Iterator

from colloquy.index import TripleIndex
from colloquy.terms import Term
from colloquy.why.algebra import Pattern, Values
from colloquy.why.convert import is_variable
from colloquy.why.paths import Link, Paths
from colloquy.why.witness import NOTHING, Fact, Uses


def match(patterns: list[Pattern], known: Values, paths: Paths) -> Iterator[tuple[Values, Uses]]:
    """Give each solution that agrees with the known values, and the triples it uses."""
    yield from _match(patterns, {}, NOTHING, known, paths)


def _match(
    left: list[Pattern], values: Values, uses: Uses, known: Values, paths: Paths
) -> Iterator[tuple[Values, Uses]]:
    if not left:
        yield values, uses
        return
    best = min(range(len(left)), key=lambda i: _cost(left[i], values, known, paths.index)) if left[1:] else 0
    rest = left[:best] + left[best + 1 :]
    s, path, o = left[best]
    start, end = _ends(left[best], values, known)
    if isinstance(path, Link):
        words = (s, path.name, o)
        for triple in paths.index.match(start, _value(path.name, values, known), end):
            bound = _assign(values, words, triple)
            if bound is not None:
                yield from _match(rest, bound, uses | {Fact(triple, paths.graph)}, known, paths)
    else:
        for a, b, used in paths.pairs(path, start, end):
            bound = _assign(values, (s, o), (a, b))
            if bound is not None:
                yield from _match(rest, bound, uses | used, known, paths)


def _value(word: str, values: Values, known: Values) -> Term | None:
    return values.get(word) or known.get(word) if is_variable(word) else word


def _ends(pattern: Pattern, values: Values, known: Values) -> tuple[Term | None, Term | None]:
    return _value(pattern[0], values, known), _value(pattern[2], values, known)


def _assign(values: Values, words: tuple[str, ...], terms: tuple[Term, ...]) -> Values | None:
    """Bind the variables of a pattern; None where one of them stands for something else already."""
    bound = dict(values)
    for word, term in zip(words, terms, strict=True):
        if is_variable(word) and bound.setdefault(word, term) != term:
            return None
    return bound


def _cost(pattern: Pattern, values: Values, known: Values, index: TripleIndex) -> float:
    """Guess how many triples a pattern matches, to take the rarest first."""
    path = pattern[1]
    start, end = _ends(pattern, values, known)
    if not isinstance(path, Link):
        return (8 if start and end else 40 if start or end else 1e7) + (0 if start or end else len(index))
    middle = _value(path.name, values, known)
    if start:
        if end:
            return 0 if middle else 1
        return len(index.objects(start, middle)) if middle else 20
    if end:
        return len(index.subjects(middle, end)) if middle else 1000
    return len(index) / (10 if middle else 1)
