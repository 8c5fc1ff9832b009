"""Gives every node its place in the picture.

Each component is drawn by forces (ForceAtlas2's: nodes repel by their degrees, edges attract), but
with an attraction that grows with the root of the distance, and weaker at hubs: clusters then stand
apart instead of falling into the middle.  What comes out is pressed into a rectangle of 16:10, nodes
are pushed apart until a mark and a name fit, and the components are packed.

The start decides where things come to lie, so it is made from the ids and smoothed along the edges:
a node more or less hardly moves the others.  There is no chance in it, and no BLAS, whose sums
depend on the number of threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from hashlib import sha256
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from colloquy.network.build import Network

Floats: TypeAlias = NDArray[np.float64]
Numbers: TypeAlias = NDArray[np.int64]
Links: TypeAlias = Numbers
"""Edges inside a component as two rows of node numbers."""

ROOM = (62.0, 40.0)
"""How far two nodes are apart at least, across and down: the half-axes of an ellipse."""

ASPECT = 1.6
_ROUGHLY = 200
CROWDED = 1_000
"""Above so many nodes, those far away repel by the cell they are in, not one by one."""

_AREA = 4_400.0  # of the rectangle, for each node
_SMOOTHINGS, _GRAVITY, _HEAT, _HUBS = 8, 0.02, 0.1, 0.25
_MARGIN = 0.5  # around a node's room
_SOFT = 0.01  # keeps forces finite where two nodes meet


def layout(network: Network) -> dict[str, tuple[float, float]]:
    """Give each node's place by its id: x to the right, y downwards, around (0, 0), to one decimal.

    Equal networks get equal places (on one kind of processor).  A picture of 300 nodes is about
    1,600 wide; two nodes are nowhere closer than `ROOM`.
    """
    ids = [node.id for node in network.nodes]
    pairs = {(min(e.source, e.target), max(e.source, e.target)) for e in network.edges if e.source != e.target}
    found: dict[str, tuple[float, float]] = {}
    parts = _components(ids, sorted(pairs))
    drawn = [_draw(members, links) for members, links in parts]
    for (members, _), places in zip(parts, _pack(drawn), strict=True):
        for name, (x, y) in zip(members, places.tolist(), strict=True):
            found[name] = (round(x, 1) + 0.0, round(y, 1) + 0.0)  # + 0.0: no minus zero
    return {name: found[name] for name in ids}


def _components(ids: Sequence[str], pairs: Iterable[tuple[str, str]]) -> list[tuple[list[str], Links]]:
    """Part the ids into components with their links, the largest first, then by the smallest id."""
    beside: dict[str, list[str]] = {name: [] for name in ids}
    for a, b in pairs:
        beside[a].append(b)
        beside[b].append(a)
    parts, seen = [], set[str]()
    for name in ids:
        if name in seen:
            continue
        seen.add(name)
        members, queue = [], [name]
        while queue:
            members.append(queue.pop())
            for other in beside[members[-1]]:
                if other not in seen:
                    seen.add(other)
                    queue.append(other)
        members.sort()
        number = {member: at for at, member in enumerate(members)}
        links = [(number[a], number[b]) for a in members for b in beside[a] if a < b]
        parts.append((members, np.array(links, dtype=np.int64).reshape(-1, 2).T))
    return sorted(parts, key=lambda part: (-len(part[0]), part[0][0]))


def _draw(members: Sequence[str], links: Links) -> Floats:
    if len(members) == 1:
        return np.zeros((1, 2))
    start, alone = scattered(members), Blocks(np.array([len(members)]), len(members))
    return part(_press(forces(smooth(start, links, alone), links, alone)) + start, np.array(ROOM))


def scattered(members: Sequence[str]) -> Floats:
    """Scatter the ids over a disc of radius 1, each where its hash says."""
    hashes = b"".join(sha256(member.encode()).digest()[:12] for member in members)
    numbers = np.frombuffer(hashes, dtype=np.uint8).reshape(-1, 2, 6) @ 256.0 ** np.arange(5, -1, -1)
    u, v = (numbers / 2.0**48).T
    return np.stack((np.sqrt(u) * np.cos(2 * np.pi * v), np.sqrt(u) * np.sin(2 * np.pi * v)), axis=1)


def smoothed(members: Sequence[str], links: Links) -> Floats:
    """Give entries places in a square of side 2 so that neighbours are near: a rough map of the whole.

    What differs least along the links decides, and that hardly changes where an entry comes or goes.
    """
    places = scattered(members)
    if not links.size:
        return places
    places = smooth(places, links, Blocks(np.array([len(places)]), len(places)), _ROUGHLY)
    ranks = np.empty_like(places)
    for axis in (0, 1):
        ranks[np.argsort(places[:, axis], kind="stable"), axis] = np.linspace(-1, 1, len(places))
    return ranks


class Blocks(NamedTuple):
    """Graphs side by side, each with room for `width` nodes: `sizes` says how many are there, in front."""

    sizes: Numbers
    width: int

    @property
    def filled(self) -> NDArray[np.bool]:
        """Tell of each place whether a node is there."""
        return (np.arange(self.width) < self.sizes[:, None]).ravel()

    def sum(self, values: Floats) -> Floats:
        """Sum up by graph, and give each place its graph's sum."""
        return np.repeat(values.reshape(-1, self.width).sum(axis=1), self.width)

    @property
    def size(self) -> Numbers:
        """Give each place the size of its graph."""
        return np.repeat(self.sizes, self.width)


