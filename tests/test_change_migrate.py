"""Declared changes: old terms keep working and are warned of; `migrate` writes the new ones, and rows stay."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from changed_project import AFTER, CASES, CHANGES, write_project
from colloquy.change import Migrated
from colloquy.errors import FactsError, Finding, ProjectError, UsageError
from colloquy.project import Project
from colloquy.terms import is_iri, plain


@dataclass
class Run:
    """The project before the changes were declared, after that, and migrated: rows, findings, files."""

    undeclared: dict[str, list[tuple[str, ...]]]
    declared: dict[str, list[tuple[str, ...]]]
    migrated: dict[str, list[tuple[str, ...]]]
    warned: list[Finding]
    left: list[Finding]
    dry: Migrated
    first: Migrated
    again: Migrated
    folder: Path


def rows(project: Project) -> dict[str, list[tuple[str, ...]]]:
    """Ask every question; of a literal its text, since a datatype may be the very change."""
    try:
        return {
            q.name: sorted(tuple(t if t and is_iri(t) else plain(t or '""') for t in row) for row in found)
            for q in project.questions()
            for found in [project.query(q.name).rows]
        }
    finally:
        project.engine().close()


def built(folder: Path) -> Project:
    project = Project(folder)
    project.build(pages=False)
    return project


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    top = tmp_path_factory.mktemp("changed")
    undeclared = rows(built(write_project(top / "undeclared", declared=False)))
    folder = write_project(top / "declared", declared=True)
    declared, warned = rows(built(folder)), Project(folder).check()
    texts = {path: path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}
    dry = Project(folder).migrate(dry_run=True)
    assert all(path.read_bytes() == data for path, data in texts.items())
    first, again = Project(folder).migrate(), Project(folder).migrate()
    return Run(undeclared, declared, rows(built(folder)), warned, Project(folder).check(), dry, first, again, folder)


@pytest.mark.parametrize("name", CASES)
def test_the_rows_stay_the_same(run: Run, name: str) -> None:
    expected = run.undeclared[name]
    if name == "datatype":  # the change is in what is written
        expected = [(boat, year.removeprefix("about ")) for boat, year in expected]
        assert {year for _, year in run.declared[name]} == {"about 1990", "2004"}
    else:
        assert run.declared[name] == expected
    assert run.migrated[name] == expected
    assert len(expected) == CASES[name].rows == run.first.rows[name][0] == run.first.rows[name][1]


@pytest.mark.parametrize("name", CASES)
def test_only_what_the_change_is_about_is_written(run: Run, name: str) -> None:
    mark = "\ufeff" if name == "merge" else ""
    text = (run.folder / f"data/{name}.yaml").read_bytes().decode()
    assert text == mark + CASES[name].new.replace("\n", "\r\n")
    assert (run.folder / f"queries/{name}.rq").read_text(encoding="utf-8") == CASES[name].asked


@pytest.mark.parametrize("name", CASES)
def test_every_place_is_warned_of_once(run: Run, name: str) -> None:
    own = [f for f in run.warned if f.place.file == f"data/{name}.yaml"]
    assert [(f.place.line, f.place.column) for f in own] == list(CASES[name].warned)
    assert {(f.severity, f.code) for f in own} == {("warning", "deprecated-term")}


def test_values_go_to_the_entries_that_have_them_now(run: Run) -> None:
    assert (run.folder / "data/common.yaml").read_bytes() == AFTER.encode()


def test_what_is_migrated_is_warned_of_no_more(run: Run) -> None:
    # The one entry of the split class of which nothing says what it is now.
    assert [(f.code, f.place) for f in run.left] == [("deprecated-term", ("data/split.yaml", 2, 9))]


def test_a_second_run_changes_nothing(run: Run) -> None:
    assert run.first.files
    assert run.again.files == {}


def test_a_dry_run_shows_all_of_it_and_writes_nothing(run: Run) -> None:
    assert run.dry.files == run.first.files
    shown = run.dry.diff(run.folder).splitlines()
    assert "--- a/data/inverse.yaml" in shown
    assert "-  crew: [bo, ada]  # both" in shown
    assert "+  # both" in shown


def test_questions_in_either_term_find_facts_in_either(tmp_path: Path) -> None:
    project = built(write_project(tmp_path / "p", declared=True))
    try:
        for old, new in (("?a h:remark ?b", "?a h:note ?b"), ("?a a h:Boat", "?a a h:Vessel"),
                         ("?a h:crew ?b", "?b h:sailsOn ?a"), ("?a h:spokeAt ?b", "?a h:gaveAt ?b"),
                         ("?a h:chairs ?b", "?a h:place ?x . ?x h:capacity ?b")):  # fmt: skip
            both = [sorted(project.query(f"SELECT ?a ?b {{ {p} }}").rows, key=str) for p in (old, new)]
            assert both[0] == both[1] != []
        years = project.query('SELECT ?a { ?a h:launched "1990"^^xsd:gYear }')
        assert len(years) == 1
        assert len(project.query("SELECT ?a { ?a h:berth :quay ; h:mooring ?old }")) == 1
    finally:
        project.engine().close()


def test_new_facts_answer_old_questions(run: Run) -> None:
    project = Project(run.folder)
    try:
        assert len(project.query("SELECT ?a { ?a h:mooring 'North Quay: east' }")) == 1
        assert len(project.query("SELECT ?a { ?a h:built '1990' }")) == 1
        assert len(project.query("SELECT ?a { :heron h:crew ?a }")) == 2
        assert len(project.query("SELECT ?a { ?a h:chairs 60 }")) == 2
    finally:
        project.engine().close()


def test_after_its_day_a_term_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_project(tmp_path / "p", declared=True)
    assert not [f for f in Project(folder).check() if f.severity == "error"]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "32503680000")  # the first of January 3000: the cache knows the warnings
    late = [f for f in Project(folder).check() if f.severity == "error"]
    assert {f.code for f in late} == {"expired-term"}
    assert [f.place.file for f in late] == ["data/rename-property.yaml"] * 3
    assert "worked until 2999-12-31" in late[0].message
    with pytest.raises(FactsError):
        Project(folder).build(pages=False)
    assert Project(folder).migrate().files  # what is too late can still be put right
    assert not [f for f in Project(folder).check() if f.severity == "error"]


def small(folder: Path, changes: str, facts: str, question: str = "") -> Path:
    """Write a project of one change, with the terms of the large one."""
    write_project(folder, declared=True)
    for path in [*folder.glob("data/*"), *folder.glob("queries/*")]:
        path.unlink()
    ontology = (folder / "ontology/more.ttl").read_text(encoding="utf-8").replace(CHANGES, changes)
    (folder / "ontology/more.ttl").write_text(ontology, encoding="utf-8")
    (folder / "data/facts.yaml").write_text(facts, encoding="utf-8")
    if question:
        (folder / "queries/one.rq").write_text(f"# What is it?\n{question}\n", encoding="utf-8")
    return folder


def test_a_question_that_would_give_other_rows_stays(tmp_path: Path) -> None:
    """The name of the old term is itself what this question gives."""
    facts = "- {id: ada, type: Person, name: Ada, remark: tall}\n"
    query = "SELECT ?p ?o { VALUES ?p { h:remark } ?s ?p ?o }"
    folder = small(tmp_path / "p", ":remark owl:deprecated true ; dct:isReplacedBy :note .", facts, query)
    done = Project(folder).migrate()
    assert done.kept == ("one",)
    assert [path.name for path in done.files] == ["facts.yaml"]
    assert done.rows == {"one": (1, 1)}


def test_a_question_that_names_an_old_term_where_no_path_can_stand_is_told_of(tmp_path: Path) -> None:
    """It gives the same rows as long as the old term is there, and none once that is taken out."""
    facts = "- {id: ada, type: Person, name: Ada}\n- {id: gull, type: Boat, name: Gull, crew: ada}\n"
    change = """:sailsOn a owl:ObjectProperty ; rdfs:domain :Person ; rdfs:range :Boat .
