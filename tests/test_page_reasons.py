"""Reasons in the query page, from a disk: Python in the page says what Python outside of it says."""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Iterator
from importlib.resources import files
from io import BytesIO
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page

from asked_page import choose, opened, rows, run, wait
from colloquy import querypage
from colloquy.errors import ColloquyError, ProjectError
from colloquy.inpage import blanks, packing
from colloquy.inpage.written import Authored, columns
from colloquy.project import Project
from colloquy.store import read_positions
from colloquy.terms import Term, split_quad

pytestmark = pytest.mark.browser

PERFORMERS = "SELECT ?talk ?who { ?talk schema:performer ?who }"
NOTHING = "SELECT ?who { ?talk a co:Talk ; schema:preformer ?who }"
ENDLESS = "SELECT ?a { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STRLEN(CONCAT(STR(?a), STR(?d), STR(?g))) < 1) }"

ROWS = {
    "simple": PERFORMERS,
    "inferred": "SELECT ?who { ?who a schema:Person ; org:memberOf ?body }",
    "optional": "SELECT ?t ?at { ?t a co:Talk OPTIONAL { ?t schema:location ?at } }",
    "path": "SELECT ?a ?b { ?a (schema:superEvent|org:subOrganizationOf)+ ?b }",
    "minus": "SELECT ?p { ?p a co:Person MINUS { ?t schema:performer ?p } }",
    "not exists": "SELECT ?p { ?p a co:Person FILTER NOT EXISTS { ?t schema:performer ?p } }",
    "aggregate": "SELECT ?who (COUNT(?t) AS ?n) { ?t schema:performer ?who } GROUP BY ?who",
    "provenance": "SELECT ?x { GRAPH graph:provenance { ?s rdf:subject ?x ; oa:exact ?phrase } }",
    "expressions": 'SELECT ?n ?s { ?t schema:position ?n BIND(CONCAT("no. ", STR(?n * 2)) AS ?s) FILTER(?n < 3) }',
    "yes": "ASK { ?who a schema:Person }",
    "no": "ASK { ?who a rdf:Nothing }",
}
FAULTY = {
    "unknown-term": NOTHING,
    "reversed-direction": "SELECT ?name { ?who schema:performer ?talk . ?who foaf:name ?name }",
    "wrong-class": "SELECT ?org { ?org a schema:Person ; ^org:memberOf ?p }",
    "wrong-property": "SELECT ?n { ?t a co:Talk ; schema:order ?n }",
    "language-tag": 'SELECT ?who { ?who foaf:name "Hannah Howe" }',
    "datatype": 'SELECT ?talk { ?talk a co:Talk ; schema:position "3" }',
    "wrong-case": 'SELECT ?who { ?who foaf:name "Hanna Howe"@en }',
    "narrow-filter": "SELECT ?talk { ?talk a co:Talk ; schema:position ?n FILTER(?n > 30) }",
    "wrong-graph": "SELECT ?who { ?s rdf:predicate co:speaker ; rdf:object ?who }",
    "takes-all-away": "SELECT ?who { ?who a co:Person MINUS { ?who foaf:name ?name } }",
    "counted": "SELECT (COUNT(?t) AS ?talks) { ?t a co:Tlak }",
    "absent": "SELECT ?talk { ?talk schema:position 99 }",
}
"""Queries that give nothing, most of them by the cause that is found."""


@pytest.fixture(scope="module")
def address(built: Project) -> str:
    if querypage.missing():
        pytest.skip("the query page is not bundled: install the package with Node")
    return (built.output / "query.html").absolute().as_uri()


@pytest.fixture(scope="module")
def page(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser, address, viewport={"width": 1280, "height": 900}) as page:
        yield page


@pytest.fixture(scope="module")
def project(built: Project) -> Iterator[Project]:
    """The same project, which reads its build once for all the reasons."""
    case = built._case()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(built, "_case", lambda: case)
        yield built


def reason(page: Page, do: str, query: str, row: dict[str, Term | None] | None = None) -> Any:
    """Ask the page's engine for a reason, as its panels do."""
    return page.evaluate("([do_, fields]) => colloquy.reason(do_, fields)", [do, {"query": query, "row": row}])


def shown_rows(page: Page) -> list[dict[str, Term | None]]:
    if page.evaluate("colloquy.shown().answer.kind") == "ask":
        return [{}]
    columns = page.evaluate("colloquy.shown().answer.columns")
    return [dict(zip(columns, row, strict=True)) for row in rows(page)]


