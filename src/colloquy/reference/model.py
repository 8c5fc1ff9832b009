"""What the page of terms shows: classes, keys, rules and counts, read off the ontology and the facts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from urllib.parse import quote

from colloquy.ontology import DEFAULT_COLOUR, DEFAULT_DARK, Class, Property
from colloquy.reference.diagram import Arm, Box, around, tree
from colloquy.reference.ground import Part, fragment, sort_key
from colloquy.reference.keys import Keys
from colloquy.schema import EVIDENCE
from colloquy.terms import LABEL, TYPE, Term, compress, iri_value

MOST_LISTED = 300
"""So many entries of a class are listed; the others are counted."""

NETWORK_PAGE = "index.html"


class Reference(Keys):
    """What the page of terms shows, as dicts and lists for its template."""

    # --- the whole --------------------------------------------------------------------------

    def page(self) -> Part:
        groups = [
            self.group("things", "Things", "entity", "What an entry may be: the word after `type:`."),
            self.group("relations", "Relations", "relation",
                       "A link that says more than its two ends. It is written as a mapping inside an entry."),
            self.group("names", "Names", "named", "Things known by their name alone: the name is all one writes."),
        ]  # fmt: skip
        ordered = self.ordered(list(self.ontology.classes.values()))
        keys = [self.key(key) for key in sorted({p.key for p in self.ontology.properties})]
        classes = [c for g in groups for c in g["classes"]]
        undefined = [c for c in classes if c["missing"]] + [p for k in keys for p in k["meanings"] if p["missing"]]
        return {
            "title": self.settings.title,
            "digest": self.ontology.digest[:12],
            "ontologies": self.ontologies(),
            "counts": {"classes": len(classes), "keys": len(keys), "entries": len(self.ids)},
            "groups": [g for g in groups if g["classes"]],
            "keys": keys,
            "evidence": EVIDENCE,
            "missing": undefined,
            "diagram": tree(self.boxes(ordered)),
            "unused": self.unused(classes, keys),
            "asks": bool(self.questions),
            "deprecated": [it for it in [*classes, *(p for k in keys for p in k["meanings"])] if it["deprecated"]],
            "namespaces": sorted((p, n) for p, n in self.prefixes.items() if self.used_namespace(n)),
        }

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

    def unused(self, classes: Sequence[Part], keys: Sequence[Part]) -> list[Part]:
        """List the terms that nothing is said with, and those that no question uses."""
        meanings = [p for k in keys for p in k["meanings"]]
        found = [
            ("Classes without an entry", [c for c in classes if not c["total"]]),
            ("Keys without a value", [p for p in meanings if not p["uses"]]),
        ]
        if self.questions:
            found += [
                ("Classes without a question", [c for c in classes if not c["asked"]]),
                ("Keys without a question", [p for p in meanings if not p["asked"]]),
            ]
        return [{"words": words, "terms": terms} for words, terms in found if terms]

    def boxes(self, ordered: Sequence[tuple[Class, int]]) -> list[Box]:
        """Give the boxes of the diagram in order, each line of classes behind the standard class it begins with."""
        own = {c.term for c, _ in ordered}
        found: dict[Term, Box] = {}
        for c, _ in ordered:
            parents = [t for t in c.parents if t in own and c.term not in self.ontology.rules.ancestors(t)]
            outside = sorted((t for t in c.parents if t not in own and not t.endswith("#Thing>")), key=self.short)
            above = parents or outside[:1]
            for t in above:
                if t not in own:
                    found.setdefault(t, Box(t, self.short(t)))
            box = self.box(c)
            total = len(self.graph.subjects(TYPE, c.term))
            one, many = {"entity": ("entry", "entries"), "named": ("name", "names")}.get(c.kind, ("time", "times"))
            counted = f"{total:,} {one if total == 1 else many}"
            kind = "a kind of " + " and of ".join(self.link(t)["text"] for t in [*parents, *outside])
            told = ", ".join([kind, counted] if parents or outside else [counted])
            under = above[0] if above else None
            found[c.term] = replace(box, note=f"{total:,}", under=under, beside=tuple(above[1:]), told=told)
        return list(found.values())

    def box(self, c: Class) -> Box:
        shown = c.kind == "entity" and c.drawn
        return Box(
            c.term,
            c.label,
            fragment(self.anchors[f"class:{c.name}"]),
            look=self.looks.index((c.look.colour, c.look.dark)),
            mark=c.look.mark if shown else "",
        )

    def short(self, term: Term) -> str:
        return compress(term, self.prefixes).strip("<>")

    def arms(self, c: Class) -> tuple[list[Arm], list[Arm]]:
        """Give what leads to a class itself, and what leads from it; what it inherits is drawn where it comes from."""
        into, out = [], []
        for p in self.by_key:
            if p.kind in ("text", "literal"):
                continue
            target = self.ontology.property_by_term.get(p.target) if p.target else None
            ends = (target or p).range
            if c.term in p.domain:
                out.append(Arm(p.key, self.end(ends, p)))
            if c.term in ends or c.term in p.range:
                into.append(Arm(p.key, self.end(p.domain, p)))
        return into, out

    def end(self, terms: Iterable[Term], p: Property) -> Box:
        """Give the box at the end of a link: its class, or where there are several the key's own place."""
        classes = [c for t in self.by_label(terms) if (c := self.ontology.class_by_term.get(t))]
        if len(classes) == 1:
            return self.box(classes[0])
        labels = " or ".join(c.label for c in classes) if 0 < len(classes) < 3 else ""
        return Box(p.term, labels or (f"{len(classes)} kinds" if classes else "anything"), self.link_key(p)["href"])

    def group(self, anchor: str, title: str, kind: str, words: str) -> Part:
        ordered = self.ordered([c for c in self.ontology.classes.values() if c.kind == kind])
        classes = [self.class_(c, depth) for c, depth in ordered]
        return {"anchor": anchor, "title": title, "words": words, "classes": classes}

    def ordered(self, classes: Sequence[Class]) -> list[tuple[Class, int]]:
        """Put each class behind its first parent, with its depth; a ring of classes starts at its first."""
        placed: dict[Term, int] = {}
        order: list[tuple[Class, int]] = []

        def by_name(found: Iterable[Class]) -> list[Class]:
            return sorted(found, key=lambda c: (c.look.order, sort_key(c.label), c.name))

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
            "diagram": around(self.box(c), *self.arms(c)),
            "written": self.written_entries.entry(c),
            "question": self.example_question(c),
            "domain_of": [self.link_key(p) for p in self.by_key if c.term in p.domain],
            "pointed": [self.link_key(p) for p in self.by_key if p.range & c.ancestors],
            "own": groups.get(c.term, []),
            "inherited": inherited,
            "rules": self.rules_of(c),
            "count": len(instances),
            "total": len(self.graph.subjects(TYPE, c.term)),
            **self.listed(c, instances),
        }

    def example_question(self, c: Class) -> Part:
        made = self.examples.question(c)
        return {
            "words": made.words,
            "query": made.query,
            "answered": made.answered,
            "href": self.address_of(made.query),
        }

    def listed(self, c: Class, instances: list[Term]) -> Part:
        if c.kind == "relation":
            return {"entries": [], "more": 0}
        linked = c.kind == "entity" and c.drawn
        names = sorted((sort_key(self.name(t)), t) for t in instances)
        entries = [
            {
                "text": self.name(t),
                "href": f"{NETWORK_PAGE}#{quote(self.ids[t])}" if linked and t in self.ids else None,
                # The label and the type of a name are stated each time that it is used.
                "count": 0 if c.kind == "entity" else self.named[t],
            }
            for _, t in names[:MOST_LISTED]
        ]
        return {"entries": entries, "more": max(0, len(names) - MOST_LISTED)}

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

    def kind_styles(self) -> str:
        """Write the colours of the classes, for light and for dark ground; what is no colour becomes a grey."""

        def rules(name: str, which: int, fallback: str) -> str:
            return "".join(f".k{at}{{--{name}:{_colour(look[which], fallback)}}}" for at, look in enumerate(self.looks))

        light, dark = rules("kind", 0, DEFAULT_COLOUR), rules("kind", 1, DEFAULT_DARK)
        both = rules("light", 0, DEFAULT_COLOUR) + rules("dark", 1, DEFAULT_DARK)
        return f"{light}{both}\n@media (prefers-color-scheme:dark){{@media not print{{{dark}}}}}\n"


def _colour(text: str, fallback: str) -> str:
    return text if re.fullmatch(r"#[0-9a-fA-F]{6}", text) else fallback