:crew owl:deprecated true ; dct:isReplacedBy [ owl:inverseOf :sailsOn ] ."""
    query = "SELECT ?b ?o { ?b ?p ?o ; h:crew ?o FILTER(?p = h:crew) }"
    folder = small(tmp_path / "p", change, facts, query)
    done = Project(folder).migrate()
    assert (done.kept, dict(done.naming)) == ((), {"one": ("<https://harbour.example/ontology#crew>",)})
    assert "?b ?p ?o ; ^h:sailsOn ?o FILTER(?p = h:crew)" in (folder / "queries/one.rq").read_text(encoding="utf-8")
    again = Project(folder).migrate()
    assert (again.files, again.naming) == ({}, done.naming)


def test_where_rows_would_differ_nothing_is_written(tmp_path: Path) -> None:
    """The question asks for the words in which a year was written, and facts and question both lose them."""
    facts = """\
- {id: hall, type: Body, name: Hall}
- {id: quay, type: Body, name: Quay}
- {id: fair, type: Event, name: Fair, place: hall, built: about 1990}
"""
    change = """:built rdfs:domain :Event . :launched a owl:DatatypeProperty ; rdfs:range xsd:gYear .
:built owl:deprecated true ; dct:isReplacedBy [ cq:becomes :launched ; cq:from "about ([0-9]{4})" ; cq:to "\\\\1" ] ."""
    query = 'SELECT ?e { ?e h:built ?year FILTER(STRSTARTS(?year, "about")) }'
    folder = small(tmp_path / "p", change, facts, query)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and ".colloquy" not in path.parts}
    with pytest.raises(ProjectError, match=r"nothing was changed: queries/one\.rq gives 1 rows now, and 0"):
        Project(folder).migrate()
    assert all(path.read_bytes() == data for path, data in before.items())


def test_what_no_rule_can_change_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    change = """:berth a owl:ObjectProperty ; rdfs:domain :Boat ; rdfs:range :Body .
:mooring owl:deprecated true ; dct:isReplacedBy :berth .
:launched a owl:DatatypeProperty ; rdfs:domain :Boat ; rdfs:range xsd:gYear .
:built owl:deprecated true ; dct:isReplacedBy :launched ."""
    facts = "- {id: gull, type: Boat, name: Gull, mooring: Nowhere,\n   built: long ago}\n"
    folder = small(tmp_path / "p", change, facts)
    with pytest.raises(FactsError) as caught:
        Project(folder).migrate()
    assert [str(f) for f in caught.value.findings] == [
        "data/facts.yaml:1:47: error: `mooring` becomes `berth`, and no entry has this name — write an entry that is"
        " called Nowhere [cannot-migrate]",
        "data/facts.yaml:2:11: error: `long ago` cannot become a value of `launched` — correct it, or say with cq:from"
        " and cq:to how to write it [cannot-migrate]",
    ]
    assert (folder / "data/facts.yaml").read_text(encoding="utf-8") == facts


def test_two_values_cannot_become_one(tmp_path: Path) -> None:
    change = """:capacity a owl:DatatypeProperty ; rdfs:domain :Body ; rdfs:range xsd:integer .
