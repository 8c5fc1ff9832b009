"""An ontology developer adds a class in Turtle, and it is everywhere; no Python is touched."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from colloquy.project import Project

TURTLE = """
@prefix co: <https://colloquy.example/co-production/ontology#> . @prefix cq: <https://colloquy.example/ns#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix schema: <https://schema.org/> .

co:Exhibition a owl:Class ; rdfs:label "exhibition"@en ; rdfs:subClassOf schema:CreativeWork ;
    skos:definition "Things shown together in one place."@en ; skos:example "- {id: tides, name: Tides}" ;
    cq:colour "#7a3b00" ; cq:mark "diamond" ; cq:legendOrder 11 ; cq:plural "Exhibitions"@en .
co:curator a owl:ObjectProperty ; rdfs:label "curator"@en ; rdfs:domain co:Exhibition ; rdfs:range co:Person ;
    rdfs:subPropertyOf schema:author ; cq:key "curators" ; cq:sentence "{subject} was curated by {object}."@en ;
    cq:inverseSentence "{object} curated {subject}."@en .
co:rooms a owl:DatatypeProperty ; rdfs:label "rooms"@en ; rdfs:domain co:Exhibition ; rdfs:range xsd:integer ;
    cq:sentence "{subject} fills {object} rooms."@en .
co:ExhibitionShape a sh:NodeShape ; sh:targetClass co:Exhibition ;
    sh:property [ sh:path co:rooms ; sh:maxInclusive 40 ; sh:message "an exhibition has at most 40 `rooms`"@en ] .
"""
ENTRY = "- {id: tides, type: Exhibition, name: Tides, curators: [hannah-howe], rooms: 3}\n"


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Project:
    from conftest import copy_project

    folder = copy_project(tmp_path_factory.mktemp("extended") / "seminar")
    assert len(TURTLE.strip().splitlines()) <= 20
    (folder / "ontology/exhibitions.ttl").write_text(TURTLE, encoding="utf-8")
    (folder / "data/exhibitions.yaml").write_text(ENTRY, encoding="utf-8")
    project = Project(folder)
    project.build()
    return project


def page_model(project: Project) -> dict[str, list[dict[str, object]]]:
    page = (project.output / "index.html").read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found
    model: dict[str, list[dict[str, object]]] = json.loads(found[1])
    return model


def test_its_keys_are_accepted(extended: Project) -> None:
    assert not [f for f in extended.check() if f.place.file.endswith("exhibitions.yaml")]


def test_a_wrong_value_is_found_at_its_line(extended: Project, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("- id: flood\n  type: Exhibition\n  name: Flood\n  rooms: 41\n", encoding="utf-8")
    (finding,) = extended.check([wrong])
    assert finding.place.line == 4
    assert "at most 40 `rooms`" in finding.message


def test_the_editor_schema_has_a_branch_for_it(extended: Project) -> None:
    schema = extended.schema()
    entry = {"id": "flood", "type": "Exhibition", "name": "Flood", "rooms": 3, "curators": ["hannah-howe"]}
    jsonschema.validate([entry], schema)
    with pytest.raises(jsonschema.ValidationError, match="room"):
        jsonschema.validate([{**entry, "room": 3}], schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate([{**entry, "rooms": "many"}], schema)


def test_a_query_finds_it_in_standard_terms(extended: Project) -> None:
    answer = extended.query("SELECT ?who { :tides a schema:CreativeWork ; schema:author ?who }")
    assert [row[0] for row in answer.rows] == [f"<{extended.settings.base}hannah-howe>"]


def test_the_network_draws_it_with_its_colour_mark_edge_and_legend(extended: Project) -> None:
    view = extended.view()
    node = view.get_node("tides")
    assert "#7a3b00" in json.dumps(node).lower()
    assert node["shape"] == "diamond"
    assert any({e["from"], e["to"]} == {"tides", "hannah-howe"} for e in view.edges)
    page = (extended.output / "index.html").read_text(encoding="utf-8")
    assert "was curated by" in page
    assert ">Exhibitions<" in re.sub(r"\s+", " ", page).replace("> ", ">").replace(" <", "<")


def test_the_reference_describes_it(extended: Project) -> None:
    page = extended.reference()
    assert "Things shown together in one place." in page
    assert 'id="Exhibition"' in page
    assert "curators" in page


def test_a_class_with_only_a_label_and_a_superclass_is_everywhere_too(fresh: Path) -> None:
    (fresh / "ontology/walks.ttl").write_text(
        "@prefix co: <https://colloquy.example/co-production/ontology#> .\n"
        "@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        'co:Walk a owl:Class ; rdfs:label "walk"@en ; rdfs:subClassOf co:Event .\n'
        'co:Boat a owl:Class ; rdfs:label "boat"@en ; rdfs:subClassOf owl:Thing .\n',
        encoding="utf-8",
    )
    (fresh / "data/walks.yaml").write_text(
        "- {id: pier-walk, type: Walk, name: Pier walk, date: 2016-05}\n"
        "- {id: skiff, type: Boat, name: Skiff, different_from: pier-walk}\n",
        encoding="utf-8",
    )
    project = Project(fresh)
    assert not project.compiled.errors
    view = project.view()
    event, boat = view.get_node("pier-walk"), view.get_node("skiff")
    assert event["shape"] == view.get_node("seminar-2")["shape"]
    assert boat["shape"] == "dot"
    assert "Walk" in json.dumps(project.schema())
    assert 'id="Walk"' in project.reference()
    assert 'id="Boat"' in project.reference()
