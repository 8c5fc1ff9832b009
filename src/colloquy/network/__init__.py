"""The network: who is linked with what, by whose words, and where each stands in the picture.

`build` makes nodes and edges of the facts, `words` says them in sentences, `drawing` gives every
node its place, and `model` hands the whole to the page and to networkx.
"""

from __future__ import annotations

from colloquy.network.build import Edge, Network, Node, Origin, Said, build_network
from colloquy.network.drawing import layout
from colloquy.network.model import page_model, to_networkx

__all__ = ["Edge", "Network", "Node", "Origin", "Said", "build_network", "layout", "page_model", "to_networkx"]
