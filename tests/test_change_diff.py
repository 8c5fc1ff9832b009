"""`diff` classes every change of an ontology, and says facts in sentences; `impact` names what is touched."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from changed_project import HARBOUR, PREFIXES
from colloquy.errors import UsageError
from colloquy.project import Project

MORE = """@prefix sh: <http://www.w3.org/ns/shacl#> .
:Boat a owl:Class ; rdfs:label "boat"@en ; cq:colour "#00796b" .
:length a owl:DatatypeProperty ; rdfs:domain :Boat ; rdfs:range xsd:integer .
:owner a owl:ObjectProperty ; rdfs:domain :Boat ; rdfs:range :Person ;
  cq:sentence "{object} owns {subject}."@en ; rdfs:subPropertyOf rdfs:seeAlso .
:when a owl:DatatypeProperty ; rdfs:label "when"@en ; rdfs:domain :Boat ; rdfs:range cq:date .
"""
FACTS = """\
- {id: ada, type: Person, name: Ada, memberships: [{body: hall, role: Chair}]}
- {id: hall, type: Body, name: Hall}
- {id: gull, type: Boat, name: Gull, owner: ada, length: 7}
"""
QUESTION = "# Who owns what?\nSELECT ?boat ?who {\n  ?boat rdfs:seeAlso ?who ; h:length ?length }\n"


def write(folder: Path, more: str = MORE, facts: str = FACTS, harbour: tuple[str, str] = ("", "")) -> Path:
    for name in ("ontology", "data", "queries"):
        (folder / name).mkdir(parents=True)
    whole = HARBOUR.read_text(encoding="utf-8").replace(*harbour)
    (folder / "ontology/harbour.ttl").write_text(whole, encoding="utf-8")
    (folder / "ontology/more.ttl").write_text(PREFIXES + more, encoding="utf-8")
    settings = "title: Harbour\nbase: https://harbour.example/\nlanguage: en\nstart: [owners]\n"
    (folder / "colloquy.yaml").write_text(settings, encoding="utf-8")
    (folder / "data/facts.yaml").write_text(facts, encoding="utf-8")
    (folder / "queries/owners.rq").write_text(QUESTION, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("old") / "old")


SHAPE = "sh:NodeShape ; sh:property [ sh:path :length ; sh:maxLength 9 ]"
TYPES = "rdfs:domain :Boat ; rdfs:range xsd:integer"


@pytest.mark.parametrize(
    ("before", "after", "severity", "kind", "said"),
    [
        ("", ":deck a owl:DatatypeProperty ; rdfs:domain :Boat .", "safe", "added", "h:deck is added"),
        ("", ":Ship a owl:Class ; rdfs:subClassOf :Boat .", "safe", "added", "h:Ship is added — nobody uses it yet"),
        (":length a owl", ":size a owl", "breaking", "removed", "the key `length` is refused"),
        (":when a owl", ":at a owl", "breaking", "renamed", "h:at now, it seems"),
        ("rdfs:range xsd:integer", "rdfs:range xsd:decimal", "widening", "changed", "takes xsd:decimal"),
        ("rdfs:range xsd:integer", "rdfs:range xsd:string", "breaking", "changed", "no longer takes xsd:integer"),
        ("rdfs:range xsd:integer", "rdfs:range xsd:positiveInteger", "breaking", "changed", "no longer takes"),
        ("rdfs:range cq:date", "rdfs:range xsd:date", "breaking", "changed", "no longer takes xsd:dateTime"),
        ("rdfs:range :Person", "rdfs:range :Talk", "breaking", "changed", "no longer leads to h:Person"),
        ("rdfs:range :Person ;", "", "widening", "changed", "may lead to"),
        (TYPES, "rdfs:range xsd:integer", "widening", "changed", "is a key of"),
        (TYPES, "rdfs:domain :Talk ; rdfs:range xsd:integer", "breaking", "changed", "is no longer a key of h:Boat"),
        (TYPES, f'{TYPES} ; cq:key "feet"', "breaking", "changed", "has the key `feet`, no longer `length`"),
        ("rdfs:subPropertyOf rdfs:seeAlso", "rdfs:label 'owner'", "breaking", "changed", "no longer makes"),
        (TYPES, f"{TYPES} ; rdfs:subPropertyOf rdfs:comment", "widening", "changed", "makes rdfs:comment follow too"),
        ("#00796b", "#00796c", "safe", "changed", "has another look"),
        ('"boat"@en', '"vessel"@en', "safe", "changed", "has another label"),
        (":Boat a owl:Class", ":Boat rdfs:subClassOf cq:QualifiedRelation ; a owl:Class", "breaking", "changed",
         "was a class of entries, and is a qualified relation"),
        ("", ":S a sh:NodeShape ; sh:targetClass :Boat ; sh:property [ sh:path :length ; sh:minCount 1 ] .",
         "breaking", "changed", "has to have at least 1 of h:length"),
        ("", ":S a sh:NodeShape ; sh:targetClass :Boat ; sh:property [ sh:path :length ; sh:minCount 1 ;"
         " sh:severity sh:Warning ] .", "safe", "changed", "`check` warns"),
        ("", "[] a owl:AllDisjointClasses ; owl:members ( :Boat :Person ) .", "breaking", "changed", "exclude each"),
        (":Boat a owl:Class", f":Boat sh:closed true ; sh:ignoredProperties ( rdf:type ) ; a owl:Class , {SHAPE}",
         "breaking", "changed", "has to keep sh:closed"),
        (":Boat a owl:Class", f':Boat sh:sparql [ sh:select "SELECT $this {{}}" ] ; a owl:Class , {SHAPE}',
         "breaking", "changed", "has to keep sh:sparql — entries that do not keep it are refused"),
        (":Boat a owl:Class", f":Boat sh:property [ sh:path :length ; sh:in ( 1 2 ) ] ; a owl:Class , {SHAPE}",
         "breaking", "changed", "has to keep sh:in"),
        (":Boat a owl:Class", ":Boat owl:hasKey ( :length ) ; a owl:Class", "safe", "changed", "told apart by"),
        (":Boat a owl:Class", ":Boat cq:mayShareName true ; a owl:Class", "safe", "changed", "no longer tell its entr"),
        ("", ':length owl:deprecated true ; dct:valid "2999-01-01"^^xsd:date .', "safe", "deprecated", "until 2999"),
    ],
)  # fmt: skip
def test_every_change_is_classed_and_says_why(
    old: Path, tmp_path: Path, before: str, after: str, severity: str, kind: str, said: str
) -> None:
    assert before in MORE
    more = MORE.replace(before, after) if before else MORE + after
    found = Project(write(tmp_path / "new", more)).diff(old).ontology
    fitting = [d for d in found if said in str(d)]
    assert [(d.severity, d.kind) for d in fitting] == [(severity, kind)]
    assert all(d.why for d in found)


@pytest.mark.parametrize(
    ("before", "after", "severity"),
    [
        ("sh:maxInclusive 500", "sh:maxInclusive 400", "breaking"),
        ("sh:maxInclusive 500", "sh:maxInclusive 600", "widening"),
        (":speaker ; sh:minCount 1", ":speaker ; sh:minCount 2", "breaking"),
        (":speaker ; sh:minCount 1", ":speaker ; sh:maxCount 9", "widening"),
        ("sh:maxCount 1 ; sh:severity sh:Warning ;", "sh:maxCount 1 ;", "breaking"),
    ],
)
def test_a_stricter_rule_breaks_and_a_looser_one_widens(
    old: Path, tmp_path: Path, before: str, after: str, severity: str
) -> None:
    assert before in HARBOUR.read_text(encoding="utf-8")
    found = Project(write(tmp_path / "new", harbour=(before, after))).diff(old).ontology
    assert severity in {d.severity for d in found}
    if severity == "widening" and "sh:maxCount 9" not in after:
        assert {d.severity for d in found} == {"widening"}


def test_a_state_does_not_differ_from_itself(old: Path) -> None:
    found = Project(old).diff(old)
    assert (found.ontology, found.facts, found.breaks) == ((), (), False)
    assert str(found) == "ontology: no difference\nfacts: no difference"


def test_facts_are_said_in_sentences(old: Path, tmp_path: Path) -> None:
    facts = """\
