"""An ontology that an OWL editor saved again builds the same graph.

The OWL API, with which Protégé saves, reorders terms and the members of unions, drops comments,
renames blank nodes, and declares every individual.  Here that is done by hand; where Java is
there, and `COLLOQUY_OWLAPI` names a folder of the OWL API's jars (version 3), it is done by itself.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import rdflib
from rdflib.collection import Collection
from rdflib.namespace import OWL, RDF, SH

import colloquy
from colloquy.project import Project
from colloquy.store import Lines, dataset_lines

ROOT = Path(__file__).parent.parent
VOCABULARY = Path(colloquy.__file__).with_name("colloquy.ttl")


@pytest.fixture
def seminar(tmp_path: Path) -> Path:
    """A copy of this repository's own project."""
    folder = tmp_path / "seminar"
    folder.mkdir()
    for name in ("ontology", "data", "queries"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "colloquy.yaml", folder)
    return folder


def dataset(folder: Path) -> tuple[Lines, list[str]]:
    """Give the lines of `graph.nq`, and what the checker says of the ontology."""
    project = Project(folder)
    compiled = project.compiled
    lines = dataset_lines(compiled.facts, project.ontology, project.settings.base)
    return lines, [str(f) for f in compiled.findings if f.place.file.startswith("ontology/")]


def save_again(path: Path) -> None:
    """Do to a Turtle file what the OWL API does to it."""
    graph = rdflib.Graph().parse(path, format="turtle")
    for union in list(graph.objects(None, OWL.unionOf)) + list(graph.objects(None, OWL.members)):
        members = Collection(graph, union)
        turned = list(reversed(list(members)))
        for number, member in enumerate(turned):
            members[number] = member
    for shape in list(graph.subjects(RDF.type, SH.NodeShape)):
        graph.add((shape, RDF.type, OWL.NamedIndividual))
    path.write_text(graph.serialize(format="longturtle"), encoding="utf-8")


def test_an_ontology_that_was_reordered_builds_the_same_graph(seminar: Path) -> None:
    before = dataset(seminar)
    for path in (seminar / "ontology").glob("*.ttl"):
        save_again(path)
    assert dataset(seminar) == before


def test_a_chain_of_properties_keeps_its_order(seminar: Path) -> None:
    """Such a list is no set: turned round, it means something else, and the graph says so."""
    before, _ = dataset(seminar)
    path = seminar / "ontology" / "co-production.ttl"
    graph = rdflib.Graph().parse(path, format="turtle")
    for chain in list(graph.objects(None, OWL.propertyChainAxiom)):
        steps = Collection(graph, chain)
        for number, step in enumerate(reversed(list(steps))):
            steps[number] = step
    path.write_text(graph.serialize(format="longturtle"), encoding="utf-8")
    assert dataset(seminar)[0] != before


def test_the_owl_api_itself_changes_nothing(seminar: Path) -> None:
    jars = os.environ.get("COLLOQUY_OWLAPI")
    if not jars or not shutil.which("java"):
        pytest.skip("needs java, and COLLOQUY_OWLAPI: a folder of the OWL API's jars")
    before = dataset(seminar)
    program = Path(__file__).parent / "owlapi" / "Save.java"
    command = ["java", "-cp", f"{jars}/*", str(program), str(seminar / "ontology"), str(VOCABULARY)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    text = (seminar / "ontology" / "co-production.ttl").read_text(encoding="utf-8")
    assert "#    Annotation properties" in text  # a heading of the OWL API's own: it did save the file
    assert dataset(seminar) == before
