"""The query page at an address: a colloquy server answers it, and on any other one it answers by itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page

from asked_page import rows, run, wait
from colloquy.project import Project
from colloquy.query.streaming import Limits
from colloquy.server import serve
from colloquy.server.site import site_of_project

pytestmark = pytest.mark.browser
PERFORMERS = "SELECT ?talk ?who { ?talk schema:performer ?who }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?f) }"


def visit(browser: Browser, origin: str, path: str) -> tuple[Page, list[str], list[str]]:
    """Open a page; give it with the paths that it asks for, and what goes wrong in it."""
    page = browser.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda r: None if r.url.startswith(("blob:", "data:")) else asked.append(r.url))
    page.goto(origin + path)
    wait(page, "Boolean(globalThis.colloquy)")
    page.evaluate("colloquy.ready")
    return page, asked, wrong


@pytest.fixture(scope="module")
def origin(built: Project) -> Iterator[str]:
    serving = serve(site_of_project(built, workers=2), limits=Limits(seconds=20.0))
    thread = serving.start()
    yield f"http://127.0.0.1:{serving.port}"
    serving.stop()
    thread.join(20)


@pytest.fixture(scope="module")
def page(browser: Browser, origin: str) -> Iterator[Page]:
    page, asked, wrong = visit(browser, origin, "/query")
    yield page
    assert not wrong
    assert all(url.startswith(origin) for url in asked)
    assert {url.removeprefix(origin) for url in asked} >= {"/query", "/health", "/sparql", "/why", "/doctor"}


@pytest.mark.parametrize(
    "text",
    [
        PERFORMERS,
        "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g",
        "SELECT ?who ?name { ?who a schema:Person ; rdfs:label ?name } ORDER BY STRLEN(?name) LIMIT 5",
        "ASK { ?who a rdf:Nothing }",
        "DESCRIBE :seminar-2",
    ],
)
def test_the_server_answers_with_the_rows_of_the_command_line(built: Project, page: Page, text: str) -> None:
    run(page, text)
    assert "server" in page.inner_text("#theEngineLine")
    assert page.evaluate("colloquy.shown()?.text") == text, page.inner_text("#theFault")
    assert rows(page) == list(built.query(text).rows)


def test_a_row_tells_why_it_is_there(built: Project, page: Page) -> None:
    run(page, PERFORMERS)
    explained = built.why(PERFORMERS, 2).to_dict()
    page.click(".why >> nth=1")
    page.wait_for_selector("#theBody .statement")
    for statement in explained["witnesses"][0]["statements"]:
        assert statement["sentence"] in page.inner_text("#theBody")
        assert f"{statement['file']}:{statement['line']}" in page.inner_text("#theBody")
    page.click("#theClose")


def test_a_server_does_not_send_what_the_page_needs_only_without_one(built: Project, origin: str) -> None:
    whole = (built.output / "query.html").stat().st_size
    with urlopen(f"{origin}/query") as answer:
        sent = answer.read()
    assert len(sent) < whole / 4
    assert b'id="theVis">H4sI' in sent, "a network is drawn by the page itself"


def test_an_empty_result_has_a_reason_and_a_query_that_gives_rows(built: Project, page: Page) -> None:
    text = "SELECT ?who { ?talk a co:Talk ; schema:preformer ?who }"
    run(page, text)
    page.locator("#thePlain .doctor button", has_text="Ask that instead").first.wait_for()
    diagnosis = built.diagnose(text)
    assert diagnosis
    assert diagnosis.words in page.inner_text("#thePlain")
    page.locator("#thePlain .doctor button", has_text="Ask that instead").first.click()
    wait(page, "!colloquy.running() && colloquy.shown().answer.rows.length > 0")
    assert rows(page) == list(built.query(diagnosis.repairs[0].query).rows)


def test_a_query_that_is_stopped_leaves_the_server_free(page: Page) -> None:
    page.evaluate("text => { colloquy.setQuery(text); colloquy.runQuery(); }", RUNAWAY)
    page.wait_for_timeout(300)
    page.click("#theStop")
    wait(page, "!colloquy.running()", 1)
    run(page, PERFORMERS)
    assert rows(page)


def test_what_the_server_refuses_has_its_words(page: Page) -> None:
    run(page, "SELECT ?who FROM <http://harbour.example/nowhere> { ?who ?p ?o } LIMIT 1e9")
    assert page.inner_text("#theFault").startswith("Line 1, column ")


def test_a_server_of_files_leaves_the_answers_to_the_page(built: Project, browser: Browser) -> None:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of its parent
            """Keep the output of the tests to themselves."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(built.output))) as files:
        threading.Thread(target=files.serve_forever, daemon=True).start()
        page, _, wrong = visit(browser, f"http://127.0.0.1:{files.server_port}", "/query.html")
        run(page, PERFORMERS)
        assert "ready in this page" in page.inner_text("#theEngineLine")
        assert rows(page) == list(built.query(PERFORMERS).rows)
        page.close()
        files.shutdown()
        assert not wrong
