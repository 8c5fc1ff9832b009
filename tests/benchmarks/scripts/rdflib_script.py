"""rdflib_script.py DATA FILE: facts into an rdflib graph, triple by triple, written as Turtle."""

import json
import sys
from pathlib import Path

from rdflib import Graph, Literal, URIRef

from .rubyevents import PREFIXES, XSD, facts


def typed(words: str, datatype: str) -> Literal:
    """Make a literal of a datatype of XML Schema."""
    return Literal(words, datatype=URIRef(XSD + datatype))


graph = Graph()
for prefix, namespace in PREFIXES.items():
    graph.bind(prefix, namespace)
for triple in facts(Path(sys.argv[1]), URIRef, Literal, typed):
    graph.add(triple)
graph.serialize(sys.argv[2], format="turtle", encoding="utf-8")
sys.stdout.write(json.dumps({"facts": len(graph)}) + "\n")
