"""Reads the ontology: the only module that knows OWL and the `cq:` annotations.

All Turtle files of a project's `ontology/` folder, together with the vocabulary that comes with
this package, become one frozen `Ontology`, which answers every question about YAML keys, types of
values, inference, sentences, colours and marks.  Parsing is pyoxigraph's: it reads the bundled
ontology in a few milliseconds, so nothing has to be cached.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from colloquy.datatypes import CANONICAL
from colloquy.deprecation import Change, read_changes
from colloquy.errors import Finding, Place
from colloquy.evidence import EVIDENCE_KEYS
from colloquy.index import TripleIndex, read_list
from colloquy.mistakes import find_mistakes
from colloquy.rules import Rules, read_rules
from colloquy.terms import (
    CLASSES,
    CQ,
    LABEL,
    LANG_STRING,
    OWL,
    RDF,
    RDFS,
    SKOS,
    STANDARD_PREFIXES,
    TYPE,
    XSD,
    XSD_STRING,
    Term,
    Triple,
    iri_value,
    is_iri,
    literal_parts,
    plain,
)
from colloquy.turtle.places import Spot, spots_in
from colloquy.turtle.reading import Origin, read_turtle, turtle_files

RESERVED_KEYS = ("id", "entry", "type", *EVIDENCE_KEYS)
MARKS = ("dot", "square", "triangle", "triangleDown", "diamond", "star", "hexagon")
DEFAULT_COLOUR, DEFAULT_DARK = "#5f6b73", "#b4bec5"

_DEFINITION = f"<{SKOS}definition>"
_EXAMPLE = f"<{SKOS}example>"
_SUBCLASS = f"<{RDFS}subClassOf>"
_DOMAIN, _RANGE = f"<{RDFS}domain>", f"<{RDFS}range>"
_LOOK = (f"<{CQ}colour>", f"<{CQ}darkColour>")
_LARGE = 250_000
"""Bytes of Turtle beyond which a finding names the file alone: to find a line takes a second reading, in Python."""
_ANYTHING = {f"<{OWL}Thing>", f"<{RDFS}Resource>"}
_OBJECT_PROPERTY, _DATATYPE_PROPERTY = f"<{OWL}ObjectProperty>", f"<{OWL}DatatypeProperty>"
_PROPERTY_KINDS = (_OBJECT_PROPERTY, _DATATYPE_PROPERTY, f"<{RDF}Property>")
_CONNECTS = f"<{CQ}connects>"
_QUALIFIED, _NAMED = f"<{CQ}QualifiedRelation>", f"<{CQ}NamedValue>"
_OWN = tuple(namespace for prefix, namespace in STANDARD_PREFIXES.items())


@dataclass(frozen=True)
class View:
    """How a class looks: colours as `#rrggbb`, one of `MARKS` (with `hollow-` before it for an outline)."""

    colour: str
    dark: str
    mark: str
    order: int


@dataclass(frozen=True)
class Class:
    """A class that an entry may have as its `type`; `kind` is `entity`, `relation` or `named`."""

    term: Term
    name: str
    label: str
    plural: str
    definition: str
    example: str
    parents: tuple[Term, ...]
    ancestors: frozenset[Term]
    kind: str
    view: Class | None = field(compare=False, repr=False)
    look: View = field(compare=False)
    drawn: bool = True
    names_repeat: bool = False
    """Whether two things of it may well have one name (`cq:mayShareName`), as talks may."""
    connects: bool = True
    """Whether a path may go through its things (`cq:connects`); without, they are ends only."""


@dataclass(frozen=True)
class Property:
    """A property that an entry may have as a key.

    `kind` says what a YAML value becomes: `reference` (an entry's id), `relation` (a nested
    mapping), `named` (a name), `text` (characters, with a language) or `literal` (by `datatypes`).
    """

    term: Term
    key: str
    label: str
    definition: str
    example: str
    kind: str
    domain: frozenset[Term]
    range: frozenset[Term]
    datatypes: tuple[str, ...]
    sentence: str
    inverse_sentence: str
    detail: str
    lone_sentence: str
    target: Term | None
    drawn: bool
    connects: bool = True
    """Whether such a link counts as a connection between its two ends (`cq:connects`)."""
    deprecated: bool = False
    """Whether another term is to be used: a key that both have means the other one."""


@dataclass(frozen=True)
class Ontology:
    """Everything that the ontology decides, frozen."""

    classes: Mapping[str, Class]
    properties: tuple[Property, ...]
    rules: Rules
    triples: tuple[Triple, ...]
    prefixes: Mapping[str, str]
    digest: str
    findings: tuple[Finding, ...]
    index: TripleIndex = field(repr=False)
    changes: Mapping[Term, Change] = field(default_factory=dict)
    """The deprecated terms, each with what replaces it."""

    @cached_property
    def class_by_term(self) -> dict[Term, Class]:
        """Classes by their IRI."""
        return {c.term: c for c in self.classes.values()}

    @cached_property
    def property_by_term(self) -> dict[Term, Property]:
        """Properties by their IRI."""
        return {p.term: p for p in self.properties}

    @cached_property
    def _keys(self) -> dict[str, dict[str, Property]]:
        return {name: self._keys_of(c) for name, c in self.classes.items()}

    def keys(self, class_: Class) -> Mapping[str, Property]:
        """Give the keys of a class, inherited ones too, each with the property it means there.

        Where two properties share a key, the one with the nearest domain wins.
        """
        return self._keys[class_.name]

    def _keys_of(self, class_: Class) -> dict[str, Property]:
        return {key: meanings[0] for key, meanings in sorted(_meanings(class_, self.properties, self.rules).items())}

    def outside_ids(self, class_: Class) -> frozenset[Term]:
        """Give the properties whose values tell the things of a class apart (`owl:hasKey`)."""
        return frozenset[Term]().union(*(self.rules.keys.get(t, ()) for t in class_.ancestors))

    @cached_property
    def kinds(self) -> tuple[Class, ...]:
        """The classes that stand in the legend, in its order: those with a view of their own."""
        own = {c.view.name: c.view for c in self.classes.values() if c.kind == "entity" and c.view}
        return tuple(sorted(own.values(), key=lambda c: (c.look.order, c.name)))

    def is_a(self, class_: Class, ancestor: Term) -> bool:
        """Tell whether a class is, or comes below, another one."""
        return ancestor in class_.ancestors

    def label(self, term: Term) -> str:
        """Give the words for a term of the ontology: its label, or the end of its IRI."""
        words = words_of(self.index, term, LABEL)
        return words or local_name(term)


def _meanings(class_: Class, properties: Iterable[Property], rules: Rules) -> dict[str, list[Property]]:
    """Give the properties that each key of a class may mean: those with the nearest domain, no deprecated one first."""
    found: dict[str, tuple[tuple[bool, int], list[Property]]] = {}
    for p in properties:
        near = p.domain & class_.ancestors
        if p.domain and not near:
            continue
        # The nearer the domain, the more ancestors it has itself.
        depth = (not p.deprecated, max((len(rules.ancestors(d)) for d in near), default=0))
        before = found.get(p.key, ((False, -1), []))[0]
        if depth > before:
            found[p.key] = (depth, [p])
        elif depth == before:
            found[p.key][1].append(p)
    return {key: meanings for key, (_, meanings) in found.items()}


def local_name(term: Term) -> str:
    """Give the part of an IRI after the last `#`, `/` or `:`."""
    return re.split(r"[#/:]", iri_value(term).rstrip("#/"))[-1]


def snake_case(name: str) -> str:
    """Make a YAML key of a local name.

    >>> snake_case("startDate")
    'start_date'
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def words_of(index: TripleIndex, term: Term, predicate: Term, language: str = "en") -> str:
    """Give a text annotation of a term in a language, else in none, else in the first by name."""
    best: dict[str, str] = {}
    for o in index.objects(term, predicate):
        if not is_iri(o) and not o.startswith("_:"):
            part = literal_parts(o)
            key = part.language or ""
            best[key] = min(best.get(key, part.lexical), part.lexical)
    for key in (language, "", *sorted(best)):
        if key in best:
            return best[key]
    return ""


