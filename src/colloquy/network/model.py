"""Hands the network on: to networkx as a graph, to the page as the data it is drawn from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from colloquy.network.build import Network, Origin, Said
from colloquy.settings import Settings
from colloquy.terms import iri_value

if TYPE_CHECKING:
    import networkx

JOINT = " | "
"""Stands between several names in one cell or attribute."""


def to_networkx(network: Network) -> networkx.MultiDiGraph[str]:
    """Give the network as a networkx graph: nodes by their id, edges with their id as key.

    Nodes carry `label`, `kind`, `iri` and `aliases` (joined by ` | `), edges `relation` (the IRI of
    the property), `label` (its name) and `sentence`; all are texts.
    """
    import networkx

    graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
    for n in network.nodes:
        graph.add_node(n.id, label=n.label, kind=n.kind.label, iri=n.iri, aliases=JOINT.join(n.aliases))
    for e in network.edges:
        relation = iri_value(e.relation.term)
        graph.add_edge(e.source, e.target, key=e.id, relation=relation, label=e.relation.label, sentence=e.text)
    return graph


def page_model(
    network: Network,
    positions: Mapping[str, tuple[float, float]],
    settings: Settings,
    counts: Mapping[str, int],
    digest: str,
    questions: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Make the data of the page, ready for JSON; the counts of nodes and edges are the network's own.

    Properties with the same name are one relation to a visitor, so relations are keyed by label.
    """
    evidence = _Evidence(settings)
    kinds = {c.term: f"k{at}" for at, c in enumerate(network.kinds)}
    of_kind = Counter(n.kind.term for n in network.nodes)
    labels = sorted({p.label for p in network.relations})
    relations = {label: f"r{at}" for at, label in enumerate(labels)}
    of_relation = Counter(e.relation.label for e in network.edges)
    nodes = [
        {
            "id": n.id,
            "kind": kinds[n.kind.term],
            "label": n.label,
            "aliases": list(n.aliases),
            "x": positions[n.id][0],
            "y": positions[n.id][1],
            "iri": n.iri,
            "facts": [{"group": said.group, **evidence.said(said)} for said in n.facts],
        }
        for n in network.nodes
    ]
    edges = [
        {
            "id": e.id,
            "from": e.source,
            "to": e.target,
            "relation": relations[e.relation.label],
            "label": e.relation.label,
            "text": e.text,
            "back": e.back,
            "evidence": evidence.numbers(e.evidence),
            "detail": [evidence.said(said) for said in e.details],
        }
        for e in network.edges
    ]
    return {
        "title": settings.title,
        "description": settings.description,
        "lang": settings.language or "en",
        "digest": digest,
        "counts": {**counts, "nodes": len(nodes), "edges": len(edges)},
        "questions": [dict(question) for question in questions],
        "kinds": [
            {
                "key": kinds[c.term],
                "label": c.label,
                "plural": c.plural,
                "definition": c.definition,
                "colour": c.look.colour,
                "dark": c.look.dark,
                "mark": c.look.mark,
                "count": of_kind[c.term],
            }
            for c in network.kinds
        ],
        "relations": [{"key": relations[label], "label": label, "count": of_relation[label]} for label in labels],
        "nodes": nodes,
        "edges": edges,
        "evidence": evidence.list,
    }


class _Evidence:
    """Numbers evidence: what says the same on the same line is listed once, with the first of its columns."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.list: list[dict[str, Any]] = []
        self.known: dict[Origin, int] = {}

    def said(self, said: Said) -> dict[str, Any]:
        return {"text": said.text, "evidence": self.numbers(said.evidence)}

    def numbers(self, origins: Iterable[Origin]) -> list[int]:
        return [self.number(origin) for origin in origins]

    def number(self, origin: Origin) -> int:
        line = replace(origin, place=origin.place._replace(column=0))
        if line not in self.known:
            self.known[line] = len(self.list)
            self.list.append(self.entry(origin))
        return self.known[line]

    def entry(self, origin: Origin) -> dict[str, Any]:
        return {
            "basis": origin.basis,
            "document": origin.document,
            "documentId": origin.document_id,
            "section": origin.section,
            "phrase": origin.phrase,
            "reason": origin.reason,
            "file": origin.place.file,
            "line": origin.place.line,
            "column": origin.place.column,
            "link": address(self.settings.repository, origin, safe="/"),
            "correct": address(self.settings.corrections, origin),
        }


def address(template: str, origin: Origin, safe: str = "") -> str | None:
    """Fill `{file}`, `{line}` and `{id}` into an address, quoted as a part of it; None without one.

    What else the address holds stays, other braces too; blanks, which no address has, are quoted.
    """
    if not template:
        return None
    values = {"file": origin.place.file, "line": str(origin.place.line), "id": origin.entry}
    filled = re.sub(r"\{(file|line|id)\}", lambda slot: quote(values[slot[1]], safe=safe), template)
    return re.sub(r"\s", lambda blank: quote(blank[0]), filled)
