"""The query page: from a disk, without a request, with the rows that the command line gives."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from playwright.sync_api import Browser, Page

from asked_page import choose, opened, rows, run, wait
from colloquy import generation, querypage
from colloquy.errors import QueryError
from colloquy.project import Project
from colloquy.sparql import read_query

pytestmark = pytest.mark.browser
PERFORMERS = "SELECT ?talk ?who { ?talk schema:performer ?who }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?f) }"


def written(project: Project) -> str:
    """Write the query page of a built project anew."""
    digest = generation.read_manifest(project.output).digest
    ids = {e.id: e.term for e in project.checked().facts.entries.values()}
    made_of = (project.ontology, project.settings, project.questions(), ids)
    return querypage.write_query_page(*made_of, project.output / "graph.nq", project.prefixes, digest)


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


def test_equal_input_gives_the_page_of_the_build(built: Project) -> None:
    assert written(built).encode() == (built.output / "query.html").read_bytes()
    made_of = generation.read_manifest(built.output).versions
    assert made_of["query page"] == querypage.made_of()


# --- the same rows -------------------------------------------------------------------------------


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
    "SELECT ?e ?t ?w { ?e a schema:Event OPTIONAL { ?t schema:superEvent+ ?e ; schema:performer ?w } }",
    "SELECT * {}",
]


@pytest.mark.parametrize("text", QUERIES)
def test_rows_are_those_of_the_command_line(built: Project, page: Page, text: str) -> None:
    run(page, text)
    answer = built.query(text)
    assert page.evaluate("colloquy.shown()?.text") == text, page.inner_text("#theFault")
    assert rows(page) == list(answer.rows)


def test_a_runaway_query_is_stopped_at_once_and_the_next_one_runs(page: Page) -> None:
    page.evaluate("text => { colloquy.setQuery(text); colloquy.runQuery(); }", RUNAWAY)
    page.wait_for_timeout(300)
    assert page.evaluate("colloquy.running()")
    page.click("#theStop")
    wait(page, "!colloquy.running()", 1)
    assert "Stopped" in page.inner_text("#theRunStatus")
    run(page, PERFORMERS)
    assert rows(page)
    for _ in range(50):  # the browser is told that a thread ends a moment after it does
        if len(page.workers) == 1:
            break
        page.wait_for_timeout(100)
    assert len(page.workers) == 1, "the worker of the runaway query still works"


# --- faults --------------------------------------------------------------------------------------

WRONG = [
    "SELECT ?who {\n  ?talk schema:performer ?who FILTER(?x ==> 3)\n}",
    "SELECT ?who { ?talk schema:performer ?who",
    "SELEKT ?who { ?talk schema:performer ?who }",
    "SELECT ?who { ?talk schma:performer ?who }",
    "INSERT DATA { :a :b :c }",
    "SELECT * { SERVICE <http://harbour.example/sparql> { ?s ?p ?o } }",
    "SELECT ?who {\n  ?who rdfs:label 'Ada }\n",
    "SELECT (COUNT(?x) AS ?n) ?y\n{ ?x ?p ?y )",
    "# nothing",
]


@pytest.mark.parametrize("text", WRONG)
def test_a_fault_has_the_place_of_the_command_line_and_is_marked(page: Page, text: str) -> None:
    with pytest.raises(QueryError) as told:
        read_query(text, {"schema": "https://schema.org/", "rdfs": "http://www.w3.org/2000/01/rdf-schema#", "": "u:"})
    run(page, text)
    place = f"Line {told.value.line}, column {told.value.column}:"
    assert page.inner_text("#theFault").startswith(place)
    assert re.match(r"Line \d+, column \d+: .{10,}", page.inner_text("#theFault"))
    assert page.locator("#theEditor .cm-lintRange-error, #theEditor .cm-lintPoint-error").count() >= 1


def test_what_only_the_engine_refuses_has_a_place_in_the_users_own_text(page: Page) -> None:
    run(page, "SELECT ?who { ?who rdfs:label <relative> }")
    assert page.inner_text("#theFault").startswith("Line 1, column ")
    run(page, PERFORMERS)
    assert not page.is_visible("#theFault")


# --- completion and hover ------------------------------------------------------------------------


def completions(page: Page, text: str) -> list[dict[str, Any]]:
    """Ask what may stand at the mark `|` of a query."""
    found = page.evaluate(
        """async text => {
          const pos = text.indexOf("|");
          const state = colloquy.codemirror.EditorState.create({ doc: text.replace("|", "") });
          const found = await colloquy.completionsAt({ state, pos, explicit: true });
          return (found?.options ?? []).map(({ label, detail }) => ({ label, detail }));
        }""",
        text,
    )
    return list(found)


def counted(project: Project, text: str) -> dict[str, int]:
    """Give what a query counts, by the short name of what it is counted of."""
    from colloquy.terms import compress, plain

    return {compress(p or "", project.prefixes): int(plain(n or "")) for p, n in project.query(text).rows}


def test_properties_of_the_subjects_class_come_first_with_their_counts(built: Project, page: Page) -> None:
    used = counted(built, "SELECT ?p (COUNT(*) AS ?n) { ?s a schema:Person ; ?p ?o } GROUP BY ?p")
    found = completions(page, "SELECT * { ?who a schema:Person ; | }")
    assert {one["label"] for one in found} == used.keys()
    for one in found:
        assert one["detail"].endswith(f" · {used[one['label']]:,}")
    typed = completions(page, "SELECT * { ?who a schema:Person . ?who nam| }")
    assert {"schema:name", "foaf:name"} <= {one["label"] for one in typed[:4]}


def test_the_class_of_what_a_property_points_to_is_known(built: Project, page: Page) -> None:
    found = completions(page, "SELECT * { ?talk schema:performer ?who . ?who | }")
    labels = {one["label"] for one in found}
    assert "foaf:name" in labels
    assert "schema:startDate" not in labels


def test_classes_and_prefixes_that_occur_are_offered(built: Project, page: Page) -> None:
    used = counted(built, "SELECT ?c (COUNT(*) AS ?n) { { ?s a ?c } UNION { GRAPH ?g { ?s a ?c } } } GROUP BY ?c")
    found = completions(page, "SELECT * { ?who a | }")
    assert found
    for one in [one for one in found if not one["label"].startswith("?")]:
        assert one["detail"].endswith(f" · {used[one['label']]:,}")
    assert "schema:" in {one["label"] for one in completions(page, "PREFIX sch|")}
    assert "?who" in {one["label"] for one in completions(page, "SELECT * { ?who a schema:Person FILTER(?w|) }")}
    assert not completions(page, 'SELECT * { ?who rdfs:label "na|" }')


def test_entries_are_offered_by_their_names(page: Page) -> None:
    found = completions(page, "SELECT * { ?talk schema:performer fulf| }")
    assert {"label": ":bill-fulford", "detail": "Bill Fulford"} in found


def test_hover_and_cursor_show_the_definition(built: Project, page: Page) -> None:
    name, namespace = "co:worksOn", built.prefixes["co"]
    defined = built.ontology.property_by_term[f"<{namespace}worksOn>"]
    assert defined.definition
    page.evaluate("text => colloquy.setQuery(text)", f"SELECT * {{ ?talk {name} ?who }}")
    page.locator("#theEditor .cm-line span", has_text=name).hover()
    page.wait_for_selector("#theEditor .meaning")
    assert defined.definition in page.inner_text("#theEditor .meaning")
    page.mouse.move(5, 5)
    page.evaluate("colloquy.editor.dispatch({ selection: { anchor: 20 } })")
    assert defined.definition in page.inner_text("#theWordLine")


# --- the result ----------------------------------------------------------------------------------


def test_entries_bear_their_label_and_lead_to_the_network(built: Project, page: Page) -> None:
    run(page, "SELECT ?who { :talk-fulford schema:performer ?who }")
    link = page.locator("#theTable td a")
    link.wait_for()
    assert link.inner_text() == "Bill Fulford"
    assert link.get_attribute("href") == "index.html#bill-fulford"


def test_a_table_is_sorted_and_narrowed(page: Page) -> None:
    run(page, "SELECT ?who (COUNT(?talk) AS ?n) { ?talk schema:performer ?who } GROUP BY ?who")
    page.locator("#theTable td a").first.wait_for()
    page.click("#theTable thead button >> nth=1")
    page.click("#theTable thead button >> nth=1")
    numbers = [int(text) for text in page.locator("#theTable td.numeric").all_inner_texts()]
    assert numbers == sorted(numbers, reverse=True)
    assert page.get_attribute("#theTable thead th >> nth=2", "aria-sort") == "descending"
    page.fill("#theNarrow", "fulford")
    wait(page, "document.querySelectorAll('#theTable tbody tr').length === 1")
    assert "Bill Fulford" in page.inner_text("#theTable")


def test_numbers_are_drawn_and_things_are_linked(page: Page) -> None:
    run(page, "SELECT ?who (COUNT(?talk) AS ?n) { ?talk schema:performer ?who } GROUP BY ?who")
    page.click("#chartTab")
    page.wait_for_selector("#theChartPanel svg .bar")
    assert page.locator("#theChartPanel svg .bar").count() == len(rows(page))
    assert page.get_attribute("#networkTab", "aria-disabled") == "true"
    run(page, PERFORMERS)
    page.click("#networkTab")
    page.wait_for_selector("#thePicture canvas")
    things = {term for row in rows(page) for term in row}
    assert page.inner_text("#theNetworkNote").startswith(f"{len(things)} things, {len(rows(page))} links.")
    page.focus("#thePicture")
    page.keyboard.press("Home")
    wait(page, "document.getElementById('theStatus').textContent !== ''")
    page.keyboard.press("Enter")
    assert page.is_visible("#thePanel a[href^='index.html#']")
    page.click("#theClose")
    page.click("#tableTab")


def saved(page: Page, name: str) -> bytes:
    with page.expect_download() as download:
        page.locator("#theSaveList button", has_text=re.compile(f"^{re.escape(name)}$")).click()
    return Path(download.value.path()).read_bytes()


def test_every_form_of_rows_can_be_saved(built: Project, page: Page) -> None:
    run(page, PERFORMERS)
    answer = built.query(PERFORMERS)
    table = list(csv.reader(io.StringIO(saved(page, "CSV").decode())))
    assert sorted(map(tuple, table[1:])) == sorted(tuple((t or "")[1:-1] for t in row) for row in answer.rows)
    for name, form in (("JSON", "JSON"), ("XML", "XML"), ("TSV", "TSV")):
        form_of = getattr(pyoxigraph.QueryResultsFormat, form)
        found = pyoxigraph.parse_query_results(saved(page, name), format=form_of)
        assert isinstance(found, pyoxigraph.QuerySolutions)
        assert sorted(tuple(map(str, row)) for row in found) == sorted(answer.rows), name


def test_every_form_of_a_graph_can_be_saved(built: Project, page: Page) -> None:
    text = "DESCRIBE :seminar-2"
    run(page, text)
    expected = set(built.query(text).rows)
    forms = (("Turtle", "TURTLE"), ("N-Triples", "N_TRIPLES"), ("JSON-LD", "JSON_LD"), ("RDF/XML", "RDF_XML"))
    for name, form in forms:
        quads = pyoxigraph.parse(saved(page, name), format=getattr(pyoxigraph.RdfFormat, form))
        assert {(str(q.subject), str(q.predicate), str(q.object)) for q in quads} == expected, name


def test_a_link_restores_the_query_and_how_its_result_was_seen(browser: Browser, page: Page, address: str) -> None:
    run(page, "SELECT ?who (COUNT(?talk) AS ?n) { ?talk schema:performer ?who } GROUP BY ?who # +&%é")
    page.click("#theTable thead button >> nth=0")
    page.click("#chartTab")
    link = address + page.evaluate("colloquy.writeAddress()")
    assert page.url == link
    with opened(browser, link) as other:
        assert other.evaluate("colloquy.queryText()") == page.evaluate("colloquy.queryText()")
        assert rows(other) == rows(page)
        assert other.get_attribute("#chartTab", "aria-selected") == "true"
        assert other.evaluate("colloquy.writeAddress()") == page.evaluate("colloquy.writeAddress()")
    page.click("#tableTab")


def test_history_stays_in_the_page(page: Page) -> None:
    run(page, "ASK { :bill-fulford ?p ?o }")
    run(page, PERFORMERS)
    page.locator("#thePastList button", has_text="ASK { :bill-fulford").click()
    wait(page, "!colloquy.running()")
    assert page.evaluate("colloquy.shown().text") == "ASK { :bill-fulford ?p ?o }"
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_a_parameter_is_named_by_a_label(built: Project, page: Page) -> None:
    choose(page, "ryan-principles-in-order")
    field = page.locator("#theParameters input")
    field.wait_for()
    assert field.input_value() == "Peter Ryan"
    field.fill("bill fulford")
    field.press("Enter")
    wait(page, "!colloquy.running() && colloquy.queryText().includes(':bill-fulford')")
    expected = built.query("ryan-principles-in-order", person="bill-fulford").rows
    assert rows(page) == list(expected) != list(built.query("ryan-principles-in-order").rows)
    field.fill("nobody of this name")
    field.press("Enter")
    wait(page, "document.getElementById('theRunStatus').textContent.includes('Nothing here is called')")


# --- by keyboard, for everybody ------------------------------------------------------------------


def test_all_of_it_works_by_keyboard(page: Page) -> None:
    page.evaluate("text => colloquy.setQuery(text)", PERFORMERS)
    page.evaluate("colloquy.editor.focus()")
    page.keyboard.press("Control+Enter")
    wait(page, "!colloquy.running()")
    page.keyboard.press("Tab")
    assert page.evaluate("colloquy.queryText()") != PERFORMERS, "Tab indents"
    page.evaluate("text => colloquy.setQuery(text)", PERFORMERS)
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "theRun"
    page.keyboard.press("Enter")
    wait(page, "!colloquy.running()")
    page.focus("#tableTab")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "networkTab", "what cannot be drawn is passed over"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.id") == "tableTab"


@pytest.mark.parametrize(("scheme", "size"), [("dark", (390, 844)), ("light", (1280, 900))], ids=["phone", "desk"])
def test_axe_finds_nothing_and_nothing_runs_over(
    browser: Browser, address: str, scheme: str, size: tuple[int, int]
) -> None:
    from importlib.resources import files

    axe = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    seen = {"viewport": {"width": size[0], "height": size[1]}, "color_scheme": scheme, "reduced_motion": "reduce"}
    with opened(browser, address, **seen) as page:
        page.evaluate(axe)

        def checked(where: str) -> None:
            script = "axe.run(document, {resultTypes: ['violations']}).then(found => found.violations)"
            violations = page.evaluate(script)
            assert not violations, (where, json.dumps([(v["id"], v["nodes"][0]["target"]) for v in violations]))
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where

        checked("the start")
        run(page, PERFORMERS)
        page.locator("#theTable td a").first.wait_for()
        checked("a table")
        page.click("#networkTab")
        page.wait_for_selector("#thePicture canvas")
        checked("a network")
        run(page, "SELECT ?c (COUNT(?x) AS ?n) { ?x a ?c } GROUP BY ?c ORDER BY DESC(?n)")
        page.click("#chartTab")
        page.wait_for_selector("#theChartPanel svg")
        checked("a chart")
        run(page, "SELECT ?who { ?talk schema:performer ?who FILTER(?who ==> 3) }")
        checked("a fault")
        page.evaluate("colloquy.setQuery('SELECT * { ?who a schema:Person ; }')")
        page.evaluate("colloquy.editor.focus(), colloquy.editor.dispatch({ selection: { anchor: 33 } })")
        page.keyboard.press("Control+Space")
        page.wait_for_selector("#theEditor .cm-tooltip-autocomplete")
        checked("completion")


# --- larger graphs -------------------------------------------------------------------------------


def test_a_larger_graph_waits_for_a_button(
    built: Project, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(querypage, "AT_ONCE", 100)
    (tmp_path / "query.html").write_bytes(written(built).encode())
    with opened(browser, (tmp_path / "query.html").as_uri()) as page:
        run(page, PERFORMERS)
        assert "Load the data first" in page.inner_text("#theRunStatus")
        page.click("#theLoad")
        wait(page, "Boolean(colloquy.shown())")
        run(page, PERFORMERS)
        assert rows(page) == list(built.query(PERFORMERS).rows)


def test_of_a_graph_that_is_too_large_the_page_names_the_server(
    built: Project, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(querypage, "AT_MOST", 100)
    text = written(built)
    assert 'id="theData" data-own></script>' in text
    (tmp_path / "query.html").write_bytes(text.encode())
    with opened(browser, (tmp_path / "query.html").as_uri()) as page:
        assert "colloquy serve" in page.inner_text("#theEngineLine")
        run(page, PERFORMERS)
        assert "colloquy serve" in page.inner_text("#theRunStatus")
