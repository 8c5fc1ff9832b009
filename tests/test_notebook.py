"""Answers and the network as notebooks show them, and answers as graphs of networkx."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import networkx
import pytest
import pyvis.network
from playwright.sync_api import Browser, Frame, Page

from colloquy import Project
from colloquy.errors import BusyError, UsageError
from colloquy.notebook import frame
from colloquy.query import Answer
from colloquy.query.rich import MOST_ROWS
from colloquy.terms import literal

BASE = "https://colloquy.example/co-production/"
SPOKE = "SELECT ?who ?talk { ?talk schema:performer ?who }"
HOSTILE = "</td><script>alert(1)</script><img src=x onerror=alert(1)>&amp;\"'"


def shown(thing: object) -> dict[str, Any]:
    """Give what IPython sends to a notebook for an object."""
    from IPython.core.formatters import DisplayFormatter

    data, _ = DisplayFormatter().format(thing)  # type: ignore[no-untyped-call]
    return dict(data)


class Read(HTMLParser):
    """Reads HTML as a browser would: its tags, its attributes, and the text of its cells."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.cells: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.cells:
            self.cells[-1] += data.strip("\n")


# --- answers ---------------------------------------------------------------------------------------


def test_an_answer_is_a_table_with_names_beside_iris(built: Project) -> None:
    data = shown(built.query("who-was-interviewed"))
    read = Read(data["text/html"])
    assert read.cells[:6] == ["#", "person", "date", "1", "Gemma Stacey :gemma-stacey", "2016-02-17"]
    assert ("href", f"{BASE}gemma-stacey") in read.attributes
    assert "4 rows" in data["text/html"]
    assert data["text/plain"].splitlines()[2].split() == ["1", "Gemma", "Stacey", "2016-02-17"]


def test_all_text_is_escaped_and_only_addresses_of_the_web_are_links() -> None:
    terms = (
        literal(HOSTILE),
        literal(HOSTILE, language="en"),
        "<javascript:alert(1)>",
        "<data:text/html,x>",
        "_:b0",
        None,
    )
    row = ("<https://example.org/'onmouseover='alert(1)>", *terms)
    names = {row[0]: HOSTILE, "<javascript:alert(1)>": "press"}
    columns = tuple(f"c{at}" for at in range(len(row)))
    html = Answer("select", columns, (row,), labels=lambda answer: names)._repr_html_()
    read = Read(html)
    assert read.tags == {"div", "style", "table", "thead", "tbody", "tr", "th", "td", "span", "small", "a", "p"}
    assert {name for name, _ in read.attributes} == {"class", "scope", "dir", "href", "rel"}
    assert [value for name, value in read.attributes if name == "href"] == [
        "https://example.org/'onmouseover='alert(1)"
    ]
    assert read.cells[-6] == HOSTILE
    assert "url(" not in html
    assert "@import" not in html


def test_control_and_bidirectional_characters_are_shown_as_codes() -> None:
    html = Answer("select", ("a",), ((literal("ada\u202egnol\x07"),),))._repr_html_()
    assert "ada[U+202E]gnol[U+0007]" in html


def test_of_many_rows_the_first_are_shown_and_all_are_counted() -> None:
    answer = Answer("select", ("n",), tuple((literal(str(n)),) for n in range(MOST_ROWS + 50)))
    html, text = answer._repr_html_(), shown(answer)["text/plain"]
    assert html.count("<tr>") == MOST_ROWS + 1
    for said in (html, text):
        assert "the first 100 of 150 rows" in said
    assert len(text.splitlines()) < MOST_ROWS + 5


def test_yes_and_no_and_triples_have_their_form_too(built: Project) -> None:
    assert "<p>yes</p>" in built.query("ASK { ?a ?b ?c }")._repr_html_()
    read = Read(
        built.query("CONSTRUCT { ?a :spokeWith ?b } { ?t schema:performer ?a, ?b FILTER(?a != ?b) }")._repr_html_()
    )
    assert read.cells[1:4] == ["subject", "predicate", "object"]


def test_an_empty_answer_says_why(built: Project) -> None:
    data = shown(built.query("SELECT ?x { ?x a schema:person }"))
    for said in (data["text/html"], data["text/plain"]):
        assert "no rows" in said
        assert "schema:person` stands nowhere in this graph" in said


def test_rows_are_shown_though_their_names_cannot_be_asked_for() -> None:
    def busy(answer: Answer) -> dict[str, str]:
        raise BusyError("built again and again")

    answer = Answer("select", ("a",), (("<https://example.org/ada>",),), labels=busy)
    assert "https://example.org/ada" in answer._repr_html_()


# --- networkx --------------------------------------------------------------------------------------


def test_a_graph_becomes_a_graph_of_terms_with_names(built: Project) -> None:
    answer = built.query(
        "CONSTRUCT { ?t schema:performer ?p ; rdfs:label ?l } { ?t schema:performer ?p ; rdfs:label ?l }"
    )
    graph = answer.to_networkx()
    assert isinstance(graph, networkx.MultiDiGraph)
    assert {(s, o, p) for s, o, p in graph.edges(keys=True)} == {(s, o, p) for s, p, o in answer.rows}
    node = graph.nodes[f"<{BASE}bill-fulford>"]
    assert node == {"label": "Bill Fulford", "value": f"{BASE}bill-fulford", "kind": "iri"}
    [said] = [graph.nodes[o] for s, o, p in graph.edges(keys=True) if s == f"<{BASE}talk-fulford>" and "label" in p]
    assert (said["kind"], said["value"]) == ("literal", "Bill Fulford opens the day")
    edge = graph.edges[f"<{BASE}talk-fulford>", f"<{BASE}bill-fulford>", "<https://schema.org/performer>"]
    assert edge["term"] == "<https://schema.org/performer>"
    assert edge["label"]


