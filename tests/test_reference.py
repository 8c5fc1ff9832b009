"""The page of terms: complete, safe, the same at every build, and usable by everybody."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from colloquy.facts import Facts, read_facts
from colloquy.infer import closure
from colloquy.ontology import Ontology, read_ontology
from colloquy.project import Project
from colloquy.query import Question
from colloquy.reference import write_reference
from colloquy.reference.diagram import width_of
from colloquy.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

REPOSITORY = Path(__file__).parent.parent
HARBOUR = Path(__file__).parent / "cases/ontology/harbour.ttl"
SETTINGS = Settings("Harbour talks", "https://harbour.example/", language="en")
PREFIXES = """
@prefix : <https://harbour.example/ontology#> . @prefix cq: <https://colloquy.example/ns#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
FACTS = """
- {id: ada-brook, type: Person, name: Ada Brook, knows: ben-okri, memberships: {body: museum, role: Keeper}}
- {id: ben-okri, type: Person, name: Ben Okri, memberships: {body: museum, role: Keeper}}
- {id: benjamin, type: Person, name: Benjamin, same_as: ben-okri}
- {id: museum, type: Body, name: "Harbour Museum & <Shed>", part_of: town}
- {id: town, type: Body, name: Town}
- {id: tides, type: Talk, name: Tides, speakers: [ada-brook, ben-okri], date: 2015}
- {id: picnic, type: Event, name: Picnic}
"""
VOID = {"meta", "link", "path", "rect", "br"}
BLOCKS = {"br", "p", "pre", "dt", "dd", "li", "h3", "h4", "summary"}


class Parsed(HTMLParser):
    """A page in parts: its ids, its links, and the words of every section by the id of its heading."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words: dict[str, str] = {}
        self.linked: dict[str, str] = {}
        self.sections: list[str] = []
        self.code: list[str] = []
        self.boxes: list[dict[str, str]] = []
        """The boxes of the picture of all classes, with their labels and links."""
        self.feed(html)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.attributes += [(tag, *pair) for pair in found.items()]
        self.tags[tag] += 1
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "a":
            self.links.append(found["href"])
        if tag == "code":
            self.code.append("")
        if self.sections[-1:] == ["diagram"]:
            if tag == "a":
                self.linked = {"href": found["href"], "told": found.get("aria-label", "")}
            elif tag == "rect":
                self.boxes.append({"x": found["x"], "y": found["y"], "width": found["width"], **self.linked})
                self.linked = {}
        if tag == "section":
            self.sections.append(found.get("aria-labelledby", ""))
        if tag not in VOID:
            self.open.append(tag)
        if tag in BLOCKS:
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open.pop() == tag, f"</{tag}> closes something else"
        if tag == "section":
            self.sections.pop()

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["code"]:
            self.code[-1] += data
        if self.open[-1:] == ["text"] and self.sections[-1:] == ["diagram"]:
            self.boxes[-1].setdefault("label", data)
        for section in self.sections[-1:]:
            self.words[section] = self.words.get(section, "") + data

    def section(self, heading: str) -> str:
        return re.sub(r"\s+", " ", self.words[heading])


def ontology_with(folder: Path, turtle: str) -> Ontology:
    shutil.copy(HARBOUR, folder)
    (folder / "more.ttl").write_text(PREFIXES + turtle, encoding="utf-8")
    return read_ontology(folder)


def facts_of(ontology: Ontology, text: str = FACTS) -> Facts:
    facts = read_facts([("harbour.yaml", text.encode())], ontology, SETTINGS)
    assert not [f for f in facts.findings if f.severity == "error"], facts.findings
    return facts


def page_of(ontology: Ontology, text: str = FACTS) -> str:
    facts = facts_of(ontology, text)
    graph = closure((s.triple for s in facts.statements), ontology.rules)
    return write_reference(ontology, graph, facts, SETTINGS)


@pytest.fixture(scope="module")
def ontology(tmp_path_factory: pytest.TempPathFactory) -> Ontology:
    turtle = ':noteOn a owl:ObjectProperty ; rdfs:range :Event ; skos:definition "One ` alone stays & <b>."@en .'
    long = "long|" * 30  # what cannot be broken must not widen the page
    turtle += f':Homes a sh:NodeShape ; sh:targetClass :Person ; sh:property [ sh:path :home ; sh:pattern "{long}" ] .'
    return ontology_with(tmp_path_factory.mktemp("harbour"), turtle)


@pytest.fixture(scope="module")
def page(ontology: Ontology) -> Parsed:
    return Parsed(page_of(ontology))


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's own page of terms, as a file."""
    project = Project(REPOSITORY)
    made = project.compiled
    path = tmp_path_factory.mktemp("own") / "reference.html"
    path.write_text(write_reference(project.ontology, made.graph, made.facts, project.settings), encoding="utf-8")
    return path