def read_ontology(folder: Path, project: Path | None = None) -> Ontology:
    """Read every `*.ttl` of a folder, with the packaged vocabulary, into one frozen object.

    Raises ProjectError, naming file and line, for a file that is not Turtle.  Everything else that is
    wrong is among its findings.
    """
    ontology = ontology_of(*read_turtle(folder, project))
    if any(isinstance(f.place.file, Origin) for f in ontology.findings):
        ontology = replace(ontology, findings=tuple(sorted(_placed(ontology, dict(turtle_files(folder, project))))))
    return ontology


def _placed(ontology: Ontology, texts: Mapping[str, bytes]) -> Iterator[Finding]:
    """Give the findings at their lines and columns, where the files are still those that were read, and not large."""
    spots: dict[str, list[Spot] | None] = {}
    for finding in ontology.findings:
        file = finding.place.file
        if not isinstance(file, Origin) or len(texts.get(file, b"")) > _LARGE:
            yield finding
            continue
        if file not in spots:
            spots[file] = spots_in(texts.get(file, b""))
        known = spots[file] or []
        at = known[file.number].object if file.number < len(known) else (0, 0)
        yield replace(finding, place=Place(str(file), *at))


def ontology_of(triples: Mapping[Triple, str], prefixes: Mapping[str, str], digest: str) -> Ontology:
    """Make the frozen object of an ontology's triples, each with the name of the file that it is from."""
    index = TripleIndex(triples)
    changes, change_findings = read_changes(index, triples)
    rules, rule_findings = read_rules(index, triples, changes.values())
    classes, clashes = _read_classes(index, rules, triples, changes)
    properties = _read_properties(index, rules, changes)
    findings = [*rule_findings, *change_findings, *clashes, *_check_imports(index, triples)]
    findings += _check_annotations(index, classes, properties, triples)
    findings += _check_keys(index, classes, properties, rules, triples)
    findings += find_mistakes(index, triples)
    return Ontology(
        classes=classes,
        properties=properties,
        rules=rules,
        triples=tuple(triples),
        prefixes=prefixes,
        digest=digest,
        # What is said of a file twice is said once, at the first place.
        findings=tuple(sorted(dict.fromkeys(sorted(findings, key=_at)))),
        index=index,
        changes=changes,
    )


