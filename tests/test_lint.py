"""`colloquy lint`: cases are Turtle files that say at each line what is to be found there.

A case in `lint/` is read together with `lint/harbour.ttl`, in which there is nothing to find.  A line that ends
in `#! 14:low-contrast` has that finding at its column 14, and no line has any that is not said.
"""

from __future__ import annotations

import ast
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

import colloquy.lint
from colloquy.errors import ProjectError, UsageError
from colloquy.lint import CHECKS, Linted, lint
from colloquy.lint.case import Case, Check
from colloquy.lint.colours import SIGHT, Linear, ciede2000, distance
from colloquy.lint.looks import GROUNDS
from colloquy.lint.reasoner import read_answer
from colloquy.ontology import ontology_of, read_ontology
from colloquy.project import Project
from colloquy.settings import Settings
from colloquy.terms import RDF, XSD
from colloquy.turtle.reading import VOCABULARY, read_turtle, turtle_files

REPOSITORY = Path(__file__).parent.parent
CASES = Path(__file__).parent / "lint"
SETTINGS = Settings("Harbour talks", "https://harbour.example/", language="en")
NAMES = sorted(p.stem for p in CASES.glob("*.ttl") if p.stem != "harbour")


def examine(folder: Path, *files: Path, reasoner: bool = False) -> Linted:
    (folder / "ontology").mkdir(exist_ok=True)
    for file in files:
        shutil.copy(file, folder / "ontology")
    ontology = read_ontology(folder / "ontology", folder)
    return lint(folder, ontology, SETTINGS, reasoner=reasoner)


def wanted(case: Path) -> Counter[str]:
    found: Counter[str] = Counter()
    for number, line in enumerate(case.read_text(encoding="utf-8").splitlines(), 1):
        marks = re.search(r"#! (.*)$", line)
        found.update(f"{number}:{mark}" for mark in (marks[1].split() if marks else ()))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str, tmp_path: Path) -> None:
    linted = examine(tmp_path, CASES / "harbour.ttl", CASES / f"{name}.ttl")
    own = [f for f in linted.findings if f.place.file == f"ontology/{name}.ttl"]
    found = Counter(f"{f.place.line}:{f.place.column}:{f.code}" for f in own)
    said = "\n".join(map(str, own))
    expected = wanted(CASES / f"{name}.ttl")
    assert (sorted((expected - found).elements()), sorted((found - expected).elements())) == ([], []), said


def test_nothing_is_found_where_nothing_is_wrong(tmp_path: Path) -> None:
    assert not examine(tmp_path, CASES / "harbour.ttl").findings


@pytest.mark.parametrize("project", ["", "docs/examples/rubyevents"])
def test_the_ontologies_that_come_with_it_are_clean(project: str) -> None:
    linted = Project(REPOSITORY / project).lint(reasoner=False)
    assert not linted.findings, "\n".join(map(str, linted.findings))


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    """Every case, read."""
    found = []
    for name in NAMES:
        folder = tmp_path_factory.mktemp(name) / "ontology"
        folder.mkdir()
        shutil.copy(CASES / "harbour.ttl", folder)
        shutil.copy(CASES / f"{name}.ttl", folder)
        project = folder.parent
        origin, _, _ = read_turtle(folder, project)
        found.append(Case(read_ontology(folder, project), SETTINGS, origin, dict(turtle_files(folder, project))))
    return found


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_check_is_needed_by_a_case(check: Check, cases: list[Case]) -> None:
    """What a check finds alone is wanted by a case, so that the case fails where the check is taken out."""
    assert any(list(check(case)) for case in cases)


def codes() -> set[str]:
    """The codes that the source gives to findings: the second of what `warn` and `fail` are given, or the third."""
    found = set()
    for path in Path(colloquy.lint.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                at = {"warn": 1, "fail": 1, "finding": 2}.get(node.func.id)
                if at is not None and len(node.args) > at and isinstance(node.args[at], ast.Constant):
                    found.add(str(node.args[at].value))  # type: ignore[attr-defined]  # a Constant, as was asked
    return found | {"no-label", "no-definition", "cycle", "shape-cycle"}  # said with a variable


def test_every_code_has_a_case_and_a_line_in_the_docs() -> None:
    said = {mark.split(":")[2] for name in NAMES for mark in wanted(CASES / f"{name}.ttl")}
    assert codes() - said == {"inconsistent-ontology"}
    page = (REPOSITORY / "docs/ontology.md").read_text(encoding="utf-8")
    assert {code for code in codes() if f"| `{code}` |" not in page} == set()


def test_what_every_reading_finds_comes_too_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "ontology").mkdir()
    wrong = "@prefix : <https://harbour.example/ontology#> .\n@prefix sh: <http://www.w3.org/ns/shacl#> .\n\n" \
        ":Shape a sh:NodeShape ;\n  sh:property [ sh:path :name ; sh:minCuont 1 ] .\n"  # fmt: skip
    (tmp_path / "ontology/wrong.ttl").write_text(wrong, encoding="utf-8")
    found = [str(f) for f in examine(tmp_path, CASES / "harbour.ttl").findings]
    assert found[0].startswith("ontology/wrong.ttl:4:10: warning: https://harbour.example/ontology#Shape has no target")
    assert found[1].startswith("ontology/wrong.ttl:5:45: error: there is no sh:minCuont — did you mean `minCount`?")