def test_every_class_and_every_key_of_the_repository_has_its_place_and_its_count(own: Path) -> None:
    project = Project(REPOSITORY)
    parsed = Parsed(own.read_text(encoding="utf-8"))
    facts = project.compiled.facts
    entries = Counter(e.class_.name for e in {e.term: e for e in facts.entries.values()}.values())
    for name, class_ in project.ontology.classes.items():
        words = parsed.section(name)
        assert class_.label in words
        assert class_.definition.replace("`", "") in words
        if class_.kind == "entity":
            counted = "1 entry" if entries[name] == 1 else f"{entries[name]:,} entries"
            assert counted in words, name
    uses = Counter(s.predicate for s in facts.statements)
    for p in project.ontology.properties:
        words = parsed.section(p.key)
        assert p.definition.replace("`", "") in words
        if uses[p.term]:
            assert f"written {uses[p.term]:,} time" in words, p.key


def test_links_inside_the_page_lead_somewhere_and_no_id_stands_twice(own: Path, page: Parsed) -> None:
    for parsed in (page, Parsed(own.read_text(encoding="utf-8"))):
        assert [one for one, times in Counter(parsed.ids).items() if times > 1] == []
        inside = {unquote(link[1:]) for link in parsed.links if link.startswith("#")}
        assert inside <= set(parsed.ids)
        assert all(link.startswith(("#", "index.html", "query.html", "https://", "http://")) for link in parsed.links)


def test_a_class_shows_what_is_said_of_it(page: Parsed) -> None:
    talk = page.section("Talk")
    assert "A kind of event and so of schema:Event" in talk
    assert "https://harbour.example/ontology#Talk" in talk
    assert "speakers id of person" in talk
    assert "From event: date, open, seats" in talk
    assert "In every entry: about, aliases" in talk
    assert "Kinds of it talk" in page.section("Event")
    assert "In range of knows, speakers" in page.section("Person")
    assert "In range of body, has_part, part_of" in page.section("Body")
    assert "In range of note_on" in page.section("Talk")  # which takes any event


def test_counts_tell_a_class_from_those_below_it(page: Parsed) -> None:
    assert "1 entry, 2 with those of the kinds below" in page.section("Event")
    assert "2 entries" in page.section("Person")  # two of the three are the same
    assert "written 2 times" in page.section("Membership")
    assert "1 name" in page.section("Role")
    assert "0 entries" in page.section("Idea")


def test_entries_are_linked_to_the_network(page: Parsed) -> None:
    assert {"index.html#ada-brook", "index.html#ben-okri", "index.html#tides"} <= set(page.links)
    assert "index.html#benjamin" not in page.links
    assert "Harbour Museum & <Shed>" in page.section("Body")


def test_a_long_list_of_entries_ends_and_says_so(ontology: Ontology) -> None:
    many = "\n".join(f"- {{id: person-{n}, type: Person, name: Person {n}}}" for n in range(1_302))
    words = Parsed(page_of(ontology, many)).section("Person")
    assert "1,302 entries" in words
    assert "And 1,002 more" in words


