"""Every shipped question at every door: rdflib, HTTP, WASM in a browser and a store elsewhere, as embedded."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

import colloquy
from colloquy.project import Project
from colloquy.query import Answer, Question, RdflibEngine, RemoteEngine, same_rows
from colloquy.sparql import engine_text, read_query
from colloquy.terms import XSD_STRING, iri, literal
from stores import Asked, Said, answering, free_port, oxigraph, running

WASM = Path(colloquy.__file__).parent / "web/query/node_modules/oxigraph"
BROWSER = pytest.mark.browser
OPEN = """async () => {
  const wasm = await import("/web.js");
  await wasm.default("/web_bg.wasm");
  window.store = new wasm.Store();
  store.load(await (await fetch("/graph.nq")).text(), { format: "application/n-quads" });
}"""
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
    """Oxigraph's WASM in Chromium, with `graph.nq` and the text that every engine gets."""
    if not WASM.is_dir():
        pytest.skip("Oxigraph's WASM is not installed in src/colloquy/web/query")
    files = {
        "/": ("text/html", b"<!doctype html><title>WASM</title>"),
        "/web.js": ("text/javascript", (WASM / "web.js").read_bytes()),
        "/web_bg.wasm": ("application/wasm", (WASM / "web_bg.wasm").read_bytes()),
        "/graph.nq": ("application/n-quads", (built.output / "graph.nq").read_bytes()),
    }

    def answer(asked: Asked) -> Said:
        media, body = files.get(asked.path, ("text/plain", b""))
        return (200 if asked.path in files else 404), {"Content-Type": media}, body

    def ask(question: Question) -> Answer:
        query = read_query(question.query, built.prefixes)
        declared = " ".join(f"PREFIX {prefix}: <{namespace}>" for prefix, namespace in query.prefixes.items())
        text = f"{declared}\n{engine_text(query, built.values(question, {}))}"
        found = json.loads(page.evaluate("text => store.query(text, { results_format: 'json' })", text))
        columns = tuple(found["head"]["vars"])
        return Answer("select", columns, tuple(tuple(map(row.get, columns)) for row in map(in_terms, rows_of(found))))

    with answering(answer) as url, closing(browser.new_page()) as page:
        page.goto(url)
        page.evaluate(OPEN)
        yield ask


def rows_of(found: Any) -> list[dict[str, dict[str, str]]]:
    rows: list[dict[str, dict[str, str]]] = found["results"]["bindings"]
    return rows


def in_terms(row: dict[str, dict[str, str]]) -> dict[str, str]:
    def term(cell: dict[str, str]) -> str:
        if cell["type"] == "uri":
            return iri(cell["value"])
        return literal(cell["value"], cell.get("datatype", XSD_STRING), cell.get("xml:lang"))

    return {name: term(cell) for name, cell in row.items()}


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
    for rows in (rest, [first, first, *rest], [tuple(reversed(first)) if len(first) > 1 else ('"x"',), *rest]):
        assert not same_rows(answer, Answer(answer.kind, answer.columns, tuple(rows)))
