"""The page of terms: what the ontology lets one say, how it is written, and how often it was said.

One file that asks for nothing: no script, and a policy that names its style by its SHA-256.  Well
described terms look rich, and a term without definition or example says so, as pyLODE does it
(https://github.com/RDFLib/pyLODE).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from colloquy.datatypes import HOW_TO_WRITE
from colloquy.facts import Entry, Facts
from colloquy.index import TripleIndex
from colloquy.ontology import DEFAULT_COLOUR, DEFAULT_DARK, Class, Ontology, Property, local_name, words_of
from colloquy.rules import Step
from colloquy.schema import EVIDENCE
from colloquy.settings import Settings
from colloquy.shapes import Shape, deactivated, read_shapes
from colloquy.terms import CQ, LABEL, LANG_STRING, OWL, RDFS, TYPE, XSD, XSD_STRING, Term, compress, iri_value, plain

Part = dict[str, Any]

MOST_LISTED = 300
"""So many entries of a class are listed; the others are counted."""

NETWORK_PAGE = "index.html"
_SHEETS = ("page/base.css", "reference.css")
_RESERVED = ("terms", "start", "top", "things", "relations", "names", "keys", "missing", "namespaces", "every-entry")
_SAME_AS: Term = f"<{OWL}sameAs>"
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
_BOUNDS = {
    "minCount": "at least {}",
    "maxCount": "at most {}",
    "minLength": "{} characters or more",
    "maxLength": "{} characters or fewer",
    "minInclusive": "{} or more",
    "maxInclusive": "{} or less",
    "minExclusive": "more than {}",
    "maxExclusive": "less than {}",
    "uniqueLang": "one in each language",
    "hasValue": "{}",
    "class": "of the kind {}",
    "datatype": "written as {}",
    "in": "one of {}",
    "languageIn": "in {}",
    "pattern": "of the form {}",
}


def write_reference(ontology: Ontology, graph: TripleIndex, facts: Facts, settings: Settings) -> str:
    """Render the page of terms as HTML text, to be written in UTF-8 with its line ends kept.

    `graph` is the closure of the facts: it gives the labels, and the counts of what follows from
    what was written.  Equal input gives equal text.
    """
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # 40 ms, and only a build needs it
    from markupsafe import Markup

    def prose(text: str) -> Markup:
        """Show what stands between backticks as code."""
        parts = text.split("`")
        if len(parts) % 2 == 0:  # one backtick stands alone: leave all as they are
            return Markup.escape(text)
        return Markup().join(Markup("<code>{}</code>").format(p) if n % 2 else p for n, p in enumerate(parts))

    model = _Reference(ontology, graph, facts, settings)
    styles = "\n".join([*map(_web, _SHEETS), model.kind_styles()])
    environment = Environment(
        loader=FunctionLoader(_web), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["prose"] = prose
    return environment.get_template("reference.html").render(
        page=model.page(),
        styles=Markup(styles),
        policy=f"default-src 'none'; style-src {_hash(styles)}; img-src data:; base-uri 'none'; form-action 'none'",
        network=NETWORK_PAGE,
        most=MOST_LISTED,
    )


class _Reference:
    def __init__(self, ontology: Ontology, graph: TripleIndex, facts: Facts, settings: Settings) -> None:
        self.ontology, self.graph, self.facts, self.settings = ontology, graph, facts, settings
        self.prefixes = dict(ontology.prefixes)
        self.anchors: dict[str, str] = {}
        for name in (*_RESERVED, *ontology.classes, *sorted({p.key for p in ontology.properties})):
            self.anchor(name if name in _RESERVED or name in ontology.classes else f"key:{name}", name)
        self.looks = sorted({(c.look.colour, c.look.dark) for c in ontology.classes.values()})
        self.shapes = [s for s in read_shapes(ontology.index) if not deactivated(ontology.index, s)]
        self.entries: dict[Term, list[Entry]] = defaultdict(list)
        for _, entry in sorted(facts.entries.items()):
            self.entries[entry.term].append(entry)
        self.classes_of: dict[Term, set[Term]] = defaultdict(set)
        self.uses: Counter[Term] = Counter()
        self.named: Counter[Term] = Counter()
        self.used_by: dict[Term, Counter[Term]] = defaultdict(Counter)
        for s in facts.statements:
            if s.predicate == TYPE:
                self.classes_of[s.subject].add(s.object)
        for s in facts.statements:
            self.uses[s.predicate] += 1
            self.named[s.object] += 1
            for class_ in self.classes_of[s.subject]:
                self.used_by[s.predicate][class_] += 1
        self.uses[_SAME_AS] = sum(len(same) - 1 for same in self.entries.values())

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
            "language": self.settings.language or "en",
            "digest": self.ontology.digest[:12],
            "ontologies": self.ontologies(),
            "counts": {"classes": len(classes), "keys": len(keys), "entries": len(self.entries)},
            "groups": [g for g in groups if g["classes"]],
            "keys": keys,
            "evidence": EVIDENCE,
            "example": next((c["example"] for c in classes if c["example"]), ""),
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
        above = sorted((t for t in groups if t and t != c.term), key=lambda t: (-self.depth(t), t))
        inherited = [{"from": t and self.link(t), "keys": groups[t]} for t in [*above, None] if t in groups]
        parents = [self.link(t) for t in c.parents]
        instances = [t for t, types in self.classes_of.items() if c.term in types]
        return {
            **self.described(c.term, c.label, c.definition, c.example, bool(index.objects(c.term, LABEL))),
            "name": c.name,
            "anchor": self.anchors[c.name],
            "depth": depth,
            "look": self.looks.index((c.look.colour, c.look.dark)),
            "colour": c.look.colour,
            "dark": c.look.dark,
            "mark": c.look.mark,
            "shown": c.kind == "entity" and c.drawn,
            "kind": c.kind,
            "parents": parents,
            "above": [self.link(t) for t in sorted(c.ancestors - {c.term, *c.parents}, key=lambda t: (-self.depth(t), t))],
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
                "href": f"{NETWORK_PAGE}#{quote(self.entries[t][0].id)}" if linked and t in self.entries else None,
                # The label and the type of a name are stated each time that it is used.
                "count": 0 if c.kind == "entity" else self.named[t],
            }
            for _, t in names[:MOST_LISTED]
        ]
        return {"entries": entries, "more": max(0, len(names) - MOST_LISTED)}

    def home(self, p: Property, c: Class) -> Term | None:
        """Say from which class a class has a key: itself, the nearest one above it, or none in particular."""
        found = p.domain & c.ancestors
        return c.term if c.term in found else max(found, key=lambda t: (self.depth(t), t), default=None)

    def depth(self, term: Term) -> int:
        return len(self.ontology.rules.ancestors(term))

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
        return {"key": key, "anchor": self.anchors[f"key:{key}"], "meanings": meanings, "uses": sum(m["uses"] for m in meanings)}

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
        entailed = sum(1 for _ in self.graph.match(None, p.term, None)) - len(
            {s.triple for s in self.facts.statements if s.predicate == p.term}
        )
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
            "chains": [self.chain(c) for c in ontology.rules.chains if c[0] == p.term or {q for q, _ in c[1]} & {p.term, *forward}],
            "sentences": self.sentences(p) if said else [],
            "uses": self.uses[p.term],
            "entailed": entailed,
            "by": [{**self.link(t), "count": n} for t, n in sorted(self.used_by[p.term].items(), key=lambda i: (-i[1], i[0]))],
            "rules": [
                {**row, "of": [self.link(t) for kind, t in shape.targets if kind == "targetClass"]}
                for shape in self.shapes
                for row in self.rows(shape)
                if row["path"] == p.term
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
        for shape in self.shapes:
            targets = {t for kind, t in shape.targets if kind == "targetClass"} & c.ancestors
            if targets:
                home = c.term if c.term in targets else max(targets, key=lambda t: (self.depth(t), t))
                found += [{**row, "from": None if home == c.term else self.link(home)} for row in self.rows(shape)]
        return sorted(found, key=lambda row: row["from"] is not None)

    def rows(self, shape: Shape) -> list[Part]:
        """Say a shape and what it holds, one row for each that says anything."""
        rows = []
        for s in shape.walk():
            bounds = [words for name, value in s.constraints if (words := self.bound(name, value))]
            if s.message or bounds or s.beyond:
                words = s.message or ("" if bounds else "a rule that is read by the full SHACL engine")
                path = self.link(s.path) if s.path and s.path.startswith("<") else None
                rows.append({"path": s.path, "link": path, "words": words, "bounds": bounds, "severity": s.severity})
        return rows

    def bound(self, name: str, value: object) -> str:
        if name not in _BOUNDS:
            return ""
        if name in ("class", "datatype"):
            shown = self.ontology.label(str(value))
        elif isinstance(value, tuple):
            shown = str(value[0]) if name == "pattern" else ", ".join(self.shown(str(v)) for v in value)
        else:
            shown = self.shown(str(value))
        return "none" if (name, shown) == ("maxCount", "0") else _BOUNDS[name].format(shown)

    def shown(self, term: Term) -> str:
        return self.ontology.label(term) if term.startswith("<") else plain(term)

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
            return {"text": label, "href": _fragment(self.anchors[c.name]), "code": False}
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


def _web(name: str) -> str:
    return (files("colloquy") / "web" / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
