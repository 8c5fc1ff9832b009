"""A small invented project for tests of what is made from facts: the ontology of the cases, and some more."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from colloquy.facts import Facts, read_facts
from colloquy.index import TripleIndex
from colloquy.infer import closure
from colloquy.network import Network, build_network
from colloquy.ontology import Ontology, read_ontology
from colloquy.settings import Settings

HARBOUR = Path(__file__).parent / "cases/ontology/harbour.ttl"
BASE = "https://harbour.example/"
SETTINGS = Settings(
    "Harbour talks",
    BASE,
    language="en",
    repository="https://code.example/main/{file}#L{line}",
    corrections="mailto:desk@harbour.example?subject={id} in {file}&body=line {line}",
)
MORE = """
@prefix : <https://harbour.example/ontology#> . @prefix cq: <https://colloquy.example/ns#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

:Draft  a owl:Class ; rdfs:label "draft"@en ; cq:drawn false .
:Person cq:darkColour "#56b4e9" .
:former a owl:DatatypeProperty ; rdfs:label "former"@en ; rdfs:domain :Membership ; rdfs:range xsd:boolean ;
        cq:detail "formerly"@en .
:paid   a owl:DatatypeProperty ; rdfs:label "paid"@en ; rdfs:domain :Membership ; rdfs:range xsd:boolean .
:wrote  a owl:ObjectProperty ; rdfs:label "wrote"@en ; rdfs:domain :Person ; rdfs:range :Draft ;
        cq:sentence "{subject} wrote {object}."@en ; cq:inverseSentence "{object} was written by {subject}."@en .
:of     a owl:ObjectProperty ; rdfs:label "of"@en ; rdfs:domain :Draft ; rdfs:range :Talk ;
        cq:sentence "{subject} is for {object}."@en ; cq:inverseSentence "{object} has {subject}."@en .
:avoids a owl:ObjectProperty ; rdfs:label "avoids"@en ; rdfs:domain :Person ; rdfs:range :Person ; cq:drawn false .
:Figure a owl:Class ; rdfs:label "figure"@en ; rdfs:subClassOf cq:QualifiedRelation .
:figure a owl:ObjectProperty ; rdfs:label "figure"@en ; cq:key "figures" ; rdfs:domain :Body ; rdfs:range :Figure ;
        cq:loneSentence "{subject} counts {value} {counts}"@en .
:value  a owl:DatatypeProperty ; rdfs:label "value"@en ; rdfs:domain :Figure ; rdfs:range xsd:integer .
:counts a owl:DatatypeProperty ; rdfs:label "counts"@en ; rdfs:domain :Figure ; rdfs:range xsd:string .
:year   a owl:DatatypeProperty ; rdfs:label "year"@en ; rdfs:domain :Figure ; rdfs:range cq:date ;
        cq:detail "in {object}"@en .
"""


@dataclass
class Small:
    """Everything that was read, and the network of it."""

    ontology: Ontology
    facts: Facts
    graph: TripleIndex
    network: Network


def small(folder: Path, *texts: str, more: str = "", settings: Settings = SETTINGS) -> Small:
    """Read facts, each text a file of its own, and make the network; the facts must have no errors.

    `more` is added to the ontology.
    """
    folder.mkdir(exist_ok=True)
    shutil.copy(HARBOUR, folder)
    (folder / "more.ttl").write_text(MORE + more, encoding="utf-8")
    ontology = read_ontology(folder)
    named = [(f"data/file-{at}.yaml", text.encode()) for at, text in enumerate(texts, 1)]
    return read(ontology, named, settings)


def read(ontology: Ontology, texts: list[tuple[str, bytes]], settings: Settings = SETTINGS) -> Small:
    """As `small`, with an ontology that is there and files that have names."""
    facts = read_facts(texts, ontology, settings)
    assert not [str(f) for f in facts.findings if f.severity == "error"]
    graph = closure((s.triple for s in facts.statements), ontology.rules)
    return Small(ontology, facts, graph, build_network(ontology, facts, graph, settings))
