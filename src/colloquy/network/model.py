"""Hands the network on: to networkx as a graph, to the page as the data it is drawn from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from colloquy.network.build import Network
from colloquy.network.paths import HUB
from colloquy.settings import Settings
from colloquy.terms import iri_value

if TYPE_CHECKING:
    import networkx

    from colloquy.network.overview import Picture

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
    picture: Picture,
    settings: Settings,
    counts: Mapping[str, int],
    digest: str,
    questions: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Make the data of the page; the counts of nodes and edges are the network's own.

    Properties with the same name are one relation to a visitor, so relations are keyed by label.
    Sentences have `words.OWN` and `words.OTHER` for the names of their ends.  What is said, and what says
    so, is the network's; all else is ready for JSON.
    """
    kinds = {c.term: c.name for c in network.kinds}
    of_kind = Counter(n.kind.term for n in network.nodes)
    labels = sorted({p.label for p in network.relations})
    of_relation = Counter(e.relation.label for e in network.edges)
    nodes = [
        {
            "id": n.id,
            "kind": kinds[n.kind.term],
            "label": n.label,
            "aliases": list(n.aliases),
            "x": picture.places[n.id][0],
            "y": picture.places[n.id][1],
            "area": picture.area_of[n.id],
            "years": list(n.years) if n.years else None,
            "connects": n.connects,
            "language": n.language,
            "facts": n.facts,
        }
        for n in network.nodes
    ]
    edges = [
        {
            "id": e.id,
            "from": e.source,
            "to": e.target,
            "relation": e.relation.label,
            "connects": e.relation.connects,
            "text": e.forth_marked,
            "back": e.back_marked,
            "evidence": e.evidence,
            "detail": e.details,
        }
        for e in network.edges
    ]
    return {
        "title": settings.title,
        "description": settings.description,
        "lang": settings.language or "en",
        "repository": _template(settings.repository),
        "corrections": _template(settings.corrections),
        "hub": HUB,
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
        "relations": [{"key": label, "label": label, "count": of_relation[label]} for label in labels],
        "areas": [
            {
                "key": a.key,
                "label": a.label,
                "x": round(a.x),
                "y": round(a.y),
                "radius": round(a.radius),
                "parent": -1 if a.parent is None else a.parent,
                "about": list(a.about),
            }
            for a in picture.areas
        ],
        "nodes": nodes,
        "edges": edges,
    }


def _template(address: str) -> str:
    """Give the template of an address as the page may fill it: blanks, which no address has, are quoted.

    >>> _template("mailto:ada@example.org?subject=About {id}")
    'mailto:ada@example.org?subject=About%20{id}'
    """
    return re.sub(r"\s", lambda blank: quote(blank[0]), address)
