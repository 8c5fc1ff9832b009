"""From facts to the network: nodes, edges, and what says each of them.

Nodes are entries whose class is drawn; a qualified relation is one edge, from its owner to its far
end.  What has no far end to draw (a date, a name, a post in a body that nobody names) is a fact of
its node.  Entailed twins stay out: an edge means that somebody wrote it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from operator import itemgetter
from typing import NamedTuple

from colloquy.errors import Place, with_article
from colloquy.evidence import Evidence
from colloquy.facts import Facts, Statement
from colloquy.index import TripleIndex
from colloquy.network.words import DATED, OTHER, OWN, SLOT, named, say, words, year
from colloquy.ontology import Class, Ontology, Property, local_name, words_of
from colloquy.settings import Settings
from colloquy.terms import ALT_LABEL, LABEL, TYPE, XSD, Term, iri_value, is_iri, literal, literal_parts, plain


class Origin(NamedTuple):
    """Where a statement was written and what says so.

    `entry` is the id of the entry it stands in, `document` the name of the document `documentId`.
    """

    place: Place
    entry: str
    basis: str
    document: str | None
    document_id: str | None
    section: str | None
    phrase: str | None
    reason: str | None


class Said(NamedTuple):
    """Something said in words, with the statements that made it; `group` names what it is about.

    In the text of a fact `words.OWN` stands for the name of its node.  These come in order by themselves:
    what stands at one place has one evidence.
    """

    group: str
    text: str
    evidence: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """An entity of the network: `id` is its entry's, `kind` the class that the legend shows it as.

    `language` is that of the label where it is not the project's, else empty.  `years` are the first and
    the last that it dates from; None where nothing says.  A path goes through it only if it `connects`.
    """

    id: str
    iri: str
    label: str
    aliases: tuple[str, ...]
    kind: Class
    facts: tuple[Said, ...]
    language: str = ""
    years: tuple[int, int] | None = None
    connects: bool = True


@dataclass(frozen=True, slots=True)
class Edge:
    """An authored relation from the node `source` to the node `target`.

    `text` says it from the source, `back` from the target; `forth_marked` and `back_marked` are the same
    sentences with `words.OWN` and `words.OTHER` for the two `names`.  `evidence` is that of the whole
    sentence; each of `details` has its own besides.  The id is made of the content alone.
    """

    id: str
    source: str
    target: str
    relation: Property
    names: tuple[str, str]
    forth_marked: str
    back_marked: str
    evidence: tuple[Origin, ...]
    details: tuple[Said, ...]

    @property
    def text(self) -> str:
        """Say it from the source."""
        return named(self.forth_marked, *self.names)

    @property
    def back(self) -> str:
        """Say it from the target."""
        return named(self.back_marked, *reversed(self.names))


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes and edges sorted by id, the kinds in use in the legend's order, the relations in use by label."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    kinds: tuple[Class, ...]
    relations: tuple[Property, ...]


_PLACE_FIRST = itemgetter(3, 0, 1, 2)
_FORTH, _BACK = {"subject": OWN, "object": OTHER}, {"subject": OTHER, "object": OWN}


@dataclass(slots=True)
class _Link:
    """What was written between two ends, or at one: statements of the link itself, and of its details."""

    property: Property
    subject: Term
    object: Term | None
    name: str
    links: list[Statement]
    details: list[Statement]


def build_network(ontology: Ontology, facts: Facts, closure: TripleIndex, settings: Settings) -> Network:
    """Make the network of the facts; the order in which they were read makes no difference.

    Labels and other names come from the closure, everything else from what was written.
    """
    return _Builder(ontology, facts, closure, settings).build()


class _Builder:
    def __init__(self, ontology: Ontology, facts: Facts, closure: TripleIndex, settings: Settings) -> None:
        self.ontology, self.facts, self.closure, self.settings = ontology, facts, closure, settings
        self.label, self.words = cache(self._label), cache(self._words)
        self.id, self.entry, self.says_so = cache(self._id), cache(self._entry), cache(self._says_so)
        self.classes: dict[Term, list[Class]] = defaultdict(list)
        for entry in sorted(facts.entries.values(), key=lambda e: (e.term != self._term(e.id), e.id)):
            # Of merged entries, the one that gave the IRI comes first and says what the thing is.
            self.classes[entry.term].append(entry.class_)
        self.drawn = {term for term, classes in self.classes.items() if any(c.drawn for c in classes)}
        self.inside: dict[Term, list[Statement]] = defaultdict(list)
        for s in facts.statements:
            self.inside[s.subject].append(s)
        for statements in self.inside.values():
            statements.sort(key=_PLACE_FIRST)
        self.dated: dict[Term, list[Statement]] = defaultdict(list)
        self.links: dict[tuple[object, ...], _Link] = {}
        self.types: dict[Term, list[Statement]] = defaultdict(list)
        self.properties = {p.term: p for p in ontology.properties if p.drawn}
        rules = ontology.rules
        self.naming = {p.term for p in ontology.properties if (LABEL, False) in rules.implied(p.term)}
        self.renaming = {p.term for p in ontology.properties if (ALT_LABEL, False) in rules.implied(p.term)}
        if ALT_LABEL not in ontology.property_by_term and min(self.renaming, default="") in self.properties:
            # The name of a merged entry is kept as another name: it is said like those of the ontology.
            self.properties[ALT_LABEL] = self.properties[min(self.renaming)]
        begun = {(f"<https://schema.org/{name}>", False) for name in ("startDate", "endDate")}
        self.lasting = {p.term for p in ontology.properties if not begun.isdisjoint(rules.implied(p.term))}

    def build(self) -> Network:
        facts = {term: self.collect_all(term) for term in self.classes}
        edges: dict[str, Edge] = {}
        between: dict[str, list[tuple[tuple[object, ...], Edge]]] = defaultdict(list)
        for key, link in self.links.items():
            if link.subject in self.drawn and link.object in self.drawn and link.object is not None:
                between[link.name].append((key, self.edge(link, link.object)))
            else:
                at = link.subject if link.subject in self.drawn else link.object
                if at is not None and at in self.drawn:
                    facts[at].append((self.rank(link.property.term), self.fact(link)))
        for name, some in sorted(between.items()):
            if len(some) > 1:
                # Sorted, so that of relations which would share an id the same one gets the number.
                some.sort(key=lambda pair: repr(pair[0]))
            for _, edge in some:
                number = 1
                while edge.id in edges:
                    number += 1
                    edge = replace(edge, id=f"{name}-{number}")
                edges[edge.id] = edge
        nodes = [self.node(term, facts[term]) for term in self.drawn]
        kinds = {node.kind.term for node in nodes}
        relations = {edge.relation.term: edge.relation for edge in edges.values()}
        return Network(
            nodes=tuple(sorted(nodes, key=lambda n: n.id)),
            edges=tuple(edges[name] for name in sorted(edges)),
            kinds=tuple(c for c in self.ontology.kinds if c.term in kinds),
            relations=tuple(sorted(relations.values(), key=lambda p: (p.label, p.term))),
        )

    # --- collecting -------------------------------------------------------------------------

    def collect_all(self, term: Term) -> list[tuple[int, Said]]:
        """Collect what is stated of an entity, and say what needs nothing else: its plain values, with their ranks."""
        plain: dict[tuple[Term, Term], list[Statement]] = {}
        for s in self.inside[term]:
            _, predicate, object_, _, _ = s
            if object_[0] != '"':
                self.collect(s)
                continue
            if object_[-1] == ">" and object_.endswith(DATED):
                self.dated[term].append(s)
            if (p := self.properties.get(predicate)) is not None:
                plain.setdefault((p.term, object_), []).append(s)
        if term not in self.drawn:
            return []
        own, said = self.label(term), []
        for (predicate, object_), statements in plain.items():
            p = self.properties[predicate]
            text = say(p.sentence, {"subject": OWN, "object": words(object_)}, own=own)
            said.append((self.rank(predicate), Said(p.label, text, self.evidence(statements))))
        return said

    def collect(self, s: Statement) -> None:
        """Put a statement of an entity with those that say the same."""
        if s.predicate == TYPE:
            self.types[s.subject].append(s)
            return
        p = self.properties.get(s.predicate)
        if p is None:
            return
        if s.object not in self.facts.relations:
            ends = (s.subject, s.object if s.object in self.classes else None)
            name = f"{self.id(s.subject)}.{p.key}.{self.id(s.object)}" if ends[1] else ""
            self.put((s.subject, ends[1] or "", p.term, s.object), _Link(p, *ends, name, [s], []))
            return
        inner = [i for i in self.inside[s.object] if i.predicate != TYPE]
        far = [i for i in inner if i.predicate == p.target and i.object in self.classes]
        details = [i for i in inner if i not in far]
        said = tuple(sorted({(i.predicate, i.object) for i in details}))
        name = iri_value(s.object).removeprefix(self.settings.base).replace("/", ".")
        for i in far:
            one = name if len(far) == 1 else f"{name}.{self.id(i.object)}"
            self.put((s.subject, i.object, p.term, said), _Link(p, s.subject, i.object, one, [s, i], [*details]))
        if not far:
            self.put((s.subject, "", p.term, said), _Link(p, s.subject, None, "", [s], details))

    def put(self, key: tuple[object, ...], link: _Link) -> None:
        """File a link under what it says; what is said twice is one link with the evidence of both."""
        first = self.links.setdefault(key, link)
        if first is not link:
            first.name = min(first.name, link.name, key=lambda n: (len(n), n))
            first.links += link.links
            first.details += link.details

    # --- saying -----------------------------------------------------------------------------

    def edge(self, link: _Link, target: Term) -> Edge:
        p = link.property
        names = self.label(link.subject), self.label(target)
        forth, forth_left = self.details(link, p.sentence, _FORTH)
        back, back_left = self.details(link, p.inverse_sentence, _BACK)
        return Edge(
            id=link.name,
            source=self.id(link.subject),
            target=self.id(target),
            relation=p,
            names=names,
            forth_marked=say(p.sentence, forth, [d.text for d in forth_left], *names),
            back_marked=say(p.inverse_sentence, back, [d.text for d in back_left], *reversed(names)),
            evidence=self.evidence(link.links + link.details),
            details=forth_left,
        )

    def fact(self, link: _Link) -> Said:
        """Say what has one end in the network, or only a value."""
        p, object_ = link.property, link.links[0].object
        template, values, own = p.sentence, {"subject": OWN}, self.label(link.subject)
        if link.object is not None:
            values["object"] = self.label(link.object)
            if link.subject not in self.drawn:
                template, values, own = p.inverse_sentence, {"subject": own, "object": OWN}, values["object"]
        elif object_ in self.facts.relations:
            template = p.lone_sentence
        else:
            values["object"] = self.words(object_)
        filled, left = self.details(link, template, values)
        text = say(template, filled, [d.text for d in left], own)
        return Said(p.label, text, self.evidence(link.links + link.details))

    def details(
        self, link: _Link, template: str, values: Mapping[str, str]
    ) -> tuple[Mapping[str, str], tuple[Said, ...]]:
        """Fill the values that a sentence names with its own words; give the rest as details, as they were written."""
        if not link.details:
            return values, ()
        slots = set(SLOT.findall(template))
        filled: dict[str, list[str]] = defaultdict(list)
        groups: dict[tuple[Term, Term], list[Statement]] = {}
        for s in link.details:
            groups.setdefault((s.predicate, s.object), []).append(s)
        left = []
        for (predicate, object_), statements in groups.items():
            p = self.properties.get(predicate)
            if p is None:
                continue
            if p.key in slots:
                filled[p.key].append(self.words(object_))
            elif text := self.detail(p, object_):
                left.append(Said(p.label, text, self.evidence(statements)))
        return {**{key: ", ".join(texts) for key, texts in filled.items()}, **values}, tuple(left)

    def detail(self, p: Property, object_: Term) -> str:
        """Say a detail; a truth value by itself where its template has no place for it."""
        if "{object}" not in p.detail and not is_iri(object_):
            lexical, datatype, _ = literal_parts(object_)
            if datatype == XSD + "boolean" and lexical not in ("true", "1"):
                return ""
        return SLOT.sub(lambda slot: self.words(object_) if slot[1] == "object" else slot[0], p.detail)

    def _words(self, term: Term) -> str:
        """Say an object: a literal's value, a name, or what a relation inside a relation holds."""
        if not is_iri(term):
            return words(term)
        if term not in self.facts.relations:
            return self.label(term)
        inner = [(self.properties.get(s.predicate), s) for s in self.inside[term] if s.predicate != TYPE]
        return ", ".join(
            self.words(s.object) if s.object in self.classes else self.detail(p, s.object)
            for p, s in inner
            if p is not None
        )

    # --- nodes ------------------------------------------------------------------------------

    def node(self, term: Term, facts: Iterable[tuple[int, Said]]) -> Node:
        classes = self.classes[term]
        first = next(c for c in classes if c.drawn)
        kind = first.view or first
        ranked = [*facts, *self.kinds(term, kind)]
        ranked.sort()
        label = self.label(term)
        names = {plain(t) for t in self.closure.objects(term, ALT_LABEL) if not is_iri(t)}
        return Node(
            id=self.id(term),
            iri=iri_value(term),
            label=label,
            aliases=tuple(sorted(names - {label})),
            kind=kind,
            facts=tuple(said for _, said in ranked),
            language=self.language(term, label),
            years=self.years(term),
            connects=all(c.connects for c in classes),
        )

    def language(self, term: Term, label: str) -> str:
        """Give the language of a label where it is another than the project's."""
        labels = self.closure.objects(term, LABEL)
        if literal(label, language=self.settings.language or None) in labels:
            return ""
        tags = {tag for t in labels for text, _, tag in [literal_parts(t)] if text == label}
        tag = min((tag for tag in tags if tag), default="")
        return "" if None in tags or self.settings.language in tags else tag

    def years(self, term: Term) -> tuple[int, int] | None:
        """Give the years in which something begins and ends; where nothing says, those of its other dates."""
        dated: dict[bool, list[int]] = {True: [], False: []}
        for s in self.dated.get(term, ()):
            if found := year(s.object):
                dated[s.predicate in self.lasting].append(found)
        years = dated[True] or dated[False]
        return (min(years), max(years)) if years else None

    def kinds(self, term: Term, kind: Class) -> Iterator[tuple[int, Said]]:
        """Say of which class a thing is, where that is more than the legend says."""
        groups: dict[Term, list[Statement]] = defaultdict(list)
        for s in self.types[term]:
            if s.object != kind.term:
                groups[s.object].append(s)
        for type_, statements in groups.items():
            values = {"subject": OWN, "object": with_article(self.ontology.label(type_))}
            yield 1, Said("type", say("{subject} is {object}", values), self.evidence(statements))

    def rank(self, predicate: Term) -> int:
        """Put names first, other names after the type, and the rest last."""
        return 0 if predicate in self.naming else 2 if predicate in self.renaming else 3

    # --- names and evidence -----------------------------------------------------------------

    def _term(self, id_: str) -> Term:
        return f"<{self.settings.base}{id_}>"

    def _id(self, term: Term) -> str:
        return iri_value(term).removeprefix(self.settings.base)

    def _label(self, term: Term) -> str:
        found = words_of(self.closure, term, LABEL, self.settings.language)
        return found or (self.id(term) if term in self.classes else local_name(term))

    def evidence(self, statements: Sequence[Statement]) -> tuple[Origin, ...]:
        """Give where statements were written: once for each line, unless other words say so there."""
        if len(statements) == 1:  # as most have
            (s,) = statements
            return (self.origin(s, self.entry(s.subject)),)
        found: dict[tuple[object, ...], Origin] = {}
        for s in sorted(statements, key=lambda s: s.place):
            entry = self.entry(s.subject)
            found.setdefault((s.place[:2], entry, s.evidence), self.origin(s, entry))
        return tuple(found.values())

    def origin(self, s: Statement, entry: str) -> Origin:
        return Origin(s.place, entry, *self.says_so(s.evidence))

    def _says_so(self, said: Evidence) -> tuple[str, str | None, str | None, str | None, str | None, str | None]:
        """Give the rest of an origin: what says so, with the document by name and by id."""
        document = self.facts.entries.get(said.document) if said.document else None
        name, id_ = (self.label(document.term), self.id(document.term)) if document else (said.document, said.document)
        return said.basis, name, id_, said.section, said.phrase, said.reason

    def _entry(self, term: Term) -> str:
        """Give the id of the entry that a statement's subject is, or belongs to."""
        return self.id(term).split("/")[0]