def test_a_key_shows_how_it_is_written_said_and_used(page: Parsed) -> None:
    speakers = page.section("speakers")
    assert "written 2 times" in speakers
    assert "Takes the id of person" in speakers
    assert "Said talk was given by person." in speakers
    assert "The other way person spoke at talk" in speakers
    assert "Also holds as schema:performer" in speakers
    assert "Used in talk 2" in speakers
    assert "say who spoke (speakers) at least 1 in every talk" in speakers
    assert "a day as 2024-05-31, or a year as 2024" in page.section("date")
    assert "memberships then body gives works_for" in page.section("works_for")
    assert "memberships then body gives works_for" in page.section("memberships")
    assert "holds both ways" in page.section("knows")
    assert "Read backwards" not in page.section("knows")
    assert "carries on from link to link" in page.section("part_of")
    assert "Read backwards has_part" in page.section("part_of")


def test_what_is_said_twice_is_written_twice_and_still_one_statement(ontology: Ontology) -> None:
    text = """
- {id: ada-brook, type: Person, name: Ada}
- {id: tides, type: Talk, name: Tides, speakers: [ada-brook, {value: ada-brook, basis: stated}]}"""
    assert "written 2 times no definition" in Parsed(page_of(ontology, text)).section("speakers")
    text = text.replace("type: Person", "type: Person, knows: [ben, ben]") + "\n- {id: ben, type: Person, name: Ben}"
    assert "written 2 times, 1 more follows" in Parsed(page_of(ontology, text)).section("knows")


def test_what_follows_is_counted_apart_from_what_was_written(page: Parsed) -> None:
    assert "written 1 time, 1 more follows from other statements" in page.section("knows")
    assert "written 0 times, 2 more follow from other statements" in page.section("works_for")
    assert "written 1 time" in page.section("same_as")
    assert "not in use yet" in page.section("seats")


def test_rules_are_said_in_words_with_their_bounds(page: Parsed) -> None:
    talk = page.section("Talk")
    assert "speakers: say who spoke (speakers) at least 1" in talk
    assert "seats: the hall has 500 seats 500 or less" in talk
    assert "date: a talk has one date at most 1 a warning only" in talk
    assert "give it a name (name) at least 1 one in each language" in talk
    assert "as for every event" in talk


def test_a_shape_without_a_message_is_said_by_its_bounds(tmp_path: Path) -> None:
    shapes = """
    :S a sh:NodeShape ; sh:targetClass :Talk ;
       sh:property [ sh:path :seats ; sh:maxCount 0 ] , [ sh:path :note ; sh:in ( "short" "long" ) ] ,
                   [ sh:path :about ; sh:class :Idea ] , [ sh:path :home ; sh:pattern "^https:" ; sh:maxLength 80 ] .
    :Off a sh:NodeShape ; sh:deactivated true ; sh:targetClass :Talk ; sh:message "this is switched off" ."""
    talk = Parsed(page_of(ontology_with(tmp_path, shapes))).section("Talk")
    assert "seats: none" in talk
    assert "note: one of short, long" in talk
    assert "about: of the kind idea" in talk
    assert "80 characters or fewer" in talk
    assert "of the form ^https:" in talk
    assert "switched off" not in talk


def test_a_term_that_is_described_looks_rich_and_one_that_is_not_says_so(page: Parsed) -> None:
    assert "no definition yet" not in page.section("Person").split("Keys")[0]
    assert "no definition yet" in page.section("Body").split("Keys")[0]
    assert "no example yet" in page.section("Body")
    assert "no sentence yet" in page.section("seats")
    assert "One ` alone stays & <b>." in page.section("note_on")
    assert "body: no definition, no example" in page.section("missing")


