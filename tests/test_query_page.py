"""The query page: from a disk, without a request, with the rows that the command line gives."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from asked_page import choose, opened, rows, run, wait
from colloquy import querypage
from colloquy.project import Project

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(built: Project) -> str:
    assert not querypage.missing(), "the editor and the engine are not bundled: install the package with Node"
    return (built.output / "query.html").absolute().as_uri()


@pytest.fixture(scope="module")
def page(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser, address, viewport={"width": 1280, "height": 900}) as page:
        yield page


def test_the_file_asks_for_nothing_and_its_policy_forbids_it(built: Project) -> None:
    html = (built.output / "query.html").read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html.replace("&#39;", "'"))
    assert policy
    assert policy[1].startswith("default-src 'none';")
    assert "unsafe-inline" not in policy[1]
    assert "'unsafe-eval'" not in policy[1]
    markup = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", html, flags=re.DOTALL)
    assert not re.search(r"<[^>]+\s(?:on\w+|style|src|srcset)=", markup)


def test_every_shipped_question_has_the_rows_of_the_command_line_in_their_order(built: Project, page: Page) -> None:
    for question in built.questions():
        choose(page, question.name)
        answer = built.query(question.name)
        assert page.evaluate("colloquy.shown().answer.columns") == list(answer.columns), question.name
        assert rows(page) == list(answer.rows), question.name
        again = built.query(page.evaluate("colloquy.queryText()"))
        assert again.rows == answer.rows, f"{question.name}: the text in the editor is another query"


QUERIES = [
    "SELECT * { ?talk schema:performer ?who }",
    "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p",
    "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g",
    "SELECT ?who ?name { ?who a schema:Person ; rdfs:label ?name } ORDER BY DESC(?name) LIMIT 5",
    'SELECT ?x { VALUES ?x { 1 1.0 1e0 true "a" "a"@en "a\\tb" "\\U0001F600" "\\uFFFD" UNDEF } }',
    'SELECT ?x { VALUES ?x { "b" "a" "a" } } ORDER BY STRLEN(?x) LIMIT 2',
    "SELECT (BNODE() AS ?b) ?who { ?talk schema:performer ?who }",
    "ASK { ?who a schema:Person }",
    "ASK { ?who a rdf:Nothing }",
    "CONSTRUCT { ?who schema:name ?name } WHERE { ?who rdfs:label ?name }",
    "DESCRIBE :seminar-2",
    "SELECT ?s { ?s a schema:Person FILTER NOT EXISTS { ?t schema:performer ?s . ?t schema:superEvent :seminar-2 } }",
    "PREFIX s: <https://schema.org/> SELECT (COUNT(*) AS ?n) { ?x s:about/^s:about ?y }",
    "SELECT * {}",
]


@pytest.mark.parametrize("text", QUERIES)
def test_rows_are_those_of_the_command_line(built: Project, page: Page, text: str) -> None:
    run(page, text)
    answer = built.query(text)
    assert page.evaluate("colloquy.shown()?.text") == text, page.inner_text("#theFault")
    assert rows(page) == list(answer.rows)


def test_a_runaway_query_is_stopped_at_once_and_the_next_one_runs(page: Page) -> None:
    runaway = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?f) }"
    page.evaluate("text => { colloquy.setQuery(text); colloquy.runQuery(); }", runaway)
    page.wait_for_timeout(300)
    assert page.evaluate("colloquy.running()")
    page.click("#theStop")
    wait(page, "!colloquy.running()", 1)
    assert "Stopped" in page.inner_text("#theRunStatus")
    run(page, "SELECT ?who { ?talk schema:performer ?who }")
    assert rows(page)