def as_json(value: object) -> Any:
    return json.loads(json.dumps(value))


def axe_finds_nothing(page: Page, where: str) -> None:
    if not page.evaluate("Boolean(globalThis.axe)"):
        page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    violations = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(found => found.violations)")
    assert not violations, (where, json.dumps([(v["id"], v["nodes"][0]["target"]) for v in violations]))


# --- by a click ----------------------------------------------------------------------------------


def test_nothing_of_python_runs_before_somebody_wants_a_reason(page: Page) -> None:
    run(page, NOTHING)
    assert page.inner_text("#thePlain .doctor") == "Why is nothing found?"
    axe_finds_nothing(page, "a button for the reason")
    assert page.evaluate("Boolean(colloquy.engine().python)") is False


def test_a_click_shows_why_a_row_is_there_and_stop_ends_python_too(project: Project, page: Page) -> None:
    run(page, PERFORMERS)
    page.click(".why >> nth=1")
    page.locator("#theBody button", has_text="Stop").click()
    wait(page, "!colloquy.running()", 2)
    assert page.inner_text("#theBody") == "Stopped."
    assert page.evaluate("document.activeElement.id") == "theName"
    page.click(".why >> nth=1")
    page.locator("#theBody", has_text="Python starts in this page").wait_for()
    axe_finds_nothing(page, "python starts")
    page.locator("#theBody .statement").first.wait_for()
    axe_finds_nothing(page, "the reasons")
    explained = project.why(PERFORMERS, 2).to_dict()
    for statement in explained["witnesses"][0]["statements"]:
        assert statement["sentence"] in page.inner_text("#theBody")
        assert f"{statement['file']}:{statement['line']}" in page.inner_text("#theBody")
    assert not page.evaluate("colloquy.running()")
    page.click("#theClose")


def test_an_empty_result_shows_its_diagnosis_and_the_repair_runs(project: Project, page: Page) -> None:
    run(page, NOTHING)
    page.locator("#thePlain .doctor button", has_text="Ask that instead").first.wait_for()
    axe_finds_nothing(page, "the diagnosis")
    diagnosis = project.diagnose(NOTHING)
    assert diagnosis
    assert diagnosis.words in page.inner_text("#thePlain")
    page.locator("#thePlain .doctor button", has_text="Ask that instead").first.click()
    wait(page, "!colloquy.running() && colloquy.shown().answer.rows.length > 0")
    assert rows(page) == list(project.query(diagnosis.repairs[0].query).rows)


# --- the same, word for word ---------------------------------------------------------------------


def test_every_shipped_question_has_the_reasons_of_python(project: Project, page: Page) -> None:
    for question in project.questions():
        choose(page, question.name)
        text, found = page.evaluate("colloquy.shown().text"), shown_rows(page)
        for row in (found[0], found[-1])[: len(found)]:
            assert reason(page, "why", text, row) == as_json(project.why_of(text, row).to_dict()), question.name


