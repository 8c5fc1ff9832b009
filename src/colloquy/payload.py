"""Packs the page's data: little at once for the first picture, the rest in chunks that are opened when read.

What is needed to draw stands in columns that are read at once (`core`); the names, by which one
searches and opens, follow (`names`), and what is said of each entry, and what says so, stands in
chunks of `CHUNK` entries.  Names and chunks are JSON, gzipped and written in base64, so that they
stand in an HTML file as text; the core is short as it is, and nothing has to be waited for.
`data.js` is the other half of this file.
"""

from __future__ import annotations

import base64
import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from colloquy.network.build import Origin

Model = Mapping[str, Any]

CHUNK = 128
"""So many entries share a chunk: the page inflates one to show one entry, which takes about a millisecond."""

LONG = 100
"""Texts are cut after so many characters on a page of a large network; the place where they go on is named."""

_HEAD = ("title", "description", "lang", "digest", "counts", "questions", "kinds", "relations")


class Payload(NamedTuple):
    """What stands in the page: `head` and `core` as JSON, `names` and each of `chunks` packed."""

    head: dict[str, Any]
    core: dict[str, Any]
    names: str
    chunks: tuple[str, ...]


def pack(value: object) -> str:
    """Write a value as JSON, gzip it (without a time) and give it in base64.

    >>> pack([1, 2])[:8]
    'H4sIAAAA'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # At level 9 it takes twice as long and is a hundredth smaller.
    return base64.b64encode(gzip.compress(text.encode(), 6, mtime=0)).decode("ascii")


def letters(numbers: Iterable[int]) -> str:
    """Write whole numbers one after the other, small ones with one letter.

    They are written as the steps of an encoded polyline (`algorithm
    <https://developers.google.com/maps/documentation/utilities/polylinealgorithm>`_).

    >>> letters([-17998321, 2, 16])
    '`~oia@C_@'
    """
    written = []
    for number in numbers:
        left = ~(number << 1) if number < 0 else number << 1
        while left >= 32:
            written.append((left & 31 | 32) + 63)
            left >>= 5
        written.append(left + 63)
    return bytes(written).decode("ascii")


def payload(model: Model, *, cut: bool = False) -> Payload:
    """Pack a page model; with `cut`, long texts are shortened to `LONG` characters.

    Entries stand in the order of their areas, so that neighbours share chunks; links in that of the
    entries they start from.  An entry's record holds all that its panel shows: what is said of it, and
    each of its links as it is said from its side.
    """
    nodes = sorted(model["nodes"], key=lambda n: (n.get("area", 0), n["id"]))
    number = {n["id"]: at for at, n in enumerate(nodes)}
    edges = sorted(model["edges"], key=lambda e: (number[e["from"]], e["id"]))
    records = _Records(model, nodes, edges, number, cut=cut)
    head = {key: model[key] for key in _HEAD}
    head |= {key: model.get(key) for key in ("base", "repository", "corrections", "whole", "hub")}
    head |= {"groups": records.facts.written, "sides": records.links.written}
    head |= {"years": _years(model), "chunk": CHUNK}
    chunks = tuple(records.chunk(start) for start in range(0, len(nodes), CHUNK))
    core = {**_drawn_nodes(model, nodes), **_drawn_edges(model, edges, number), **_areas(model, number)}
    names = {**_named_nodes(nodes), **_named_edges(edges), "files": records.files.values}
    return Payload(head, core, pack(names), chunks)


class _Table:
    """Numbers values in the order in which they come."""

    def __init__(self) -> None:
        self.values: list[str] = []
        self._known: dict[str, int] = {}

    def number(self, value: str) -> int:
        found = self._known.get(value)
        if found is None:
            found = self._known[value] = len(self.values)
            self.values.append(value)
        return found


def _drawn_nodes(model: Model, nodes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    kinds = {kind["key"]: at for at, kind in enumerate(model["kinds"])}
    return {
        "kinds": letters(kinds[n["kind"]] for n in nodes),
        "xs": letters(_steps(round(n["x"]) for n in nodes)),
        "ys": letters(_steps(round(n["y"]) for n in nodes)),
        "areas": letters(_times(n.get("area", 0) for n in nodes)),
    }


def _drawn_edges(model: Model, edges: Sequence[Mapping[str, Any]], number: Mapping[str, int]) -> dict[str, Any]:
    relations = {relation["key"]: at for at, relation in enumerate(model["relations"])}
    return {
        "from": letters(_times(number[e["from"]] for e in edges)),
        "to": letters(number[e["to"]] - number[e["from"]] for e in edges),
        "relations": letters(relations[e["relation"]] for e in edges),
    }


def _steps(numbers: Iterable[int]) -> Iterator[int]:
    """How far each number is from the one before."""
    before = 0
    for number in numbers:
        yield number - before
        before = number


def _times(numbers: Iterable[int]) -> list[int]:
    """How often each number from 0 on is there: all that has to be known of numbers in order."""
    found = Counter(numbers)
    return [found[number] for number in range(max(found, default=-1) + 1)]


def _named_nodes(nodes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    years = [n.get("years") or (0, 0) for n in nodes]
    return {
        "ids": [n["id"] for n in nodes],
        "labels": [n["label"] for n in nodes],
        "aliases": _some((at, list(n["aliases"])) for at, n in enumerate(nodes) if n["aliases"]),
        "languages": _some((at, n["language"]) for at, n in enumerate(nodes) if n.get("language")),
        "since": [first for first, _ in years],
        "until": [last for _, last in years],
        "closed": [at for at, n in enumerate(nodes) if not n.get("connects", True)],
    }


def _named_edges(edges: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    middles = _Table()
    named: dict[str, str] = {}
    keys = []
    for at, edge in enumerate(edges):
        source, target, name = edge["from"], edge["to"], edge["id"]
        # Most ids are made of their ends and a key between them: the key alone is written then.
        middle = name[len(source) + 1 : len(name) - len(target) - 1]
        if name != f"{source}.{middle}.{target}":
            middle = ""
            named[str(at)] = name
        keys.append(middles.number(middle))
    return {
        "keys": keys,
        "middles": middles.values,
        "named": named,
        "silent": [at for at, e in enumerate(edges) if not e.get("connects", True)],
    }


def _years(model: Model) -> tuple[int, int] | None:
    """From when to when there is something; None for one year alone, which is nothing to choose from."""
    dated = [n["years"] for n in model["nodes"] if n.get("years") and n["years"][0]]
    first, last = min((y[0] for y in dated), default=0), max((y[1] for y in dated), default=0)
    return (first, last) if first < last else None


def _areas(model: Model, number: Mapping[str, int]) -> dict[str, Any]:
    return {
        "areaList": [
            {**area, "about": [number[name] for name in area["about"]]} for area in model.get("areas", ()) or ()
        ]
    }


def _some(items: Iterable[tuple[int, Any]]) -> dict[str, Any]:
    return {str(at): value for at, value in items}


class _Frames:
    """What all sentences of a sort begin and end with, by the sort's name: it is written once."""

    def __init__(self, texts: Mapping[str, Collection[str]]) -> None:
        frames = {name: _frame(some) for name, some in texts.items()}
        self.written = [(name, *frame) for name, frame in frames.items()]
        # Its number, and where the text of its own begins and ends.
        self.of = {
            name: (at, len(first), -len(last) if last else None)
            for at, (name, (first, last)) in enumerate(frames.items())
        }


