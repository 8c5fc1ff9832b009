"""The page of terms in parts, for the tests that read it, and what it is made of there."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

from colloquy.facts import Facts, read_facts
from colloquy.infer import closure
from colloquy.ontology import Ontology, read_ontology
from colloquy.project import Project
from colloquy.reference import write_reference
from colloquy.settings import Settings

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


def harbour(folder: Path) -> Ontology:
    """Read the ontology of the tests, with what could break a page."""
    turtle = ':noteOn a owl:ObjectProperty ; rdfs:range :Event ; skos:definition "One ` alone stays & <b>."@en .'
    long = "long|" * 30  # what cannot be broken must not widen the page
    turtle += f':Homes a sh:NodeShape ; sh:targetClass :Person ; sh:property [ sh:path :home ; sh:pattern "{long}" ] .'
    return ontology_with(folder, turtle)


def write_own(folder: Path) -> Path:
    """Write the repository's own page of terms."""
    project = Project(REPOSITORY)
    made = project.compiled
    path = folder / "reference.html"
    path.write_text(write_reference(project.ontology, made.graph, made.facts, project.settings), encoding="utf-8")
    return path
