"""What is written can be read again, unchanged, in every form."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colloquy.errors import Place
from colloquy.evidence import Evidence
from colloquy.facts import Statement
from colloquy.project import Project
from colloquy.store import (
    Lines,
    check_store,
    ontology_triples,
    position_lines,
    read_positions,
    store_folder,
    write_dataset,
    write_positions,
)
from colloquy.terms import LANGUAGE_TAG, literal, literal_parts

# Everything that may stand in a text: no lone surrogates, which are not characters.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(TEXTS)
def test_a_literal_is_written_as_oxigraph_writes_it_and_read_back(text: str) -> None:
    assert literal(text) == str(pyoxigraph.Literal(text))
    assert literal_parts(literal(text)).lexical == text


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(TEXTS, st.none() | TEXTS.filter(bool)), max_size=5))
def test_positions_come_back_as_they_were(texts: list[tuple[str, str | None]]) -> None:
    import tempfile

    statements = {
        Statement("<ada>", "<says>", literal(text), Place("data/a.yaml", n, 3), Evidence("doc", None, phrase))
        for n, (text, phrase) in enumerate(texts, 1)
    }
    with tempfile.TemporaryDirectory() as folder:
        write_positions(Path(folder), position_lines(statements))
        assert set(read_positions(Path(folder)).statements) == statements


def test_a_store_that_lacks_a_triple_is_found_out(tmp_path: Path) -> None:
    lines = Lines(sorted(f'<x:a> <x:p> "{n}" .' for n in range(3)), ["<x:a> <x:p> <x:b> <x:g> ."], [])
    write_dataset(tmp_path, lines, {}, "store-one")
    assert check_store(tmp_path) == ""
    store = pyoxigraph.Store(str(store_folder(tmp_path)))
    store.remove(next(iter(store)))
    store.flush()
    del store
    assert "1 missing" in check_store(tmp_path)


@pytest.mark.parametrize("term", ["<http://exa mple/>", '"x"@en-ab-cd', '"a""'])
def test_a_graph_that_is_no_rdf_is_found_out_when_it_is_read_back(tmp_path: Path, term: str) -> None:
    write_dataset(tmp_path, Lines(['<x:a> <x:p> "b" .'], [], []), {}, "store-one")
    (tmp_path / "graph.nq").write_text(f"<x:a> <x:p> {term} .\n")
    assert "not valid N-Quads" in check_store(tmp_path)


@given(st.from_regex("[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}", fullmatch=True).filter(str.isascii))
def test_languages_are_those_that_a_strict_reader_takes(tag: str) -> None:
    def strict(text: str) -> bool:
        try:
            return bool([*pyoxigraph.parse(text.encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)])
        except SyntaxError:
            return False

    assert strict(f'<x:a> <x:p> "b"@{tag} .') == bool(re.fullmatch(LANGUAGE_TAG, tag))


def test_the_turtle_file_holds_the_default_graph_and_nothing_else(built: Project) -> None:
    dataset = pyoxigraph.parse(path=str(built.output / "graph.nq"))
    default = {q.triple for q in dataset if isinstance(q.graph_name, pyoxigraph.DefaultGraph)}
    turtle = {q.triple for q in pyoxigraph.parse(path=str(built.output / "graph.ttl"))}
    assert turtle == default
    assert not any(isinstance(x, pyoxigraph.BlankNode) for t in turtle for x in (t.subject, t.object))


def test_an_ontology_saved_by_another_editor_builds_the_same_graph(fresh: Path) -> None:
    """Protégé reorders terms, drops comments and renames blank nodes; rdflib's writer does the same."""
    import rdflib

    before = set(ontology_triples(Project(fresh).ontology, "https://harbour.example/"))
    for path in (fresh / "ontology").glob("*.ttl"):
        graph = rdflib.Graph().parse(path, format="turtle")
        shuffled = rdflib.Graph()
        for triple in sorted(graph, reverse=True):
            shuffled.add(triple)
        path.write_text(shuffled.serialize(format="longturtle"), encoding="utf-8")
    assert set(ontology_triples(Project(fresh).ontology, "https://harbour.example/")) == before