def test_a_file_may_be_asked_for(tmp_path: Path) -> None:
    examine(tmp_path, CASES / "harbour.ttl", CASES / "looks.ttl", CASES / "choices.ttl")
    (tmp_path / "colloquy.yaml").write_text("title: Harbour\nbase: https://harbour.example/\nlanguage: en\n")
    project = Project(tmp_path)
    assert {f.code for f in project.lint(["ontology/choices.ttl"]).findings} == {"idle-choice"}
    assert {f.code for f in project.lint([tmp_path / "ontology/looks.ttl"]).findings} == {
        "low-contrast",
        "alike-colours",
    }
    with pytest.raises(
        UsageError, match=r"ontology/chocies.ttl is no file of the ontology — did you mean `ontology/cho"
    ):
        project.lint(["ontology/chocies.ttl"])


def test_the_command_ends_with_one_where_there_are_errors(tmp_path: Path) -> None:
    examine(tmp_path, CASES / "harbour.ttl", CASES / "choices.ttl")
    (tmp_path / "colloquy.yaml").write_text("title: Harbour\nbase: https://harbour.example/\nlanguage: en\n")
    command = [sys.executable, "-m", "colloquy", "lint", "--no-reasoner", "--project", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("0 errors, 1 warning in 2 Turtle files; OWL consistency: not checked (not asked for)\n")
    reported = subprocess.run([*command, "--format", "github"], capture_output=True, text=True, check=False)
    assert "ontology/choices.ttl,line=" in reported.stdout
    assert reported.stdout.startswith("::warning file=")
    shutil.copy(CASES / "classes-of-nothing.ttl", tmp_path / "ontology")
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    (tmp_path / "ontology").mkdir()
    text = "@prefix owl: <http://www.w3.org/2002/07/owl#> . <urn:x-harbour:a> a owl:Clas ."
    (tmp_path / "ontology/marked.ttl").write_bytes(b"\xef\xbb\xbf" + text.encode())
    [found] = [f for f in examine(tmp_path, CASES / "harbour.ttl").findings if f.code == "unknown-term"]
    assert found.place == ("ontology/marked.ttl", 1, text.index("owl:Clas") + 1)


ODD = ['"x"', '""', '"one"@en', f'"1"^^<{XSD}integer>', "_:nothing", f"<{RDF}nil>"]


@pytest.mark.parametrize("seed", range(40))
def test_whatever_stands_in_the_place_of_a_term_every_check_ends(cases: list[Case], seed: int) -> None:
    """Triples of all cases, some with another subject or object: a link for a text, a list, a node without a name."""
    chance = random.Random(seed)
    case = cases[seed % len(cases)]
    own = [t for t, file in case.origin.items() if file != VOCABULARY]
    origin = dict(case.origin)
    for s, p, o in chance.sample(own, 6):
        file, other = origin.pop((s, p, o)), chance.choice([*ODD, *chance.choice(own)[::2]])
        origin[(s, p, other) if chance.random() < 0.8 or other.startswith('"') else (other, p, o)] = file
    try:
        ontology = ontology_of(origin, case.ontology.prefixes, "")
    except ProjectError:
        return  # two classes of one name
    for check in CHECKS:
        list(check(Case(ontology, SETTINGS, origin, case.texts)))


def test_languages_are_those_of_the_settings_and_of_the_terms(tmp_path: Path) -> None:
    """Text that says no language is in that of the project, as everywhere."""
    (tmp_path / "ontology").mkdir()
    text = (CASES / "harbour.ttl").read_text(encoding="utf-8").replace('"person"@en', '"person"')
    (tmp_path / "ontology/harbour.ttl").write_text(text, encoding="utf-8")
    ontology = read_ontology(tmp_path / "ontology", tmp_path)
    assert not lint(tmp_path, ontology, SETTINGS, reasoner=False).findings
    welsh = lint(tmp_path, ontology, replace(SETTINGS, language="cy"), reasoner=False).findings
    spoken = {f.message.rpartition(" ")[2] for f in welsh if f.code == "no-label"}
    assert spoken == {"cy", "en"}
    assert [f.message for f in welsh if ":Person" in f.message and f.code == "no-label"] == [
        ":Person has no label in the language en"
    ]


# --- the reasoner


def test_without_a_reasoner_nothing_is_said_to_be_consistent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "path", [])
    linted = examine(tmp_path, CASES / "harbour.ttl", reasoner=True)
    assert linted.consistency == "not checked (no owlready2 (it brings HermiT) and java here)"


