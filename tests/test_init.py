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
