"""A class that is added in Turtle is on nine surfaces by itself, and no code names it (`test_domain_words.py`)."""

from __future__ import annotations

import base64
import gzip
import json
import re
from functools import cached_property
from typing import Any

import jsonschema
import pytest
import yaml
from playwright.sync_api import Browser, expect

from added_classes import ADDED, NAMESPACE, Added
from colloquy import querypage
from colloquy.examples import Examples
from colloquy.network import build_network, draw, page_model
from colloquy.network.words import named
from colloquy.project import Project
from conftest import copy_project
from page_model import numbers, told
from reference_page import Parsed


class Extended(Project):
    """The seminar project with all that was added, and what its build wrote, each file read once."""

    def file(self, name: str) -> str:
        return (self.output / name).read_text(encoding="utf-8")

    @cached_property
    def editor(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.file("facts.schema.json"))
        return found

    @cached_property
    def terms(self) -> Parsed:
        return Parsed(self.file("reference.html"))

    @cached_property
    def network_head(self) -> dict[str, Any]:
        return held(self.file("index.html"), "theHead")

    @cached_property
    def model(self) -> dict[str, Any]:
        """What the network page shows, before it is packed."""
        facts, graph = self.compiled.facts, self.compiled.graph
        network = build_network(self.ontology, facts, graph, self.settings)
        return dict(page_model(network, draw(network), self.settings, {}, "", []))

    @cached_property
    def asking(self) -> dict[str, Any]:
        return held(self.file("query.html"), "theCore")

    @cached_property
    def examples(self) -> Examples:
        return Examples(self.ontology, self.compiled.graph, self.prefixes)


def held(page: str, element: str) -> dict[str, Any]:
    """Read the data that a page holds: as JSON, or packed."""
    found = re.search(rf'<script type="[^"]*" id="{element}">(.*?)</script>', page, re.DOTALL)
    assert found
    text = found[1] if found[1].lstrip().startswith("{") else gzip.decompress(base64.b64decode(found[1])).decode()
    data: dict[str, Any] = json.loads(text)
    return data


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Extended:
    folder = copy_project(tmp_path_factory.mktemp("surfaces") / "seminar")
    for added in ADDED:
        (folder / f"ontology/{added.name.lower()}.ttl").write_text(added.turtle, encoding="utf-8")
        (folder / f"data/{added.name.lower()}.yaml").write_text(added.facts, encoding="utf-8")
    project = Extended(folder)
    project.build()
    return project


def entry_of(added: Added) -> dict[str, Any]:
    """Give its entry as an editor sees it."""
    (entry,) = yaml.load(added.facts, yaml.BaseLoader)
    found: dict[str, Any] = entry
    for key in ("seats", "granted", "spent"):
        if key in found:
            found[key] = int(found[key])
    return found


# --- the nine surfaces ------------------------------------------------------------------------------


def its_keys_are_accepted_with_their_types(project: Extended, added: Added) -> None:
    class_ = project.ontology.classes[added.name]
    keys = project.ontology.keys(class_)
    for key, (kind, takes) in added.keys.items():
        p = keys[key]
        leads_to = {project.ontology.label(t) for t in p.range} if kind in ("reference", "relation") else set()
        types = {re.split("[#/]", d)[-1] for d in p.datatypes}
        assert (p.kind, leads_to or types) == (kind, {takes})
    for relation, own in added.details.items():
        assert set(own) <= project.ontology.keys(project.ontology.classes[relation]).keys()
    file = f"{added.name.lower()}.yaml"
    assert not [f for f in project.compiled.findings if f.place.file.endswith(file)]
    (said,) = [e for e in project.compiled.facts.entries.values() if e.id == added.id]
    assert said.class_ is class_