def _at(finding: Finding) -> int:
    return finding.place.file.number if isinstance(finding.place.file, Origin) else -1


def _owned(term: Term) -> bool:
    return not iri_value(term).startswith(_OWN)


def _read_classes(
    index: TripleIndex, rules: Rules, origin: Mapping[Triple, str], changes: Mapping[Term, Change]
) -> tuple[dict[str, Class], list[Finding]]:
    look = {f"<{CQ}{name}>" for name in ("colour", "mark", "legendOrder", "plural")}
    terms = sorted(
        t
        for t in set[Term]().union(*(index.subjects(TYPE, c) for c in CLASSES))
        if is_iri(t) and (_owned(t) or t == f"<{CQ}Section>" or any(index.objects(t, a) for a in look))
    )
    made: dict[Term, Class] = {}

    def make(term: Term) -> Class:
        if term in made:
            return made[term]
        parents = tuple(sorted(p for p in index.objects(term, _SUBCLASS) if is_iri(p) and p != term))
        ancestors = rules.ancestors(term)
        kind = "relation" if _QUALIFIED in ancestors else "named" if _NAMED in ancestors else "entity"
        # Views are looked for upwards, so parents are made first; a cycle of classes ends at the one begun.
        above = [make(p) for p in parents if p in terms and term not in rules.ancestors(p)]
        own = any(index.objects(term, a) for a in look)
        if term in changes and (new := changes[term].new) in terms and new not in changes:
            above, own = [make(new)], False  # what is replaced looks as its replacement does
        view = next((c.view for c in above if c.view is not None), None)
        base = view.look if view else View(DEFAULT_COLOUR, DEFAULT_DARK, "dot", 1000)
        words = {a: words_of(index, term, f"<{CQ}{a}>") for a in ("colour", "darkColour", "mark", "legendOrder")}
        order = words["legendOrder"]
        label = words_of(index, term, LABEL) or local_name(term)
        made[term] = self = Class(
            term=term,
            name=local_name(term),
            label=label,
            plural=words_of(index, term, f"<{CQ}plural>") or label[:1].upper() + label[1:],
            definition=words_of(index, term, _DEFINITION),
            example=words_of(index, term, _EXAMPLE),
            parents=parents,
            ancestors=ancestors,
            kind=kind,
            view=None if own or view is None else view,
            look=View(
                words["colour"] or base.colour,
                words["darkColour"] or words["colour"] or base.dark,
                words["mark"] or base.mark,
                int(order) if order.isdecimal() else base.order,
            ),
            drawn=kind == "entity" and words_of(index, term, f"<{CQ}drawn>") != "false",
            names_repeat=any(words_of(index, t, f"<{CQ}mayShareName>") == "true" for t in ancestors),
            connects=all(words_of(index, t, _CONNECTS) != "false" for t in ancestors),
        )
        if self.view is None:
            object.__setattr__(self, "view", self)  # the one place where the frozen object is tied to itself
        return self

    classes: dict[str, Class] = {}
    clashes = []
    for term in terms:
        one = make(term)
        first = classes.setdefault(one.name, one)
        if first is not one:
            message = f"two classes are called {one.name}: {iri_value(first.term)} and {iri_value(term)}"
            place = Place(_origin(index, origin, term), 0, 0)
            hint = "`type:` could not tell them apart: rename one"
            clashes.append(Finding(place, "error", "name-clash", message, hint))
    return classes, clashes


