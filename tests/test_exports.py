"""The downloads: every one holds the network that the page shows, whatever is in its names."""

from __future__ import annotations

import csv
import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import networkx
import pytest

from colloquy.exports import EDGE_COLUMNS, NODE_COLUMNS, cell, exporters, write_exports, xml_text
from colloquy.network import Network, draw, layout, page_model
from colloquy.network.model import JOINT
from colloquy.project import Project, verify_output
from colloquy.terms import iri_value
from small_project import SETTINGS, small

HOSTILE = (
    "</script><script>alert(1)</script>",
    "\"double\" and 'single', with a comma; and <tags> & ampersands",
    "two\nlines",
    "carriage\r\nreturn\rtwice",
    '=HYPERLINK("https://evil.example","press")',
    "+1", "-1", "@SUM(A1)", "\ttab first", "\rreturn first",
    "right \u202eot tfel\u202c, \u2066isolated\u2069",
    "line\u2028and paragraph\u2029separators, next\u0085line",
    "emoji 👩🏽‍🔬 and 𝒜 beyond the first plane",
    "controls \x00\x0b\x1b, halves of no character \ufffe\uffff",
    "  blanks around  ",
    "{subject} %s ${x} \\n",
    "__proto__",
)  # fmt: skip


@pytest.fixture
def network(tmp_path: Path) -> Network:
    """Everybody knows the next one, twice over, and has a hostile name and a hostile other name."""
    people = "".join(
        f"- {{id: p{at:02}, type: Person, name: P{at}, aliases: [Q{at}], knows: [p{(at + 1) % len(HOSTILE):02}], "
        f"memberships: [{{body: trust, role: Cook}}, {{body: trust, role: Pilot}}]}}\n"
        for at in range(len(HOSTILE))
    )
    read = small(tmp_path / "ontology", people + "- {id: trust, type: Body, name: Trust}").network
    # The reader of facts refuses some of these; names from other places may still have them.
    nodes = [
        replace(n, label=HOSTILE[at], aliases=(HOSTILE[-at], "plain")) if at < len(HOSTILE) else n
        for at, n in enumerate(read.nodes)
    ]
    edges = [replace(e, forth_marked=f"{HOSTILE[at % len(HOSTILE)]} knows.") for at, e in enumerate(read.edges)]
    return replace(read, nodes=tuple(nodes), edges=tuple(edges))


@pytest.fixture
def written(network: Network, tmp_path: Path) -> Path:
    write_exports(tmp_path, network, layout(network))
    return tmp_path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def graphs(folder: Path) -> tuple[networkx.MultiDiGraph[str], networkx.MultiDiGraph[str]]:
    """Read GraphML and GEXF back; both are multigraphs here, since there are parallel edges."""
    graphml = networkx.read_graphml(folder / "network.graphml")
    gexf = networkx.read_gexf(folder / "network.gexf")
    assert isinstance(graphml, networkx.MultiDiGraph)
    assert isinstance(gexf, networkx.MultiDiGraph)
    return graphml, gexf


def test_page_and_downloads_hold_the_same_nodes_and_edges(network: Network, written: Path) -> None:
    model = page_model(network, draw(network), SETTINGS, {}, "", [])
    nodes = {n["id"] for n in model["nodes"]}
    edges = {(e["from"], e["to"], e["id"]) for e in model["edges"]}
    assert len(edges) == len(network.edges) == model["counts"]["edges"]
    tables = rows(written / "nodes.csv"), rows(written / "edges.csv")
    assert [len(table) for table in tables] == [len(nodes), len(edges)]
    assert {row["id"] for row in tables[0]} == nodes
    assert {(row["source"], row["target"], row["id"]) for row in tables[1]} == edges
    for graph in graphs(written):
        assert set(graph) == nodes
        assert graph.number_of_edges() == len(edges)
        assert set(graph.edges(keys=True)) == edges


def test_labels_come_back_from_csv(network: Network, written: Path) -> None:
    for n, row in zip(network.nodes, rows(written / "nodes.csv"), strict=True):
        assert tuple(row) == NODE_COLUMNS
        assert row["label"] == cell(n.label)
        assert row["aliases"] == cell(JOINT.join(n.aliases))
        assert (row["kind"], row["iri"]) == (n.kind.label, n.iri)
    for e, row in zip(network.edges, rows(written / "edges.csv"), strict=True):
        assert tuple(row) == EDGE_COLUMNS
        assert (row["label"], row["relation"]) == (e.relation.label, iri_value(e.relation.term))
        assert row["sentence"] == cell(e.text)
        assert row["written_at"] == JOINT.join(str(o.place) for o in e.evidence)


