"""Finds the node that somebody means by an id or by a name as it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from colloquy.errors import UsageError, printable
from colloquy.identity import fold, nearest
from colloquy.network.build import Network, Node

_LISTED = 12
"""Entries of one name that a message lists."""


def find(network: Network, written: str, ids: Mapping[str, str]) -> Node:
    """Find the node with an id, or else with a name or other name.

    `ids` gives for the id of every entry that of its node, since of entries that are one thing only
    one gives the id.  A name as it is written comes before one that differs in case, accents or
    punctuation.  Raises UsageError where nothing has the id or name, with the nearest one, and where
    several have it, with the id of each.
    """
    nodes = {n.id: n for n in network.nodes}
    id_ = written if written in nodes else ids.get(written, "")
    if id_ in nodes:
        return nodes[id_]
    if id_:
        raise UsageError(f"{printable(written)} is not in the network: its class is not drawn (cq:drawn)")
    folded = fold(written)
    tests: tuple[Callable[[str], bool], ...] = (lambda name: name == written, lambda name: fold(name) == folded != "")
    for fits in tests:
        found = [n for n in network.nodes if any(fits(name) for name in (n.label, *n.aliases))]
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(_several(written, found))
    near = nearest(written, sorted({name for n in network.nodes for name in (n.id, n.label, *n.aliases)}))
    hint = f" — did you mean `{near}`?" if near else ""
    raise UsageError(f"the network has no entry {printable(written)}, by id or by name{hint}")


def _several(written: str, found: list[Node]) -> str:
    lines = [f"{len(found)} entries are called {printable(written)} — give the id of one:"]
    lines += [f"  {n.id}  ({n.label}, {n.kind.label})" for n in found[:_LISTED]]
    if len(found) > _LISTED:
        lines.append(f"  … and {len(found) - _LISTED:,} more")
    return "\n".join(lines)
