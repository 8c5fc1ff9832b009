"""What is kept of earlier runs changes nothing but the time."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from colloquy.cache import SETTLED, MemoryCache
from colloquy.check import check_facts
from colloquy.facts import read_facts
from colloquy.infer import Bundles, Reach, closure, lines_of, sorted_texts
from colloquy.judge import Judgement
from colloquy.ontology import read_ontology
from colloquy.project import Project
from colloquy.rules import Rules
from colloquy.settings import Settings
from colloquy.source import read_yaml
from colloquy.store import dataset_lines
from colloquy.terms import TYPE, n_quads

CASES = Path(__file__).parent / "cases"
HARBOUR = CASES / "ontology/harbour.ttl"

# Three files, each in several versions that look one another up: by id, name, class, section, spelling, or to merge.
PEOPLE = [
    "- {id: ada, type: Person, name: Ada Brook}\n- {id: ben, type: Person, name: Ada Brooks}\n",
    "- {id: ada, type: Person, name: Ada Brook, same_as: eda}\n- {id: eda, type: Person, name: Eda Brook}\n",
    "- {id: eda, type: Person, name: Ada Brook}\n\n- {id: ada, type: Body, name: Ada}\n",
    "- {id: ada, type: Person, name: Ada Brooke, different_from: eda}\n- {id: eda, type: Person, name: Ada Brook}\n",
    "",
]
TALKS = [
    "- {id: tides, type: Talk, name: Tides, speakers: [ada], date: '2024'}\n",
    "- {id: tides, type: Talk, name: Tides, speakers: [ada, ben, eda], document: gazette, section: Harbour}\n",
    "- {id: ada, type: Talk, name: Tides, speakers: ada}\n",
    "- {id: tides, type: Talk, speakers: Ada Brook}\n- {entry: eda, alias: Edie}\n",
    "- {id: tides, type: Talk, name: Tides, spekers: ada}\n- {entry: nobody, name: N}\n",
]
BODIES = [
    "- {id: museum, type: Body, name: Museum}\n"
    "- {id: ben, type: Person, name: Ben, memberships: [{body: museum, role: Curator}]}\n",
    "- {id: museum, type: Body, name: Museum}\n"
    "- {id: cy, type: Person, name: Cy Reed, memberships: [{body: museum, role: curator}]}\n",
    "- {id: gazette, type: Text, name: Gazette, sections: [{title: Harbour}]}\n",
    "- {id: gazette, type: Text, name: Gazette, sections: [{title: Museum}]}\n",
    "- {id: cy, type: Person, name: Cy Reed, memberships: [{body: museum, role: Curator}, {role: curator}]}\n",
]


def write(folder: Path, versions: Iterable[int]) -> None:
    (folder / "data").mkdir(exist_ok=True)
    for name, texts, version in zip(("a", "b", "c"), (PEOPLE, TALKS, BODIES), versions, strict=True):
        (folder / f"data/{name}.yaml").write_text(texts[version], encoding="utf-8")


def harbour(folder: Path) -> None:
    (folder / "ontology").mkdir()
    shutil.copy(HARBOUR, folder / "ontology")
    (folder / "colloquy.yaml").write_text(
        "title: Harbour\nbase: https://harbour.example/\nlanguage: en\n", encoding="utf-8"
    )


def everything(project: Project) -> object:
    """Give all that comes of compiling: findings, counts, and every line that a build would write."""
    compiled = project.compile()
    facts = compiled.facts
    lines = dataset_lines(facts, project.ontology, project.settings.base)
    return compiled.findings, facts.statement_count, facts.sourced_count, lines, facts.phrases, facts.relations


VERSIONS = st.tuples(*[st.integers(0, 4)] * 3)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(VERSIONS, min_size=2, max_size=5))
def test_after_every_edit_the_cache_gives_what_a_cold_run_gives(history: list[tuple[int, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, memory = Path(name), MemoryCache()
        harbour(folder)
        for versions in history:
            write(folder, versions)
            cold = everything(Project(folder, cache=False))
            assert everything(Project(folder)) == cold
            assert everything(Project(folder, cache=memory)) == cold
            assert Project(folder).checked().findings == cold[0]  # type: ignore[index]  # the first of them


def test_what_is_unchanged_is_not_compiled_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from colloquy import facts

    harbour(tmp_path)
    write(tmp_path, (0, 0, 0))
    Project(tmp_path).compile()
    read: list[str] = []
    really = read_yaml
    monkeypatch.setattr(facts, "read_yaml", lambda data, name, **more: read.append(name) or really(data, name, **more))  # type: ignore[func-returns-value]
    Project(tmp_path).compile()
    assert read == []
    (tmp_path / "data/a.yaml").write_text(PEOPLE[0] + "- {id: cy, type: Person, name: Cy Reed}\n", encoding="utf-8")
    Project(tmp_path).compile()
    assert read == ["data/a.yaml"]


def opened(project: Path) -> list[str]:
    """Check a project in a process of its own, and give the names of the fact files that it opened."""
    spy = "import sys; sys.addaudithook(lambda what, told: what == 'open' and print('opened', told[0]))"
    code = f"{spy}; from colloquy.project import Project; Project({str(project)!r}).check()"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    return sorted(Path(line).name for line in told.splitlines() if line.startswith("opened") and "/data/" in line)


def test_a_check_does_not_read_what_looks_as_it_did(tmp_path: Path) -> None:
    harbour(tmp_path)
    write(tmp_path, (0, 0, 0))
    names = ["a.yaml", "b.yaml", "c.yaml"]
    assert opened(tmp_path) == names
    assert opened(tmp_path) == names  # written a moment ago: what it looks like says nothing yet
    time.sleep(SETTLED / 1e9 + 0.1)
    assert opened(tmp_path) == names
    assert opened(tmp_path) == []
    changed = tmp_path / "data/a.yaml"
    status, text = changed.stat(), changed.read_text(encoding="utf-8")
    changed.write_text(text.replace("name: Ada", "nome: Ada"), encoding="utf-8")
    os.utime(changed, ns=(status.st_atime_ns, status.st_mtime_ns))  # as long as before, and as old, to look at
    assert opened(tmp_path) == ["a.yaml"]
    assert [f.code for f in Project(tmp_path).check()] == [f.code for f in Project(tmp_path, cache=False).check()]
    assert "unknown-key" in {f.code for f in Project(tmp_path).check()}


@pytest.mark.parametrize("name", ["units", "rows"])
@pytest.mark.parametrize("harm", ["cut", "flip", "empty", "other"])
def test_a_damaged_cache_is_found_out_and_made_anew(tmp_path: Path, name: str, harm: str) -> None:
    harbour(tmp_path)
    write(tmp_path, (0, 0, 0))
    cold = everything(Project(tmp_path))
    (kept,) = (tmp_path / ".colloquy/cache").glob(f"*/{name}")
    data = kept.read_bytes()
    middle = len(data) // 2
    flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    harmed = {"cut": data[:middle], "flip": flipped, "empty": b"", "other": data[::-1]}[harm]
    kept.write_bytes(harmed)
    assert everything(Project(tmp_path)) == cold
    assert kept.read_bytes() != harmed


def test_another_ontology_or_setting_makes_everything_anew(tmp_path: Path) -> None:
    harbour(tmp_path)
    write(tmp_path, (0, 0, 0))
    everything(Project(tmp_path))
    text = HARBOUR.read_text(encoding="utf-8").replace(":name ", ":name a rdf:Property ; ", 1)
    (tmp_path / "ontology/harbour.ttl").write_text(text + "\n:Boat a owl:Class .\n", encoding="utf-8")
    (tmp_path / "colloquy.yaml").write_text(
        "title: Harbour\nbase: https://elsewhere.example/\nlanguage: cy\n", encoding="utf-8"
    )
    assert everything(Project(tmp_path)) == everything(Project(tmp_path, cache=False))


def test_no_cache_keeps_nothing(tmp_path: Path) -> None:
    harbour(tmp_path)
    write(tmp_path, (0, 0, 0))
    command = [sys.executable, "-m", "colloquy", "check", "--project", str(tmp_path), "--no-cache"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert b"in 3 files" in done.stdout
    assert not (tmp_path / ".colloquy").exists()


# --- shapes asked of a file alone, and the closure of one statement --------------------------------


@pytest.mark.parametrize("case", sorted(p.parent.name for p in CASES.glob("*/facts.yaml")))
def test_a_file_alone_says_what_the_closure_says(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The findings are the same where every shape is asked of the closure."""
    folder = CASES / case
    shutil.copy(HARBOUR, tmp_path)
    if (folder / "ontology.ttl").exists():
        shutil.copy(folder / "ontology.ttl", tmp_path / "more.ttl")
    ontology = read_ontology(tmp_path)
    texts = [(p.name, p.read_bytes()) for p in sorted(folder.glob("*.yaml"))]

    def findings() -> list[str]:
        facts = read_facts(texts, ontology, Settings("Harbour", "https://harbour.example/", language="en"))
        graph = closure((s.triple for s in facts.statements), ontology.rules)
        return [str(f) for f in check_facts(facts, lambda: graph, ontology)]

    apart = findings()
    monkeypatch.setattr(Judgement, "is_local", lambda self, shape: False)
    assert apart == findings()


