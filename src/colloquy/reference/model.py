"""What the page of terms shows: classes, keys, rules and counts, read off the ontology and the facts."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import quote

from colloquy.datatypes import HOW_TO_WRITE
from colloquy.facts import Facts
from colloquy.index import TripleIndex
from colloquy.ontology import DEFAULT_COLOUR, DEFAULT_DARK, Class, Ontology, Property, local_name, words_of
from colloquy.reference.rules import Rule, rules_in
from colloquy.rules import Step
from colloquy.schema import EVIDENCE
from colloquy.settings import Settings
from colloquy.shapes import deactivated, read_shapes
from colloquy.terms import (
    CQ,
    LABEL,
    LANG_STRING,
    OWL,
    RDFS,
    TYPE,
    XSD,
    XSD_STRING,
    Term,
    compress,
    iri_value,
    is_iri,
    plain,
)

Part = dict[str, Any]

MOST_LISTED = 300
"""So many entries of a class are listed; the others are counted."""

NETWORK_PAGE = "index.html"
_RESERVED = ("terms", "start", "top", "things", "relations", "names", "keys", "missing", "namespaces", "every-entry")
_SHORT = {
    XSD_STRING: "text",
    LANG_STRING: "text",
    XSD + "date": "day",
    XSD + "dateTime": "instant",
    XSD + "gYear": "year",
    XSD + "gYearMonth": "month",
    XSD + "gMonthDay": "day without a year",
    XSD + "integer": "whole number",
    XSD + "nonNegativeInteger": "whole number from 0",
    XSD + "positiveInteger": "whole number from 1",
    XSD + "decimal": "number",
    XSD + "double": "number",
    XSD + "boolean": "true or false",
    XSD + "anyURI": "web address",
}


class Reference:
    """What the page of terms shows, as dicts and lists for its template."""

    def __init__(self, ontology: Ontology, graph: TripleIndex, facts: Facts, settings: Settings) -> None:
        self.ontology, self.graph, self.facts, self.settings = ontology, graph, facts, settings
        self.prefixes = dict(ontology.prefixes)
        self.anchors: dict[str, str] = {}
        for kind, names in (("page", _RESERVED), ("class", ontology.classes), ("key", [p.key for p in self.by_key])):
            for name in names:
                self.anchor(f"{kind}:{name}", name)
        self.looks = sorted({(c.look.colour, c.look.dark) for c in ontology.classes.values()})
        shapes = [s for s in read_shapes(ontology.index) if not deactivated(ontology.index, s)]
        rules = [rule for shape in shapes for rule in rules_in(shape, ontology.label)]
        # Shapes come in the order of their blank nodes, which are named anew at every reading.
        self.rules = sorted(rules, key=_order)
        self.entries = {entry.term for entry in facts.entries.values()}  # merged ones are one
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

    # --- the whole --------------------------------------------------------------------------

    def page(self) -> Part:
        groups = [
            self.group("things", "Things", "entity", "What an entry may be: the word after `type:`."),
            self.group("relations", "Relations", "relation",
                       "A link that says more than its two ends. It is written as a mapping inside an entry."),
            self.group("names", "Names", "named", "Things known by their name alone: the name is all one writes."),
        ]  # fmt: skip
        keys = [self.key(key) for key in sorted({p.key for p in self.ontology.properties})]
        classes = [c for g in groups for c in g["classes"]]
        undefined = [c for c in classes if c["missing"]] + [p for k in keys for p in k["meanings"] if p["missing"]]
        return {
            "title": self.settings.title,
            "digest": self.ontology.digest[:12],
            "ontologies": self.ontologies(),
            "counts": {"classes": len(classes), "keys": len(keys), "entries": len(self.entries)},
            "groups": [g for g in groups if g["classes"]],
            "keys": keys,
            "evidence": EVIDENCE,
            "missing": undefined,
            "namespaces": sorted((p, n) for p, n in self.prefixes.items() if self.used_namespace(n)),
        }

    def ontologies(self) -> list[Part]:
        index = self.ontology.index
        found = sorted(index.subjects(TYPE, f"<{OWL}Ontology>"))
        return [
            {
                "iri": iri_value(t),
                "label": words_of(index, t, LABEL) or local_name(t),
                "comment": words_of(index, t, f"<{RDFS}comment>"),
                "version": min(map(plain, index.objects(t, f"<{OWL}versionIRI>")), default=""),
            }
            for t in found
            if not iri_value(t).startswith(CQ.rstrip("#"))
        ]

    def used_namespace(self, namespace: str) -> bool:
        return any(iri_value(t).startswith(namespace) for t in self.mentioned)

    @cached_property
    def mentioned(self) -> set[Term]:
        """Every term that the page shows by its short name."""
        rules = self.ontology.rules
        found = set(self.ontology.class_by_term) | set(self.ontology.property_by_term)
        for c in self.ontology.classes.values():
            found |= c.ancestors
        for p in self.ontology.properties:
            found |= {q for q, _ in rules.implied(p.term)}
        return found

    def group(self, anchor: str, title: str, kind: str, words: str) -> Part:
        ordered = self.ordered([c for c in self.ontology.classes.values() if c.kind == kind])
        classes = [self.class_(c, depth) for c, depth in ordered]
        return {"anchor": anchor, "title": title, "words": words, "classes": classes}

    def ordered(self, classes: Sequence[Class]) -> list[tuple[Class, int]]:
        """Put each class behind its first parent, with its depth; a ring of classes starts at its first."""
        placed: dict[Term, int] = {}
        order: list[tuple[Class, int]] = []

        def by_name(found: Iterable[Class]) -> list[Class]:
            return sorted(found, key=lambda c: (c.look.order, _sort_key(c.label), c.name))

        def place(c: Class, depth: int) -> None:
            if c.term in placed:
                return
            placed[c.term] = depth
            order.append((c, depth))
            for child in by_name(k for k in classes if c.term in k.parents):
                place(child, depth + 1)

        own = {c.term for c in classes}
        for c in by_name(c for c in classes if not own & set(c.parents)):
            place(c, 0)
        for c in by_name(classes):
            place(c, 0)
        return order

    # --- classes ----------------------------------------------------------------------------

    def class_(self, c: Class, depth: int) -> Part:
        index, keys = self.ontology.index, self.ontology.keys(c)
        groups: dict[Term | None, list[Part]] = defaultdict(list)
        for key, p in keys.items():
            groups[self.home(p, c)].append({"key": key, **self.link_key(p), **self.brief(p)})
        # From the nearest class to the farthest; what every entry takes comes last.
        above = self.nearest(t for t in groups if t and t != c.term)
        inherited = [{"from": t and self.link(t), "keys": groups[t]} for t in [*above, None] if t in groups]
        instances = [t for t, types in self.classes_of.items() if c.term in types]
        return {
            **self.described(c.term, c.label, c.definition, c.example, bool(index.objects(c.term, LABEL))),
            "name": c.name,
            "anchor": self.anchors[f"class:{c.name}"],
            "depth": depth,
            "look": self.looks.index((c.look.colour, c.look.dark)),
            "colour": c.look.colour,
            "dark": c.look.dark,
            "mark": c.look.mark,
            "shown": c.kind == "entity" and c.drawn,
            "kind": c.kind,
            "parents": [self.link(t) for t in c.parents],
            "above": [self.link(t) for t in self.nearest(c.ancestors - {c.term, *c.parents})],
            "below": [self.link(k.term) for k in self.sorted_classes() if c.term in k.parents],
            "pointed": [self.link_key(p) for p in self.by_key if p.range & c.ancestors],
            "own": groups.get(c.term, []),
            "inherited": inherited,
            "rules": self.rules_of(c),
            "count": len(instances),
            "total": len(self.graph.subjects(TYPE, c.term)),
            **self.listed(c, instances),
        }

    def listed(self, c: Class, instances: list[Term]) -> Part:
        if c.kind == "relation":
            return {"entries": [], "more": 0}
        linked = c.kind == "entity" and c.drawn
        names = sorted((_sort_key(self.name(t)), t) for t in instances)
        entries = [
            {
                "text": self.name(t),
                "href": f"{NETWORK_PAGE}#{quote(local_name(t))}" if linked and t in self.entries else None,
                # The label and the type of a name are stated each time that it is used.
                "count": 0 if c.kind == "entity" else self.named[t],
            }
            for _, t in names[:MOST_LISTED]
        ]
        return {"entries": entries, "more": max(0, len(names) - MOST_LISTED)}

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
        return sorted(self.ontology.classes.values(), key=lambda c: (_sort_key(c.label), c.name))

    def name(self, term: Term) -> str:
        return words_of(self.graph, term, LABEL, self.settings.language or "en") or local_name(term)

    @cached_property
    def by_key(self) -> list[Property]:
        return sorted(self.ontology.properties, key=lambda p: (p.key, p.term))

    # --- keys -------------------------------------------------------------------------------

    def key(self, key: str) -> Part:
        meanings = [self.property_(p) for p in self.ontology.properties if p.key == key]
        return {"key": key, "anchor": self.anchors[f"key:{key}"], "meanings": meanings}

    def property_(self, p: Property) -> Part:
        ontology, index = self.ontology, self.ontology.index
        forward = {q for q, turned in ontology.rules.implied(p.term) if not turned and q != p.term}
        back = {q for q, turned in ontology.rules.implied(p.term) if turned}
        types = index.objects(p.term, TYPE)
        traits = []
        if f"<{OWL}SymmetricProperty>" in types:
            traits.append("holds both ways")
            back -= {p.term, *forward}
        if f"<{OWL}TransitiveProperty>" in types:
            traits.append("carries on from link to link")
        if not p.drawn and p.kind in ("reference", "relation"):
            traits.append("not drawn in the network")
        entailed = sum(1 for _ in self.graph.match(None, p.term, None)) - self.written[p.term]
        chains = [c for c in ontology.rules.chains if p.term == c[0] or {q for q, _ in c[1]} & {p.term, *forward}]
        by = sorted(self.used_by[p.term].items(), key=lambda item: (-item[1], item[0]))
        said = bool(index.objects(p.term, f"<{CQ}sentence>"))
        return {
            **self.described(p.term, p.label, p.definition, p.example, bool(index.objects(p.term, LABEL))),
            "key": p.key,
            **self.link_key(p),
            "kind": p.kind,
            "takes": self.brief(p)["takes"],
            "ways": [HOW_TO_WRITE.get(d, d) for d in p.datatypes] if p.kind == "literal" else [],
            "domain": [self.link(t) for t in self.by_label(p.domain)],
            "range": [] if p.kind in ("text", "literal") else [self.link(t) for t in self.by_label(p.range)],
            "above": [self.link(t) for t in self.by_label(forward)],
            "back": [self.link(t) for t in self.by_label(back)],
            "traits": traits,
            "chains": [self.chain(c) for c in chains],
            "sentences": self.sentences(p) if said else [],
            "uses": self.uses[p.term],
            "entailed": max(0, entailed),
            "by": [{**self.link(t), "count": n} for t, n in by],
            "rules": [
                {**self.rule(r), "of": [self.link(t) for t in self.by_label(r.targets)]}
                for r in self.rules
                if r.path == p.term
            ],
        }

    def sentences(self, p: Property) -> list[Part]:
        target = self.ontology.property_by_term.get(p.target) if p.target else None
        far = target.range if target else p.range
        ends = {
            "{subject}": self.either(p.domain) or "entry",
            "{object}": p.label if p.kind in ("text", "literal") else self.either(far) or "entry",
        }
        inside = any(c.kind == "relation" for t in p.domain if (c := self.ontology.class_by_term.get(t)))
        told = [("Said", p.sentence)]
        if p.inverse_sentence != p.sentence and p.kind not in ("text", "literal"):
            told.append(("The other way", p.inverse_sentence))
        if inside and self.ontology.index.objects(p.term, f"<{CQ}detail>"):
            told.append(("Added to the relation", "… " + p.detail))
        if p.kind == "relation" and self.ontology.index.objects(p.term, f"<{CQ}loneSentence>"):
            told.append(("With no far end", p.lone_sentence))
        return [
            {"words": words, "pieces": [(ends.get(x, x), x in ends) for x in re.split(r"(\{\w+\})", text) if x]}
            for words, text in told
        ]

    def either(self, terms: Iterable[Term]) -> str:
        labels = [self.ontology.label(t) for t in self.by_label(terms)]
        return " or ".join(labels) if len(labels) < 3 else ""

    def brief(self, p: Property) -> Part:
        """Say in a few words what a key takes."""
        wanted = ", ".join(self.ontology.label(t) for t in self.by_label(p.range) if t != f"<{OWL}Thing>")
        if p.kind == "literal":
            named = [t for t in self.by_label(p.range) if iri_value(t) not in _SHORT]
            takes = " or ".join(self.ontology.label(t) for t in named) or _SHORT.get(p.datatypes[0], "text")
        else:
            takes = {
                "text": "text, in a language",
                "named": f"name of {wanted}",
                "relation": f"mapping: {wanted}",
            }.get(p.kind, f"id of {wanted or 'any entry'}")
        return {"takes": takes, "definition": p.definition}

    def chain(self, chain: tuple[Term, tuple[Step, ...]]) -> Part:
        head, steps = chain
        return {"head": self.link(head), "steps": [{**self.link(q), "turned": turned} for q, turned in steps]}

    # --- rules ------------------------------------------------------------------------------

    def rules_of(self, c: Class) -> list[Part]:
        """Say every rule that an entry of a class has to keep: first its own, then those from above."""
        found = []
        for rule in self.rules:
            homes = rule.targets & c.ancestors
            if homes:
                home = c.term if c.term in homes else self.nearest(homes)[0]
                found.append({**self.rule(rule), "from": None if home == c.term else self.link(home)})
        return sorted(found, key=lambda row: row["from"] is not None)

    def rule(self, rule: Rule) -> Part:
        path = self.link(rule.path) if rule.path and is_iri(rule.path) else None
        return {"link": path, "words": rule.words, "bounds": rule.bounds, "severity": rule.severity}

    # --- what all parts are made of ----------------------------------------------------------

    def described(self, term: Term, label: str, definition: str, example: str, labelled: bool) -> Part:
        lacks = {"label": labelled, "definition": definition, "example": example}
        return {
            "label": label,
            "iri": iri_value(term),
            "definition": definition,
            "example": example,
            "missing": [what for what, there in lacks.items() if not there],
        }

    def link(self, term: Term) -> Part:
        """Refer to a term: to its place on this page, or by its short name where it is a standard one."""
        c, p = self.ontology.class_by_term.get(term), self.ontology.property_by_term.get(term)
        label = self.ontology.label(term)
        if c:
            return {"text": label, "href": _fragment(self.anchors[f"class:{c.name}"]), "code": False}
        if p:
            return self.link_key(p)
        short = compress(term, self.prefixes)
        return {"text": short.strip("<>"), "href": None, "code": True}

    def link_key(self, p: Property) -> Part:
        anchor = self.anchors[f"key:{p.key}"]
        several = sum(q.key == p.key for q in self.ontology.properties) > 1
        own = self.anchor(p.term, f"{p.key}-{local_name(p.term)}") if several else anchor
        return {"text": p.key, "href": _fragment(own), "anchor": own, "code": True}

    def by_label(self, terms: Iterable[Term]) -> list[Term]:
        return sorted(terms, key=lambda t: (_sort_key(self.ontology.label(t)), t))

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

    def kind_styles(self) -> str:
        """Write the colours of the classes, for light and for dark ground; what is no colour becomes a grey."""

        def rules(name: str, which: int, fallback: str) -> str:
            return "".join(f".k{at}{{--{name}:{_colour(look[which], fallback)}}}" for at, look in enumerate(self.looks))

        light, dark = rules("kind", 0, DEFAULT_COLOUR), rules("kind", 1, DEFAULT_DARK)
        both = rules("light", 0, DEFAULT_COLOUR) + rules("dark", 1, DEFAULT_DARK)
        return f"{light}{both}\n@media (prefers-color-scheme:dark){{@media not print{{{dark}}}}}\n"


def _colour(text: str, fallback: str) -> str:
    return text if re.fullmatch(r"#[0-9a-fA-F]{6}", text) else fallback


def _sort_key(text: str) -> str:
    return re.sub(r"^\W+", "", text.casefold()) or text


def _fragment(anchor: str) -> str:
    return "#" + quote(anchor)


def _order(rule: Rule) -> tuple[object, ...]:
    path = rule.path if rule.path and is_iri(rule.path) else ""
    return path, rule.words, rule.bounds, rule.severity, sorted(rule.targets)