def test_a_fully_described_ontology_lacks_nothing(tmp_path: Path) -> None:
    (tmp_path / "one.ttl").write_text(
        PREFIXES + ':Boat a owl:Class ; rdfs:label "boat"@en ; skos:definition "It floats."@en ; skos:example "x" .'
    )
    ontology = read_ontology(tmp_path)
    assert not re.search(r"boat.{0,40}no (label|definition|example)", page_of(ontology, "- {id: a, type: Boat}"))


def test_several_properties_under_one_key_each_have_their_part(tmp_path: Path) -> None:
    turtle = """:title a owl:DatatypeProperty ; rdfs:domain :Talk ; cq:key "name" ; rdfs:label "title"@en ;
                skos:definition "What a talk is called."@en ."""
    page = Parsed(page_of(ontology_with(tmp_path, turtle), "- {id: a, type: Talk, name: Tides}"))
    assert {"name", "name-name", "name-title"} <= set(page.ids)
    assert "title in talk" in page.section("name")
    assert "What a talk is called." in page.section("Talk")


def test_names_that_the_page_uses_itself_are_not_taken_twice(tmp_path: Path) -> None:
    turtle = """:keys a owl:Class . :speakers a owl:Class . :Things a owl:Class .
                :things a owl:DatatypeProperty . :odd a owl:DatatypeProperty ; cq:key "an odd key" ."""
    page = Parsed(page_of(ontology_with(tmp_path, turtle)))
    assert [one for one, times in Counter(page.ids).items() if times > 1] == []
    assert {"keys", "keys-2", "speakers", "speakers-2", "Things", "things", "things-2", "an-odd-key"} <= set(page.ids)
    assert {unquote(link[1:]) for link in page.links if link.startswith("#")} <= set(page.ids)


EVIL = "</style><script>alert('x')</script><img src=x onerror=alert(1)>\\\" onclick=\\\"alert(2)"


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    turtle = f"""
    :Evil a owl:Class ; rdfs:label "{EVIL}"@en ; skos:definition "`{EVIL}` {EVIL}"@en ; skos:example "{EVIL}" ;
        cq:colour "red}}</style><script>" ; cq:mark "{EVIL}" .
    :evil a owl:DatatypeProperty ; rdfs:label "{EVIL}"@en ; cq:key "{EVIL}" ;
        cq:sentence "{EVIL}{{subject}}{{object}}" .
    :EvilShape a sh:NodeShape ; sh:targetClass :Evil ; sh:message "{EVIL}" .
    """
    ontology = ontology_with(tmp_path, turtle)
    name = EVIL.replace('\\"', '"').replace("'", "''")
    html = page_of(ontology, f"- {{id: a, type: Evil, name: '{name}'}}")
    page = Parsed(html)
    assert page.tags["script"] == page.tags["img"] == 0
    assert page.tags["style"] == 1
    assert not [a for a in page.attributes if a[1].startswith("on") or a[1] == "style" or "javascript:" in a[2]]
    assert html.count("</style>") == 1


def test_a_colour_that_is_none_becomes_a_grey(tmp_path: Path) -> None:
    html = page_of(ontology_with(tmp_path, ':Person cq:darkColour "blue" .'))
    assert "--dark:#b4bec5" in html
    assert "--kind:blue" not in html


def test_the_policy_allows_the_one_style_and_nothing_else(ontology: Ontology) -> None:
    html = page_of(ontology)
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert style
    assert policy
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy[1].replace("&#39;", "'") == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert "<script" not in html
    assert not re.search(r"@import|url\(", html)


def test_the_page_is_the_same_however_often_the_ontology_is_read(tmp_path: Path) -> None:
    """Blank nodes are named anew at every reading, and files come in any order."""
    pages = set()
    lines = FACTS.strip().split("\n")
    for turn in range(4):
        folder = tmp_path / str(turn)
        folder.mkdir()
        pages.add(page_of(ontology_with(folder, ""), "\n".join(lines[turn:] + lines[:turn])))
    assert len(pages) == 1


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
