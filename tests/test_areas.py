"""Areas: what belongs together, how the picture shows it, and that it lasts when the network changes a little."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colloquy.network import Network, Picture, areas, draw, overview
from colloquy.network.areas import LEAST, MOST
from colloquy.network.overview import SPACING
from small_project import Small, small

HARBOUR = """
entries:
- {id: ada, type: Person, name: Ada Brook}
- {id: bob, type: Person, name: Bob Quill, knows: [ada], memberships: [{body: trust, role: Pilot}]}
- {id: trust, type: Body, name: Tide Trust}
- {id: talk, type: Talk, name: Tides, speakers: [ada]}
"""


@cache
def pattern() -> Small:
    with TemporaryDirectory() as folder:
        return small(Path(folder), HARBOUR)


def network(names: Iterable[str], links: Iterable[tuple[str, str]], lone_talks: int = 0) -> Network:
    """Make a network of people who know each other, and talks that nobody gave."""
    made = pattern().network
    person = next(n for n in made.nodes if n.id == "ada")
    talk = next(n for n in made.nodes if n.id == "talk")
    knows = next(e for e in made.edges if {e.source, e.target} == {"ada", "bob"})
    nodes = [replace(person, id=name, label=f"Port {name}") for name in names]
    nodes += [replace(talk, id=f"talk-{at:04d}", label=f"Talk {at}") for at in range(lone_talks)]
    edges = [replace(knows, id=f"e{at:05d}", source=a, target=b) for at, (a, b) in enumerate(links)]
    return Network(tuple(nodes), tuple(edges), made.kinds, made.relations)


@cache
def coast() -> Network:
    """A coast of 16 harbours with 6 crews each: most people know people of their crew, few those elsewhere."""
    chance = random.Random(3)
    crews = [f"h{harbour:02d}-c{crew}" for harbour in range(16) for crew in range(6)]
    names, links = [], []
    for crew in crews:
        names.append(crew)
        links.append((crew, f"{crew[:3]}-c0"))
        for at in range(chance.randint(14, 28)):
            names.append(f"{crew}-{at:02d}")
            links.append((names[-1], crew))
    for name in names:
        near = [other for other in crews if other[:3] == name[:3]]
        if chance.random() < 0.5:
            links.append((name, chance.choice(near if chance.random() < 0.8 else crews)))
    return network(names, [(a, b) for a, b in links if a != b], lone_talks=40)


def without(whole: Network, gone: set[str]) -> Network:
    kept = tuple(e for e in whole.edges if e.source not in gone and e.target not in gone)
    return replace(whole, nodes=tuple(n for n in whole.nodes if n.id not in gone), edges=kept)


def shuffled(whole: Network) -> Network:
    chance = random.Random(9)
    nodes, edges = list(whole.nodes), list(whole.edges)
    chance.shuffle(nodes)
    chance.shuffle(edges)
    return replace(whole, nodes=tuple(nodes), edges=tuple(edges))


def whole_and_sound(picture: Picture, asked: Network) -> None:
    """Every entry is in one smallest area and, there, in its disc; discs of a level lie apart, inner ones inside."""
    assert set(picture.places) == set(picture.area_of) == {n.id for n in asked.nodes}
    inner = {area.parent for area in picture.areas} - {None}
    leaves = [at for at in range(len(picture.areas)) if at not in inner]
    assert Counter(name for at in leaves for name in picture.areas[at].nodes) == Counter(list(picture.places))
    for name, at in picture.area_of.items():
        area = picture.areas[at]
        x, y = picture.places[name]
        assert at in leaves
        assert name in area.nodes
        assert math.hypot(x - area.x, y - area.y) < area.radius - SPACING / 4
    for at, area in enumerate(picture.areas):
        assert area.nodes == tuple(sorted(area.nodes))
        assert 1 <= len(area.about) <= 5
        assert set(area.about) <= set(area.nodes)
        if area.parent is not None:
            outer = picture.areas[area.parent]
            assert outer.parent is None
            assert set(area.nodes) <= set(outer.nodes)
            assert math.hypot(area.x - outer.x, area.y - outer.y) + area.radius < outer.radius + 1
        for other in picture.areas[at + 1 :]:
            if other.parent == area.parent:
                assert math.hypot(area.x - other.x, area.y - other.y) > area.radius + other.radius
    for level in ([a for a in picture.areas if a.parent is None], [a for a in picture.areas if a.parent is not None]):
        assert len({a.label for a in level}) == len(level)
    assert len({a.key for a in picture.areas}) == len(picture.areas)
    assert nearest(picture) > SPACING / 3


def nearest(picture: Picture) -> float:
    from scipy.spatial import cKDTree

    places = list(picture.places.values())
    return float(cKDTree(places).query(places, k=2)[0][:, 1].min()) if len(places) > 1 else math.inf


@contextmanager
def low_limits() -> Iterator[None]:
    """Let small networks be drawn as large ones are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overview, "WHOLE", 0)
        patch.setattr(areas, "MOST", 25)
        patch.setattr(areas, "_SINGLY", 30)
        yield


NAMES = [f"n{at:03d}" for at in range(90)]
LINKS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=160)