:chairs owl:deprecated true ; dct:isReplacedBy [ cq:along :place ; cq:becomes :capacity ] ."""
    facts = """\
- {id: hall, type: Body, name: Hall}
- {id: fair, type: Event, name: Fair, place: hall, chairs: 50}
- {id: ball, type: Event, name: Ball, place: hall, chairs: 60}
- {id: race, type: Event, name: Race, chairs: 60}
"""
    with pytest.raises(FactsError) as caught:
        Project(small(tmp_path / "p", change, facts)).migrate()
    assert [f.place.line for f in caught.value.findings] == [3, 4]
    assert "two values become `capacity` of `hall`: 50 (data/facts.yaml:2:" in caught.value.findings[0].message


def test_a_value_that_moves_keeps_what_says_so(tmp_path: Path) -> None:
    """The entry that gets it names another source, so it is said in lines of its own."""
    change = """:sailsOn a owl:ObjectProperty ; rdfs:domain :Person ; rdfs:range :Boat .
:crew owl:deprecated true ; dct:isReplacedBy [ owl:inverseOf :sailsOn ] ."""
    facts = """\
defaults: {document: log}
entries:
- {id: log, type: Text, name: Log, document: log}
- id: gull
  type: Boat
  name: Gull
  phrase: the Gull's crew
  crew: {value: ada, phrase: with Ada}   # sworn
- {id: ada, type: Person, name: Ada}
"""
    folder = small(tmp_path / "p", change, facts)
    Project(folder).migrate()
    text = (folder / "data/facts.yaml").read_text(encoding="utf-8")
    assert text == facts.replace("  crew: {value: ada, phrase: with Ada}   # sworn\n", """\
  # sworn
- entry: ada
  sails_on: {value: gull, phrase: with Ada}
  phrase: the Gull's crew
