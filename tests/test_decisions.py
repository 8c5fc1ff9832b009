"""Whether two are one, decided about thousands of real names in a file of one's own, and taken back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from colloquy.errors import Finding
from colloquy.project import Project
from colloquy.terms import ALT_LABEL, OWL, TYPE, Triple, split_quad

EXAMPLE = Path(__file__).parent.parent / "docs/examples/rubyevents"
PERSON = "https://rubyevents.example/person/"
DECISIONS = """\
- {entry: person/evan-light, same_as: person/evan-d-light}
- {entry: person/adam-hawkins, different_from: person/adam-dawkins}
"""


@pytest.fixture
def speakers(tmp_path: Path, shared: Path) -> Project:
    """Give the people of RubyEvents alone, as they are, beside a folder for facts of one's own."""
    if not (shared / "data/rubyevents").is_dir():
        pytest.skip("COLLOQUY_SHARED holds no data/rubyevents")
    folder = tmp_path / "speakers"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".colloquy", "output"))
    settings = (folder / "colloquy.yaml").read_text(encoding="utf-8")
    assert "\nfacts: data\n" in settings
    (folder / "colloquy.yaml").write_text(settings.replace("\nfacts: data\n", "\nfacts: [data, own]\n"), "utf-8")
    (folder / "data").mkdir()
    (folder / "own").mkdir()
    shutil.copy(shared / "data/rubyevents/speakers.yml", folder / "data")
    return Project(folder)


def built(speakers: Project, *, cache: bool = True) -> tuple[bytes, set[Triple], tuple[Finding, ...]]:
    """Build anew, and give the bytes of the graph, the triples of its default graph, and the findings."""
    project = Project(speakers.folder, cache=cache)
    findings = project.build(pages=False, keep_going=True).findings
    text = (project.output / "graph.nq").read_bytes()
    quads = (split_quad(line) for line in text.decode().splitlines())
    return text, {(s, p, o) for s, p, o, graph in quads if not graph}, findings


def pairs(findings: tuple[Finding, ...]) -> set[tuple[str, str]]:
    """Give the hints and messages of the questions that are asked."""
    return {(f.message, f.hint) for f in findings if f.code in ("names-alike", "same-key")}


def test_a_decision_changes_the_graph_and_taking_it_back_restores_every_byte(speakers: Project) -> None:
    before, graph, findings = built(speakers)
    asked = pairs(findings)
    people = {s for s, p, o in graph if p == TYPE and o == "<https://schema.org/Person>"}
    assert len(people) == 4727
    assert len(asked) > 20

    decisions = speakers.folder / "own/decisions.yaml"
    decisions.write_text(DECISIONS, encoding="utf-8")
    after, changed, findings = built(speakers)
    assert not [f for f in findings if f.place.file.startswith("own/")]
    answered = {message for message, _ in asked - pairs(findings)}
    assert answered == {"“Evan Light” is much like “Evan D. Light”", "“Adam Hawkins” is much like “Adam Dawkins”"}
    assert pairs(findings) <= asked

    light, d_light = f"<{PERSON}evan-light>", f"<{PERSON}evan-d-light>"
    hawkins, dawkins = f"<{PERSON}adam-hawkins>", f"<{PERSON}adam-dawkins>"
    assert [o for s, p, o in changed if s == d_light and p == ALT_LABEL and "Evan Light" in o]
    said = {(p, o) for s, p, o in graph if s == light and p.startswith("<https://rubyevents.example/ontology")}
    assert said, "the other has something of its own to hand on"
    assert not [triple for triple in changed if triple[0] == light and triple[1] != f"<{OWL}sameAs>"]
    assert (hawkins, f"<{OWL}differentFrom>", dawkins) in changed
    untouched = {t for t in graph if not {light, d_light, hawkins, dawkins} & set(t)}
    assert untouched <= changed
    assert after != before

    decisions.unlink()
    assert built(speakers)[0] == before
    assert built(speakers, cache=False)[0] == before