@settings(max_examples=25, deadline=None)
@given(links=LINKS, size=st.integers(0, 90), lone=st.integers(0, 40))
def test_any_network_is_drawn_whole_and_sound_and_in_any_order(
    links: list[tuple[str, str]], size: int, lone: int
) -> None:
    some = set(NAMES[:size])
    asked = network(NAMES[:size], [(a, b) for a, b in links if a in some and b in some], lone)
    with low_limits():
        picture, again = draw(asked), draw(shuffled(asked))
    whole_and_sound(picture, asked)
    assert again == picture
    assert all(len(picture.areas[at].nodes) <= 25 for at in picture.area_of.values())


@pytest.mark.parametrize("shape", ["star", "path", "ring of stars", "nothing", "complete"])
def test_odd_shapes_of_more_entries_than_one_area_holds(shape: str) -> None:
    names = [f"n{at:04d}" for at in range(1_600)]
    links = {
        "star": [(name, names[0]) for name in names[1:]],
        "path": list(pairwise(names)),
        "ring of stars": [(names[at], names[at // 400 * 400 if at % 400 else (at + 400) % 1600]) for at in range(1600)],
        "nothing": [],
        "complete": [(a, b) for a in names[:40] for b in names[:40] if a < b],
    }[shape]
    asked = network(names, links)
    picture = draw(asked)
    whole_and_sound(picture, asked)
    assert all(len(picture.areas[at].nodes) <= MOST for at in picture.area_of.values())


def test_the_coast_is_drawn_whole_and_sound_in_the_shape_of_a_window() -> None:
    picture = draw(coast())
    whole_and_sound(picture, coast())
    tops = [area for area in picture.areas if area.parent is None]
    wide = max(a.x + a.radius for a in tops) - min(a.x - a.radius for a in tops)
    high = max(a.y + a.radius for a in tops) - min(a.y - a.radius for a in tops)
    assert 1 < wide / high < 2.4
    assert sum(math.pi * a.radius**2 for a in tops) > 0.4 * wide * high


def test_areas_are_the_communities_that_were_planted() -> None:
    """Of two people of one harbour, most are in one area; of two harbours, few: as a share of pairs."""
    picture = draw(coast())
    up = [at if area.parent is None else area.parent for at, area in enumerate(picture.areas)]
    top = {name: up[at] for name, at in picture.area_of.items() if not name.startswith("talk")}
    for harbour in {name[:3] for name in top}:
        homes = Counter(at for name, at in top.items() if name[:3] == harbour)
        assert homes.most_common(1)[0][1] > 0.6 * sum(homes.values())


def test_what_has_no_links_shares_an_area_that_says_so() -> None:
    picture = draw(coast())
    homes = {picture.area_of[n.id] for n in coast().nodes if n.id.startswith("talk-")}
    assert [picture.areas[at].label for at in homes] == ["Event with few links"]


def test_few_entries_of_rare_kinds_share_one_area() -> None:
    asked = network([f"n{at}" for at in range(LEAST - 1)], [], lone_talks=LEAST - 2)
    assert [area.label for area in draw(asked).areas] == ["People · Event with few links"]


def test_an_area_is_called_by_what_its_members_belong_to() -> None:
    picture = draw(coast())
    heads = {f"Port h{harbour:02d}-c{crew}" for harbour in range(16) for crew in range(6)}
    for area in picture.areas:
        if "few links" not in area.label:
            assert area.label.split(" (")[0].split(" · ")[0] in heads


def test_what_has_one_link_in_its_area_lies_beside_what_it_hangs_on() -> None:
    """Nearer to it than to most others: scattered at random, half of them would be nearer."""
    picture = draw(coast())
    beside: dict[str, set[str]] = {}
    for edge in coast().edges:
        if picture.area_of[edge.source] == picture.area_of[edge.target]:
            beside.setdefault(edge.source, set()).add(edge.target)
            beside.setdefault(edge.target, set()).add(edge.source)
    nearer = []
    for name, others in beside.items():
        (stem,) = others if len(others) == 1 else ("",)
        if stem and len(beside[stem]) > 1:
            members = picture.areas[picture.area_of[name]].nodes
            far = math.dist(picture.places[name], picture.places[stem])
            closer = [other for other in members if math.dist(picture.places[name], picture.places[other]) < far]
            nearer.append(len(closer) / len(members))
    assert len(nearer) > 200
    assert float(np.median(nearer)) < 0.2


def test_a_small_change_leaves_areas_and_places() -> None:
    """Without 1 in 100 entries, and so also with as many more: areas stay, most places move by little.

    A disc here is an eighth of the picture wide: its middle stays well within what the disc covered.
    """
    before = draw(coast())
    wide = np.ptp([x for x, _ in before.places.values()])
    plain = [n.id for n in coast().nodes if n.id.count("-") == 2]
    for seed in (1, 2, 3):
        after = draw(without(coast(), set(random.Random(seed).sample(plain, len(plain) // 100))))
        assert kept(before, after) >= 0.95
        moved = [math.dist(before.places[name], place) / wide for name, place in after.places.items()]
        assert float(np.median(moved)) <= 0.06


def kept(before: Picture, after: Picture) -> float:
    """Give the share of entries whose smallest area holds on: more than half of both together are in both."""
    common = sorted(after.area_of)
    old, new = Counter(before.area_of[name] for name in common), Counter(after.area_of.values())
    both = Counter((before.area_of[name], after.area_of[name]) for name in common)
    return sum(count for (a, b), count in both.items() if 2 * count > old[a] + new[b] - count) / len(common)