""")  # fmt: skip
    assert not Project(folder).check()


def test_mapped_files_are_not_touched(tmp_path: Path) -> None:
    change = ":remark owl:deprecated true ; dct:isReplacedBy :note ."
    folder = small(tmp_path / "p", change, "- {id: ada, type: Person, name: Ada, remark: tall}\n")
    theirs = "- {id: bo, type: Person, name: Bo, remark: small}\n"  # as in our own format
    (folder / "data/theirs.yml").write_text(theirs, encoding="utf-8")
    with (folder / "colloquy.yaml").open("a", encoding="utf-8") as settings:
        settings.write("mapping: [{files: theirs.yml, type: Person, id: '{id}', ignore: [type]}]\n")
    done = Project(folder).migrate()
    assert [path.name for path in done.files] == ["facts.yaml"]
    assert (folder / "data/theirs.yml").read_text(encoding="utf-8") == theirs


def test_a_mapping_that_names_an_old_term_is_warned_of_where_it_does(tmp_path: Path) -> None:
    change = """:remark owl:deprecated true ; dct:isReplacedBy :note .
:Boat owl:deprecated true ; dct:isReplacedBy :Vessel ."""
    folder = small(tmp_path / "p", change, "- {id: ada, type: Person, name: Ada}\n")
    (folder / "data/theirs.yml").write_text("- {slug: gull, name: Gull, says: small}\n", encoding="utf-8")
    with (folder / "colloquy.yaml").open("a", encoding="utf-8") as settings:
        settings.write("mapping:\n- {files: theirs.yml, type: Boat, id: 'b/{slug}',\n   keys: {says: remark}}\n")
    assert [str(f) for f in Project(folder).check()] == [
        "colloquy.yaml:5:29: warning: the type `Boat` is deprecated — write `type: Vessel` [deprecated-term]",
        "colloquy.yaml:6:17: warning: `remark` of Boat is deprecated — write `note` [deprecated-term]",
    ]


def test_what_is_changed_meanwhile_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change = ":remark owl:deprecated true ; dct:isReplacedBy :note ."
    folder = small(
        tmp_path / "p", change, "- {id: ada, type: Person, name: Ada, remark: tall}\n", "SELECT ?a { ?a h:remark ?b }"
    )
    ask = Project.query

    def and_somebody_writes(self: Project, *given: object, **more: object) -> object:
        (folder / "queries/one.rq").write_text("# What is it?\nSELECT ?a { ?a h:remark 1 }\n", encoding="utf-8")
        return ask(self, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Project, "query", and_somebody_writes)
    with pytest.raises(UsageError, match="was changed meanwhile"):
        Project(folder).migrate()
    assert "remark: tall" in (folder / "data/facts.yaml").read_text(encoding="utf-8")
    assert not [path for path in folder.rglob(".*") if path.is_file()]


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        (":remark owl:deprecated true ; dct:isReplacedBy :note , :comment .", "two terms replace it"),
        (":remark owl:deprecated true ; dct:isReplacedBy :Person .", "is not of its kind"),
        (':remark owl:deprecated true ; dct:isReplacedBy :note ; dct:valid "soon" .', "dct:valid is soon"),
        (':remark owl:deprecated true ; dct:isReplacedBy [ cq:becomes :note ; cq:from "(" ; cq:to "" ] .', "pattern"),
        (":remark owl:deprecated true ; dct:isReplacedBy :kind . :kind owl:deprecated true .", "deprecated itself"),
        (":Boat owl:deprecated true ; dct:isReplacedBy [ cq:whose :kind ; cq:becomes :Vessel ] .", "lacks cq:value"),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_made_is_said(tmp_path: Path, declared: str, said: str) -> None:
    folder = small(tmp_path / "p", declared, "- {id: ada, type: Person, name: Ada}\n")
    findings = [f for f in Project(folder).check() if f.code == "bad-change"]
    assert [said in f.message for f in findings] == [True]
    assert findings[0].hint


def test_editors_strike_an_old_key_through(tmp_path: Path) -> None:
    folder = small(tmp_path / "p", ":remark owl:deprecated true ; dct:isReplacedBy :note .", "", "")
    keys = Project(folder).schema()["definitions"]
    assert [name for name in ("remark", "comment") if keys[name].get("deprecated")] == ["remark"]
