"""Every shipped question at every door: rdflib, HTTP, WASM in a browser and a store elsewhere, as embedded."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from asked_page import choose, opened, rows
from colloquy import querypage
from colloquy.project import Project
from colloquy.query import Answer, Question, RdflibEngine, RemoteEngine, same_rows
from stores import free_port, oxigraph, running

BROWSER = pytest.mark.browser
QUESTIONS = sorted(path.stem for path in (Path(__file__).parent.parent / "queries").glob("*.rq"))

Door = Callable[[Question], Answer]
"""Answers a question with the defaults of its parameters, somewhere."""


@pytest.fixture(scope="module")
def asked(built: Project) -> dict[str, Question]:
    return {question.name: question for question in built.questions()}


@pytest.fixture(scope="module")
def rdflib_door(built: Project) -> Door:
    engine = RdflibEngine(built.graph(), prefixes=built.prefixes)
    return lambda question: engine.ask(question.query, substitutions=built.values(question, {}))


@pytest.fixture(scope="module")
def remote_door(built: Project) -> Iterator[Door]:
    with oxigraph() as url:
        project = Project(built.folder, store=url + "/query")
        project.load(url + "/store")
        yield lambda question: project.query(question.name)


@pytest.fixture(scope="module")
def http_door(built: Project) -> Iterator[Door]:
    port = free_port()
    command = [sys.executable, "-m", "colloquy", "serve", "--project", str(built.folder), "--port", str(port)]
    with running(command, port, seconds=60) as url:
        engine = RemoteEngine(url + "/sparql", prefixes=built.prefixes)
        yield lambda question: engine.ask(question.query, substitutions=built.values(question, {}))


@pytest.fixture(scope="module")
def wasm_door(built: Project, browser: Browser) -> Iterator[Door]:
    """The query page as people have it, opened from the disk: Oxigraph's WASM in a Worker."""
    if why := querypage.missing():
        pytest.skip(f"there is no query page: {why}")

    def ask(question: Question) -> Answer:
        choose(page, question.name)
        columns: list[str] = page.evaluate("colloquy.shown().answer.columns")
        return Answer("select", tuple(columns), tuple(rows(page)))

    with opened(browser, (built.output / "query.html").as_uri()) as page:
        yield ask


@pytest.mark.parametrize("door", ["rdflib_door", "http_door", "remote_door", pytest.param("wasm_door", marks=BROWSER)])
@pytest.mark.parametrize("name", QUESTIONS)
def test_every_door_gives_the_rows_of_the_embedded_store(
    built: Project, asked: dict[str, Question], door: str, name: str, request: pytest.FixtureRequest
) -> None:
    ask: Door = request.getfixturevalue(door)
    ours, theirs = built.query(name), ask(asked[name])
    assert same_rows(ours, theirs)
    assert ours.columns == theirs.columns
    assert len(ours) > 0, "a question without rows would prove nothing"


def test_one_row_more_or_less_or_other_is_seen(built: Project) -> None:
    answer = built.query("partners-listed")
    first, *rest = answer.rows
    for changed in (rest, [first, first, *rest], [tuple(reversed(first)) if len(first) > 1 else ('"x"',), *rest]):
        assert not same_rows(answer, Answer(answer.kind, answer.columns, tuple(changed)))
