"""pyoxigraph_script.py DATA FOLDER: facts loaded in bulk into a store on disk, which is dumped as Turtle.

Of what a plain script can do with pyoxigraph, `bulk_extend` was the quickest here: `bulk_load` of
N-Triples text made in Python costs a few hundredths more, `extend` a fifth.
"""

import sys
from pathlib import Path

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store

from .rubyevents import PREFIXES, XSD, facts


def typed(words: str, datatype: str) -> Literal:
    """Make a literal of a datatype of XML Schema."""
    return Literal(words, datatype=NamedNode(XSD + datatype))


data, folder = Path(sys.argv[1]), Path(sys.argv[2])
folder.mkdir()
store = Store(folder / "store")
store.bulk_extend(Quad(s, p, o) for s, p, o in facts(data, NamedNode, Literal, typed))
store.dump(folder / "graph.ttl", RdfFormat.TURTLE, from_graph=DefaultGraph(), prefixes=PREFIXES)
