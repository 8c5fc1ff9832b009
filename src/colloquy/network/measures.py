"""Measures the network: who has many links, who stands between others, and who joins communities."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from colloquy.network.areas import web_of
from colloquy.network.build import Network

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from colloquy.network.overview import Picture

EXACT = 2_000
"""Up to so many entries betweenness is exact."""

PIVOTS = 256
"""In a larger network it is estimated from the shortest paths of so many entries, which their hashes choose."""

COLUMNS = ("id", "name", "kind", "links", "neighbours", "betweenness", "community")

_AT_ONCE = 128
_HIGH = 0.95


@dataclass(frozen=True, slots=True)
class Measure:
    """The measures of one entry.

    `betweenness` is the share of the shortest paths between others that pass through it, from 0 to 1;
    `area` the number of its community in `Picture.areas`; `meets` counts the communities that it and its
    neighbours are in.
    """

    id: str
    name: str
    kind: str
    links: int
    neighbours: int
    betweenness: float
    area: int
    community: str
    meets: int


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures of all entries, most links first.

    `pivots` says from how many entries betweenness was counted; `exact` that these were all.
    """

    rows: tuple[Measure, ...]
    pivots: int
    exact: bool

    @property
    def bridges(self) -> tuple[Measure, ...]:
        """Entries with neighbours in several communities and more betweenness than 95 in 100 have; highest first."""
        if not self.rows:
            return ()
        ordered = sorted(row.betweenness for row in self.rows)
        high = ordered[int((len(ordered) - 1) * _HIGH)]
        found = (row for row in self.rows if row.meets > 1 and row.betweenness > 0 and row.betweenness >= high)
        return tuple(sorted(found, key=lambda row: (-row.betweenness, row.id)))


def measure(network: Network, picture: Picture) -> Measures:
    """Measure every entry of a network in the communities of its picture."""
    web = web_of(network)
    size = len(web.names)
    ends = Counter(name for e in network.edges for name in (e.source, e.target))
    ends.subtract(e.source for e in network.edges if e.source == e.target)  # a link to itself is one
    links: csr_array = web.ties.astype(bool).astype(np.float64)
    chosen = np.arange(size)
    if size > EXACT:
        by_hash = sorted(range(size), key=lambda at: sha256(web.names[at].encode()).digest())
        chosen = np.array(sorted(by_hash[:PIVOTS]))
    passed = betweenness(links, chosen).tolist()
    nodes = {node.id: node for node in network.nodes}
    top = {name: at if (up := picture.areas[at].parent) is None else up for name, at in picture.area_of.items()}
    rows = []
    for at, name in enumerate(web.names):
        near = [web.names[other] for other in links.indices[links.indptr[at] : links.indptr[at + 1]].tolist()]
        rows.append(
            Measure(
                id=name,
                name=nodes[name].label,
                kind=nodes[name].kind.label,
                links=ends[name],
                neighbours=len(near),
                betweenness=round(passed[at], 9) + 0.0,
                area=top[name],
                community=picture.areas[top[name]].label,
                meets=len({top[one] for one in (name, *near)}),
            )
        )
    rows.sort(key=lambda row: (-row.links, -row.betweenness, row.id))
    return Measures(tuple(rows), len(chosen), len(chosen) == size)


def betweenness(links: csr_array, pivots: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give the share of shortest paths through each entry, counted from the pivots (Brandes 2001), many at a time.

    `links` has a 1 for each two linked entries, both ways.
    """
    size = links.shape[0]
    passed = np.zeros(size)
    for start in range(0, len(pivots), _AT_ONCE):
        some = pivots[start : start + _AT_ONCE]
        ring = np.zeros((size, len(some)))
        ring[some, np.arange(len(some))] = 1.0
        rings, seen = [ring], ring > 0
        while (ring := np.where(seen, 0.0, links @ ring)).any():  # how many shortest paths lead to each
            rings.append(ring)
            seen |= ring > 0
        through = np.zeros((size, len(some)))
        for inner, outer in zip(rings[-2:0:-1], rings[:1:-1], strict=True):
            share = np.divide(1 + through, outer, out=np.zeros_like(outer), where=outer > 0)
            through += inner * (links @ share)
        passed += through.sum(axis=1)
    return np.asarray(passed * (size / max(len(pivots), 1) / max((size - 1) * (size - 2), 1)))


def table(measures: Measures, most: int, *, bridges: bool = False) -> list[tuple[str, ...]]:
    """Give the first rows as text, with the columns of `COLUMNS`: those with most links, or the bridges."""
    rows = measures.bridges if bridges else measures.rows
    return [
        (r.id, r.name, r.kind, str(r.links), str(r.neighbours), f"{r.betweenness:.4f}", r.community)
        for r in rows[:most]
    ]
