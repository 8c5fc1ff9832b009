"""Writes the network for other programs: two CSV tables, GraphML, and GEXF ready for Gephi.

All four hold the same nodes and edges under the same ids, sorted, and equal networks give equal
bytes.  GraphML and GEXF are networkx's.  XML cannot hold control characters, nor a carriage return
as such: each of the former becomes U+FFFD, line ends become `\\n`.

CSV is RFC 4180 in UTF-8 without a byte order mark: lines end in CR LF.  A text that a spreadsheet
would take for a formula (it begins with `=`, `+`, `-`, `@`, a tab or a line end) gets an apostrophe
before it; the XML files and `graph.nq` have every text as it is.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import entry_points
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from colloquy.errors import ProjectError
from colloquy.network import Network, Origin, to_networkx
from colloquy.network.model import JOINT

if TYPE_CHECKING:
    import networkx

Positions: TypeAlias = Mapping[str, tuple[float, float]]
Exporter: TypeAlias = Callable[[Network, Positions, Path], None]

EXPORTERS = "colloquy.exporters"
"""The group of entry points under which exporters are found."""

NODE_COLUMNS = ("id", "label", "kind", "aliases", "iri", "x", "y")
EDGE_COLUMNS = (
    *("id", "source", "target", "label", "relation", "sentence"),
    *("basis", "document", "section", "phrase", "reason", "written_at"),
)

_FORMULA = re.compile(r"[=+\-@\t\r\n]")
_NOT_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, clause 2.2
_DATE_OF_WRITING = re.compile(rb' lastmodifieddate="[^"]*"')


def exporters() -> dict[str, Exporter]:
    """Find what writes the network into a file, by the file's name.

    An exporter is a callable `(network, positions, path)`, registered as an entry point of the group
    `colloquy.exporters` under the name of its file; ours are registered the same way.  Raises
    ProjectError for a name that is no plain file name.
    """
    found = sorted(entry_points(group=EXPORTERS), key=lambda point: point.name)
    for point in found:
        if Path(point.name).name != point.name or point.name.startswith("."):
            raise ProjectError(f"the exporter {point.value} is registered for {point.name}, which is no file name")
    return {point.name: point.load() for point in found}


def write_exports(folder: Path, network: Network, positions: Positions) -> None:
    """Write the file of every exporter into a folder."""
    for name, write in exporters().items():
        write(network, positions, folder / name)


def write_nodes_csv(network: Network, positions: Positions, path: Path) -> None:
    """Write a table of `NODE_COLUMNS`; several aliases stand in one cell with ` | ` between them."""
    rows = (
        (*map(cell, (n.id, n.label, n.kind.label, JOINT.join(n.aliases), n.iri)), *positions[n.id])
        for n in network.nodes
    )
    _write_csv(path, NODE_COLUMNS, rows)


def write_edges_csv(network: Network, positions: Positions, path: Path) -> None:
    """Write a table of `EDGE_COLUMNS`; where several statements made an edge, each cell holds all, ` | ` between."""
    columns: Sequence[Callable[[Origin], str | None]] = (
        lambda o: o.basis,
        lambda o: o.document,
        lambda o: o.section,
        lambda o: o.phrase,
        lambda o: o.reason,
        lambda o: str(o.place),
    )
    graph = to_networkx(network)
    rows = []
    for e in network.edges:
        said = graph.edges[e.source, e.target, e.id]
        texts = [e.id, e.source, e.target, said["label"], said["relation"], said["sentence"]]
        texts += [JOINT.join(dict.fromkeys(text for o in e.evidence if (text := of(o)))) for of in columns]
        rows.append(map(cell, texts))
    _write_csv(path, EDGE_COLUMNS, rows)


def _write_csv(path: Path, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\r\n")
        table.writerow(columns)
        table.writerows(rows)


def cell(text: str) -> str:
    """Keep a spreadsheet from running a text as a formula.

    >>> cell("=HYPERLINK(1)"), cell("Ada = Brook")
    ("'=HYPERLINK(1)", 'Ada = Brook')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def write_graphml(network: Network, positions: Positions, path: Path) -> None:
    """Write GraphML: the attributes of `to_networkx`, and `x` and `y` (downwards) on nodes."""
    import networkx

    graph = _graph(network)
    for node, data in graph.nodes(data=True):
        data["x"], data["y"] = positions[node]
    # Not `write_graphml`: where lxml is installed, that writes other bytes.
    networkx.write_graphml_xml(graph, path)


def write_gexf(network: Network, positions: Positions, path: Path) -> None:
    """Write GEXF 1.2 with the colour of each kind, a size by links, and places (upwards, as Gephi draws)."""
    import networkx

    graph = _graph(network)
    colours = {n.id: n.kind.look.colour for n in network.nodes}
    links = Counter(end for e in network.edges for end in {e.source, e.target})
    for node, data in graph.nodes(data=True):
        x, y = positions[node]
        red, green, blue = bytes.fromhex(colours[node][1:])
        data["viz"] = {
            "color": {"r": red, "g": green, "b": blue, "a": 1.0},
            "position": {"x": x, "y": 0.0 - y, "z": 0.0},
            "size": round(7 + 3.2 * links[node] ** 0.5, 1),
        }
    for _, _, key, data in graph.edges(data=True, keys=True):
        data["id"] = key  # else networkx counts, and ids change with the order
    written = BytesIO()
    networkx.write_gexf(graph, written)
    path.write_bytes(_DATE_OF_WRITING.sub(b"", written.getvalue(), count=1))


def _graph(network: Network) -> networkx.MultiDiGraph[str]:
    """The networkx graph with texts that XML can hold; attributes without a value are left out."""
    graph = to_networkx(network)
    attributes = [data for _, data in graph.nodes(data=True)] + [data for *_, data in graph.edges(data=True)]
    for data in attributes:
        kept = {key: xml_text(text) for key, text in data.items() if text}
        data.clear()
        data.update(kept)
    return graph


def xml_text(text: str) -> str:
    r"""Make a text that XML 1.0 can hold and gives back unchanged.

    >>> xml_text("a\x00b\r\n")
    'a\ufffdb\n'
    """
    return _NOT_XML.sub("\ufffd", re.sub(r"\r\n?", "\n", text))