def _members(index: TripleIndex, node: Term) -> frozenset[Term]:
    """Give the IRIs that a domain or range names: itself, the members of its union, the datatype it restricts."""
    if is_iri(node):
        return frozenset({node})
    found = {t for t in index.objects(node, f"<{OWL}onDatatype>") if is_iri(t)}
    for union in index.objects(node, f"<{OWL}unionOf>"):
        found.update(t for t in read_list(index, union) if is_iri(t))
    return frozenset(found)


def _ends(index: TripleIndex, term: Term, predicate: Term) -> frozenset[Term]:
    """Give what a property's domain or range names; nothing where anything at all may stand there."""
    named = frozenset[Term]().union(*(_members(index, node) for node in index.objects(term, predicate)))
    return frozenset() if named & _ANYTHING else named


def _datatypes(index: TripleIndex, ranges: Iterable[Term]) -> tuple[str, ...]:
    found: list[str] = []
    for term in sorted(ranges):
        unions = [
            union
            for equivalent in index.objects(term, f"<{OWL}equivalentClass>")
            for union in index.objects(equivalent, f"<{OWL}unionOf>")
        ]
        parts = [t for union in unions for t in read_list(index, union)]
        found += [iri_value(t) for t in (parts or [term]) if is_iri(t)]
    # Any literal at all: written as text.
    names = dict.fromkeys(XSD_STRING if name == RDFS + "Literal" else name for name in found)
    order = list(CANONICAL)  # a union has no order of its own
    return tuple(sorted(names, key=lambda name: order.index(name) if name in order else len(order)))


def _read_properties(index: TripleIndex, rules: Rules, changes: Mapping[Term, Change]) -> tuple[Property, ...]:
    key_term = f"<{CQ}key>"
    terms = {t for kind in _PROPERTY_KINDS for t in index.subjects(TYPE, kind) if is_iri(t)}
    chosen = sorted(
        t
        for t in terms
        if _owned(t) or index.objects(t, key_term) or (t.startswith(f"<{CQ}") and index.objects(t, _DOMAIN))
    )
    return tuple(_read_property(index, rules, t, deprecated=t in changes) for t in chosen)


