"""The page of terms: what stands beside the terms (versions, questions, pictures), and the page in a browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from colloquy.facts import read_facts
from colloquy.infer import closure
from colloquy.ontology import Ontology
from colloquy.project import Project
from colloquy.query import Question
from colloquy.reference import write_reference
from colloquy.reference.diagram import width_of
from reference_page import REPOSITORY, SETTINGS, Parsed, facts_of, harbour, ontology_with, page_of, write_own

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

QUESTIONS = [
    Question("speakers", "Who spoke?", "SELECT ?who { ?talk :speaker ?who }".replace(":", "harbour:"), (), Path()),
    Question("performers", "Who performed?", "SELECT ?who { ?talk schema:performer ?who }", (), Path()),
    Question("broken", "What?", "SELECT ?who {", (), Path()),
]
CHANGED = """
@prefix dct: <http://purl.org/dc/terms/> . @prefix schema: <https://schema.org/> .
@prefix harbour: <https://harbour.example/ontology#> .
<https://harbour.example/ontology> a owl:Ontology ; rdfs:label "Harbour"@en ; owl:versionInfo "2.1" ;
    owl:versionIRI <https://harbour.example/ontology/2.1> ; owl:priorVersion <https://harbour.example/ontology/2.0> .
:knows owl:deprecated true ; dct:isReplacedBy :meets ; dct:valid "2027-06-30"^^xsd:date .
:meets a owl:ObjectProperty ; rdfs:label "meets"@en ; rdfs:domain :Person ; rdfs:range :Person .
:Idea skos:closeMatch skos:Concept ; rdfs:seeAlso <javascript:alert(1)> ; skos:changeNote "Was a note once."@en .
"""


@pytest.fixture(scope="module")
def ontology(tmp_path_factory: pytest.TempPathFactory) -> Ontology:
    return harbour(tmp_path_factory.mktemp("harbour"))


@pytest.fixture(scope="module")
def page(ontology: Ontology) -> Parsed:
    return Parsed(page_of(ontology))


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_own(tmp_path_factory.mktemp("own"))


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page with questions, with links into the query page, and of an ontology that has changed."""
    ontology = ontology_with(tmp_path_factory.mktemp("changed"), CHANGED)
    facts = facts_of(ontology)
    graph = closure((s.triple for s in facts.statements), ontology.rules)
    return write_reference(ontology, graph, facts, SETTINGS, QUESTIONS, query_page=True)


def test_versions_and_deprecations_are_told(changed: str, page: Parsed) -> None:
    parsed = Parsed(changed)
    versions = parsed.section("versions")
    assert "version 2.1 https://harbour.example/ontology/2.1" in versions
    assert "before it: https://harbour.example/ontology/2.0" in versions
    assert "knows: use meets instead" in versions
    assert "Deprecated: use meets instead" in parsed.section("knows")
    assert changed.count('use <a href="#meets">') == 2
    assert "Valid until 2027-06-30" in parsed.section("knows")
    assert "Deprecated" not in parsed.section("meets")
    assert "Change Was a note once." in parsed.section("Idea")
    assert "No term is deprecated." in page.section("versions")


def test_alignment_is_a_link_where_it_is_an_address_of_the_web(changed: str) -> None:
    parsed = Parsed(changed)
    assert "close to skos:Concept" in parsed.section("Idea")
    assert "http://www.w3.org/2004/02/skos/core#Concept" in parsed.links
    assert "https://schema.org/performer" in parsed.links
    assert "a case of schema:performer" in parsed.section("speakers")
    assert "javascript:alert(1)" in parsed.section("Idea")
    assert not [link for link in parsed.links if link.startswith("javascript")]
    outside = [link for link in parsed.links if link.startswith("http")]
    assert changed.count('rel="external noreferrer"') == len(outside)


def test_questions_stand_at_the_terms_that_they_use(changed: str, page: Parsed) -> None:
    parsed = Parsed(changed)
    assert "Questions performers by schema:performer, speakers" in parsed.section("speakers")
    assert "Questions none uses it" in parsed.section("seats")
    assert "query.html#question=speakers" in parsed.links
    assert "Questions" not in page.section("speakers")  # none were given


def test_what_nothing_uses_is_listed(changed: str, page: Parsed) -> None:
    unused = Parsed(changed).section("unused")
    entries, values, asked, keys = re.split("(?:Keys|Classes) without a", unused)[1:]
    assert "idea" in entries
    assert "talk" not in entries
    assert "seats" in values
    assert "speakers" not in values
    assert "talk" in asked
    assert "seats" in keys
    assert "speakers" not in keys
    assert "without a question" not in page.section("unused")


def test_every_class_stands_in_the_picture_behind_what_it_is_a_kind_of(page: Parsed, ontology: Ontology) -> None:
    boxes = {found["label"]: found for found in page.boxes}
    assert boxes.keys() >= {c.label for c in ontology.classes.values()}
    assert boxes["talk"]["href"] == "#Talk"
    assert float(boxes["schema:Event"]["x"]) < float(boxes["event"]["x"]) < float(boxes["talk"]["x"])
    assert boxes["talk"]["told"] == "talk: a kind of event, 1 entry"
    at = [(box["x"], box["y"]) for box in page.boxes]
    assert len(set(at)) == len(at), "two boxes stand in one place"
    for one in page.boxes:
        assert width_of(str(one["label"])) < float(one["width"])


