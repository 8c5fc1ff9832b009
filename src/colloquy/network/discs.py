"""Draws each of many small graphs as an even disc, all of them at once.

What holds a graph together is drawn by forces; what has one link alone lies around what it hangs on:
more than a half of the entries of an area mostly do, and the forces between all pairs cost most.
Graphs of like size go through the forces side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from colloquy.network.drawing import Blocks, Floats, Links, Numbers, forces, part, scattered, smooth

_ROUNDS = 40  # of forces
_PARTINGS = 60
_PAIRS = 50_000  # of nodes that go through the forces at once: their table fits into a processor's own memory


def in_discs(sets: Sequence[Sequence[str]], links: Sequence[Links], spacing: float) -> list[Floats]:
    """Draw sets of entries, each with the links inside it, as even discs around (0, 0), about `spacing` apart.

    `links` are, for each set, pairs of places in it.
    """
    sizes = np.array([len(names) for names in sets], dtype=np.int64)
    first = np.cumsum(sizes) - sizes
    area = np.repeat(np.arange(len(sizes)), sizes)
    start = scattered([name for names in sets for name in names])
    ends = np.concatenate([pairs + at for pairs, at in zip(links, first, strict=True)], axis=1)
    places = _hung(start, ends, area)
    # What has no link lies around the others; where nothing has one, it lies as it was scattered.
    linked = np.bincount(ends.ravel(), minlength=len(area)) > 0
    reach = np.zeros(len(sizes))
    np.maximum.at(reach, area[linked], np.sqrt((places[linked] ** 2).sum(axis=1)))
    around = np.where(reach > 0, reach * 1.1, 1.0)
    places[~linked] = start[~linked] * around[area[~linked], None]
    even = [_even(some) for some in np.split(places, first[1:])]
    # Beside one another, far enough that none meets another, they are parted in one go.
    wide = np.array([np.abs(some).max() for some in even]) * 4 + 10
    beside = np.stack((np.cumsum(2 * wide) - wide, np.zeros(len(wide))), axis=1)[area]
    parted = part(np.concatenate(even) + beside, np.array((1.0, 1.0)), _PARTINGS) - beside
    return [some * (spacing / 1.25) for some in np.split(parted, first[1:])]


def _even(places: Floats) -> Floats:
    """Forces crowd the middle: keep each entry's angle and its rank from the middle, and fill the disc evenly."""
    size = len(places)
    places = places - np.median(places, axis=0)
    radius = np.sqrt((places**2).sum(axis=1))
    rank = np.empty(size)
    rank[np.lexsort((np.arange(size), radius))] = np.arange(size)
    wide = 0.75 * np.sqrt(size)
    even = wide * np.sqrt((rank + 0.5) / size)
    kept = wide * radius / max(float(radius.max()), 1e-9)
    return np.asarray(places * ((0.75 * even + 0.25 * kept) / np.maximum(radius, 1e-9))[:, None])


def _hung(start: Floats, links: Links, area: Numbers) -> Floats:
    """Draw what holds together by forces, and let what has one link alone lie around what it hangs on."""
    size = len(start)
    degree = np.bincount(links.ravel(), minlength=size)
    hangs = (degree[links] == 1) & (degree[links[::-1]] > 1)  # of each link, which ends do
    free = hangs.any(axis=0)
    leaf, stem = np.where(hangs[0], links, links[::-1])[:, free]
    core = np.ones(size, dtype=bool)
    core[leaf] = False
    number = np.cumsum(core) - 1
    places = start.copy()
    places[core] = _forced(start[core], number[links[:, ~free]], area[core])
    # Outwards from what the stem is linked with, the more surely the less that is.
    s, t = links[:, ~free]
    along = (places[s] - places[t]).T
    away = np.stack([np.bincount(s, v, size) - np.bincount(t, v, size) for v in along], axis=1)
    linked = np.maximum(np.bincount(links[:, ~free].ravel(), minlength=size), 1)
    away = away / (linked * np.maximum(np.sqrt((away**2).sum(axis=1)), 1e-9))[:, None]
    reach = 0.7 * np.sqrt(np.bincount(stem, minlength=size)[stem])
    places[leaf] = places[stem] + (2 * away[stem] + start[leaf]) * reach[:, None]
    return places


def _forced(start: Floats, links: Links, area: Numbers) -> Floats:
    """Let forces draw each area; the nodes of one stand one after the other."""
    sizes = np.bincount(area)
    first = np.cumsum(sizes) - sizes
    places = np.empty_like(start)
    of_link = area[links[0]]
    for areas in _alike(sizes):
        blocks = Blocks(sizes[areas], int(sizes[areas].max()))
        filled = np.flatnonzero(blocks.filled)
        nodes = np.concatenate([np.arange(first[at], first[at] + sizes[at]) for at in areas])
        place = np.zeros(len(start), dtype=np.int64)
        place[nodes] = filled
        some = place[links[:, np.isin(of_link, areas)]]
        laid = np.zeros((len(areas) * blocks.width, 2))
        laid[filled] = start[nodes]
        places[nodes] = forces(smooth(laid, some, blocks), some, blocks, _ROUNDS)[filled]
    return places


def _alike(sizes: Numbers) -> Iterator[Numbers]:
    """Put areas of like size together, as many as go through the forces at once."""
    some: list[int] = []
    for at in np.argsort(sizes, kind="stable").tolist():
        if some and (len(some) + 1) * sizes[at] ** 2 > _PAIRS:
            yield np.array(some)
            some = []
        some.append(at)
    if some:
        yield np.array(some)