def _read_property(index: TripleIndex, rules: Rules, term: Term, *, deprecated: bool) -> Property:
    def words(name: str) -> str:
        return words_of(index, term, f"<{CQ}{name}>")

    domain, ranges = _ends(index, term, _DOMAIN), _ends(index, term, _RANGE)
    types = index.objects(term, TYPE)
    datatypes: tuple[str, ...] = ()
    is_reference = _OBJECT_PROPERTY in types or (
        _DATATYPE_PROPERTY not in types and any(CLASSES & index.objects(r, TYPE) for r in ranges)
    )
    if is_reference:
        above = [rules.ancestors(r) for r in ranges]
        kind = "reference"
        if above and all(_QUALIFIED in a for a in above):
            kind = "relation"
        elif above and all(_NAMED in a for a in above):
            kind = "named"
    else:
        datatypes = _datatypes(index, ranges) or (XSD_STRING,)
        kind = "text" if LANG_STRING in datatypes else "literal"
    label = words_of(index, term, LABEL) or local_name(term)
    sentence = words("sentence") or f"{{subject}} — {label}: {{object}}."
    return Property(
        term=term,
        key=words("key") or snake_case(local_name(term)),
        label=label,
        definition=words_of(index, term, _DEFINITION),
        example=words_of(index, term, _EXAMPLE),
        kind=kind,
        domain=domain,
        range=ranges,
        datatypes=datatypes,
        sentence=sentence,
        inverse_sentence=words("inverseSentence") or sentence,
        detail=words("detail") or f"{label} {{object}}",
        lone_sentence=words("loneSentence") or f"{{subject}} — {label}",
        target=next(iter(sorted(index.objects(term, f"<{CQ}target>"))), None),
        drawn=words("drawn") != "false",
        connects=_connects(index, rules, term),
        deprecated=deprecated,
    )


def _connects(index: TripleIndex, rules: Rules, term: Term) -> bool:
    """Tell whether a property connects: as the nearest say that say so, upwards; one "no" outweighs any "yes"."""
    seen, nearest = {term}, {term}
    while nearest:
        if said := {words for t in nearest if (words := words_of(index, t, _CONNECTS))}:
            return "false" not in said
        nearest = {parent for t in nearest for parent, _ in rules.property_parents.get(t, ())} - seen
        seen |= nearest
    return True


def _check_imports(index: TripleIndex, origin: Mapping[Triple, str]) -> list[Finding]:
    here = index.subjects(TYPE, f"<{OWL}Ontology>")
    return [
        Finding(
            Place(origin[s, p, o], 0, 0),
            "error",
            "import-not-here",
            f"the import {iri_value(o)} is in no file of the ontology folder",
            "put a copy of it there: nothing is ever fetched",
        )
        for s, p, o in index.match(None, f"<{OWL}imports>", None)
        if o not in here
    ]


