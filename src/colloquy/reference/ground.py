"""What every part of the page of terms rests on: what was read, how often it is used, and links between terms."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import quote

from colloquy.examples import Examples
from colloquy.facts import Facts
from colloquy.index import TripleIndex
from colloquy.ontology import Class, Ontology, Property, local_name, words_of
from colloquy.query import Question
from colloquy.reference.rules import Rule, rules_in
from colloquy.reference.written import Written
from colloquy.settings import Settings
from colloquy.shapes import deactivated, read_shapes
from colloquy.store import project_prefixes
from colloquy.terms import LABEL, TYPE, Term, compress, iri_value, is_iri

Part = dict[str, Any]

RESERVED = (
    "terms", "start", "top", "things", "relations", "names", "keys", "missing", "namespaces", "every-entry", "diagram",
    "versions", "unused",
)  # fmt: skip


class Ground:
    """What was read, counted, with an anchor for every term."""

    def __init__(
        self,
        ontology: Ontology,
        graph: TripleIndex,
        facts: Facts,
        settings: Settings,
        questions: Sequence[Question] = (),
        *,
        query_page: bool = False,
    ) -> None:
        self.ontology, self.graph, self.facts, self.settings = ontology, graph, facts, settings
        self.questions, self.query_page = questions, query_page
        self.prefixes = dict(ontology.prefixes)
        # Merged entries are one, and known by the id that its IRI has.
        self.ids = {e.term: iri_value(e.term).removeprefix(settings.base) for e in facts.entries.values()}
        self.examples = Examples(ontology, graph, project_prefixes(settings.base, ontology.prefixes))
        self.written_entries = Written(self.examples, self.ids, facts.predicates, settings.language or "en")
        self.anchors: dict[str, str] = {}
        for kind, names in (("page", RESERVED), ("class", ontology.classes), ("key", [p.key for p in self.by_key])):
            for name in names:
                self.anchor(f"{kind}:{name}", name)
        self.looks = sorted({(c.look.colour, c.look.dark) for c in ontology.classes.values()})
        shapes = [s for s in read_shapes(ontology.index) if not deactivated(ontology.index, s)]
        rules = [rule for shape in shapes for rule in rules_in(shape, ontology.label, ontology.index)]
        # Shapes come in the order of their blank nodes, which are named anew at every reading.
        self.rules = sorted(rules, key=order_of)
        self.classes_of: dict[Term, set[Term]] = defaultdict(set)
        self.uses: Counter[Term] = Counter()
        self.named: Counter[Term] = Counter()
        self.used_by: dict[Term, Counter[Term]] = defaultdict(Counter)
        self.written = Counter(p for _, p, _ in {s.triple for s in facts.statements})
        for s in facts.statements:
            if s.predicate == TYPE:
                self.classes_of[s.subject].add(s.object)
        for s in facts.statements:
            self.uses[s.predicate] += 1
            self.named[s.object] += 1
            for class_ in self.classes_of[s.subject]:
                self.used_by[s.predicate][class_] += 1

    def link(self, term: Term) -> Part:
        """Refer to a term: to its place on this page, or by its short name where it is a standard one."""
        c, p = self.ontology.class_by_term.get(term), self.ontology.property_by_term.get(term)
        label = self.ontology.label(term)
        if c:
            return {"text": label, "href": fragment(self.anchors[f"class:{c.name}"]), "code": False}
        if p:
            return self.link_key(p)
        short = compress(term, self.prefixes)
        return {"text": short.strip("<>"), "href": None, "code": True}

    def outside(self, term: Term) -> Part:
        """Refer to a term; to one of another vocabulary by its own address, where that is one of the web."""
        here, address = self.link(term), iri_value(term)
        return {**here, "away": address if not here["href"] and re.match(r"https?://[^/]", address) else None}

    def link_key(self, p: Property) -> Part:
        anchor = self.anchors[f"key:{p.key}"]
        several = sum(q.key == p.key for q in self.ontology.properties) > 1
        own = self.anchor(p.term, f"{p.key}-{local_name(p.term)}") if several else anchor
        return {"text": p.key, "href": fragment(own), "anchor": own, "code": True}

    def rule(self, rule: Rule) -> Part:
        path = self.link(rule.path) if rule.path and is_iri(rule.path) else None
        return {"link": path, "words": rule.words, "bounds": rule.bounds, "severity": rule.severity}

    def by_label(self, terms: Iterable[Term]) -> list[Term]:
        return sorted(terms, key=lambda t: (sort_key(self.ontology.label(t)), t))

    def anchor(self, thing: str, name: str) -> str:
        """Give the fragment by which a thing is reached: its name, numbered where something else has taken it."""
        if thing not in self.anchors:
            plain_name = re.sub(r"\s+", "-", name) or "term"
            taken, own, number = set(self.anchors.values()), plain_name, 1
            while own in taken:
                number += 1
                own = f"{plain_name}-{number}"
            self.anchors[thing] = own
        return self.anchors[thing]

    def home(self, p: Property, c: Class) -> Term | None:
        """Say from which class a class has a key: itself, the nearest one above it, or none in particular."""
        found = p.domain & c.ancestors
        return c.term if c.term in found else next(iter(self.nearest(found)), None)

    def depth(self, term: Term) -> int:
        return len(self.ontology.rules.ancestors(term))

    def nearest(self, terms: Iterable[Term]) -> list[Term]:
        """Put the classes first that have the most above them."""
        return sorted(terms, key=lambda t: (-self.depth(t), t))

    def sorted_classes(self) -> list[Class]:
        return sorted(self.ontology.classes.values(), key=lambda c: (sort_key(c.label), c.name))

    def name(self, term: Term) -> str:
        return words_of(self.graph, term, LABEL, self.settings.language or "en") or local_name(term)

    @cached_property
    def by_key(self) -> list[Property]:
        return sorted(self.ontology.properties, key=lambda p: (p.key, p.term))


def sort_key(text: str) -> str:
    return re.sub(r"^\W+", "", text.casefold()) or text


def fragment(anchor: str) -> str:
    return "#" + quote(anchor)


def order_of(rule: Rule) -> tuple[object, ...]:
    path = rule.path if rule.path and is_iri(rule.path) else ""
    return path, rule.words, rule.bounds, rule.severity, sorted(rule.targets)
