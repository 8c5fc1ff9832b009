"""Parts a network into areas: communities of entries that have more links among themselves than with others.

Louvain's communities alone do not last: of the entries of a large network a third change sides when a
few others come or go, since many ways of parting are nearly as good.  So there are two steps.  First,
entries gather around hubs: a walk from each hub along the links says which hub an entry is nearest to,
and that hardly changes with a few links more or less.  Then Louvain (networkx) says which of these
gatherings belong together, several times over in orders that hashes of ids decide, and what most of
the runs agree on counts.  Gatherings of more than `MOST` entries are taken apart in the same way.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from colloquy.network.build import Network

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

MOST = 300
"""So many entries can be looked at at once; what is more is taken apart."""

LEAST = 12
"""Fewer entries make no area: they join another, or share one."""

_STEPS = 24  # of a walk: the more, the farther a hub reaches
_HUBS = 400  # candidates
_NEAR = 0.2  # a hub that an earlier one is so near to is none
_AT_ONCE = 64  # candidates whose walks fit into a processor's own memory
_STAY = 0.3  # of a walker: without it, walks alternate between two sides
_SINGLY = 500  # up to so many entries Louvain goes through them one by one
_RUNS = 10
_DOUBTED = 0.6  # together are those that fewer of the runs than this keep apart


@dataclass(frozen=True, slots=True)
class Group:
    """A set of entries, and those that it was taken apart into; `loose` where few links join it.

    `hub` is the entry that the group, or its largest part, gathered around.
    """

    members: tuple[str, ...]
    hub: str
    parts: tuple[Group, ...] = ()
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Web:
    """The entries in the order of their ids, and how much the links bind each two of them.

    A link binds by how much it says of its source: 1 where it is the only one of its relation there, a
    tenth where it is one of ten.
    """

    names: tuple[str, ...]
    ties: csr_array

    def within(self, some: Numbers) -> Web:
        """Give the part of the web between some of its entries."""
        return Web(tuple(self.names[at] for at in some.tolist()), self.ties[some][:, some])

    def links(self) -> Numbers:
        """Give the two ends of each link, as two rows."""
        from scipy.sparse import triu

        upper = triu(self.ties, 1).tocoo()
        return np.stack((upper.row, upper.col)).astype(np.int64)

    def links_within(self, sets: Sequence[Sequence[str]]) -> list[Numbers]:
        """Give the links inside each of some sets that share no entry, by places in the set; each set in order."""
        number = {name: at for at, name in enumerate(self.names)}
        home, place = np.full((2, len(self.names)), -1)
        for at, names in enumerate(sets):
            some = [number[name] for name in names]
            home[some], place[some] = at, np.arange(len(some))
        links = self.links()
        of = home[links[0]]
        inside = np.flatnonzero((of == home[links[1]]) & (of >= 0))
        inside = inside[np.argsort(of[inside], kind="stable")]
        ends = np.cumsum(np.bincount(of[inside], minlength=len(sets)))[:-1]
        return np.split(place[links[:, inside]], ends, axis=1)

    def components(self) -> list[Numbers]:
        """Give what hangs together, by the smallest id."""
        from scipy.sparse.csgraph import connected_components

        return _sets(connected_components(self.ties, directed=False)[1]) if self.names else []


def web_of(network: Network) -> Web:
    """Give the network as a web; its nodes and edges may come in any order."""
    from scipy.sparse import csr_array

    names = tuple(sorted(node.id for node in network.nodes))
    number = {name: at for at, name in enumerate(names)}
    count = Counter((e.source, e.relation.term) for e in network.edges)
    ends = np.array([(number[e.source], number[e.target]) for e in network.edges], dtype=np.int64).reshape(-1, 2)
    weights = np.array([1 / count[e.source, e.relation.term] for e in network.edges])
    ends.sort(axis=1)
    # In the order of weights too: a sum of decimals turns on the order.
    order = np.lexsort((weights, ends[:, 1], ends[:, 0]))
    order = order[ends[order, 0] != ends[order, 1]]
    pairs, first = np.unique(ends[order], axis=0, return_index=True)
    bound = np.add.reduceat(weights[order], first) if len(first) else np.zeros(0)
    rows, columns = np.concatenate((pairs, pairs[:, ::-1])).T
    return Web(names, csr_array((np.concatenate((bound, bound)), (rows, columns)), shape=(len(names), len(names))))


def groups(web: Web, kinds: Mapping[str, str], *, split: bool = True) -> list[Group]:
    """Give the communities, largest first, then what is loose, by kind and in lots of at most `MOST`.

    Without `split` only the upper level is given.
    """
    found: list[Group] = []
    loose: list[tuple[str, ...]] = []
    for component in web.components():
        part = web.within(component)
        if len(part.names) < LEAST:
            loose.append(part.names)
        elif split and len(part.names) <= MOST:
            found.append(Group(part.names, _strongest(part)))
        else:
            found += _communities(part, split)
    found.sort(key=lambda group: (-len(group.members), group.members))
    return found + _lots(loose, kinds)


def _lots(loose: Sequence[tuple[str, ...]], kinds: Mapping[str, str]) -> list[Group]:
    """Put loose entries of a kind together, and those of rare kinds; what hangs together stays so."""
    by_kind: dict[str, list[str]] = {}
    for names in sorted(loose, key=lambda names: (-len(names), names)):
        by_kind.setdefault(kinds[names[0]], []).extend(names)
    rare = [name for _, names in sorted(by_kind.items()) if len(names) < LEAST for name in names]
    found: list[Group] = []
    for some in [*(names for _, names in sorted(by_kind.items()) if len(names) >= LEAST), rare]:
        size = -(-len(some) // max(-(-len(some) // MOST), 1))
        lots = (some[at : at + size] for at in range(0, len(some), size or 1))
        found += (Group(tuple(sorted(lot)), lot[0], loose=True) for lot in lots)
    return found


# --- from hubs to communities -----------------------------------------------------------------------


def _communities(web: Web, split: bool) -> list[Group]:
    """Part what hangs together into communities, each with its parts."""
    if len(web.names) <= _SINGLY:
        alone = np.arange(len(web.names))
        home = _joined(web, _agreed(web, web.names, alone))
        return [Group(inner.names, _strongest(inner)) for some in _sets(home) for inner in [web.within(some)]]
    hubs, home = _gathered(web, _STEPS)
    found = []
    for some in _sets(_agreed(web, [web.names[at] for at in hubs], home)):
        parts = sorted(
            (part for at in some.tolist() for part in _small_enough(web, np.flatnonzero(home == at), _STEPS)),
            key=lambda part: (-len(part.members), part.members),
        )
        members = tuple(sorted(name for part in parts for name in part.members))
        found.append(Group(members, parts[0].hub, tuple(parts) if len(members) > MOST and split else ()))
    return found


def _small_enough(web: Web, members: Numbers, steps: int) -> list[Group]:
    """Take a gathering apart until no part has more than `MOST` entries."""
    inner = web.within(members)
    hub = _strongest(inner)
    if len(inner.names) <= MOST:
        return [Group(inner.names, hub)]
    if steps > 2 and len(inner.components()) == 1:
        hubs, home = _gathered(inner, steps // 2)
        if len(hubs) > 1:
            parts = (members[home == at] for at in range(len(hubs)))
            return [group for part in parts for group in _small_enough(web, part, steps // 2)]
        return _small_enough(web, members, steps // 2)
    # All hang on one entry, or on nothing: what is left without it is dealt out.
    first = inner.names.index(hub)
    rest = np.delete(np.arange(len(inner.names)), first)
    pieces = [rest[piece] for piece in inner.within(rest).components()]
    found: list[Group] = []
    lot = [first]
    pieces.sort(key=lambda piece: _hash(inner.names[piece[0]]))
    for piece in pieces:
        if len(piece) > MOST:
            found += _small_enough(web, members[piece], _STEPS)
            continue
        if len(lot) + len(piece) > MOST:
            found += _small_enough(web, members[np.array(sorted(lot))], 0)
            lot = []
        lot += piece.tolist()
    return found + (_small_enough(web, members[np.array(sorted(lot))], 0) if lot else [])


def _gathered(web: Web, steps: int) -> tuple[list[int], Numbers]:
    """Choose hubs and give each entry the number of the hub that it gathers around.

    Entries are asked from the strongest to the weakest, as many as an earlier hub is not near to become
    hubs.  Nearly equal strengths count as equal, so that one link more does not change who comes first.
    """
    from scipy.sparse import dia_array

    size = len(web.names)
    strength = _strength(web)
    hashes = np.array([_hash(name) for name in web.names])
    rough = np.floor(np.log2(np.maximum(strength, 1e-9)) + hashes % 997 / 997)
    asked = np.lexsort((hashes, -rough))[:_HUBS]
    scale = dia_array((1 / np.sqrt(np.maximum(strength, 1e-9))[None, :], [0]), shape=(size, size))
    stay = dia_array((np.full((1, size), _STAY), [0]), shape=(size, size))
    walk = ((scale @ web.ties @ scale) * (1 - _STAY) + stay).tocsr().astype(np.float32)
    near: NDArray[Any] = np.empty((size, len(asked)), dtype=np.float32)
    for first in range(0, len(asked), _AT_ONCE):
        some = asked[first : first + _AT_ONCE]
        walkers = np.zeros((size, len(some)), dtype=np.float32)
        walkers[some, np.arange(len(some))] = 1.0
        for _ in range(steps):
            walkers = walk @ walkers
        near[:, first : first + _AT_ONCE] = walkers
    itself = np.sqrt(near[asked, np.arange(len(asked))])
    likeness = near[asked] / np.outer(itself, itself)
    free = np.ones(len(asked), dtype=bool)
    chosen = []
    for at in range(len(asked)):
        if free[at]:
            chosen.append(at)
            free &= likeness[at] < _NEAR
    near = near[:, chosen] / itself[chosen]
    while (far := np.flatnonzero(near.any(axis=1) == 0)).size:
        near[far] += walk[far] @ near
    home = _joined(web, _smoothed(web, np.argmax(near, axis=1).astype(np.int64)))
    used, home = np.unique(home, return_inverse=True)
    return asked[np.array(chosen)[used]].tolist(), home


def _smoothed(web: Web, home: Numbers) -> Numbers:
    """Let entries follow what they are most bound to, and what that is bound to, three times."""
    each = web.ties.multiply(1 / np.maximum(_strength(web), 1e-9)[:, None]).tocsr()
    for _ in range(3):
        first = each @ _one_hot(home) + 0.01 * _one_hot(home)
        home = np.asarray((first + each @ first).toarray().argmax(axis=1), dtype=np.int64)
    return home


def _joined(web: Web, home: Numbers) -> Numbers:
    """Let gatherings of too few entries join the one that they are most bound to, the smallest first."""
    while True:
        count = np.bincount(home)
        small = [at for at in np.argsort(count, kind="stable").tolist() if 0 < count[at] < LEAST]
        bound = _one_hot(home).T @ web.ties @ _one_hot(home)
        bound.setdiag(0)
        bound = bound.tocsr()
        if not small or (count > 0).sum() == 1:
            return home
        moved = False
        taken: set[int] = set()
        for at in small:
            row = bound[[at]].toarray()[0]
            to = int(row.argmax())
            if row[to] > 0 and at not in taken and to not in taken:
                home = np.where(home == at, to, home)
                taken |= {at, to}
                moved = True
        if not moved:
            return home


def _agreed(web: Web, names: Sequence[str], home: Numbers) -> Numbers:
    """Give each gathering the number of its community: what most runs of Louvain put together."""
    import networkx
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    if len(names) == 1:
        return np.zeros(1, dtype=np.int64)
    bound = (_one_hot(home).T @ web.ties @ _one_hot(home)).tocoo()
    graph: networkx.Graph[int] = networkx.Graph()
    graph.add_nodes_from(range(len(names)))
    rows = zip(bound.row.tolist(), bound.col.tolist(), bound.data.tolist(), strict=True)
    # Within a gathering each tie is there twice.
    graph.add_weighted_edges_from(sorted((a, b, w if a != b else w / 2) for a, b, w in rows if a <= b))
    together = np.zeros((len(names), len(names)))
    for run in range(_RUNS):
        found = networkx.community.louvain_communities(graph, seed=_InOrder(run, names))  # type: ignore[call-overload]  # stubs know no Random
        number = {at: group for group, members in enumerate(found) for at in members}
        row = np.array([number[at] for at in range(len(names))])
        together += row[:, None] == row[None, :]
    apart = squareform(1 - together / _RUNS, checks=False)
    return np.asarray(fcluster(linkage(apart, "average"), _DOUBTED, "distance"), dtype=np.int64)


class _InOrder(random.Random):
    """Shuffles into the order of hashes, another one for each run; whatever else there is, it stays."""

    def __init__(self, run: int, names: Sequence[str]) -> None:
        super().__init__(run)
        self.order = [_hash(f"{run} {name}") for name in names]

    def shuffle(self, x: Any) -> None:
        x.sort(key=lambda at: self.order[at])


def _strength(web: Web) -> Floats:
    return np.asarray(web.ties.sum(axis=1), dtype=np.float64).ravel()


def _strongest(web: Web) -> str:
    strength = _strength(web)
    return min((web.names[at] for at in np.flatnonzero(strength == strength.max()).tolist()), key=_hash)


def _one_hot(home: Numbers) -> csr_array:
    from scipy.sparse import csr_array

    size = len(home)
    return csr_array((np.ones(size), (np.arange(size), home)), shape=(size, int(home.max(initial=0)) + 1))


def _sets(labels: NDArray[Any]) -> list[Numbers]:
    """Give the places of each label, in the order in which the labels first come."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    order = np.argsort(inverse, kind="stable")
    sets = np.split(order, np.cumsum(np.bincount(inverse))[:-1])
    return [np.asarray(sets[at]) for at in np.argsort(first, kind="stable").tolist()]


@cache
def _hash(text: str) -> int:
    return int.from_bytes(sha256(text.encode()).digest()[:6])