def _check_annotations(
    index: TripleIndex, classes: Mapping[str, Class], properties: Iterable[Property], origin: Mapping[Triple, str]
) -> list[Finding]:
    found = []
    for c in classes.values():
        for value in (c.look.colour, c.look.dark):
            if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
                place = Place(_origin(index, origin, c.term, *_LOOK, value=value), 0, 0)
                found.append(
                    Finding(place, "error", "bad-colour", f"{c.name}: {value} is no colour", "write it as #rrggbb")
                )
        if c.look.mark.removeprefix("hollow-") not in MARKS:
            place = Place(_origin(index, origin, c.term, f"<{CQ}mark>"), 0, 0)
            message = f"{c.name}: there is no mark {c.look.mark}"
            found.append(Finding(place, "error", "bad-mark", message, "known marks: " + ", ".join(MARKS)))
    for term, _, value in index.match(None, _CONNECTS, None):
        if plain(value) not in ("true", "false"):
            message = f"cq:connects of {plain(term)} is {plain(value)}"
            place = Place(_origin(index, origin, term, _CONNECTS), 0, 0)
            found.append(Finding(place, "error", "bad-connects", message, "write cq:connects false, or true"))
    declared = {t for kind in CLASSES for t in index.subjects(TYPE, kind)} | {p.term for p in properties}
    for p in properties:
        for field_, text in (("sentence", p.sentence), ("inverseSentence", p.inverse_sentence)):
            if "{object}" not in text and p.kind != "relation":
                message = f"cq:{field_} of {p.key} does not say {{object}}: {text}"
                place = Place(_origin(index, origin, p.term, f"<{CQ}{field_}>", f"<{CQ}sentence>"), 0, 0)
                found.append(Finding(place, "error", "bad-sentence", message, "write {object} where its words go"))
        for term in p.domain | (p.range if p.kind not in ("text", "literal") else frozenset()):
            if term not in declared and not _is_datatype(index, term):
                place = Place(_naming(index, origin, p.term, term), 0, 0)
                message = f"{p.key} refers to {plain(term)}, which is declared nowhere"
                found.append(Finding(place, "warning", "undeclared-term", message, "declare it as an owl:Class"))
    return found


def _is_datatype(index: TripleIndex, term: Term) -> bool:
    """Tell whether a term is a datatype: one in place of a class has a finding of its own."""
    return iri_value(term).startswith(XSD) or f"<{RDFS}Datatype>" in index.objects(term, TYPE)


def _check_keys(
    index: TripleIndex,
    classes: Mapping[str, Class],
    properties: Sequence[Property],
    rules: Rules,
    origin: Mapping[Triple, str],
) -> Iterator[Finding]:
    """Find keys that nobody could use: reserved ones, and two of one class that mean different things."""
    meanings = {c.term: _meanings(c, properties, rules) for c in classes.values()}
    for p in properties:
        place = Place(_origin(index, origin, p.term, f"<{CQ}key>"), 0, 0)
        if p.key in RESERVED_KEYS:
            message = f"the key `{p.key}` of {plain(p.term)} has a meaning of its own in every entry"
            yield Finding(place, "error", "reserved-key", message, 'choose another one: cq:key "…"')
        clash = {m for term in meanings for m in meanings[term].get(p.key, ()) if p in meanings[term][p.key]} - {p}
        for other in sorted(clash, key=lambda m: m.term):
            if p.term < other.term:
                message = f"{plain(p.term)} and {plain(other.term)} have the key `{p.key}` on the same class"
                yield Finding(place, "error", "key-clash", message, 'give one of them another: cq:key "…"')
        if p.target is not None:
            ends = {m.term for r in p.range for ms in meanings.get(r, {}).values() for m in ms}
            if p.kind != "relation" or p.target not in ends:
                message = f"cq:target of `{p.key}` is {plain(p.target)}, which is no property of its range"
                hint = "name the property that leads from the qualified relation to its far end"
                place = Place(_origin(index, origin, p.term, f"<{CQ}target>"), 0, 0)
                yield Finding(place, "error", "bad-target", message, hint)


def _origin(
    index: TripleIndex, origin: Mapping[Triple, str], term: Term, *said_by: Term, value: str | None = None
) -> str:
    """Say where a term has one of these annotations, with that value if one is given; else, where it is declared."""
    for predicate in (*said_by, TYPE):
        for triple in sorted(index.match(term, predicate, None)):
            if triple in origin and (value is None or predicate == TYPE or plain(triple[2]) == value):
                return origin[triple]
    return "ontology"


def _naming(index: TripleIndex, origin: Mapping[Triple, str], term: Term, named: Term) -> str:
    """Say where the domain or range of a property names a class."""
    for predicate in (_DOMAIN, _RANGE):
        for node in sorted(index.objects(term, predicate)):
            if named in _members(index, node):
                return origin.get((term, predicate, node), "ontology")
    return _origin(index, origin, term)