def smooth(places: Floats, links: Links, blocks: Blocks, rounds: int = _SMOOTHINGS) -> Floats:
    """Move every node halfway to the mean of its neighbours, several times, and make both axes as wide again."""
    from scipy.sparse import csr_array

    size, (s, t) = len(places), links
    degree = np.maximum(np.bincount(links.ravel(), minlength=size), 1)
    ends, others = np.concatenate((s, t)), np.concatenate((t, s))
    halfway = csr_array((0.5 / degree[ends], (ends, others)), shape=(size, size))
    weight = degree * blocks.filled
    share = weight / blocks.sum(weight)
    at = places.copy()
    for _ in range(rounds):
        at = at / 2 + halfway @ at
        for axis in at.T:
            axis -= blocks.sum(axis * share)
    at *= blocks.filled[:, None]
    x = _evened(at[:, 0], places[:, 0], blocks)
    y = _evened(at[:, 1], places[:, 1], blocks)
    return np.stack((x, _evened(y - x * blocks.sum(x * y) / blocks.size, places[:, 1], blocks)), axis=1)


def _evened(axis: Floats, otherwise: Floats, blocks: Blocks) -> Floats:
    """Bring an axis to width 1; another one where smoothing left nothing of it, as of two nodes alone."""
    width = np.sqrt(blocks.sum(axis**2) / blocks.size)
    return np.where(width > 1e-9, axis / np.maximum(width, 1e-9), otherwise)


def forces(places: Floats, links: Links, blocks: Blocks, rounds: int = 0) -> Floats:
    """Let the forces move the nodes, by less and less, in so many rounds (0: as many as look well).

    Both axes stand in one table, both ends of all links in one list, and small graphs side by side: most
    are small, and calls cost most.
    """
    size, (s, t) = len(places), links
    degree = np.bincount(links.ravel(), minlength=size).astype(np.float64)
    mass = (degree + 1) * blocks.filled
    mass *= blocks.size / blocks.sum(mass)
    pull = (degree[s] * degree[t]) ** -_HUBS
    of, count = s // blocks.width, len(blocks.sizes)
    pull /= (np.bincount(of, pull, count) / np.maximum(np.bincount(of, minlength=count), 1))[of]
    inwards = 2 * _GRAVITY * np.array(((1 / ASPECT,), (ASPECT,))) * mass
    reach = np.sqrt(blocks.size)
    at = np.ascontiguousarray(places.T) * (0.7 * reach)
    ends = np.concatenate((t, t + size, s, s + size))
    repel = _repel_each(mass, blocks) if blocks.width <= CROWDED else partial(_repel_by_cells, mass=mass)
    rounds = rounds or (200 if blocks.width <= CROWDED else 80)
    for step in range(rounds):
        force = repel(at) - inwards * at
        along = at[:, s] - at[:, t]
        along *= pull * (np.einsum("ij,ij->j", along, along) + _SOFT) ** -0.25
        force += np.bincount(ends, np.concatenate((along, -along), axis=None), 2 * size).reshape(2, size)
        strong = np.sqrt(np.einsum("ij,ij->j", force, force)) + 1e-9
        most = _HEAT * reach * (1 - step / rounds) ** 1.5 + 0.002
        at += force * (np.minimum(strong / (degree + 1), most) / strong)
    return np.ascontiguousarray(at.T)


def _repel_each(mass: Floats, blocks: Blocks) -> Callable[[Floats], Floats]:
    """Let all of a graph repel one another, by their masses, the more the nearer.

    The tables of all pairs are made once and filled again: fresh memory costs more than the sums in it.
    """
    count, width = len(blocks.sizes), blocks.width
    apart = np.empty((2, count, width, width))
    masses = mass.reshape(count, 1, width)

    def repel(places: Floats) -> Floats:
        at = places.reshape(2, count, width)
        np.square(np.subtract(at[:, :, :, None], at[:, :, None, :], out=apart), out=apart)
        strength = np.add(apart[0], apart[1], out=apart[0])
        strength += _SOFT
        np.divide(masses, strength, out=strength)
        force = at * strength.sum(axis=2) - np.einsum("bij,kbj->kbi", strength, at)
        return np.asarray(force.reshape(2, -1) * mass)

    return repel


