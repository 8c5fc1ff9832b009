"""Makes the network page in a process of its own, in our way or in the usual one, and prints the seconds of CPU.

    python tests/benchmarks/making.py ours PROJECT DATA
    python tests/benchmarks/making.py usual NETWORK.json [directed]

What it begins with is read before the clock starts: facts compiled, or a graph that rdflib holds.  What
is needed for pages alone is imported while the clock runs, on both sides.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def ours(project: Path, data: Path) -> float:
    """Make the page as a build does; give the seconds of CPU."""
    from colloquy.collector import without_collector
    from colloquy.network import build_network, draw, page_model
    from colloquy.page import write_page
    from colloquy.project import Project

    made = Project(project, data=data)
    facts, graph = made.compiled.facts, made.compiled.graph
    with without_collector():  # as a build does, to its end
        begun = time.process_time()
        network = build_network(made.ontology, facts, graph, made.settings)
        picture = draw(network)
        model = page_model(network, picture, made.settings, {"statements": facts.statement_count}, "measured", [])
        write_page(model)
        return time.process_time() - begun


def usual(model: Mapping[str, Any], *, directed: bool) -> float:
    """Make a page as the packages' own examples do; give the seconds of CPU.

    Places are given and physics is off: neither is counted, nor is what our page says besides names.  As
    it comes, `add_edge` compares each edge with all before it; a directed graph keeps them all, unlooked at.
    """
    import rdflib
    from rdflib.namespace import RDFS

    graph, base = rdflib.Graph(), rdflib.Namespace("https://example.org/")
    where = {base[n["id"]]: n for n in model["nodes"]}
    for iri, node in where.items():
        graph.add((iri, RDFS.label, rdflib.Literal(node["label"])))
    for edge in model["edges"]:
        graph.add((base[edge["from"]], base["relation/" + edge["relation"].replace(" ", "-")], base[edge["to"]]))
    begun = time.process_time()
    import networkx
    from pyvis.network import Network as Pyvis

    made: networkx.MultiDiGraph[Any] = networkx.MultiDiGraph()
    for s, p, o in graph:
        if isinstance(o, rdflib.URIRef):
            made.add_edge(s, o, p)
        else:
            made.add_node(s, label=str(o))
    net = Pyvis(height="800px", cdn_resources="in_line", directed=directed)
    for iri, data in made.nodes(data=True):
        net.add_node(str(iri), label=data["label"], x=where[iri]["x"], y=where[iri]["y"])
    for one, other in made.edges():
        net.add_edge(str(one), str(other))
    net.toggle_physics(False)
    net.generate_html()
    return time.process_time() - begun


if __name__ == "__main__":
    way, *rest = sys.argv[1:]
    if way == "ours":
        taken = ours(Path(rest[0]), Path(rest[1]))
    else:
        taken = usual(json.loads(Path(rest[0]).read_text(encoding="utf-8")), directed="directed" in rest)
    sys.stdout.write(f"{taken}\n")