def the_editor_knows_it(project: Extended, added: Added) -> None:
    schema = project.editor
    definitions = schema["definitions"]
    branch = definitions[added.name]["properties"]
    assert added.keys.keys() <= branch.keys()
    assert added.name in definitions["type"]["enum"]
    hover = definitions["type"]["markdownEnumDescriptions"][definitions["type"]["enum"].index(added.name)]
    assert hover.casefold().rstrip(".") == added.definition.casefold().rstrip(".")
    for key, p in project.ontology.keys(project.ontology.classes[added.name]).items():
        if key in added.keys:
            told = definitions[branch[key]["$ref"].rpartition("/")[2]]
            assert told["title"] == p.label
            assert (p.definition or "No definition yet.") in told["markdownDescription"]
    offered = [one["body"] for one in definitions[f"known-{added.name}"]["defaultSnippets"]]
    assert offered == [added.id]
    assert f'#/definitions/known-{added.name}"' in json.dumps(schema).replace(f'"known-{added.name}":', "")
    jsonschema.validate([entry_of(added)], schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate([entry_of(added) | yaml.safe_load(added.wrong_type)], schema)


def a_mistake_is_told_in_words_at_its_line(project: Extended, added: Added) -> None:
    file = project.folder / "wrong.yaml"
    file.write_text(added.wrong, encoding="utf-8")
    (finding,) = project.check([file])
    assert finding.place.line == added.line
    assert added.message in finding.message


def what_follows_is_there_in_standard_terms(project: Extended, added: Added) -> None:
    assert project.query(f"ASK {{ {added.holds} }}")
    assert not project.query(f"ASK {{ {added.holds.replace(':the-', ':no-', 1)} }}")


def the_query_page_completes_it(project: Extended, added: Added) -> None:
    if querypage.missing():
        pytest.skip("the query page is not bundled: install the package with Node")
    vocabulary = project.asking["vocabulary"]
    (class_,) = [c for c in vocabulary["classes"] if c["iri"] == NAMESPACE + added.name]
    own = project.ontology.classes[added.name]
    assert (class_["label"], class_["definition"], class_["count"]) == (own.label, own.definition, 1)
    at = str(vocabulary["classes"].index(class_))
    known = {p["iri"]: p for p in vocabulary["properties"]}
    for key in added.keys:
        p = project.ontology.keys(own)[key]
        written = known[p.term[1:-1]]
        assert written["label"] == p.label
        assert at in written["of"], f"{key} is not offered for things of the class"


def the_reference_has_an_entry_of_it(project: Extended, added: Added) -> None:
    words = project.terms.section(added.name)
    assert added.definition in words
    assert added.rule in words
    assert "1 entry" in words
    assert f"index.html#{added.id}" in project.terms.links
    assert f"- id: example-{project.ontology.classes[added.name].label} type: {added.name}" in words
    for key in added.keys:
        assert key in words
        assert "written" in project.terms.section(key)
    for relation, own in added.details.items():
        for key in own:
            assert key in project.terms.section(relation)


def the_legend_has_its_colour_and_mark(project: Extended, added: Added) -> None:
    (kind,) = [k for k in project.network_head["kinds"] if k["key"] == added.name]
    assert (kind["plural"], kind["colour"], kind["mark"], kind["count"]) == (added.plural, added.colour, added.mark, 1)
    page = project.file("index.html")
    at = project.network_head["kinds"].index(kind)
    legend = re.search(
        rf'data-kind="{added.name}" checked><svg class="mark k{at}"[^>]*><use href="#mark_([^"]*)"', page
    )
    assert legend
    assert legend[1] == added.mark
    assert re.search(rf"\.k{at}\{{--kind:{added.colour}\}}", page)


def the_network_page_has_a_facet_and_a_card(project: Extended, added: Added) -> None:
    page = project.file("index.html")
    assert re.search(rf'<input type="checkbox" data-kind="{added.name}"[^>]*>.*?<bdi>{added.plural}</bdi>', page)
    at = held(page, "theNames")["ids"].index(added.id)
    kind = project.network_head["kinds"][numbers(held(page, "theCore")["kinds"])[at]]
    assert kind["key"] == added.name
    (node,) = [n for n in project.model["nodes"] if n["id"] == added.id]
    links = [told(project.model, edge)[0] for edge in project.model["edges"] if edge["from"] == added.id]
    facts = [named(fact.text, node["label"]) for fact in node["facts"]]
    assert any(added.card in text for text in [*links, *facts])


def a_question_is_made_that_has_rows(project: Extended, added: Added) -> None:
    example = project.examples.question(project.ontology.classes[added.name])
    assert example.words == added.question
    assert example.answered
    answer = project.query(example.query)
    assert len(answer) == 1
    assert len(answer.columns) == added.columns
    assert None not in answer.rows[0]
    assert not project.unknown_terms(example.query)
    words = project.terms.section(added.name)
    assert added.question in words
    assert re.sub(r"\s+", " ", example.query).strip() in words


SURFACES = (
    its_keys_are_accepted_with_their_types,
    the_editor_knows_it,
    a_mistake_is_told_in_words_at_its_line,
    what_follows_is_there_in_standard_terms,
    the_query_page_completes_it,
    the_reference_has_an_entry_of_it,
    the_legend_has_its_colour_and_mark,
    the_network_page_has_a_facet_and_a_card,
    a_question_is_made_that_has_rows,
)


@pytest.mark.parametrize("surface", SURFACES, ids=lambda surface: surface.__name__)
@pytest.mark.parametrize("added", ADDED, ids=lambda added: added.name)
def test_a_class_of_at_most_twenty_lines_is_on_every_surface(extended: Extended, added: Added, surface: Any) -> None:
    assert len(added.turtle.strip().splitlines()) <= 20
    surface(extended, added)


def test_the_command_gives_the_page_that_a_build_writes(extended: Extended) -> None:
    assert extended.reference() == extended.file("reference.html")


@pytest.mark.browser
def test_facet_and_card_of_every_added_class_work_in_the_page(browser: Browser, extended: Extended) -> None:
    with browser.new_context(offline=True, viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        page.goto((extended.output / "index.html").absolute().as_uri())
        page.wait_for_function("() => globalThis.colloquy && colloquy.drawing()")
        for added in ADDED:
            page.evaluate(f"location.hash = '{added.id}'")
            expect(page.locator("#theName")).to_have_text(f"The {added.name.lower()}")
            expect(page.locator("#theKind")).to_contain_text(added.name.lower(), ignore_case=True)
            expect(page.locator("#thePanel")).to_contain_text(added.card)
            facet = page.get_by_role("checkbox", name=added.plural)
            left_out = page.locator("#thePanel").get_by_text("The filters leave this out")
            expect(left_out).to_be_hidden()
            facet.uncheck()
            expect(left_out).to_be_visible()
            facet.check()
            expect(left_out).to_be_hidden()
