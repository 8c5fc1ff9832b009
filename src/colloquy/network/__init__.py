"""The network: who is linked with what, by whose words, and where each stands in the picture.

`build` makes nodes and edges of the facts, `words` says them in sentences; `areas` finds communities,
`about` names them, `drawing` and `overview` give everything its place, `measures` counts, and
`model` hands the whole to the page and to networkx.
"""

from __future__ import annotations

from colloquy.network.build import Edge, Network, Node, Origin, Said, build_network
from colloquy.network.drawing import layout
from colloquy.network.measures import Measure, Measures, measure
from colloquy.network.model import page_model, to_networkx
from colloquy.network.overview import Area, Picture, draw

__all__ = [
    "Area",
    "Edge",
    "Measure",
    "Measures",
    "Network",
    "Node",
    "Origin",
    "Picture",
    "Said",
    "build_network",
    "draw",
    "layout",
    "measure",
    "page_model",
    "to_networkx",
]
