"""Checks the facts against what the ontology asks of them, and tells contributors where to look.

Each function gives findings; none stops at the first.  Most shapes are answered file by file
(`judge`); those that need the closure run on it here, in plain Python where the compiled tables
cover them; the rest goes to pySHACL, the full engine.
"""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from colloquy import plain
from colloquy.cache import NO_CACHE, Cache
from colloquy.errors import Finding, Place, printable
from colloquy.facts import Facts, Statement
from colloquy.identity import Thing, alike_by_name, same_or_different
from colloquy.index import TripleIndex
from colloquy.judge import Judge, finding, shape_finding, short_name
from colloquy.ontology import Ontology
from colloquy.shapes import Shape, Violation, amount, focus_nodes, validate
from colloquy.terms import OWL, SH, XSD_STRING, Term, iri, is_iri, literal

if TYPE_CHECKING:
    import rdflib

_SAME = f"<{OWL}sameAs>"


def judge_of(facts: Facts, ontology: Ontology) -> Judge:
    """Give the judge of these facts."""
    return Judge(ontology, facts.predicates, facts.directory)


def can_be_checked(facts: Facts, ontology: Ontology) -> bool:
    """Tell whether facts can be checked as they are, or need the statements that a cache left out."""
    judge = judge_of(facts, ontology)
    return not any(unit.lacks_rows and (judge.whole or not judge.knows(unit)) for unit in facts.units)


def check_facts(
    facts: Facts, graph: Callable[[], TripleIndex], ontology: Ontology, cache: Cache = NO_CACHE
) -> list[Finding]:
    """Give everything that shapes, disjointness and names have to say, sorted.

    `graph` gives the closure; it is asked for only where a shape needs it.
    """
    judge = judge_of(facts, ontology)
    for unit in facts.units:
        if not judge.knows(unit):
            judge.unit(unit)
    found = [f for unit in facts.units for f in unit.judged or ()]
    found += judge.shared(facts.units)
    if judge.whole:
        found += check_shapes(judge.whole, graph(), ontology, Places(facts, ontology))
    found += check_disjoint(facts, ontology)
    found += check_names(facts, cache)
    found += check_addresses(facts)
    return sorted(set(found))


def check_addresses(facts: Facts) -> Iterator[Finding]:
    """Find entries whose address is that of a named value or a relation too: two things, one IRI."""
    directory = facts.directory
    made = {term: place for term, (_, place) in facts.named.items()} | facts.relations
    for term, place in made.items():
        if id_ := directory.id_of(term):
            message = f"the id `{printable(id_)}` makes the address of something else too"
            hint = "let the `id` of its rule begin otherwise"
            yield Finding(facts.entries[id_].place, "error", "same-address", message, hint, (place,))


class Places:
    """Finds the YAML place of a node, or of the statement behind an entailed triple."""

    def __init__(self, facts: Facts, ontology: Ontology) -> None:
        self.nodes: dict[Term, Place] = {term: place for term, (_, place) in facts.named.items()}
        self.nodes.update(facts.relations)
        for entry in sorted(facts.entries.values(), key=lambda e: e.place, reverse=True):
            self.nodes[entry.term] = entry.place
        self.by_subject: dict[Term, list[Statement]] = {}
        for s in facts.statements:
            self.by_subject.setdefault(s.subject, []).append(s)
            if is_iri(s.object):
                self.by_subject.setdefault(s.object, []).append(s)
        self.rules = ontology.rules
        self.written = facts.refused
        self.damaged = {entry.term for entry in facts.entries.values() if entry.damaged}
        self._nowhere = Place(facts.files[0] if facts.files else "facts", 0, 0)

    def of_node(self, node: Term) -> Place:
        """Give the place of an entry, relation or named value."""
        return self.nodes.get(node, self._nowhere)

    def refused(self, v: Violation) -> bool:
        """Tell whether a value is missing only since it was refused: its own line has the finding."""
        if v.component != "minCount" or v.shape.path is None:
            return False
        if v.focus in self.damaged:
            return True
        values = self.written.get(v.focus, {})
        written = sum(count for p, count in values.items() if (v.shape.path, False) in self.rules.implied(p))
        return written > v.count and written >= amount(v.expected)

    def of_value(self, focus: Term, path: Term, value: Term) -> Place:
        """Give the place of the statement that makes `focus path value` so, else the node's."""
        for s in self.by_subject.get(focus, ()):
            implied = self.rules.implied(s.predicate)
            if s.subject == focus and s.object == value and (path, False) in implied:
                return s.place
            if s.object == focus and s.subject == value and (path, True) in implied:
                return s.place
        return self.of_node(focus)


