"""A graph written back as facts builds to the same graph."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from colloquy.errors import UsageError
from colloquy.evidence import Evidence, EvidenceReader, Report
from colloquy.infer import lines_of
from colloquy.project import Project
from colloquy.rewriting import NOTHING, _own, _scalar, _text
from colloquy.source import Scalar, read_yaml
from colloquy.starting import start_project
from colloquy.store import dataset_lines

SAID = st.builds(
    Evidence,
    *(st.none() | st.sampled_from(["one", "two"]) for _ in range(3)),
    st.just("stated"),
    st.none(),
).filter(lambda said: said.document is not None or said[1:3] == (None, None)) | st.builds(
    Evidence,
    *(st.sampled_from(["one", "two"]) for _ in range(3)),
    st.just("inferred"),
    st.sampled_from(["so it seems", "no other is named"]),
)


def lines(project: Project, text: str) -> tuple[list[str], list[str]]:
    compiled = project.compile([("again.yaml", text.encode())])
    assert [str(f) for f in compiled.findings if f.severity == "error"] == []
    made = dataset_lines(compiled.facts, project.ontology, project.settings.base)
    return lines_of(made.default), made.named


def test_the_whole_dataset_comes_back_with_its_sources(built: Project) -> None:
    made = built.rewrite(built.output / "graph.nq")
    assert made.left_out == []
    default, named = lines(built, made.text)
    assert sorted([*default, *named]) == (built.output / "graph.nq").read_text(encoding="utf-8").splitlines()


def test_without_sources_the_default_graph_comes_back(built: Project) -> None:
    made = built.rewrite(built.output / "graph.ttl")
    assert made.left_out == []
    whole = (built.output / "graph.nq").read_text(encoding="utf-8").splitlines()
    base = built.settings.base
    assert lines(built, made.text)[0] == [line for line in whole if f"<{base}graph/" not in line.rsplit(" ", 2)[1]]
    assert "schema:" not in made.text


ELSEWHERE = """
@prefix : <https://example.org/talks/> .
@prefix own: <https://example.org/talks/ontology#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:zoe-lane a own:Person ; own:name "Zoë “Zed” Lane: on tides, #1"@en , "Zoë"@cy ; own:spokeAt :quay-night .
:quay-night a own:Meeting ; own:name "no"@en ; own:date "2026-03-01"^^xsd:date ; own:about :tides .
:tides a own:Topic ; own:name "tide\\u202Es"@en .
"""


@pytest.fixture
def talks(tmp_path: Path) -> Path:
    start_project(tmp_path / "talks")
    return tmp_path / "talks"


def test_turtle_from_elsewhere_becomes_facts(talks: Path) -> None:
    file = talks.parent / "elsewhere.ttl"
    file.write_text(ELSEWHERE.replace("tide\\u202Es", "It’s 3.10"), encoding="utf-8")
    project = Project(talks)
    made = project.rewrite(file)
    assert made.left_out == []
    for path in (talks / "data").iterdir():
        path.unlink()
    (talks / "data" / "elsewhere.yaml").write_text(made.text, encoding="utf-8")
    project = Project(talks)
    project.build()
    for text in ('"Zoë “Zed” Lane: on tides, #1"@en', '"Zoë"@cy', '"no"@en', '"It’s 3.10"@en'):
        assert project.query("ASK { ?s own:name " + text + " }"), text
    assert project.query('ASK { :zoe-lane own:spokeAt [ own:date "2026-03-01"^^xsd:date ; own:about :tides ] }')


def test_what_cannot_be_said_is_named(talks: Path) -> None:
    file = talks.parent / "elsewhere.ttl"
    file.write_text(
        ELSEWHERE
        + """
<https://elsewhere.example/x> a own:Person ; own:name "X"@en .
:two-in-one a own:Person , own:Meeting ; own:name "Two"@en .
:ada-brook a own:Person ; own:name "Ada"@en ; own:date "2026-01-01"^^xsd:date ; own:spokeAt :nothing ;
    <urn:x-harbour:size> 38 ; a <urn:x-harbour:Sailor> .
:Upper a own:Topic ; own:name "Upper"@en .
""",
        encoding="utf-8",
    )
    told = "\n".join(Project(talks).rewrite(file).left_out)
    for part in ("elsewhere.example/x", "two-in-one> is of Meeting and Person", "Person has no key for it",
                 "spokeAt> <https://example.org/talks/nothing>", "talks/Upper>", "U+202E",
                 "ada-brook> <urn:x-harbour:size>", "ns#type> <urn:x-harbour:Sailor>"):  # fmt: skip
        assert part in told, part
    assert "zoe-lane> <https://example.org/talks/ontology#spokeAt>" not in told


def test_the_command_prints_facts_and_says_what_it_left_out(talks: Path) -> None:
    (talks / "more.ttl").write_text(ELSEWHERE, encoding="utf-8")
    command = [str(Path(sys.executable).parent / "colloquy"), "export", "--yaml"]
    done = subprocess.run([*command, "more.ttl"], cwd=talks, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert {entry["id"] for entry in yaml.safe_load(done.stdout)} == {"quay-night", "tides", "zoe-lane"}
    assert done.stderr.startswith("left out: rewritten.yaml:")
    for name, told in (("none.ttl", "none.ttl"), ("README.md", "use .ttl"), ("colloquy.yaml", "use .ttl")):
        done = subprocess.run([*command, name], cwd=talks, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (2, "")
        assert told in done.stderr
        assert "Traceback" not in done.stderr


def test_a_file_that_is_no_turtle_names_the_line(talks: Path) -> None:
    (talks / "broken.ttl").write_text("@prefix : <urn:x> .\n:a :b", encoding="utf-8")
    with pytest.raises(UsageError, match=r"broken\.ttl:2"):
        Project(talks).rewrite(talks / "broken.ttl")


@given(st.text(min_size=1, max_size=40).filter(lambda text: text.strip() == text))
@settings(deadline=None)
def test_any_text_is_read_back_as_it_was(text: str) -> None:
    """In brackets and alone, by our reader and by PyYAML."""
    for written in (_text(text), _scalar(text) if text.isascii() else _text(text)):
        node, findings = read_yaml(f"[{written}, {{a: {written}}}]\n".encode("utf-8", "surrogatepass"), "x.yaml")
        if node is None or findings:  # the reader refuses what nobody should write, and says so
            continue
        assert [str(f) for f in findings] == []
        first = node.items[0]  # type: ignore[union-attr]
        assert isinstance(first, Scalar)
        assert first.text == text
    if text.isprintable():
        assert yaml.safe_load(_text(text)) == text


@given(SAID, SAID)
def test_what_a_value_says_under_its_entry_means_what_was_meant(above: Evidence, said: Evidence) -> None:
    """The reader that lays one over the other is the measure."""
    own = _own(above, said)
    if own is None:
        return
    sections = {name: frozenset(("one", "two")) for name in ("one", "two")}
    report = Report()
    nodes = {key: Scalar(value, 1, 1, False) for key, value in own.items()}
    read = EvidenceReader(report, sections).read(nodes, above)
    assert (read, report.findings) == (said if said.document else NOTHING, [])
