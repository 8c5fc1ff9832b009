"""An example entry in YAML for every class, made from the ontology and, where there is one, a real entry.

Only id and name are invented where an entry of the class is there: its other values are known to keep
every shape.  Where there is none, values are made from datatypes and shapes.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Set
from functools import cached_property

from colloquy.examples import Examples
from colloquy.ontology import Class, Property, words_of
from colloquy.shapes import deactivated, read_shapes
from colloquy.terms import LABEL, SH, TYPE, XSD, Term, literal_parts, plain, slug

MOST_KEYS = 6
"""An example entry has so many keys at most, beside those that it must have."""

_LONGEST = 60
_SAMPLES = {
    XSD + "date": "2024-05-31",
    XSD + "dateTime": "2024-05-31T09:30:00Z",
    XSD + "gYear": "2024",
    XSD + "gYearMonth": "2024-05",
    XSD + "gMonthDay": "--05-31",
    XSD + "decimal": "3.5",
    XSD + "double": "3.5",
    XSD + "boolean": "true",
    XSD + "anyURI": "https://example.org/",
}
_BARE = re.compile(r"[A-Za-z][\w .'’()–-]*(?<! )|-{0,2}\d[\d-]*|\d+\.\d+|https?://[\w./-]+")
_READ_OTHERWISE = re.compile(r"(?i:y|n|yes|no|on|off|null|nan)")
_BOUNDS = ("minInclusive", "maxInclusive", "minExclusive", "maxExclusive")


class Written:
    """Writes the example entries.

    `ids` are the ids of the entries by their IRIs, `predicates` the properties that facts are written with:
    what only follows from them need not be written.
    """

    def __init__(self, examples: Examples, ids: Mapping[Term, str], predicates: Set[Term], language: str) -> None:
        self.examples, self.ids, self.predicates, self.language = examples, ids, predicates, language
        self.ontology, self.graph = examples.ontology, examples.graph

    def entry(self, c: Class) -> str:
        """Write an entry of a class; of a relation or a name, the key that leads to it."""
        if c.kind == "entity":
            lines = [f"id: {self.new_id(c)}", f"type: {c.name}", *self.pairs(c, self.model(c), MOST_KEYS)]
            return "- " + "\n  ".join(lines)
        owner = next(iter(self.examples.owners(c)), None)
        key = owner.key if owner else "…"
        if c.kind == "named":
            return f"{key}: {self.name_of(c)}"
        return f"{key}:\n- {self.mapping(c, self.model(c))}"

    def new_id(self, c: Class) -> str:
        own, number, taken = slug(c.label)[:80] or "thing", 1, set(self.ids.values())
        name = f"example-{own}"
        while name in taken:
            number += 1
            name = f"example-{own}-{number}"
        return name

    # --- which keys ---------------------------------------------------------------------------

    @cached_property
    def constraints(self) -> dict[Term, list[tuple[Term, Mapping[str, object]]]]:
        """What shapes ask of the values of a property: the class they are for, and their parts."""
        found: dict[Term, list[tuple[Term, Mapping[str, object]]]] = defaultdict(list)
        for shape in read_shapes(self.ontology.index):
            if deactivated(self.ontology.index, shape):
                continue
            for target in (term for kind, term in shape.targets if kind == "targetClass"):
                for s in shape.walk():
                    if s.path:
                        found[s.path].append((target, dict(s.constraints)))
        return found

    def asked_of(self, p: Property, c: Class) -> dict[str, object]:
        parts: dict[str, object] = {}
        for target, constraints in self.constraints.get(p.term, ()):
            if target in c.ancestors:
                parts |= constraints
        return parts

    def must(self, p: Property, c: Class) -> bool:
        least = self.asked_of(p, c).get("minCount")
        return least is not None and plain(str(least)) != "0"

    def chosen(self, c: Class, model: Term | None, most: int) -> list[Property]:
        """Choose the keys to show: a name, what must be there, and the nearest of those that the model has."""
        keys = list(self.ontology.keys(c).values())
        names = [p for p in keys if self.examples.names(p)]
        uses = self.examples.uses
        used = {p: (-uses[p.term][c.term], -uses[p.term].total()) for p in names}
        names.sort(key=lambda p: (not self.must(p, c), -self.examples.depth(p, c), *used[p], p.key))
        must = [p for p in keys if self.must(p, c) and p not in names[:1]]
        unique = self.ontology.outside_ids(c)
        near = [p for p in self.examples.telling(c) if p.domain and p.term not in unique and p not in must]
        # Those of the class itself; where it has none, those that it inherits.
        near.sort(key=lambda p: c.term not in p.domain)
        if c.kind == "relation":
            back = {q for o in self.examples.owners(c) for q, turned in self.ontology.rules.implied(o.term) if turned}
            targets = {o.target for o in self.examples.owners(c)}
            near = [p for p in near if p.term not in back and p.kind != "relation"]
            near.sort(key=lambda p: p.term not in targets)
            names = []
        if model is not None:
            near = [p for p in near if p.term in self.predicates and self.graph.objects(model, p.term)]
        return [*names[:1], *must, *near[: max(0, most - len(must))]]

    def model(self, c: Class) -> Term | None:
        """Find the entry whose values to show: that with the most of the keys that tell most."""
        wanted = [p.term for p in self.examples.telling(c) if p.domain][:12]
        things = self.graph.subjects(TYPE, c.term)
        if c.kind == "entity":
            things = {t for t in things if t in self.ids}
        return min(things, key=lambda t: (-sum(bool(self.graph.objects(t, p)) for p in wanted), t), default=None)

    def pairs(self, c: Class, model: Term | None, most: int) -> list[str]:
        """Write keys and values, each pair as YAML."""
        found = []
        for p in self.chosen(c, model, most):
            value = self.value(p, c, model)
            if value is not None:
                found.append(f"{p.key}: {value}")
        return found

    def mapping(self, c: Class, model: Term | None) -> str:
        return "{" + ", ".join(self.pairs(c, model, 3)) + "}"

    # --- which values -------------------------------------------------------------------------

    def value(self, p: Property, c: Class, model: Term | None) -> str | None:
        there = sorted(self.graph.objects(model, p.term)) if model else []
        if self.examples.names(p) and c.kind == "entity":
            return scalar(f"Example {c.label}")
        if p.kind == "relation":
            inner = next(filter(None, (self.ontology.class_by_term.get(t) for t in sorted(p.range))), None)
            return f"[{self.mapping(inner, there[0] if there else self.model(inner))}]" if inner else None
        if p.kind == "reference":
            ids = [self.ids[t] for t in there if t in self.ids]
            return ids[0] if len(ids) == 1 else f"[{', '.join(ids[:3])}]" if ids else self.far_end(p, c)
        if p.kind == "named":
            named = [words_of(self.graph, t, LABEL, self.language) for t in there]
            classes = (self.ontology.class_by_term.get(t) for t in sorted(p.range))
            return scalar(named[0]) if any(named) else next((self.name_of(k) for k in classes if k), None)
        short = [t for t in there if len(plain(t)) <= _LONGEST and "\n" not in plain(t)]
        return self.tagged(short[0]) if short else self.made(p, c)

    def tagged(self, term: Term) -> str:
        part = literal_parts(term)
        tag = part.language
        return scalar(part.lexical) if tag in (None, self.language) else f"{{{tag}: {scalar(part.lexical)}}}"

    def far_end(self, p: Property, c: Class) -> str | None:
        """Name an entry that is there; without one, an id that says what it should be the id of."""
        wanted = p.range - {c for c in p.range if plain(c).endswith("#Thing")}
        things = sorted(self.ids[t] for k in wanted for t in self.graph.subjects(TYPE, k) if t in self.ids)
        if things:
            return things[0]
        if not wanted:
            return None
        return "example-" + (slug(self.ontology.label(min(wanted))) or "thing")

    def name_of(self, c: Class) -> str:
        things = self.graph.subjects(TYPE, c.term)
        named = sorted(filter(None, (words_of(self.graph, t, LABEL, self.language) for t in things)))
        return scalar(named[0] if named else f"Example {c.label}")

    def made(self, p: Property, c: Class) -> str | None:
        """Make a value that keeps the shapes, as far as one can be made from them."""
        asked = self.asked_of(p, c)
        for name in ("in", "hasValue"):
            if given := asked.get(name):
                return self.tagged(given[0] if isinstance(given, tuple) else str(given))
        if "pattern" in asked:  # none can be made: one that another thing has
            there = sorted(o for _, _, o in self.graph.match(None, p.term, None))
            return self.tagged(there[0]) if there else None
        if p.kind == "text":
            tags = [plain(t) for t in asked.get("languageIn") or ()]  # type: ignore[attr-defined]
            words = f"example of {p.label}"
            if tags and self.language not in tags:
                return "{" + ", ".join(f"{tag}: {scalar(words)}" for tag in tags) + "}"
            return scalar(words)
        for datatype in p.datatypes:
            if datatype in _SAMPLES:
                return self.later(p) if datatype == XSD + "date" else scalar(_SAMPLES[datatype])
            if datatype.endswith("nteger"):
                bound = next((plain(str(asked[b])) for b in _BOUNDS[:2] if b in asked), None)
                return bound or "1"
        return scalar(f"example of {p.label}")

    def later(self, p: Property) -> str:
        """Give a day; a later one where a shape wants the property to come after another one."""
        orders = (f"<{SH}lessThan>", f"<{SH}lessThanOrEquals>")
        second = any(True for order in orders for _ in self.ontology.index.match(None, order, p.term))
        return "2024-06-01" if second else _SAMPLES[XSD + "date"]


def scalar(text: str) -> str:
    """Write a text as a YAML scalar, in quotes where it needs them or where YAML 1.1 reads something else.

    >>> scalar("Harbour Hall"), scalar("no"), scalar("a: b")
    ('Harbour Hall', '"no"', '"a: b"')
    """
    bare = _BARE.fullmatch(text) and not _READ_OTHERWISE.fullmatch(text)
    return text if bare else json.dumps(text, ensure_ascii=False)