def check_shapes(shapes: list[Shape], graph: TripleIndex, ontology: Ontology, where: Places) -> Iterator[Finding]:
    """Validate a closure against shapes."""
    for shape in shapes:
        if not shape.beyond:
            for focus in sorted(focus_nodes(shape, graph)):
                for violation in validate(shape, focus, graph):
                    if not where.refused(violation):
                        yield finding(violation, shape, ontology, where, graph)
    beyond = [s for s in shapes if s.beyond]
    if beyond and any(focus_nodes(s, graph) for s in beyond):
        yield from _full_engine(beyond, graph, ontology, where)


def _full_engine(beyond: list[Shape], graph: TripleIndex, ontology: Ontology, where: Places) -> Iterator[Finding]:
    """Run pySHACL for the shapes that the tables do not cover; its own prose is never shown."""
    import pyshacl  # imported late: 0.3 s that most projects never need
    import rdflib

    data = rdflib.Graph()
    data.parse(data="\n".join(f"{s} {p} {o} ." for s, p, o in sorted(graph)), format="nt")
    # A shape without a name gets one, so that the engine can be asked for it.
    named = {s.term: s.term if is_iri(s.term) else f"<urn:shape:{s.term[2:]}>" for s in beyond}
    rows = sorted((named.get(s, s), p, named.get(o, o)) for s, p, o in ontology.triples)
    shapes = rdflib.Graph().parse(data="\n".join(f"{s} {p} {o} ." for s, p, o in rows), format="nt")
    names: list[str | rdflib.URIRef] = [rdflib.URIRef(name[1:-1]) for name in named.values()]
    try:
        _, report, _ = pyshacl.validate(
            data, shacl_graph=shapes, inference="none", advanced=False, use_shapes=names,
            focus_nodes=None, meta_shacl=False, do_owl_imports=False,
        )  # fmt: skip
        if not isinstance(report, rdflib.Graph):
            raise TypeError(report)
    except Exception as error:  # its own errors and those of its SPARQL parser share no root
        shown = ", ".join(short_name(s.term, graph, ontology) for s in beyond if is_iri(s.term)) or "a shape"
        message = f"the SHACL engine cannot run {shown}: {printable(str(error), 200)}"
        yield Finding(Place("ontology", 0, 0), "error", "bad-shape", message, "correct it: it was not checked")
        return
    sh = rdflib.Namespace(SH)
    for result in report.subjects(rdflib.RDF.type, sh.ValidationResult):
        focus = report.value(result, sh.focusNode)
        path, value = report.value(result, sh.resultPath), report.value(result, sh.value)
        focus_term = f"<{focus}>"
        value_term = _term(value) if isinstance(value, (rdflib.URIRef, rdflib.Literal)) else None
        severity = "error" if report.value(result, sh.resultSeverity) == sh.Violation else "warning"
        source = report.value(result, sh.sourceShape)
        own = next(iter(_texts(shapes.objects(source, sh.message))), "")
        texts = _texts(report.objects(result, sh.resultMessage))
        sparql = report.value(result, sh.sourceConstraintComponent) == sh.SPARQLConstraintComponent
        parent = next((s for s in beyond if named[s.term][1:-1] == str(source)), None)
        component = str(report.value(result, sh.sourceConstraintComponent) or "").removeprefix(SH)
        words = own or (texts[0] if sparql and texts else "") or (parent.message if parent else "")
        words = words or f"it does not keep the rule {component.removesuffix('ConstraintComponent')}"
        if path is not None and value_term is not None:
            place = where.of_value(focus_term, f"<{path}>", value_term)
        else:
            place = where.of_node(focus_term)
        values = [value_term] if value_term and value_term != focus_term else []
        yield shape_finding(place, severity, focus_term, values, words, graph, ontology)


def _texts(literals: Iterable[rdflib.term.Node]) -> list[str]:
    """Give the words of messages, the English ones first: rdflib gives them in any order."""
    return [str(m) for m in sorted(literals, key=lambda m: (getattr(m, "language", None) != "en", str(m)))]