def _repel_by_cells(at: Floats, mass: Floats) -> Floats:
    """As `_repel_each`, but from the centres of at most 400 cells; within a cell more softly."""
    side = 20
    across, down = ((v - v.min()) / (np.ptp(v) + 1e-9) * (side - 1e-6) for v in at)
    used, cell = np.unique(across.astype(np.int64) * side + down.astype(np.int64), return_inverse=True)
    heavy = np.bincount(cell, mass, len(used))
    x, y = at
    cx, cy = np.bincount(cell, mass * x) / heavy, np.bincount(cell, mass * y) / heavy
    soft = np.ptp(x) * np.ptp(y) / side**2 / 12 + _SOFT
    dx, dy = np.subtract.outer(x, cx), np.subtract.outer(y, cy)
    strength = heavy / (dx * dx + dy * dy + soft)
    return np.stack(((dx * strength).sum(axis=1), (dy * strength).sum(axis=1))) * mass


def _press(places: Floats) -> Floats:
    """Draw the outside in a little and bring the whole into a rectangle with room for every node."""
    places = places - np.median(places, axis=0)
    radius = np.sqrt((places**2).sum(axis=1, keepdims=True)) + 1e-9
    places = places * radius**-0.2
    high = np.sqrt(_AREA * len(places) / ASPECT)
    shape = np.array((ASPECT, 1.0))
    span = np.ptp(places, axis=0) / shape
    # What is long and thin stays so: pulled to the full height, its noise would become its shape.
    scale = high / np.maximum(span, span.max() * 0.5)
    return np.asarray(places * scale)


def part(places: Floats, room: Floats, rounds: int = 500) -> Floats:
    """Push nodes apart until none is in another's room, an ellipse with these half-axes."""
    from scipy.spatial import cKDTree

    at = np.ascontiguousarray((places / room).T)
    size = len(places)
    looked = np.full_like(at, np.inf)
    for _ in range(rounds):
        # Pairs a little farther apart are kept as well: none is missed until somebody has moved half of that.
        if np.abs(at - looked).max() > _MARGIN / 2 / np.sqrt(2):
            looked = at.copy()
            a, b = cKDTree(at.T).query_pairs(1 + _MARGIN, output_type="ndarray").T
            ends = np.stack((a, a + size, b, b + size))
        apart = at[:, a] - at[:, b]
        distance = np.sqrt(np.einsum("ij,ij->j", apart, apart))
        if not distance.size or distance.min() > 0.999:
            break
        close = np.flatnonzero(distance < 1)  # fewer in each round
        apart, distance = apart[:, close], distance[close]
        apart *= (1.002 - distance) / np.maximum(distance, 1e-6) / 2
        moves = np.concatenate((apart, -apart), axis=None)
        at += np.bincount(ends[:, close].ravel(), moves, 2 * size).reshape(2, size)
    return np.ascontiguousarray((at.T) * room)


def _pack(parts: Sequence[Floats]) -> list[Floats]:
    """Lay the components out in rows, each row in the middle, in the width that comes nearest to 16:10."""
    if not parts:
        return []
    boxes = [np.ptp(places, axis=0) + 1.5 * np.array(ROOM) for places in parts]
    widest = max(box[0] for box in boxes)
    area = sum(box[0] * box[1] for box in boxes)
    widths = [max(widest, np.sqrt(area * ASPECT) * factor) for factor in np.linspace(0.8, 2.0, 25)]
    rows = min((_rows(boxes, width) for width in widths), key=lambda rows: _extent(boxes, rows))
    packed: list[Floats] = []
    top = 0.0
    for row in rows:
        left = -sum(boxes[at][0] for at in row) / 2
        high = max(boxes[at][1] for at in row)
        for at in row:
            middle = (parts[at].min(axis=0) + parts[at].max(axis=0)) / 2
            packed.append(parts[at] - middle + np.array((left + boxes[at][0] / 2, top + high / 2)))
            left += boxes[at][0]
        top += high
    return [places - np.array((0.0, top / 2)) for places in packed]


def _rows(boxes: Sequence[Floats], width: float) -> list[list[int]]:
    rows: list[list[int]] = []
    filled = np.inf
    for at, box in enumerate(boxes):
        if filled + box[0] > width + 1e-6:
            rows.append([])
            filled = 0.0
        rows[-1].append(at)
        filled += box[0]
    return rows


def _extent(boxes: Sequence[Floats], rows: Sequence[Sequence[int]]) -> float:
    """How large a 16:10 frame the rows need."""
    wide = max(sum(float(boxes[at][0]) for at in row) for row in rows)
    high = sum(max(float(boxes[at][1]) for at in row) for row in rows)
    return max(wide / ASPECT, high)
