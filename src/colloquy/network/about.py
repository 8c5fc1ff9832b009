"""Says what an area is about: the entries that most of the others belong to, by their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from colloquy.network.areas import Group
from colloquy.network.build import Network, Node

LABEL = 46
"""An area's name has about so many characters at most."""

_NAMES = 3
_GAIN = 0.15  # of the first one's weight: what tells less is left out
_FARTHER = 0.6


class Telling:
    """Finds what says what an area is about: entries that others belong to, as far as their links show.

    A link counts for its far end by how much it binds the near one: whole where it is the only one of its
    relation there, a tenth where it is one of ten.  What belongs to something belongs, less, to what that
    belongs to.
    """

    def __init__(self, network: Network) -> None:
        count = Counter((e.source, e.relation.term) for e in network.edges)
        self.incoming: dict[str, list[tuple[str, float]]] = {node.id: [] for node in network.nodes}
        linking = [e for e in network.edges if e.source != e.target]
        self.links = Counter(end for e in linking for end in (e.source, e.target))
        for e in sorted(linking, key=lambda e: e.id):  # sums depend on the order
            self.incoming[e.target].append((e.source, 1 / count[e.source, e.relation.term]))

    def about(self, members: Iterable[str], most: int = 5) -> tuple[str, ...]:
        """Name the members that tell most of an area, each of something else than those before it."""
        inside = set(members)
        near = {name: [(one, by) for one, by in self.incoming[name] if one in inside] for name in inside}
        first = {name: sum(by for _, by in near[name]) for name in inside}
        score = {
            name: sum(by * (1 + _FARTHER * first[one]) for one, by in near[name]) * len(near[name]) / self.links[name]
            for name in inside
            if near[name]
        }
        found: list[str] = []
        best = max(score.values(), default=0.0)
        while score and len(found) < most:
            name = min(score, key=lambda one: (-score[one], one))
            if score.pop(name) < _GAIN * best:
                break
            found.append(name)
            for one, by in near[name]:  # what belongs to it is told by it
                if one in score:
                    score[one] *= 1 - 0.8 * by
        return tuple(found) or (min(inside, key=lambda one: (-self.links[one], one)),)


def named(found: Sequence[tuple[Group, tuple[str, ...]]], nodes: Mapping[str, Node]) -> list[str]:
    """Name areas of one level by what they are about; no two get the same name."""
    names: list[str] = []
    for group, telling in found:
        name = _kinds(group, nodes) if group.loose else _joined([nodes[one].label for one in telling])
        number, free = 1, name
        while free in names:
            number += 1
            free = f"{name} ({number})"
        names.append(free)
    return names


def _kinds(group: Group, nodes: Mapping[str, Node]) -> str:
    """Name what is loose by its kinds, most frequent first."""
    count = Counter(nodes[name].kind.plural for name in group.members)
    return f"{_joined(sorted(count, key=lambda plural: (-count[plural], plural))[:_NAMES])} with few links"


def _joined(labels: Sequence[str]) -> str:
    """Join names while there is room; the first one stands whole, unless it is longer than a line can be."""
    text = labels[0] if len(labels[0]) <= 2 * LABEL else labels[0][: 2 * LABEL - 1].rstrip() + "…"
    for label in labels[1:_NAMES]:
        if len(text) + len(label) + 3 <= LABEL and label not in text and text not in label:
            text = f"{text} · {label}"
    return text
