"""The network: who is linked with what, by whose words, and where each stands in the picture.

`build` makes nodes and edges of the facts, `words` says them in sentences; `areas` finds communities,
`drawing` and `overview` give everything its place, and `model` hands the whole to the page and to
networkx.
"""

from __future__ import annotations

from colloquy.network.build import Edge, Network, Node, Origin, Said, build_network
from colloquy.network.drawing import layout
from colloquy.network.model import page_model, to_networkx
from colloquy.network.overview import Area, Picture, draw

__all__ = [
    "Area",
    "Edge",
    "Network",
    "Node",
    "Origin",
    "Picture",
    "Said",
    "build_network",
    "draw",
    "layout",
    "page_model",
    "to_networkx",
]
