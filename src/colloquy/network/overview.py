"""Gives every entry of a network its place, and every area its disc.

Up to `WHOLE` entries the whole is drawn as one (`drawing`).  In a larger network each area is drawn by
itself, pressed into a disc; discs are packed into the disc of their community, and those into the
shape of a window, each near where its entries lie on a rough map of the whole.

Every start comes from the hashes of ids, so equal networks get equal pictures, and nearly equal ones
nearly equal pictures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from colloquy.network.about import Telling, named
from colloquy.network.areas import Group, Web, groups, web_of
from colloquy.network.build import Network
from colloquy.network.discs import in_discs
from colloquy.network.drawing import ASPECT, Floats, layout, scattered, smoothed

WHOLE = 1_500
"""Up to so many entries a network is drawn as one."""

SPACING = 44.0
"""How far apart entries are in a disc, about; in the units of the picture."""

_GAP = 26.0  # between discs of one level
_FILLED = 0.7  # of the window by discs, were they to lie over each other
_ROUNDS = 100
_LOOSELY, _TIGHTLY = 0.002, 0.06  # how much discs are drawn to the middle in a round
_OUTSIDE = 1.2


@dataclass(frozen=True, slots=True)
class Area:
    """A community: a disc around (`x`, `y`) that holds its `nodes`, and what it is `about`, most telling first.

    `key` is the id of the first of these: a name that stays while others come and go.  `parent` is the
    place in the list of the area that holds this one; None where none does.
    """

    key: str
    label: str
    x: float
    y: float
    radius: float
    parent: int | None
    nodes: tuple[str, ...]
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """Where everything lies: x to the right, y downwards, around (0, 0).

    `areas` has those of the upper level first, largest first; `area_of` gives the number of the
    smallest area that holds an entry.
    """

    places: Mapping[str, tuple[float, float]]
    areas: tuple[Area, ...]
    area_of: Mapping[str, int]


@dataclass(slots=True)
class _Disc:
    """A disc while it is packed: its members and where they lie around its middle."""

    members: tuple[str, ...]
    places: Floats
    radius: float
    middle: Floats


_Row: TypeAlias = tuple[Group, _Disc, int | None]
"""An area before it has a name: its entries, its disc, and which row holds it."""


def draw(network: Network) -> Picture:
    """Find the areas of a network and give everything its place.

    Equal networks get equal pictures, in whatever order their nodes come.
    """
    web = web_of(network)
    large = len(web.names) > WHOLE
    found = groups(web, {node.id: node.kind.name for node in network.nodes}, split=large)
    if not large:
        return _whole(network, found)
    rough = _rough(web)
    parts = [part.members for group in found for part in group.parts or (group,)]
    discs = map(_leaf, parts, in_discs(parts, web.links_within(parts), SPACING))
    leaves = [[next(discs) for _ in group.parts or (group,)] for group in found]
    tops = [_top(group, discs, rough) for group, discs in zip(found, leaves, strict=True)]
    _settle(tops, [group.loose for group in found], rough)
    return _picture(network, found, leaves, tops)


def _whole(network: Network, found: Sequence[Group]) -> Picture:
    """Draw the network as one, and lay a disc over most of each area's entries."""
    places = layout(network)
    discs = []
    for group in found:
        at = np.array([places[name] for name in group.members])
        middle = np.median(at, axis=0)
        reach = np.sort(np.sqrt(((at - middle) ** 2).sum(axis=1)))
        discs.append(_Disc(group.members, at, float(reach[int(len(reach) * 0.8)] + SPACING / 2), middle))
    areas = _areas(network, [(group, disc, None) for group, disc in zip(found, discs, strict=True)])
    return Picture(places, areas, {name: at for at, area in enumerate(areas) for name in area.nodes})


# --- one level inside the other -------------------------------------------------------------------


def _leaf(members: tuple[str, ...], places: Floats) -> _Disc:
    radius = float(np.sqrt((places**2).sum(axis=1)).max()) + SPACING / 2
    return _Disc(members, places, radius, np.zeros(2))


def _top(group: Group, discs: list[_Disc], rough: Mapping[str, Floats]) -> _Disc:
    """Pack the discs of a community into one."""
    if len(discs) == 1:
        return _Disc(group.members, discs[0].places, discs[0].radius, np.zeros(2))
    radii = np.array([disc.radius for disc in discs])
    # Few discs may start in one line, and would stay in it.
    starts = _starts(discs, rough) + 0.5 * scattered([part.hub for part in group.parts])
    middles = _packed(radii, starts, 1.0, _TIGHTLY)
    middles -= _centre(middles, radii)
    for disc, middle in zip(discs, middles, strict=True):
        disc.middle = middle
    reach = float((np.sqrt((middles**2).sum(axis=1)) + radii).max())
    return _Disc(group.members, np.zeros((0, 2)), reach + _GAP / 2, np.zeros(2))


def _settle(tops: list[_Disc], loose: Sequence[bool], rough: Mapping[str, Floats]) -> None:
    """Pack the upper discs into the shape of a window; what is loose starts, and stays, outside."""
    radii = np.array([disc.radius for disc in tops])
    starts = _starts(tops, rough) * np.where(loose, _OUTSIDE, 1.0)[:, None]
    for disc, middle in zip(tops, _packed(radii, starts, ASPECT, _LOOSELY), strict=True):
        disc.middle = middle


