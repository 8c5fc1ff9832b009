"""`colloquy init`: from an empty folder to a page, with nothing but the package."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from colloquy.errors import ColloquyError, UsageError
from colloquy.project import Project
from colloquy.starting import start_project

ROOT = Path(__file__).parent.parent
# As such vocabularies are written: comments in place of definitions, unions, terms of others, no cq: at all.
VOCABULARY = """
@prefix boat: <http://vocabulary.example/boats#> .
@prefix owl:  <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd:  <http://www.w3.org/2001/XMLSchema#> .

<http://vocabulary.example/boats#> a owl:Ontology ; rdfs:label "Boats" .
boat:Vessel a owl:Class ; rdfs:label "vessel" ; rdfs:comment "Anything that floats and carries." .
boat:Ferry a rdfs:Class ; rdfs:subClassOf boat:Vessel ; rdfs:label "ferry" .
boat:berth a owl:ObjectProperty ; rdfs:domain boat:Vessel ; rdfs:label "berth" .
boat:built a owl:DatatypeProperty ; rdfs:domain boat:Vessel ; rdfs:range xsd:gYear .
"""


def colloquy(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "colloquy"), *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_from_an_empty_folder_to_a_page(tmp_path: Path) -> None:
    made = colloquy("init", "harbour-talks", cwd=tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.endswith("now: cd harbour-talks && colloquy build\n")
    here = tmp_path / "harbour-talks"
    checked = colloquy("check", cwd=here)
    assert (checked.returncode, checked.stdout.partition(" in ")[0]) == (0, "0 errors, 0 warnings")
    assert colloquy("build", cwd=here).returncode == 0
    assert "Harbour talks" in (here / "output" / "index.html").read_text(encoding="utf-8")
    tested = colloquy("test", cwd=here)
    assert (tested.returncode, tested.stdout.splitlines()[-1]) == (0, "1 question: 1 as expected, 0 not")
    assert colloquy("verify", "output", cwd=here).returncode == 0
    for entry in made.stdout.splitlines()[:-1]:
        assert (tmp_path / entry).is_file()


def test_editors_are_told_of_files_that_are_there(tmp_path: Path) -> None:
    start_project(tmp_path / "talks")
    here = tmp_path / "talks"
    Project(here).build()
    settings = json.loads((here / ".vscode" / "settings.json").read_text(encoding="utf-8"))
    assert all((here / schema).is_file() for schema in settings["yaml.schemas"])
    assert {next(here.glob(pattern), None) is None for pattern in settings["yaml.schemas"].values()} == {False}
    assert json.loads((here / ".vscode" / "extensions.json").read_text(encoding="utf-8"))["recommendations"]


@pytest.mark.parametrize("name", ["it's “here”", "null", "3.10", "Überblick", "a: b", "$title", "ideas_and people"])
def test_a_folder_may_be_called_anything(tmp_path: Path, name: str) -> None:
    start_project(tmp_path / name)
    title = name.replace("_", " ").capitalize()
    assert yaml.safe_load((tmp_path / name / "colloquy.yaml").read_text(encoding="utf-8"))["title"] == title
    assert Project(tmp_path / name).check() == []


def test_what_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="is not empty — name a new folder"):
        start_project(tmp_path)
    with pytest.raises(UsageError, match="is a file"):
        start_project(tmp_path / "notes.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    start_project(tmp_path / "one")
    with pytest.raises(UsageError, match=r"it has a colloquy\.yaml already"):
        start_project(tmp_path / "one")


def test_an_empty_folder_with_a_history_will_do(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
    assert ".git/HEAD" not in start_project(tmp_path)
    assert (tmp_path / ".git" / "HEAD").exists()


def test_a_vocabulary_becomes_the_ontology_unchanged(tmp_path: Path) -> None:
    file = tmp_path / "boats.ttl"
    file.write_text(VOCABULARY, encoding="utf-8")
    names = start_project(tmp_path / "fleet", file)
    assert "ontology/terms.ttl" not in names
    assert (tmp_path / "fleet" / "ontology" / "boats.ttl").read_text(encoding="utf-8") == VOCABULARY
    project = Project(tmp_path / "fleet")
    assert [f for f in project.check() if f.severity == "error"] == []
    project.build()
    assert [outcome.passed for outcome in project.test()] == [True]
    assert len(project.query("SELECT ?x { ?x a <http://vocabulary.example/boats#Vessel> }")) == 2


def test_the_ontology_of_another_project_is_a_vocabulary_too(tmp_path: Path) -> None:
    start_project(tmp_path / "one")
    start_project(tmp_path / "two", tmp_path / "one" / "ontology" / "terms.ttl")
    assert "ontology/own.ttl" not in [p.relative_to(tmp_path / "two").as_posix() for p in (tmp_path / "two").rglob("*")]


def test_what_a_vocabulary_imports_from_beside_it_comes_along(tmp_path: Path) -> None:
    """Turtle files that it does not import stay where they are, and need not be right."""
    owl = "@prefix owl: <http://www.w3.org/2002/07/owl#> . "
    boats = VOCABULARY.replace("owl:Ontology ;", "owl:Ontology ; owl:imports <urn:x-harbour:ships> ;")
    for name, text in {
        "boats": boats,
        "ships": owl + "<urn:x-harbour:ships> a owl:Ontology ; owl:imports <urn:x-harbour:keels> .",
        "keels": owl + "<urn:x-harbour:keels> a owl:Ontology .",
        "other": owl + "<urn:x-harbour:other> a owl:Ontology .",
        "wrong": "this is no Turtle",
    }.items():
        (tmp_path / f"{name}.ttl").write_text(text, encoding="utf-8")
    names = start_project(tmp_path / "fleet", tmp_path / "boats.ttl")
    assert {n for n in names if n.startswith("ontology/")} - {"ontology/own.ttl"} == {
        "ontology/boats.ttl", "ontology/ships.ttl", "ontology/keels.ttl",
    }  # fmt: skip
    (tmp_path / "keels.ttl").unlink()
    with pytest.raises(UsageError, match=r"boats\.ttl imports <urn:x-harbour:keels>, which no Turtle file beside it"):
        start_project(tmp_path / "again", tmp_path / "boats.ttl")
    assert not (tmp_path / "again").exists()


def test_a_vocabulary_older_than_owl_becomes_the_ontology_too(tmp_path: Path) -> None:
    """Classes are `rdfs:Class`, the name belongs to `owl:Thing`, as in FOAF."""
    rdfs = "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix owl: <http://www.w3.org/2002/07/owl#> ."
    rdf = "@prefix : <urn:x-harbour:> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> ."
    boats = f"""{rdfs} {rdf}