SAID = """http://www.w3.org/2002/07/owl#Thing is satisfiable.
Classes equivalent to 'http://www.w3.org/2002/07/owl#Nothing':
\thttp://www.w3.org/2002/07/owl#Nothing
\thttps://harbour.example/ontology#Talk
"""


def test_what_the_reasoner_prints_becomes_findings(cases: list[Case]) -> None:
    """The texts are HermiT's own, version 1.3.8."""
    case = cases[0]
    [found] = read_answer(case, SAID, "").findings
    assert str(found).startswith("ontology/harbour.ttl:18:1: error: nothing can be a talk: its axioms contradict")
    assert (
        read_answer(case, SAID.replace("\thttps://harbour.example/ontology#Talk\n", ""), "").words
        == "consistent (HermiT)"
    )
    [whole] = read_answer(case, "http://www.w3.org/2002/07/owl#Thing is not satisfiable.\n", "").findings
    assert whole.code == "inconsistent-ontology"
    trouble = read_answer(case, "", "java.lang.OutOfMemoryError: Java heap space\n")
    assert trouble.words == "not checked (HermiT: java.lang.OutOfMemoryError: Java heap space)"


CONTRADICTION = """
:Sleeper a owl:Class ; rdfs:label "sleeper"@en ; skos:definition "A talk of a body."@en ;
    rdfs:subClassOf :Event , [ a owl:Restriction ; owl:onProperty :speaker ; owl:someValuesFrom :Body ] .
"""


@pytest.mark.skipif(not (find_spec("owlready2") and shutil.which("java")), reason="needs owlready2 (HermiT) and java")
def test_the_reasoner_finds_what_only_a_reasoner_finds(tmp_path: Path) -> None:
    (tmp_path / "ontology").mkdir()
    head = "".join((CASES / "choices.ttl").read_text(encoding="utf-8").splitlines(keepends=True)[:9])
    (tmp_path / "ontology/sleeper.ttl").write_text(head + CONTRADICTION, encoding="utf-8")
    linted = examine(tmp_path, CASES / "harbour.ttl", reasoner=True)
    assert [f.place.line for f in linted.findings if f.code == "unsatisfiable-class"] == [11]
    assert linted.consistency == "1 class that nothing can be of (HermiT)"
    (tmp_path / "ontology/sleeper.ttl").write_text(head + ":ada a :Person , :Event .", encoding="utf-8")
    linted = examine(tmp_path, reasoner=True)
    assert linted.consistency == "inconsistent (HermiT)"
    assert "inconsistent-ontology" in {f.code for f in linted.findings}
    (tmp_path / "ontology/sleeper.ttl").unlink()
    assert examine(tmp_path, reasoner=True).consistency == "consistent (HermiT)"


# --- colours

# Pairs of the supplement of Sharma, Wu and Dalal (2005), with the distance that it gives them.
SHARMA = [
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, 3.1571, -77.2803), (50.0, 0.0, -82.7485), 2.8615),
    ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
    ((50.0, -0.001, 2.49), (50.0, 0.0009, -2.49), 4.8045),
    ((50.0, 2.5, 0.0), (50.0, 0.0, -2.5), 4.3065),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((50.0, 2.5, 0.0), (61.0, -5.0, 29.0), 22.8977),
    ((50.0, 2.5, 0.0), (56.0, -27.0, -3.0), 31.9030),
    ((50.0, 2.5, 0.0), (58.0, 24.0, 15.0), 19.4535),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((63.0109, -31.0961, -5.8663), (62.8187, -29.7946, -4.0864), 1.2630),
    ((6.7747, -0.2908, -2.4247), (5.8714, -0.0985, -2.2286), 0.6377),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("one", "other", "apart"), SHARMA)
def test_the_distance_is_that_of_its_authors(one: Linear, other: Linear, apart: float) -> None:
    assert ciede2000(one, other) == pytest.approx(apart, abs=5e-5)
    assert ciede2000(other, one) == pytest.approx(apart, abs=5e-5)


def test_grey_stays_grey_whatever_the_sight() -> None:
    assert {s: distance("#777777", "#777777", s) for s in SIGHT} == dict.fromkeys(SIGHT, 0.0)
    assert distance("#b30000", "#4d4d00", "no red cones") < distance("#b30000", "#4d4d00") / 2


def test_the_grounds_are_those_of_the_page() -> None:
    style = (Path(colloquy.__file__).parent / "web/page/base.css").read_text(encoding="utf-8")
    light, dark = (re.findall(rf"--{name}: (#[0-9a-f]{{6}});", style) for name in ("paper", "sheet"))
    assert list(zip(light, dark, strict=True)) == [GROUNDS["colour"], GROUNDS["darkColour"]]
