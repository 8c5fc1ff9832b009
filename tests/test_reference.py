"""The page of terms: complete, safe, the same at every build."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import pytest

from colloquy.ontology import Ontology, read_ontology
from colloquy.project import Project
from reference_page import FACTS, PREFIXES, REPOSITORY, Parsed, harbour, ontology_with, page_of, write_own


@pytest.fixture(scope="module")
def ontology(tmp_path_factory: pytest.TempPathFactory) -> Ontology:
    return harbour(tmp_path_factory.mktemp("harbour"))


@pytest.fixture(scope="module")
def page(ontology: Ontology) -> Parsed:
    return Parsed(page_of(ontology))


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_own(tmp_path_factory.mktemp("own"))


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