:Boat a rdfs:Class ; rdfs:label "boat" . :Ferry a rdfs:Class ; rdfs:subClassOf :Boat .
:tows a rdf:Property ; rdfs:domain :Boat ; rdfs:range :Boat .
:calledSo a rdf:Property ; rdfs:domain owl:Thing ; rdfs:range rdf:langString ; rdfs:subPropertyOf rdfs:label .
"""
    (tmp_path / "boats.ttl").write_text(boats, encoding="utf-8")
    assert "ontology/own.ttl" not in start_project(tmp_path / "fleet", tmp_path / "boats.ttl")
    more = "- {id: gull, type: Ferry, called_so: Gull, tows: first-boat}\n"
    (tmp_path / "fleet/data/more.yaml").write_text(more, encoding="utf-8")
    project = Project(tmp_path / "fleet")
    assert project.check() == []
    project.build(pages=False)
    assert len(project.query("SELECT ?x { ?x a <urn:x-harbour:Boat> }")) == 3


@pytest.mark.parametrize(("said", "key"), [
    ("rdfs:range rdfs:Literal ; rdfs:subPropertyOf rdfs:label", "name"),  # as in FOAF
    ("rdfs:range xsd:string", "label"),  # `name` is taken, by what nobody here knows to be a name
])  # fmt: skip
def test_entries_begin_with_a_name_whatever_the_vocabulary_says_of_names(tmp_path: Path, said: str, key: str) -> None:
    text = VOCABULARY + f"boat:name a owl:DatatypeProperty ; rdfs:domain boat:Vessel ; {said} .\n"
    (tmp_path / "boats.ttl").write_text(text, encoding="utf-8")
    start_project(tmp_path / "fleet", tmp_path / "boats.ttl")
    assert f"type: Ferry, {key}: First ferry" in (tmp_path / "fleet/data/first.yaml").read_text(encoding="utf-8")
    project = Project(tmp_path / "fleet")
    assert [f for f in project.check() if f.severity == "error"] == []
    project.build(pages=False)
    assert len(project.query("SELECT ?x { ?x rdfs:label ?name FILTER(CONTAINS(?name, 'ferry')) }")) == 2


def test_in_what_it_starts_with_there_is_nothing_to_find(tmp_path: Path) -> None:
    start_project(tmp_path / "talks")
    assert Project(tmp_path / "talks").lint(reasoner=False).findings == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("this is no Turtle", "broken.ttl"),
        ("@prefix owl: <http://www.w3.org/2002/07/owl#> . <urn:x> a owl:Ontology .", "has no class"),
    ],
)
def test_of_a_vocabulary_that_cannot_be_used_nothing_is_left(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "broken.ttl"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ColloquyError) as caught:
        start_project(tmp_path / "fleet", file)
    assert told in str(caught.value)
    assert not (tmp_path / "fleet").exists()
    with pytest.raises(UsageError, match="there is no file"):
        start_project(tmp_path / "fleet", tmp_path / "none.ttl")