def _rough(web: Web) -> dict[str, Floats]:
    """Give every entry a place on a rough map, from which discs start."""
    return dict(zip(web.names, smoothed(web.names, web.links()), strict=True))


def _starts(discs: Sequence[_Disc], rough: Mapping[str, Floats]) -> Floats:
    """Let each disc start where its members are on the rough map, spread over a square of side 2.

    Half way to an even spread: less leaves crowds, more leaps where two discs change ranks.
    """
    weights = np.array([disc.radius**2 for disc in discs])
    means = np.array([np.mean([rough[name] for name in disc.members], axis=0) for disc in discs]).reshape(-1, 2)
    even = np.empty_like(means)
    for axis in (0, 1):
        order = np.argsort(means[:, axis], kind="stable")
        even[order, axis] = 2 * (np.cumsum(weights[order]) - weights[order] / 2) / weights.sum() - 1
    means -= means.mean(axis=0)
    return np.asarray((means / np.maximum(np.abs(means).max(axis=0), 1e-9) + even) / 2)


def _packed(radii: Floats, starts: Floats, aspect: float, pull: float) -> Floats:
    """Bring discs together, in a shape so many times as wide as high, and none over another.

    Links do not pull here: the starts have neighbours side by side already.  The more the middle pulls,
    the closer discs lie, and the more the picture turns on small things.
    """
    shape = np.array((np.sqrt(aspect), 1 / np.sqrt(aspect)))
    at = starts * shape * np.sqrt(np.pi * (radii**2).sum() / _FILLED) / 2
    apart = np.add.outer(radii, radii) + _GAP
    np.fill_diagonal(apart, 0.0)
    heavy = radii**2 / (radii**2).max()
    share = heavy / np.add.outer(heavy, heavy) * 0.505
    tables = np.empty((4, len(radii), len(radii)))  # filled again and again: new ones cost more than their sums
    for step in range(_ROUNDS):
        at -= at / shape**2 * (pull * 2 * (1 - step / _ROUNDS))
        _part(at, apart, share, 4, tables)
    _part(at, apart, share, 2_000, tables)
    return np.asarray(at)


def _centre(middles: Floats, radii: Floats) -> Floats:
    """Give the middle of about the smallest disc around others (Badoiu and Clarkson 2003)."""
    centre = np.asarray((middles * radii[:, None] ** 2).sum(axis=0) / (radii**2).sum())
    for step in range(1, 100):
        away = middles - centre
        far = np.sqrt((away**2).sum(axis=1))
        at = int((far + radii).argmax())
        centre = centre + away[at] * (1 + radii[at] / max(far[at], 1e-9)) / (step + 1)
    return centre


def _part(at: Floats, apart: Floats, share: Floats, rounds: int, tables: Floats) -> None:
    """Push discs that lie over each other apart; `share` is how much of it the first of a pair goes."""
    away, far, push = tables[:2], tables[2], tables[3]
    for _ in range(rounds):
        np.subtract(at.T[:, :, None], at.T[:, None, :], out=away)
        np.sqrt(np.einsum("kij,kij->ij", away, away, out=far), out=far)
        if not np.subtract(apart, far, out=push).max() > 0.01:
            break
        np.maximum(push, 0.0, out=push)
        push *= np.divide(share, np.maximum(far, 1e-9, out=far), out=far)
        at += np.einsum("kij,ij->ik", away, push)


# --- putting it together ----------------------------------------------------------------------------


def _picture(
    network: Network,
    found: Sequence[Group],
    leaves: Sequence[Sequence[_Disc]],
    tops: Sequence[_Disc],
) -> Picture:
    rows: list[_Row] = [(group, disc, None) for group, disc in zip(found, tops, strict=True)]
    area_of: dict[str, int] = {}
    places: dict[str, tuple[float, float]] = {}
    for number, (top, inner) in enumerate(zip(tops, leaves, strict=True)):
        for part, disc in enumerate(inner):
            disc.middle = disc.middle + top.middle
            at = number if len(inner) == 1 else len(rows)
            if len(inner) > 1:
                rows.append((found[number].parts[part], disc, number))
            for name, (x, y) in zip(disc.members, (disc.places + disc.middle).tolist(), strict=True):
                places[name] = (round(x, 1) + 0.0, round(y, 1) + 0.0)
                area_of[name] = at
    order = [node.id for node in network.nodes]
    return Picture({name: places[name] for name in order}, _areas(network, rows), area_of)


def _areas(network: Network, rows: Sequence[_Row]) -> tuple[Area, ...]:
    nodes = {node.id: node for node in network.nodes}
    find = Telling(network)
    telling = [find.about(disc.members) for _, disc, _ in rows]
    names: list[str] = []
    for level in (True, False):
        some = [(row[0], told) for row, told in zip(rows, telling, strict=True) if (row[2] is None) == level]
        names += named(some, nodes)
    keys: list[str] = []
    for told, (_, disc, _) in zip(telling, rows, strict=True):
        keys.append(next(one for one in (*told, *disc.members) if one not in keys))
    return tuple(
        Area(
            key,
            name,
            round(float(disc.middle[0]), 1),
            round(float(disc.middle[1]), 1),
            round(disc.radius, 1),
            parent,
            disc.members,
            told,
        )
        for key, name, (_, disc, parent), told in zip(keys, names, rows, telling, strict=True)
    )