def test_labels_come_back_from_graphml_and_gexf(network: Network, written: Path) -> None:
    places = layout(network)
    graphml, gexf = graphs(written)
    for n in network.nodes:
        one, two = graphml.nodes[n.id], gexf.nodes[n.id]
        assert one["label"] == two["label"] == xml_text(n.label)
        assert one["kind"] == two["kind"] == n.kind.label
        assert one["iri"] == two["iri"] == n.iri
        assert one.get("aliases", "") == two.get("aliases", "") == xml_text(JOINT.join(n.aliases))
        x, y = places[n.id]
        assert (one["x"], one["y"]) == (x, y)
        assert two["viz"]["position"] == {"x": x, "y": -y, "z": 0}
        assert "#{r:02x}{g:02x}{b:02x}".format(**two["viz"]["color"]) == n.kind.look.colour
        assert two["viz"]["size"] >= 7
    for e in network.edges:
        for graph in (graphml, gexf):
            back = graph.edges[e.source, e.target, e.id]
            assert (back["label"], back["relation"]) == (e.relation.label, iri_value(e.relation.term))
            assert back["sentence"] == xml_text(e.text)


def test_edges_keep_their_ids_in_the_gexf_itself(network: Network, written: Path) -> None:
    """Gephi reads the attribute `id`; networkx reads a key of its own beside it."""
    found = ElementTree.parse(written / "network.gexf").iter("{http://www.gexf.net/1.2draft}edge")
    assert {e.get("id") for e in found} == {e.id for e in network.edges}


def test_only_what_xml_cannot_hold_is_changed() -> None:
    changed = [text for text in HOSTILE if xml_text(text) != text]
    assert changed == ["carriage\r\nreturn\rtwice", "\rreturn first", HOSTILE[13]]
    assert xml_text(HOSTILE[3]) == "carriage\nreturn\ntwice"
    assert xml_text(HOSTILE[13]) == "controls \ufffd\ufffd\ufffd, halves of no character \ufffd\ufffd"


def test_no_cell_begins_a_formula_and_numbers_stay_numbers(written: Path) -> None:
    begins = {row[key][:1] for name in ("nodes.csv", "edges.csv") for row in rows(written / name) for key in row
              if key not in ("x", "y")}  # fmt: skip
    assert not begins & set("=+-@\t\r\n")
    assert any(float(row["x"]) < 0 for row in rows(written / "nodes.csv"))


def test_csv_is_what_rfc_4180_says(written: Path) -> None:
    for name, columns in (("nodes.csv", NODE_COLUMNS), ("edges.csv", EDGE_COLUMNS)):
        data = (written / name).read_bytes()
        assert data.startswith(",".join(columns).encode() + b"\r\n")
        assert data.endswith(b"\r\n")


def test_several_evidences_share_a_cell(tmp_path: Path) -> None:
    twice = """
- {id: minutes, type: Text, name: Minutes, sections: [{title: Talks}]}
- {id: ada, type: Person, name: Ada, knows: [{value: bob, document: minutes, section: Talks, phrase: a friend}]}
- {id: bob, type: Person, name: Bob}
- {id: old, type: Person, name: A., same_as: [ada], knows: [{value: bob, basis: inferred, reason: both sing}]}
"""
    network = small(tmp_path, twice).network
    write_exports(tmp_path, network, layout(network))
    (row,) = rows(tmp_path / "edges.csv")
    assert (row["basis"], row["document"], row["section"]) == ("stated | inferred", "Minutes", "Talks")
    assert (row["phrase"], row["reason"]) == ("a friend", "both sing")
    assert row["written_at"].count(".yaml:") == 2


def test_nothing_in_the_files_tells_when_they_were_written(
    network: Network, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.strftime", lambda *_: "1999-12-31")
    again = written / "again"
    again.mkdir()
    write_exports(again, network, layout(network))
    for name in exporters():
        assert digest(again / name) == digest(written / name)
    assert b"lastmodified" not in (written / "network.gexf").read_bytes()


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_an_empty_network_is_written_too(network: Network, tmp_path: Path) -> None:
    nobody = replace(network, nodes=(), edges=(), kinds=(), relations=())
    write_exports(tmp_path, nobody, {})
    assert rows(tmp_path / "nodes.csv") == rows(tmp_path / "edges.csv") == []
    assert len(networkx.read_graphml(tmp_path / "network.graphml")) == 0
    assert len(networkx.read_gexf(tmp_path / "network.gexf")) == 0


def test_somebody_elses_exporter_is_found_and_used(built: Project, tmp_path: Path) -> None:
    """Registered as ours are: an entry point of an installed distribution."""
    plugin = tmp_path / "plugin"
    (plugin / "names_list-1.0.dist-info").mkdir(parents=True)
    (plugin / "names_list-1.0.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: names-list\nVersion: 1.0\n")
    (plugin / "names_list-1.0.dist-info/entry_points.txt").write_text(
        "[colloquy.exporters]\nnames.txt = names_list:write\n"
    )
    (plugin / "names_list.py").write_text(
        "def write(network, positions, path):\n"
        "    path.write_text('\\n'.join(n.label for n in network.nodes), encoding='utf-8')\n"
    )
    output = tmp_path / "output"
    done = subprocess.run(
        [sys.executable, "-m", "colloquy", "build", "--project", str(built.folder), "--output", str(output)],
        env={**os.environ, "PYTHONPATH": str(plugin)}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Hannah Howe" in (output / "names.txt").read_text(encoding="utf-8")
    assert verify_output(output) == []