def _frame(texts: Collection[str]) -> tuple[str, str]:
    """Give what all texts begin with, and what the rest of them ends with."""
    if not texts:
        return "", ""
    # The first and the last in order of letters differ soonest.
    least, most = min(texts), max(texts)
    size = min(len(least), len(most))
    first = next((at for at in range(size) if least[at] != most[at]), size)
    last = least[first:]
    for text in texts:
        while not text.endswith(last, first):
            last = last[1:]
    return least[:first], last


class _Records:
    """What is said of each entry, ready to be written in chunks."""

    def __init__(
        self,
        model: Model,
        nodes: Sequence[Mapping[str, Any]],
        edges: Sequence[Mapping[str, Any]],
        number: Mapping[str, int],
        *,
        cut: bool,
    ) -> None:
        self.nodes, self.with_entry = nodes, bool(model.get("corrections"))
        self.most = LONG if cut else sys.maxsize
        facts: dict[str, set[str]] = defaultdict(set)
        for node in nodes:
            for group, text, _ in node["facts"]:
                same = facts[group]
                if len(text) <= self.most:
                    same.add(text)
        links: dict[str, set[str]] = defaultdict(set)
        # Of each entry: its links with their numbers, and how each is told from its side.
        self.linked: list[list[tuple[int, str, str, Model]]] = [[] for _ in nodes]
        for at, edge in enumerate(edges):
            first, second, relation = edge["from"], edge["to"], edge["relation"]
            for near, side in ((first, "text"), (second, "back"))[: 1 + (first != second)]:
                sort, text = f"{relation} {side}", edge[side]
                links[sort].add(text)
                self.linked[number[near]].append((at, sort, text, edge))
        self.facts, self.links, self.files = _Frames(facts), _Frames(links), _Table()

    def chunk(self, start: int) -> str:
        """Write the records of `CHUNK` entries from `start` on."""
        local: dict[Origin, int] = {}

        def numbers(evidence: Sequence[Origin]) -> int | list[int]:
            """Number evidence as it comes; 0 stands for one alone that is new, which most is."""
            if len(evidence) > 1:
                return [local.setdefault(one, len(local)) for one in evidence]
            new = len(local)
            found = local.setdefault(evidence[0], new)
            return 0 if found == new else [found]

        def said(text: str, evidence: Sequence[Origin]) -> list[Any]:
            """Give the text of a detail or a long fact, what says so, and 1 where the end was cut off."""
            if len(text) <= self.most:
                return [text, numbers(evidence)]
            return [text[: self.most].rstrip(), numbers(evidence), 1]

        records = []
        for at in range(start, min(start + CHUNK, len(self.nodes))):
            told: list[list[Any]] = []
            for group, text, evidence in self.nodes[at]["facts"]:
                frame, first, last = self.facts.of[group]
                if len(text) <= self.most:
                    told.append([frame, text[first:last], numbers(evidence)])
                else:
                    told.append([frame, *said(text, evidence)])
            linked: list[list[Any]] = []
            for number, sort, text, edge in self.linked[at]:
                frame, first, last = self.links.of[sort]
                linked.append([number, frame, text[first:last], numbers(edge["evidence"])])
                if edge["detail"]:
                    linked[-1].append([said(text, evidence) for _, text, evidence in edge["detail"]])
            records.append([told, linked])
        return pack({"records": records, **self.proofs(local)})

    def proofs(self, evidence: Collection[Origin]) -> dict[str, Any]:
        """Write evidence in columns: files, lines as steps from the one before, and what else there is."""
        columns = {
            "files": [self.files.number(one.place.file) for one in evidence],
            "lines": [*_steps(one.place.line for one in evidence)],
        }
        more = [_more(one, with_entry=self.with_entry) for one in evidence]
        return columns | ({"more": more} if any(more) else {})


_NOTHING_MORE = ("stated", None, None, None, None, None)


def _more(origin: Origin, *, with_entry: bool) -> list[Any]:
    """1 where inferred, and the words that are there; what is missing at the end is left out."""
    said = origin[2:]
    if said == _NOTHING_MORE and not with_entry:  # as mostly
        return []
    more: list[Any] = [int(said[0] == "inferred"), *said[1:], *([origin.entry] if with_entry else [])]
    while more and more[-1] in (None, "", 0):
        more.pop()
    return more
