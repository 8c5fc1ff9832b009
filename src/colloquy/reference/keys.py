"""The keys on the page of terms: what each takes, means, leads to, and how its facts are said."""

from __future__ import annotations

import re
from collections.abc import Iterable

from colloquy.datatypes import HOW_TO_WRITE
from colloquy.ontology import Property
from colloquy.reference.ground import Part
from colloquy.reference.standing import Standing
from colloquy.rules import Step
from colloquy.terms import CQ, LABEL, LANG_STRING, OWL, TYPE, XSD, XSD_STRING, Term, iri_value

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


class Keys(Standing):
    """The keys, as dicts and lists for the template."""

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
