"""Property paths over triples, each pair of ends with the triples it goes through.

SPARQL 1.1 Query Language, clauses 9 and 18.4 (https://www.w3.org/TR/sparql11-query/#propertypaths).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from colloquy.index import TripleIndex
from colloquy.terms import Term
from colloquy.why.witness import Fact, Uses, any_of


@dataclass(frozen=True)
class Link:
    """One property, or a variable `?p`."""

    name: str


@dataclass(frozen=True)
class Inverse:
    """`^path`"""

    path: Path


@dataclass(frozen=True)
class Sequence:
    """`path/path`"""

    parts: tuple[Path, ...]


@dataclass(frozen=True)
class Alternative:
    """`path|path`"""

    parts: tuple[Path, ...]


@dataclass(frozen=True)
class Negated:
    """`!(p|^q)`: any property but these, onwards and backwards; a direction not named is not gone."""

    forward: tuple[Term, ...]
    backward: tuple[Term, ...]


@dataclass(frozen=True)
class Repeat:
    """`path?` (zero), `path+` (more), `path*` (zero and more)."""

    path: Path
    zero: bool
    more: bool


Path: TypeAlias = Link | Inverse | Sequence | Alternative | Negated | Repeat

Pair: TypeAlias = tuple[Term, Term, Uses]


@dataclass(frozen=True)
class Reach:
    """That a walk comes to `end`: by a step from its start, or from another place that it comes to.

    Places come round in circles where the graph has them; whoever unfolds the options has to stand
    that.  `key` says which walk it is.
    """

    key: str
    walk: Walk = field(repr=False, compare=False)
    end: Term = field(compare=False)

    @property
    def options(self) -> Iterable[Uses]:
        """The last steps of all ways to the end, each with the reaching of where it starts."""
        walk = self.walk
        return [
            uses if before == walk.start else uses | {walk.to(before)} for before, uses in walk.steps_into[self.end]
        ]


class Walk:
    """All places that repeated steps of a path come to from one place."""

    def __init__(self, paths: Paths, path: Path, start: Term) -> None:
        self.start = start
        self._key = f"{paths.graph} {path!r} {start}"
        self.steps_into: dict[Term, list[tuple[Term, Uses]]] = {}
        queue, seen = deque([start]), {start}
        while queue:
            here = queue.popleft()
            for _, there, uses in paths.pairs(path, here, None):
                self.steps_into.setdefault(there, []).append((here, uses))
                if there not in seen:
                    seen.add(there)
                    queue.append(there)

    def to(self, end: Term) -> Reach:
        """Give the reaching of an end, to be used as a premise."""
        return Reach(f"{self._key} to {end}", self, end)


class Paths:
    """Property paths in one graph; `graph` is its name, empty for the default graph."""

    def __init__(self, index: TripleIndex, graph: Term = "") -> None:
        self.index, self.graph = index, graph
        self._walks: dict[tuple[Path, Term], Walk] = {}

    def pairs(self, path: Path, s: Term | None, o: Term | None) -> Iterator[Pair]:
        """Give each pair of ends with what it uses; `s` and `o` are ends already known, or None.

        A pair comes as often as Oxigraph counts it: as SPARQL has it, but for `p|q`, which it gives once
        where both lead to the same end.  A path of no steps goes from a node to itself and uses some
        triple that has the node.  (By the letter of clause 18.4 it also goes from a term of the query
        that is not in the graph; Oxigraph does not, and neither do we.)
        """
        match path:
            case Link(name):
                for triple in self.index.match(s, name, o):
                    yield triple[0], triple[2], frozenset({Fact(triple, self.graph)})
            case Inverse(inner):
                for a, b, uses in self.pairs(inner, o, s):
                    yield b, a, uses
            case Alternative(parts):
                yield from _once(pair for part in parts for pair in self.pairs(part, s, o))
            case Sequence(parts):
                yield from self._sequence(parts, s, o)
            case Negated():
                yield from (
                    _once(self._negated(path, s, o)) if path.forward and path.backward else self._negated(path, s, o)
                )
            case Repeat():
                yield from _once(self._repeat(path, s, o))

    def _sequence(self, parts: tuple[Path, ...], s: Term | None, o: Term | None) -> Iterator[Pair]:
        if len(parts) == 1:
            yield from self.pairs(parts[0], s, o)
        elif s is None and o is not None:
            for middle, end, uses in self.pairs(parts[-1], None, o):
                for start, _, before in self._sequence(parts[:-1], None, middle):
                    yield start, end, before | uses
        else:
            for start, middle, uses in self.pairs(parts[0], s, None):
                for _, end, after in self._sequence(parts[1:], middle, o):
                    yield start, end, uses | after

    def _negated(self, path: Negated, s: Term | None, o: Term | None) -> Iterator[Pair]:
        if path.forward or not path.backward:
            for triple in self.index.match(s, None, o):
                if triple[1] not in path.forward:
                    yield triple[0], triple[2], frozenset({Fact(triple, self.graph)})
        if path.backward:
            for triple in self.index.match(o, None, s):
                if triple[1] not in path.backward:
                    yield triple[2], triple[0], frozenset({Fact(triple, self.graph)})

    def _repeat(self, path: Repeat, s: Term | None, o: Term | None) -> Iterator[Pair]:
        yield from self._walked(path.path, s, o) if path.more else self.pairs(path.path, s, o)
        if path.zero and (s is None or o is None or s == o):
            known = s if s is not None else o
            for node in [known] if known is not None else self._nodes():
                yield from ((node, node, mention) for mention in self._mentions(node))

    def _walked(self, path: Path, s: Term | None, o: Term | None) -> Iterator[Pair]:
        if s is not None:
            walk = self._walk(path, s)
            for end in walk.steps_into if o is None else [o] if o in walk.steps_into else []:
                yield s, end, frozenset({walk.to(end)})
        elif o is not None:
            walk = self._walk(Inverse(path), o)
            for start in walk.steps_into:
                yield start, o, frozenset({walk.to(start)})
        else:
            for start in {start for start, _, _ in self.pairs(path, None, None)}:
                yield from self._walked(path, start, None)

    def _walk(self, path: Path, start: Term) -> Walk:
        walk = self._walks.get((path, start))
        if walk is None:
            walk = self._walks[path, start] = Walk(self, path, start)
        return walk

    def _nodes(self) -> set[Term]:
        return {end for s, _, o in self.index for end in (s, o)}

    def _mentions(self, node: Term) -> list[Uses]:
        triples = {*self.index.match(node, None, None), *self.index.match(None, None, node)}
        return [frozenset({Fact(triple, self.graph)}) for triple in triples]


def _once(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """Give each pair once, with all ways that it can come about."""
    ways: dict[tuple[Term, Term], list[Uses]] = {}
    for start, end, uses in pairs:
        ways.setdefault((start, end), []).append(uses)
    for (start, end), options in ways.items():
        yield start, end, any_of(options)
