"""Virtuoso 7, where it is installed: a build loaded there, every question asked, and each known deviation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from colloquy.errors import QueryError
from colloquy.project import Project
from colloquy.query import same_rows
from virtuoso import BINARY, virtuoso

pytestmark = pytest.mark.skipif(BINARY is None, reason="Virtuoso is not installed (Debian: virtuoso-opensource-7)")

PAGE = Path(__file__).parent.parent / "docs/other-stores.md"
OTHER_ROWS = {"interviewee-body-university", "montgomery-conditions-in-order"}
NO_ROWS = {"whose-claim-is-it"}
QUESTIONS = sorted(path.stem for path in (Path(__file__).parent.parent / "queries").glob("*.rq"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with virtuoso(tmp_path_factory.mktemp("virtuoso")) as url:
        yield url


@pytest.fixture(scope="module")
def remote(built: Project, server: str) -> Project:
    project = Project(built.folder, store=server + "/sparql")
    address = f"http://dba:dba@{server.removeprefix('http://')}/sparql-graph-crud-auth"
    loaded = project.load(address)
    assert sum(one.now.triples for one in loaded) == (built.output / "graph.nq").read_text("utf-8").count("\n")
    assert not any(one.changed for one in project.load(address))
    return project


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_has_its_rows_but_for_the_deviations_that_are_told(
    built: Project, remote: Project, name: str
) -> None:
    ours = built.query(name)
    if name in NO_ROWS:
        with pytest.raises(QueryError, match="Virtuoso 37000 Error SQ156: Internal Optimized compiler error"):
            remote.query(name)
        return
    theirs = remote.query(name)
    assert same_rows(ours, theirs) == (name not in OTHER_ROWS)
    assert (ours.rows == theirs.rows) == (name not in OTHER_ROWS)


def test_yes_no_and_graphs_are_understood(built: Project, remote: Project) -> None:
    for text in (
        "ASK { :hannah-howe org:memberOf :volition }",
        "ASK { :hannah-howe org:memberOf :hannah-howe }",
        "CONSTRUCT WHERE { :hannah-howe ?p ?o }",
        "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g",
        "SELECT (COUNT(*) AS ?n) FROM graph:provenance { ?s ?p ?o }",
        "SELECT (COUNT(*) AS ?n) FROM NAMED graph:provenance { ?s ?p ?o }",
    ):
        assert built.query(text).rows == remote.query(text).rows, text


def test_the_page_lists_each_deviation() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [name for name in sorted(OTHER_ROWS | NO_ROWS) if f"| `{name}` |" not in page] == []