def _term(node: rdflib.URIRef | rdflib.Literal) -> Term:
    """Write a term of rdflib as text, which `n3()` does in Turtle's way for texts of several lines."""
    language = getattr(node, "language", None)
    if not hasattr(node, "datatype"):
        return iri(str(node))
    return literal(str(node), str(node.datatype or XSD_STRING), language)


def check_disjoint(facts: Facts, ontology: Ontology) -> Iterator[Finding]:
    """Find things that belong to two classes which the ontology says exclude each other."""
    directory = facts.directory
    apart = [sorted(pair) for pair in ontology.rules.disjoint if len(pair) == 2]
    # An entry has one class: only merged ones, and a class below two, can be of both.
    above = {c.name: c.ancestors for c in ontology.classes.values()}
    both = {name for name, ancestors in above.items() if any(set(pair) <= ancestors for pair in apart)}
    entries = facts.entries
    suspect = [id_ for id_, entry in entries.items() if entry.class_.name in both] if both else []
    terms = {entries[id_].term for id_ in (*suspect, *directory.merged)}
    for term, id_ in sorted((term, directory.id_of(term)) for term in terms):
        names = directory.classes_by_term.get(term) or {facts.entries[id_].class_.name}
        classes = frozenset[Term]().union(*(above[name] for name in names))
        for pair in sorted(apart):
            if set(pair) <= classes:
                a, b = (ontology.label(t) for t in pair)
                mentions = directory.mentions[id_]
                label = next((name for _, listed in mentions for name in listed.names), id_)
                message = f"{printable(label)} is both {a} and {b}, which exclude each other"
                merging = sorted(s.place for s in _mergings(facts, id_) if s.object == term or s.subject == term)
                place = merging[0] if merging else facts.entries[id_].place
                yield Finding(place, "error", "disjoint", message, "choose one type, or undo `same_as`")


def _mergings(facts: Facts, id_: str) -> Iterator[Statement]:
    """Give the statements by which an entry was merged with others."""
    files = {facts.entries[one].place.file for one in facts.directory.merged.get(id_, ())}
    for unit in facts.units:
        if unit.file in files:
            yield from (s for s in unit.statements(unit.open) if s.predicate == _SAME)


def check_names(facts: Facts, cache: Cache = NO_CACHE) -> list[Finding]:
    """Ask about two entries of one kind whose names are much alike, or that share an outside id.

    Quiet where the facts say that the two differ, or are one.
    """
    entries = facts.entries
    decided: set[frozenset[str]] = set()
    asked: list[tuple[Any, ...]] = []
    repeat = {class_.name for class_ in facts.directory.ontology.classes.values() if class_.names_repeat}
    for id_, mentions in facts.directory.mentions.items():
        _, listed = mentions[0]
        if listed.class_name in repeat and len(mentions) == 1 and not (listed.same or listed.different or listed.keys):
            continue  # as most are
        entry = entries[id_]
        class_ = entry.class_
        names, same, different, keys = listed.names, listed.same, listed.different, listed.keys
        for _, other in mentions[1:]:
            names = (*names, *(name for name in other.names if name not in names))
            same, different, keys = (*same, *other.same), (*different, *other.different), (*keys, *other.keys)
        if same or different:
            others = (entries[one] for one in (*same, *different) if one in entries)
            decided.update(frozenset({entry.term, one.term}) for one in others)
        if class_.names_repeat:
            names = ()
        if names or keys:
            kind = class_.view.name if class_.view else class_.name
            asked.append((entry.term, id_, tuple(entry.place), kind, names, keys))

    def alike(known: Sequence[Thing]) -> list[list[int]]:
        # Most changes leave the names as they are, and comparing them is most of the work.
        made = _digest([(thing.kind, thing.names) for thing in known])
        groups: list[list[int]] | None = cache.recall("alike", made)
        if groups is None:
            groups = list(alike_by_name(known))
            cache.remember("alike", made, groups)
        return groups

    # What was asked of these very things the last time need not be asked again.
    digest = _digest(asked + sorted(map(sorted, decided)))
    if (rows := cache.recall("names", digest)) is not None:
        return plain.findings(rows)
    things = [Thing(term, id_, Place(*place), *rest) for term, id_, place, *rest in asked]
    found = same_or_different(things, decided, alike)
    cache.remember("names", digest, plain.of_findings(found))
    return found


def _digest(values: object) -> str:
    return hashlib.sha256(marshal.dumps(values, 2)).hexdigest()  # type: ignore[arg-type]  # plain values
