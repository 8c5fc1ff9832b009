"""Who wrote what, where: the statements of a build in columns of numbers, small in a page and read one by one.

Every statement is a triple of the default graph, which the page has anyway; so its number in the sorted
graph says it all.  The graph is checked by its digest before any number is believed.
"""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any

from colloquy.errors import Place, ProjectError
from colloquy.evidence import Evidence
from colloquy.terms import Triple
from colloquy.unit import Statement


def digest_of(triples: Iterable[Triple]) -> str:
    """Give the SHA-256 of sorted triples."""
    found = hashlib.sha256()
    for triple in triples:
        found.update(" ".join(triple).encode() + b"\n")
    return found.hexdigest()


def columns(triples: Sequence[Triple], statements: Iterable[Statement]) -> dict[str, Any]:
    """Give statements, in the order of their files, as columns; `triples` are the default graph, sorted.

    Numbers and lines are differences from those of the statement before; `files` are pairs of a name and
    of how many statements follow in it.  Raises KeyError for a statement that the graph does not hold.
    """
    number = {triple: at for at, triple in enumerate(triples)}
    evidences: dict[Evidence, int] = {}
    files: list[tuple[str, int]] = []
    rows = []
    for s in statements:
        if not files or files[-1][0] != s.place.file:
            files.append((s.place.file, 0))
        files[-1] = (s.place.file, files[-1][1] + 1)
        rows.append((number[s.triple], *s.place[1:], evidences.setdefault(s.evidence, len(evidences))))
    numbers, lines, places, said = zip(*rows, strict=True) if rows else ((), (), (), ())
    return {
        "digest": digest_of(triples),
        "files": files,
        "evidences": [*evidences],
        "numbers": _differences(numbers),
        "lines": _differences(lines),
        "columns": [*places],
        "said": [*said],
    }


def _differences(numbers: Iterable[int]) -> list[int]:
    return [b - a for a, b in pairwise((0, *numbers))]


class Authored(Mapping[Triple, tuple[Statement, ...]]):
    """The statements of each triple, from `columns`; each is made when it is asked for.

    Raises ProjectError where the graph is not the one that the columns speak of.
    """

    def __init__(self, triples: Sequence[Triple], written: Mapping[str, Any]) -> None:
        if digest_of(triples) != written["digest"]:
            raise ProjectError("the graph in this page is not as it was written — build again, or ask `colloquy why`")
        self._starts = array("L", accumulate((count for _, count in written["files"]), initial=0))
        self._files = [name for name, _ in written["files"]]
        self._evidences = [Evidence(*said) for said in written["evidences"]]
        self._lines = array("L", accumulate(written["lines"]))
        self._columns, self._said = array("L", written["columns"]), array("L", written["said"])
        self._at: dict[Triple, list[int]] = {}
        for at, number in enumerate(accumulate(written["numbers"])):
            self._at.setdefault(triples[number], []).append(at)

    def __getitem__(self, triple: Triple) -> tuple[Statement, ...]:
        return tuple(self._statement(triple, at) for at in self._at[triple])

    def __contains__(self, triple: object) -> bool:
        return triple in self._at

    def __iter__(self) -> Iterator[Triple]:
        return iter(self._at)

    def __len__(self) -> int:
        return len(self._at)

    def _statement(self, triple: Triple, at: int) -> Statement:
        file = self._files[bisect_right(self._starts, at) - 1]
        return Statement(*triple, Place(file, self._lines[at], self._columns[at]), self._evidences[self._said[at]])