- {id: ada-brook, type: Person, name: Ada, memberships: [{body: hall, role: Chair, since: 2019}]}
- {id: hall, type: Body, name: Great Hall}
- {id: tern, type: Boat, name: Tern, owner: ada-brook}
"""
    found = Project(write(tmp_path / "new", facts=facts)).diff(old)
    assert [(a.kind, a.id, a.before) for a in found.facts] == [
        ("renamed", "ada-brook", "ada"),
        ("removed", "gull", ""),
        ("changed", "hall", ""),
        ("added", "tern", ""),
    ]
    lines = [line for a in found.facts for line in a.lines]
    assert ("-", "Ada belongs to Hall as Chair.") in lines
    assert ("+", "Ada belongs to Great Hall as Chair, since 2019.") in lines
    assert ("-", "Hall is called Hall.") in lines
    assert ("+", "Ada owns Tern.") in lines
    assert ("-", "Ada owns Gull.") in lines
    assert not found.breaks


def test_what_says_so_counts_too(old: Path, tmp_path: Path) -> None:
    facts = FACTS.replace("length: 7}", "length: {value: 7, basis: inferred, reason: by eye}}")
    (altered,) = Project(write(tmp_path / "new", facts=facts)).diff(old).facts
    assert altered.lines == (("~", "Gull — length: 7. Another source says so."),)


def test_a_git_revision_is_a_state(old: Path, tmp_path: Path) -> None:
    folder = tmp_path / "repository/project"
    shutil.copytree(old, folder)

    def git(*words: str) -> None:
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@harbour.example", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *who, *words], cwd=folder.parent, check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")
    (folder / "data/facts.yaml").write_text(FACTS.replace("length: 7", "length: 8"), encoding="utf-8")
    (altered,) = Project(folder).diff("HEAD").facts
    assert altered.lines == (("-", "Gull — length: 7."), ("+", "Gull — length: 8."))
    assert Project(folder).diff("HEAD", "HEAD").facts == ()
    for wrong in ("nowhere", "--output=x", str(folder.parent)):
        with pytest.raises(UsageError, match=r"name (one|a project)"):
            Project(folder).diff(wrong)


def test_the_command_exits_with_1_where_something_breaks(old: Path, tmp_path: Path) -> None:
    new = write(tmp_path / "new", MORE.replace("xsd:integer", "xsd:string"))
    command = [sys.executable, "-m", "colloquy", "diff", str(old), str(new), "--project", str(old)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith("ontology: 1 breaking\nbreaking: h:length no longer takes xsd:integer — ")
    assert subprocess.run([*command, "--format", "json"], capture_output=True, check=False).returncode == 1
    assert subprocess.run([*command[:4], str(old), str(old), *command[6:]], check=False).returncode == 0


def test_impact_names_lines_questions_and_view_settings(old: Path) -> None:
    found = Project(old).impact("owner", "h:Boat")
    assert found.terms == ("h:owner", "h:Boat")
    assert [str(t.place) for t in found.of("fact")] == ["data/facts.yaml:3:20", "data/facts.yaml:3:45"]
    (question,) = found.of("question")
    assert str(question) == (
        "queries/owners.rq:3:9: the question names rdfs:seeAlso, which follows from it (h:owner)"
    )  # fmt: skip
    assert [t.words for t in found.of("view")] == [
        "`start` shows the question owners",
        "cq:colour of h:Boat: #00796b",
    ]
    assert [t.place.line for t in found.of("view")] == [4, 7]


def test_impact_of_a_change_is_seen_in_the_facts_of_today(old: Path, tmp_path: Path) -> None:
    """The key is gone from the ontology, and the facts still have it."""
    new = write(tmp_path / "new", MORE.replace(":length a owl", ":size a owl").replace('"boat"', '"ship"'))
    found = Project(new).impact(since=old)
    assert [str(t) for t in found.of("fact")] == ["data/facts.yaml:3:58: `length` of Gull: 7"]
    assert [str(t.place) for t in found.of("question")] == ["queries/owners.rq:3:29"]
    with pytest.raises(UsageError, match="did you mean `length`"):
        Project(old).impact("lenght")