def test_a_class_is_drawn_between_what_leads_to_it_and_what_it_leads_to(page: Parsed) -> None:
    told = next(
        value for _, name, value in page.attributes if name == "aria-label" and value.startswith("Links of talk")
    )
    assert "speakers leads to person" in told
    told = next(
        value for _, name, value in page.attributes if name == "aria-label" and value.startswith("Links of person")
    )
    assert "speakers leads from talk" in told
    assert "memberships leads to body" in told


def test_a_ring_of_classes_is_drawn_once(tmp_path: Path) -> None:
    ring = """:A a owl:Class ; rdfs:subClassOf :B . :B a owl:Class ; rdfs:subClassOf :A .
              :C a owl:Class ; rdfs:subClassOf :A , :Talk ."""
    parsed = Parsed(page_of(ontology_with(tmp_path, ring)))
    labels = [box["label"] for box in parsed.boxes]
    assert {"A", "B", "C"} <= set(labels)
    assert len(labels) == len(set(labels))


def test_each_class_has_an_entry_and_a_question_made_for_it(page: Parsed) -> None:
    person = page.section("Person")
    assert "- id: example-person type: Person name: Example person knows: ben-okri memberships: [{body:" in person
    assert "Which talk was given by which person?" in page.section("Talk")
    assert "nothing answers it yet" in page.section("Idea")
    assert "role: Keeper" in page.section("Role")


def test_made_entries_are_sound_in_both_projects(own: Path) -> None:
    project = Project(REPOSITORY)
    made = Parsed(own.read_text(encoding="utf-8"))
    entries = [x for x in made.code if x.startswith("- id: example-")]
    assert len(entries) == sum(c.kind == "entity" for c in project.ontology.classes.values())
    texts = [(file.name, file.read_bytes()) for file in sorted((REPOSITORY / "data").glob("*.yaml"))]
    facts = read_facts([*texts, ("made.yaml", "\n".join(entries).encode())], project.ontology, project.settings)
    assert [str(f) for f in facts.findings if f.place.file == "made.yaml" and f.severity == "error"] == []


def opened(browser: Browser, file: Path, *, width: int, scheme: str) -> tuple[Page, list[str]]:
    """Open a page, and give what it asked for and complained of."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
    )
    heard: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: heard.append(request.url) if request.url != file.as_uri() else None)
    page.goto(file.as_uri())
    return page, heard


def violations(page: Page, *, contrast: bool = True) -> list[tuple[str, str]]:
    """Give what axe-core finds: the rule, and the first element that breaks it."""
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it ships no types

    options = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": contrast}}}
    found = Axe().run(page, options=options).response["violations"]
    return [(rule["id"], rule["nodes"][0]["html"]) for rule in found]


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (1400, "dark"), (390, "light"), (390, "dark")])
def test_the_page_is_open_to_everybody_and_asks_for_nothing(
    browser: Browser, ontology: Ontology, tmp_path: Path, width: int, scheme: str
) -> None:
    file = tmp_path / "reference.html"
    file.write_text(page_of(ontology), encoding="utf-8")
    page, heard = opened(browser, file, width=width, scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    assert violations(page) == []
    page.emulate_media(media="print")
    assert violations(page) == []
    assert heard == []
    page.context.close()


@pytest.mark.browser
def test_the_repositorys_own_page_is_as_sound(browser: Browser, own: Path) -> None:
    page, heard = opened(browser, own, width=390, scheme="light")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert violations(page, contrast=False) == []  # it has the colours of the page above, and far more elements
    assert heard == []
    page.context.close()


@pytest.mark.browser
def test_the_index_is_open_in_a_wide_window_and_one_click_away_on_a_phone(browser: Browser, own: Path) -> None:
    wide, _ = opened(browser, own, width=1400, scheme="light")
    entry = wide.locator("nav .tree a").first
    assert entry.is_visible()
    entry.click()
    assert wide.locator("h3:target").is_visible()
    wide.context.close()
    phone, _ = opened(browser, own, width=390, scheme="light")
    entry = phone.locator("nav .tree a").first
    assert not entry.is_visible()
    phone.locator("nav summary").click()
    assert entry.is_visible()
    phone.context.close()


@pytest.mark.browser
def test_a_box_of_the_picture_leads_to_its_class_by_mouse_and_by_keys(browser: Browser, own: Path) -> None:
    page, heard = opened(browser, own, width=1400, scheme="light")
    box = page.get_by_role("link", name="talk: a kind of event")
    box.click()
    assert page.locator("h3:target").inner_text().startswith("talk")
    page.get_by_role("link", name="seminar: a kind of event").focus()
    page.keyboard.press("Enter")
    assert page.locator("h3:target").inner_text().startswith("seminar\n") or "Seminar" in page.url
    wide = page.locator("#diagram ~ .scroll svg").bounding_box()
    assert wide
    for text in page.locator("#diagram ~ .scroll .box").all():
        frame, words = text.locator("rect").bounding_box(), text.locator("text").first.bounding_box()
        assert frame
        assert words
        assert words["x"] + words["width"] <= frame["x"] + frame["width"], "words stand out of their box"
    assert heard == []
    page.context.close()
