"""The ontology: every mistake in it has a finding, and its terms reach the facts as standard vocabularies."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
import rdflib

from colloquy.index import TripleIndex
from colloquy.mistakes import find_mistakes
from colloquy.ontology import read_ontology
from colloquy.terms import OWL, RDF, RDFS, SH, TYPE, XSD

REPOSITORY = Path(__file__).parent.parent


@pytest.mark.parametrize(("name", "namespace"), [("RDF", RDF), ("RDFS", RDFS), ("OWL", OWL), ("XSD", XSD), ("SH", SH)])
def test_every_published_term_of_a_closed_vocabulary_is_known(name: str, namespace: str) -> None:
    published = [str(term) for term in dir(getattr(rdflib, name))]
    published += [SH + word for word in ("and", "or", "not", "in", "class") if namespace == SH]
    index = TripleIndex((f"<https://harbour.example/{n}>", TYPE, f"<{term}>") for n, term in enumerate(published))
    assert not [f for f in find_mistakes(index, {}) if f.code == "unknown-term"]


def test_the_projects_own_ontology_has_no_finding() -> None:
    assert read_ontology(REPOSITORY / "ontology", REPOSITORY).findings == ()


def test_the_catalogue_leads_to_a_file_for_every_ontology() -> None:
    folder = REPOSITORY / "ontology"
    entries = ElementTree.parse(folder / "catalog-v001.xml").getroot().findall("{*}uri")
    files = {entry.attrib["name"]: folder / entry.attrib["uri"] for entry in entries}
    for name, path in files.items():
        graph = rdflib.Graph().parse(path, format="turtle")
        assert (rdflib.URIRef(name), rdflib.RDF.type, rdflib.OWL.Ontology) in graph
        for imported in graph.objects(None, rdflib.OWL.imports):
            assert str(imported) in files
    assert {p.resolve() for p in folder.glob("*.ttl")} <= {p.resolve() for p in files.values()}