def test_rows_of_two_things_are_edges_with_the_other_columns_as_attributes(built: Project) -> None:
    answer = built.query("SELECT ?who ?talk ?name { ?talk schema:performer ?who . ?who rdfs:label ?name }")
    graph = answer.to_networkx()
    assert graph.number_of_edges() == len(answer)
    for number, (who, talk, _) in enumerate(answer.rows, start=1):
        assert who is not None
        assert talk is not None
        attributes = graph.edges[who, talk, number]
        assert attributes["name"] == graph.nodes[who]["label"]
        assert attributes["term"] is None


def test_of_three_things_the_middle_one_links(built: Project) -> None:
    answer = built.query("SELECT ?person ?talk ?idea { ?talk schema:performer ?person ; schema:about ?idea }")
    graph = answer.to_networkx()
    assert [(s, d["term"], o) for s, o, d in graph.edges(data=True)] == [*answer.rows] or {
        (s, d["term"], o) for s, o, d in graph.edges(data=True)
    } == {*answer.rows}
    assert graph.number_of_edges() == len(answer)
    named = answer.to_networkx(source="talk", target="idea")
    assert {(s, o) for s, o in named.edges()} == {(talk, idea) for _, talk, idea in answer.rows}
    assert all(d["person"].startswith(BASE) for *_, d in named.edges(data=True))


def test_rows_without_an_end_make_a_node_and_no_edge() -> None:
    one, other = "<https://example.org/a>", "_:b0"
    graph = Answer("select", ("a", "b"), ((one, other), (one, None), (None, None))).to_networkx()
    assert [*graph.edges(keys=True)] == [(one, other, 1)]
    assert graph.nodes[other]["kind"] == "blank"
    assert Answer("select", ("a", "b"), ()).to_networkx().number_of_nodes() == 0


def test_what_is_no_graph_is_refused_with_the_columns_that_could_be_ends(built: Project) -> None:
    with pytest.raises(UsageError, match="yes or no is no graph"):
        built.query("ASK { ?a ?b ?c }").to_networkx()
    with pytest.raises(UsageError, match="here are: who — name them"):
        built.query("SELECT ?who ?name { ?who a co:Person ; rdfs:label ?name }").to_networkx()
    with pytest.raises(UsageError, match=r"there is no column whom; did you mean `who"):
        built.query(SPOKE).to_networkx(source="whom")
    with pytest.raises(UsageError, match="the edges of a graph are its triples"):
        built.query("CONSTRUCT WHERE { ?a schema:performer ?b }").to_networkx("subject")


# --- the network -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cell(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with what a notebook has in the cell of `project.view()`, and no more."""
    path = tmp_path_factory.mktemp("notebook") / "cell.html"
    html = shown(built.view())["text/html"]
    path.write_text(f"<!doctype html><title>Notebook</title><h1>Notebook</h1>{html}", encoding="utf-8")
    return path


@pytest.fixture
def page(browser: Browser, cell: Path) -> Iterator[Page]:
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.set_default_timeout(30_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: errors.append(request.url) if request.url.startswith("http") else None)
    page.goto(cell.as_uri())
    yield page
    context.close()
    assert errors == []


def inside(page: Page) -> Frame:
    found = page.frames[-1]
    found.wait_for_function("() => globalThis.document?.querySelector('canvas')")
    return found


@pytest.mark.browser
def test_the_network_in_a_notebook_opens_an_entry_and_follows_links_without_a_network(page: Page) -> None:
    inner = inside(page)
    box = inner.locator("#theSearch")
    box.fill("fulford opens")
    box.press("Enter")
    inner.wait_for_function("() => location.hash.startsWith('#talk-fulford')")
    assert inner.locator("h2", has_text="Bill Fulford opens the day").is_visible()
    inner.locator(".side a[href='#bill-fulford']").first.click()
    inner.wait_for_function("() => location.hash.startsWith('#bill-fulford')")
    inner.evaluate("() => history.back()")
    inner.wait_for_function("() => location.hash.startsWith('#talk-fulford')")
    inner.locator(".skip").press("Enter")
    inner.wait_for_function("() => document.activeElement.id === 'theOutline'")
    assert page.title() == "Notebook", "the frame leaves the notebook alone"


@pytest.mark.browser
def test_the_frame_and_the_notebook_do_not_reach_into_each_other(page: Page) -> None:
    assert inside(page).evaluate("() => { try { return parent.document.title; } catch (e) { return e.name; } }") == (
        "SecurityError"
    )


def test_the_view_is_a_network_of_pyvis_all_the_same(built: Project) -> None:
    view = built.view()
    assert isinstance(view, pyvis.network.Network)
    assert len(view.nodes) == built.network().number_of_nodes()
    data = shown(view)
    assert re.fullmatch(r"The network of .*: \d+ nodes, \d+ edges", data["text/plain"])
    read = Read(data["text/html"])
    assert read.tags == {"iframe"}
    assert ("sandbox", "allow-scripts allow-popups allow-downloads") in read.attributes


def test_a_page_in_a_frame_is_what_it_was() -> None:
    page = "<p title=\"a 'b'\">Ada &amp; Ben</p>"
    assert ("srcdoc", page) in Read(frame(page, 'The "network"')).attributes