def test_most_shapes_are_answered_by_a_file_alone() -> None:
    project = Project(CASES.parent.parent)
    judgement = Judgement(project.ontology, project.compiled.facts.predicates)
    assert len(judgement.local) > 10 > len(judgement.whole)


NAMES = [f"<x:{c}>" for c in "abcd"]
PROPERTIES = [f"<x:p{n}>" for n in range(5)]
CLASSES = [f"<x:C{n}>" for n in range(4)]
STEPS = st.tuples(st.sampled_from(PROPERTIES), st.booleans())
CHAIN = st.lists(STEPS, min_size=2, max_size=3).map(tuple)
RULES = st.builds(
    Rules,
    st.dictionaries(st.sampled_from(CLASSES), st.frozensets(st.sampled_from(CLASSES), max_size=2), max_size=3),
    st.dictionaries(st.sampled_from(PROPERTIES), st.frozensets(STEPS, max_size=2), max_size=3),
    st.frozensets(st.sampled_from(PROPERTIES), max_size=1),
    st.lists(st.tuples(st.sampled_from(PROPERTIES), CHAIN), max_size=2).map(tuple),
    st.just(frozenset()),
)
TRIPLES = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(PROPERTIES), st.sampled_from([*NAMES, '"text"']))
    | st.tuples(st.sampled_from(NAMES), st.just(TYPE), st.sampled_from(CLASSES)),
    max_size=12,
)


@settings(max_examples=300, deadline=None)
@given(RULES, TRIPLES)
def test_statements_one_by_one_and_joined_make_the_closure(rules: Rules, triples: list[tuple[str, str, str]]) -> None:
    reach = Reach(rules)
    joined = [t for t in triples if reach.joined(t[1])]
    found = Bundles(set)
    reach.add(found, triples)
    lines = lines_of(sorted_texts(found))
    assert lines == sorted(set(lines))
    assert {*lines, *n_quads(closure(joined, rules))} == set(n_quads(closure(triples, rules)))


def test_every_version_is_used() -> None:
    """The versions above do what they are for: together they bring about many kinds of findings."""
    codes = set()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        harbour(folder)
        for versions in itertools.product(range(5), repeat=3):
            write(folder, versions)
            codes |= {f.code for f in Project(folder, cache=False).compile().findings}
    wanted = {"same-id", "unknown-reference", "wrong-kind", "unknown-key", "unknown-document", "unknown-section"}
    assert codes >= wanted | {"named-alike", "names-alike", "shape"}, sorted(codes)
