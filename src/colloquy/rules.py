"""The rules of inference that the ontology declares, and a word on every axiom that is not one.

Acted on (OWL 2 Profiles, clause 4.3, https://www.w3.org/TR/owl2-profiles/#OWL_2_RL):
cax-sco, prp-spo1, prp-spo2 (chains), prp-inv, prp-symp, prp-trp, prp-eqp, cax-eqc.
Domains and ranges say which keys and values an entry may have; they add no types.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from colloquy.deprecation import Change
from colloquy.errors import Finding, Place
from colloquy.index import TripleIndex, owner_of, read_list
from colloquy.terms import CLASSES, OWL, RDFS, SH, TYPE, Term, Triple, is_iri, plain

_SUBCLASS, _SUBPROPERTY = f"<{RDFS}subClassOf>", f"<{RDFS}subPropertyOf>"
_INVERSE, _CHAIN = f"<{OWL}inverseOf>", f"<{OWL}propertyChainAxiom>"
_EQUIVALENT_CLASS, _EQUIVALENT_PROPERTY = f"<{OWL}equivalentClass>", f"<{OWL}equivalentProperty>"
_SYMMETRIC, _TRANSITIVE = f"<{OWL}SymmetricProperty>", f"<{OWL}TransitiveProperty>"
_DISJOINT, _ALL_DISJOINT = f"<{OWL}disjointWith>", f"<{OWL}AllDisjointClasses>"
_HAS_KEY = f"<{OWL}hasKey>"
_INDIVIDUAL = f"<{OWL}NamedIndividual>"

# Axioms of OWL that mean something and that nothing here acts on.
_IDLE_PREDICATES = {
    f"<{OWL}{name}>"
    for name in [
        "allValuesFrom",
        "someValuesFrom",
        "hasValue",
        "hasSelf",
        "cardinality",
        "minCardinality",
        "maxCardinality",
        "qualifiedCardinality",
        "minQualifiedCardinality",
        "maxQualifiedCardinality",
        "complementOf",
        "intersectionOf",
        "oneOf",
        "disjointUnionOf",
        "propertyDisjointWith",
        "hasKey",
        "sourceIndividual",
        "withRestrictions",
        "datatypeComplementOf",
        "sameAs",
        "differentFrom",
    ]
}
_IDLE_TYPES = {
    f"<{OWL}{name}>"
    for name in [
        "FunctionalProperty",
        "InverseFunctionalProperty",
        "AsymmetricProperty",
        "IrreflexiveProperty",
        "ReflexiveProperty",
        "AllDisjointProperties",
        "NegativePropertyAssertion",
        "AllDifferent",
    ]
}

# Axioms of which the rules hold those between two names.
_BETWEEN_NAMES = {_SUBCLASS, _SUBPROPERTY, _EQUIVALENT_CLASS, _EQUIVALENT_PROPERTY, _INVERSE, _DISJOINT}

Step = tuple[Term, bool]
"""A property, and whether it is read from object to subject."""


@dataclass(frozen=True)
class Rules:
    """What follows from what, as tables.

    `class_parents` and `property_parents` hold one step each, so that a proof can name its
    premises; a property parent is a `Step`, backwards for inverses.  `chains` are (head, steps).
    `keys` are the properties that tell the things of a class apart (`owl:hasKey` with one property):
    nothing is inferred from them, but two entries that share a value are asked about.
    """

    class_parents: Mapping[Term, frozenset[Term]]
    property_parents: Mapping[Term, frozenset[Step]]
    transitive: frozenset[Term]
    chains: tuple[tuple[Term, tuple[Step, ...]], ...]
    disjoint: frozenset[frozenset[Term]]
    keys: Mapping[Term, frozenset[Term]] = field(default_factory=dict)

    @cached_property
    def class_children(self) -> dict[Term, frozenset[Term]]:
        """For each class: the classes one step below it."""
        found: dict[Term, set[Term]] = {}
        for child, parents in self.class_parents.items():
            for parent in parents:
                found.setdefault(parent, set()).add(child)
        return {k: frozenset(v) for k, v in found.items()}

    @cached_property
    def property_children(self) -> dict[Term, frozenset[Step]]:
        """For each property: the properties one step below it, backwards for inverses."""
        found: dict[Term, set[Step]] = {}
        for child, parents in self.property_parents.items():
            for parent, turned in parents:
                found.setdefault(parent, set()).add((child, turned))
        return {k: frozenset(v) for k, v in found.items()}

    def ancestors(self, term: Term) -> frozenset[Term]:
        """Give a class and all classes above it."""
        seen = {term}
        queue = [term]
        while queue:
            for parent in self.class_parents.get(queue.pop(), ()):
                if parent not in seen:
                    seen.add(parent)
                    queue.append(parent)
        return frozenset(seen)

    def implied(self, term: Term) -> frozenset[Step]:
        """Give every property that a statement of this one entails, forwards or backwards, itself included."""
        seen: set[Step] = {(term, False)}
        queue: list[Step] = [(term, False)]
        while queue:
            current, backwards = queue.pop()
            for parent, turned in self.property_parents.get(current, ()):
                step = (parent, backwards != turned)
                if step not in seen:
                    seen.add(step)
                    queue.append(step)
        return frozenset(seen)


def read_rules(
    index: TripleIndex, origin: Mapping[Triple, str], changes: Iterable[Change] = ()
) -> tuple[Rules, list[Finding]]:
    """Take the rules out of an ontology's triples; `origin` names the file of each.

    Each of the declared `changes` makes a deprecated term and its replacement say the same.
    """
    class_parents: dict[Term, set[Term]] = {}
    parents: dict[Term, set[Step]] = {}
    for s, _, o in index.match(None, _SUBCLASS, None):
        if is_iri(s) and is_iri(o) and s != o:
            class_parents.setdefault(s, set()).add(o)
    for s, _, o in index.match(None, _EQUIVALENT_CLASS, None):
        if is_iri(s) and is_iri(o) and s != o:
            class_parents.setdefault(s, set()).add(o)
            class_parents.setdefault(o, set()).add(s)
    for predicate, turned, both in (
        (_SUBPROPERTY, False, False),
        (_EQUIVALENT_PROPERTY, False, True),
        (_INVERSE, True, True),
    ):
        for s, _, o in index.match(None, predicate, None):
            if is_iri(s) and is_iri(o) and (s != o or turned):
                parents.setdefault(s, set()).add((o, turned))
                if both:
                    parents.setdefault(o, set()).add((s, turned))
    for s in index.subjects(TYPE, _SYMMETRIC):
        parents.setdefault(s, set()).add((s, True))
    chains: list[tuple[Term, tuple[Step, ...]]] = []
    for s, _, o in index.match(None, _CHAIN, None):
        if steps := _steps(index, o):
            chains.append((s, steps))
    for change in changes:
        _keep_working(change, class_parents, parents, chains)
    disjoint = {frozenset({s, o}) for s, _, o in index.match(None, _DISJOINT, None) if is_iri(s) and is_iri(o)}
    for node in index.subjects(TYPE, _ALL_DISJOINT):
        for members in index.objects(node, f"<{OWL}members>"):
            names = [t for t in read_list(index, members) if is_iri(t)]
            disjoint.update(frozenset({a, b}) for a in names for b in names if a < b)
    keys: dict[Term, set[Term]] = {}
    for s, _, o in index.match(None, _HAS_KEY, None):
        if is_iri(s) and _is_one_name(index, o):
            keys.setdefault(s, set()).update(read_list(index, o))
    rules = Rules(
        class_parents={k: frozenset(v) for k, v in class_parents.items()},
        property_parents={k: frozenset(v) for k, v in parents.items()},
        transitive=frozenset(index.subjects(TYPE, _TRANSITIVE)),
        chains=tuple(sorted(chains)),
        disjoint=frozenset(disjoint),
        keys={k: frozenset(v) for k, v in keys.items()},
    )
    return rules, _idle(index, origin)


def _keep_working(
    change: Change,
    class_parents: dict[Term, set[Term]],
    parents: dict[Term, set[Step]],
    chains: list[tuple[Term, tuple[Step, ...]]],
) -> None:
    """Let what is said with a deprecated term be found by its replacement, and the other way round."""
    old, new = change.old, change.new
    for part in change.parts:
        class_parents.setdefault(part.becomes, set()).add(old)
    if new is None:
        return
    if change.is_class:
        class_parents.setdefault(old, set()).add(new)
        class_parents.setdefault(new, set()).add(old)
    elif change.along is not None:
        chains.append((new, ((change.along, True), (old, False))))
        chains.append((old, ((change.along, False), (new, False))))
    elif change.twins:
        parents.setdefault(old, set()).add((new, change.inverse))
        parents.setdefault(new, set()).add((old, change.inverse))


def _is_one_name(index: TripleIndex, node: Term) -> bool:
    members = read_list(index, node)
    return len(members) == 1 and is_iri(members[0])


def _steps(index: TripleIndex, chain: Term) -> tuple[Step, ...]:
    """Read a chain of properties and inverses; nothing for one that is shorter than two, or holds anything else."""
    steps: list[Step] = []
    for node in read_list(index, chain):
        inverse = sorted(t for t in index.objects(node, _INVERSE) if is_iri(t))
        if is_iri(node):
            steps.append((node, False))
        elif inverse:
            steps.append((inverse[0], True))
        else:
            return ()
    return tuple(steps) if len(steps) > 1 else ()


def _idle(index: TripleIndex, origin: Mapping[Triple, str]) -> list[Finding]:
    """Report every axiom that changes nothing here, so that nobody relies on it unawares."""

    def report(triple: Triple, what: str) -> Finding:
        owner = owner_of(index, triple[0])
        subject = plain(owner) if is_iri(owner) else "an anonymous class"
        place = Place(origin.get(triple, "ontology"), 0, 0)
        message = f"{what} of {subject} is read and kept, but nothing acts on it"
        return Finding(place, "warning", "idle-axiom", message, "say it as a SHACL shape if facts are to keep it")

    def _is_said_of_nobody(triple: Triple) -> bool:
        """Tell whether an axiom has an end without a name: no rule holds such a class or property."""
        s, p, o = triple
        if p == _INVERSE and not is_iri(s):
            return False  # not an axiom, but a property expression
        return p in _BETWEEN_NAMES and not (is_iri(s) and is_iri(o)) and not _is_told(s) and not _is_told(o)

    def _is_told(node: Term) -> bool:
        """Tell whether a nameless class has a finding of its own, or stands for a datatype."""
        if is_iri(node):
            return False
        own = {p for _, p, _ in index.match(node, None, None)}
        return bool(own & _IDLE_PREDICATES) or f"<{RDFS}Datatype>" in index.objects(node, TYPE)

    def found() -> Iterable[Finding]:
        for triple in index:
            s, p, o = triple
            if p == _HAS_KEY and is_iri(s) and _is_one_name(index, o):
                continue  # entries that share the value are offered as one
            if p in _IDLE_PREDICATES:
                yield report(triple, plain(p).removeprefix(OWL))
            elif p == TYPE and o in _IDLE_TYPES:
                yield report(triple, plain(o).removeprefix(OWL))
            elif _is_said_of_nobody(triple) or (p == _CHAIN and not _steps(index, o)):
                yield report(triple, plain(p).rsplit("#", 1)[-1])
            elif p == TYPE and is_iri(s) and (o == _INDIVIDUAL or CLASSES & index.objects(o, TYPE)):
                types = index.objects(s, TYPE)
                if CLASSES & types or any(t.startswith(f"<{SH}") for t in types):
                    continue  # classes of classes, and shapes, which are acted on
                message = f"the individual {plain(s)} is read and kept, but no part of the facts"
                place = Place(origin.get(triple, "ontology"), 0, 0)
                yield Finding(place, "warning", "idle-axiom", message, "write it as an entry of a fact file")

    return sorted(found())