@pytest.mark.parametrize("name", ROWS)
def test_rows_of_every_kind_have_the_reasons_of_python(project: Project, page: Page, name: str) -> None:
    text = ROWS[name]
    run(page, text)
    found = shown_rows(page)
    assert found
    for row in found[:: max(1, len(found) // 5)]:
        assert reason(page, "why", text, row) == as_json(project.why_of(text, row).to_dict())


def test_a_statement_of_a_graph_has_the_reasons_of_python(project: Project, page: Page) -> None:
    run(page, "CONSTRUCT { ?talk schema:performer ?who . ?who :says ?talk } WHERE { ?talk schema:performer ?who }")
    found = rows(page)
    for at, held in ((0, False), (len(found) - 1, True)):
        said = page.evaluate(
            "triple => colloquy.reason('triple', { triple }).catch(({ message }) => message)", found[at]
        )
        if held:
            s, p, o = (str(term) for term in found[at])
            assert said == as_json(project._case().triple((s, p, o)).to_dict())
        else:
            assert "does not say" in said
        page.click(f".why >> nth={at}")
        page.locator("#theBody", has_text="Because" if held else "does not say").wait_for()
    page.click("#theClose")


@pytest.mark.parametrize("name", FAULTY)
def test_empty_results_have_the_diagnosis_of_python(project: Project, page: Page, name: str) -> None:
    diagnosis = project.diagnose(FAULTY[name])
    assert diagnosis
    assert reason(page, "doctor", FAULTY[name]) == diagnosis.to_dict()


def test_most_causes_are_among_the_diagnoses(project: Project) -> None:
    found = {diagnosis.cause for text in FAULTY.values() if (diagnosis := project.diagnose(text))}
    assert len(found) >= 8, found


def test_python_in_the_page_reads_the_graph_of_the_build(project: Project, page: Page) -> None:
    (worker,) = page.workers
    lines = worker.evaluate("store.dump({ format: 'application/n-quads' })").splitlines()
    assert sorted(lines) == (project.output / "graph.nq").read_text(encoding="utf-8").splitlines()


REFUSED: list[tuple[str, dict[str, Term | None]]] = [
    ("SELECT ?x FROM graph:ontology { ?x a owl:Class }", {"x": "<urn:x>"}),
    (PERFORMERS, {"who": None}),
    ("SELECT ?x { ?x a co:Talk FILTER(" + "(" * 40 + "true" + ")" * 40 + ") }", {"x": "<urn:x>"}),
]


@pytest.mark.parametrize(("text", "row"), REFUSED, ids=["FROM", "columns", "depth"])
def test_what_python_refuses_is_refused_in_its_words(
    project: Project, page: Page, text: str, row: dict[str, Term | None]
) -> None:
    with pytest.raises(ColloquyError) as meant:
        project.why_of(text, row)
    with pytest.raises(Error) as told:
        reason(page, "why", text, row)
    assert str(meant.value).casefold() in str(told.value).casefold()


# --- stopped, and begun again --------------------------------------------------------------------


def test_a_diagnosis_that_takes_too_long_is_stopped_and_the_page_goes_on(project: Project, page: Page) -> None:
    asks = "colloquy.reason('doctor', { query: text }).catch(why => { told = why.constructor.name; })"
    page.evaluate(f"text => {{ globalThis.told = ''; {asks}; }}", ENDLESS)
    page.wait_for_timeout(700)
    assert page.evaluate("told") == "", "it was to take long"
    page.evaluate("colloquy.engine().stop()")
    wait(page, "told === 'Stopped'", 1)
    run(page, PERFORMERS)
    assert rows(page) == list(project.query(PERFORMERS).rows)


# --- what is packed ------------------------------------------------------------------------------


def test_what_is_packed_is_the_same_every_time_and_holds_no_other_python() -> None:
    one, other = (packing.archive(packing.python_files()) for _ in range(2))
    assert one == other
    with zipfile.ZipFile(BytesIO(one)) as packed:
        names = packed.namelist()
    assert names == sorted(names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"colloquy", *packing.LIBRARIES}
    assert all(name.endswith((".py", "/METADATA")) for name in names)


def test_statements_in_columns_come_back_as_they_were(built: Project) -> None:
    quads = (split_quad(line) for line in (built.output / "graph.nq").read_text(encoding="utf-8").splitlines())
    triples = sorted((s, p, o) for s, p, o, graph in quads if not graph)
    positions = read_positions(built.output)
    packed = as_json(columns(triples, positions.statements))
    assert dict(Authored(triples, packed)) == positions.by_triple
    with pytest.raises(ProjectError, match="not as it was written"):
        Authored(triples[1:], packed)


def test_every_packed_module_of_ours_is_there() -> None:
    names = {name for name, _ in packing.python_files()}
    assert {f"colloquy/{name}.py" for name in packing.OURS if not name.endswith("*")} <= names
    assert {"colloquy/why/proofs.py", "colloquy/doctor/examine.py", "rdflib/plugins/sparql/parser.py"} <= names


def test_the_licences_name_everything_that_runs_in_the_page() -> None:
    told = packing.licences()
    for library in packing.versions():
        assert library in told
    assert "Redistribution and use" in told
    assert "Permission is hereby granted" in told
    made = querypage._made_text("licences.txt")
    assert "pyodide 314" in made
    assert "MPL-2.0" in made
    assert "CPython 3.14" in made
    assert "Python Software Foundation" in made


def test_a_blank_passes_at_the_head_of_a_module_and_says_so_when_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, blanks.Blanks()])
    from colloquy.nowhere.at_all import Thing  # type: ignore[import-not-found]

    assert Thing() is not None
    with pytest.raises(blanks.NotCarriedError, match=r"colloquy\.nowhere\.at_all"):
        _ = Thing().name
    for name in ("colloquy.nowhere", "colloquy.nowhere.at_all"):
        sys.modules.pop(name, None)
