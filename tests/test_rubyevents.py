"""Somebody else's YAML, unmodified and at full size: what the example says of it is what stands in it.

The expectations are those of `docs/examples/rubyevents/expected.yaml`, counted and looked up in the
YAML by scripts that know nothing of colloquy, and the rows beside its questions.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from colloquy.errors import FactsError, Finding, ProjectError
from colloquy.generation import write_manifest
from colloquy.project import Built, Project, verify_output
from colloquy.store import LEAST_KEPT, Lines, check_store, read_positions, write_dataset
from colloquy.terms import expand, is_iri, plain

EXAMPLE = Path(__file__).parent.parent / "docs/examples/rubyevents"
EXPECTED: dict[str, Any] = yaml.safe_load((EXAMPLE / "expected.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Project:
    folder = tmp_path_factory.mktemp("example") / "rubyevents"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".colloquy", "output"))
    return Project(folder, data=shared / "data/rubyevents")


@pytest.fixture(scope="module")
def built(example: Project) -> Built:
    return example.build(pages=False, keep_going=True)


def of(findings: tuple[Finding, ...], code: str) -> list[Finding]:
    return [f for f in findings if f.code == code]


def test_every_entry_is_there(built: Built, example: Project) -> None:
    classes = Counter(e.class_.name for e in example.compiled.facts.entries.values())
    assert classes == EXPECTED["entries"]
    assert (classes["Person"], classes["Talk"], classes["EventSeries"]) == (4727, 10_982, 249)
    assert len(example.compiled.facts.files) == EXPECTED["files"]["all"] == 2538


def test_the_graph_counts_what_the_files_hold(built: Built, example: Project) -> None:
    def number(pattern: str) -> int:
        ((term,),) = example.query(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}").rows
        return int(plain(term or ""))

    people, references, sponsors = EXPECTED["people"], EXPECTED["speaker_references"], EXPECTED["sponsors"]
    assert number("?p a schema:Person ; skos:altLabel ?a") == people["aliases"] == 317
    assert number("?p a schema:Person ; re:github ?a") == people["github"]
    assert number("?t a re:Talk ; schema:performer ?p") == references["statements"]
    assert number("?e re:sponsorship ?s") == sponsors["sponsorships"] == 2814
    assert (
        number("SELECT DISTINCT ?n { ?o a re:Organisation ; rdfs:label|skos:altLabel ?n }")
        == (EXPECTED["organisations"]["names"])
    )
    assert number("SELECT DISTINCT ?r { ?i re:role ?r }") == EXPECTED["involvements"]["role_values"]
    assert number("?v a re:Venue") == EXPECTED["places"]["venues"] == 171


def test_every_name_of_a_speaker_leads_to_somebody(built: Built) -> None:
    assert not of(built.findings, "unknown-reference")
    assert not of(built.findings, "ambiguous-name")


def test_nothing_is_left_out_in_silence(built: Built) -> None:
    assert not of(built.findings, "unmapped-key")


def test_what_is_wrong_is_found_at_its_line(built: Built) -> None:
    wrong = EXPECTED["findings"]["errors"]

    def places(named: list[dict[str, Any]]) -> set[tuple[str, int, int]]:
        return {(f"rubyevents/{one['file']}", one["line"], one["column"]) for one in named}

    assert {f.place for f in of(built.findings, "same-id")} == places(wrong["two_entries_with_one_id"])
    assert {f.place for f in of(built.findings, "wrong-type")} == places(wrong["no_address"])
    assert not {f.code for f in built.findings if f.severity == "error"} - {"same-id", "wrong-type"}


def test_a_refused_character_costs_that_value_alone(built: Built, example: Project) -> None:
    """No statement has the place of such a value, and the entry around it has its others."""
    places = {s.place for s in read_positions(example.output).statements}
    for one in EXPECTED["findings"]["values_left_out_for_a_refused_character"]:
        file = f"rubyevents/{one['file']}"
        assert (file, one["line"], one["column"]) not in places
        assert any(p.file == file and abs(p.line - one["line"]) < 8 for p in places)


def test_without_keep_going_nothing_is_built(example: Project, tmp_path: Path) -> None:
    other = Project(example.folder, data=example._data, output=tmp_path / "output")
    with pytest.raises(FactsError) as raised:
        other.build(pages=False)
    assert any(f.code == "wrong-type" for f in raised.value.findings)
    assert not other.output.exists()


def test_every_question_has_the_rows_expected_of_it(built: Built, example: Project) -> None:
    outcomes = example.test()
    assert len(outcomes) >= 15
    assert [o.name for o in outcomes if not o.passed] == []


def said() -> Iterator[tuple[str, dict[str, Any]]]:
    """Give what each trace says: its name, and one value with its place."""
    for trace in EXPECTED["traces"]:
        for one in (*trace["objects"], *trace.get("also", ())):
            yield trace["name"], one


@pytest.mark.parametrize(("name", "one"), list(said()), ids=lambda x: x if isinstance(x, str) else "")
def test_a_value_is_traced_to_its_line(built: Built, example: Project, name: str, one: dict[str, Any]) -> None:
    place = (f"rubyevents/{one['file']}", one["line"], one["column"])
    here = [s for s in read_positions(example.output).statements if s.place == place]
    assert here, f"no statement stands at {place}"
    labels = {plain(s.object) for s in here if not is_iri(s.object)}
    ids = {s.object.removeprefix(f"<{example.settings.base}").rstrip(">") for s in here if is_iri(s.object)}
    assert one.get("id", one.get("value")) in labels | ids


def test_an_answer_leads_to_the_lines_of_two_files(built: Built, example: Project) -> None:
    """From the row of an answer, through an alias, to the talk and to the list of people."""
    base = example.settings.base
    alias = next(t for t in EXPECTED["traces"] if t["name"] == "an alias")
    talk = next(one for one in alias["also"] if "subject" in one)
    explained = example.why_triple(talk["subject"], talk["predicate"], talk["id"])
    ((statement,),) = {w.statements for w in explained.proof.witnesses}
    assert statement.place == (f"rubyevents/{talk['file']}", talk["line"], talk["column"])
    assert expand(f"<{base}{talk['id']}>", {}) == statement.object


def test_after_one_changed_line_the_output_is_that_of_a_cold_build(
    built: Built, example: Project, shared: Path, tmp_path: Path
) -> None:
    """The store is taken over from the build before, and holds what `graph.nq` says all the same."""
    data = tmp_path / "rubyevents"
    shutil.copytree(shared / "data/rubyevents", data)

    def build(output: str, *, cache: bool = True) -> Path:
        project = Project(example.folder, data=data, output=tmp_path / output, cache=cache)
        project.build(pages=False, keep_going=True)
        return project.output

    build("warm")
    talks = data / "rubyconf-argentina/rubyconf-argentina-2011/videos.yml"
    before = talks.read_text(encoding="utf-8")
    talks.write_text(before.replace("data scientist con Ruby", "data scientist with Ruby", 1), encoding="utf-8")
    assert talks.read_text(encoding="utf-8") != before
    before_tables = {table.stat().st_ino for table in (tmp_path / "warm").glob("store-*/*.sst")}
    warm, cold = build("warm"), build("cold", cache=False)
    # Which of them the database puts together anew meanwhile is its own affair.
    assert before_tables & {table.stat().st_ino for table in warm.glob("store-*/*.sst")}, "no table was taken over"
    assert verify_output(warm) == []
    for path in cold.iterdir():
        if path.is_file():
            assert path.read_bytes() == (warm / path.name).read_bytes(), path.name


def test_a_store_that_its_graph_does_not_speak_for_is_not_taken_over(tmp_path: Path) -> None:
    lines = Lines([f'<x:a> <x:p> "{n:05}" .' for n in range(LEAST_KEPT)], [], [])
    earlier = tmp_path / "earlier"
    earlier.mkdir()
    write_dataset(earlier, Lines(lines.default[:-1], [], []), {}, "store-000000000000")
    write_manifest(earlier, {}, {}, {})
    (earlier / "graph.nq").write_text("\n".join(lines.default) + "\n", encoding="utf-8")
    (tmp_path / "later").mkdir()
    write_dataset(tmp_path / "later", lines, {}, "store-later", earlier)
    assert check_store(tmp_path / "later") == ""


def test_several_processes_find_what_one_finds(built: Built, example: Project) -> None:
    several = Project(example.folder, data=example._data, cache=False, jobs=3).compile()
    assert several.findings == built.findings
    alone = example.compile()
    assert several.facts.statements == alone.facts.statements
    assert several.facts.digests == alone.facts.digests


def test_a_process_that_dies_is_told_of(example: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", shutil.which("false"))
    with pytest.raises(ProjectError, match="--jobs 1"):
        Project(example.folder, data=example._data, cache=False, jobs=2).compile()
