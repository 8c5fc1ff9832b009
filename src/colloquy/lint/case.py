"""What every check of the lint asks: the ontology, its triples with their places, and whose term is whose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

from colloquy.errors import Finding, Place, Severity
from colloquy.index import TripleIndex
from colloquy.ontology import Class, Ontology, Property
from colloquy.settings import Settings
from colloquy.shapes import Shape, deactivated, read_shapes
from colloquy.terms import CQ, TYPE, Term, Triple, compress, iri_value
from colloquy.turtle.places import Spot, spots_in
from colloquy.turtle.reading import VOCABULARY, Origin

Part: TypeAlias = Literal["subject", "predicate", "object"]


@dataclass(frozen=True)
class Case:
    """An ontology under examination.

    `origin` says of each triple which file it is from, and `texts` holds those files; blank nodes are
    those of `origin`, which is read anew.
    """

    ontology: Ontology
    settings: Settings
    origin: Mapping[Triple, str]
    texts: Mapping[str, bytes]
    _spots: dict[str, list[Spot] | None] = field(default_factory=dict)

    # --- places

    @cached_property
    def index(self) -> TripleIndex:
        """The triples of all files."""
        return TripleIndex(self.origin)

    def place(self, s: Term, p: Term, o: Term, part: Part = "object") -> Place:
        """Give the place of a triple: that of its object, unless another part is asked for."""
        return self.place_in(self.origin.get((s, p, o), "ontology"), part)

    def place_in(self, origin: str, part: Part = "object") -> Place:
        """Give the place that an `Origin` stands for; of any other name, the file as a whole."""
        if isinstance(origin, Origin):
            if origin not in self._spots:
                self._spots[str(origin)] = spots_in(self.texts[str(origin)])
            if spots := self._spots[origin]:
                return Place(str(origin), *getattr(spots[origin.number], part))
        return Place(str(origin), 0, 0)

    def place_of(self, term: Term) -> Place:
        """Give the place where a term is declared: the first that says its type."""
        declared = [self.place(term, TYPE, o, "subject") for o in self.index.objects(term, TYPE)]
        return min(declared, default=None) or self.of_any(term)

    def of_any(self, term: Term) -> Place:
        """Give the first place where a term is a subject."""
        return min(
            (self.place(*t, "subject") for t in self.index.match(term, None, None)), default=Place("ontology", 0, 0)
        )

    # --- terms

    def name(self, term: Term) -> str:
        """Write a term as people do: with its prefix where it has one."""
        short = compress(term, dict(self.ontology.prefixes))
        return short if short != term or not term.startswith("<") else iri_value(term)

    def names(self, terms: Iterable[Term]) -> str:
        """Write several terms, sorted."""
        return ", ".join(sorted(self.name(t) for t in terms))

    def is_ours(self, term: Term) -> bool:
        """Tell whether a term is for the project to describe, and not part of the tool's vocabulary."""
        files = {str(self.origin[t]) for t in self.index.match(term, TYPE, None)}
        return VOCABULARY not in files and not term.startswith(f"<{CQ}")

    @cached_property
    def classes(self) -> tuple[Class, ...]:
        """The project's classes, by name."""
        return tuple(c for _, c in sorted(self.ontology.classes.items()) if self.is_ours(c.term))

    @cached_property
    def properties(self) -> tuple[Property, ...]:
        """The project's properties, by IRI."""
        return tuple(p for p in self.ontology.properties if self.is_ours(p.term))

    @cached_property
    def written(self) -> tuple[Class, ...]:
        """All classes whose things have keys: entries and qualified relations, those with fewest ancestors first."""
        found = (c for c in self.ontology.classes.values() if c.kind != "named")
        return tuple(sorted(found, key=lambda c: (len(c.ancestors), c.name)))

    @cached_property
    def below(self) -> Mapping[Term, frozenset[Class]]:
        """For each class or ancestor of one: the classes that are it, or come below it."""
        found: dict[Term, set[Class]] = {}
        for c in self.ontology.classes.values():
            for ancestor in c.ancestors:
                found.setdefault(ancestor, set()).add(c)
        return {term: frozenset(classes) for term, classes in found.items()}

    def classes_in(self, terms: Iterable[Term]) -> frozenset[Class]:
        """Give the classes that are one of some terms, or come below one."""
        return frozenset[Class]().union(*(self.below.get(t, ()) for t in terms))

    # --- shapes

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        """The shapes that are switched on and have targets."""
        return tuple(s for s in read_shapes(self.index) if not deactivated(self.index, s))

    @cached_property
    def derived(self) -> frozenset[Term]:
        """The properties that may hold though nobody writes them or one below: by chains and inverses."""
        rules = self.ontology.rules
        heads = {head for head, _ in rules.chains} | rules.transitive
        turned = {q for p in rules.property_parents for q, backwards in rules.implied(p) if backwards}
        return frozenset(turned | {q for head in heads for q, _ in rules.implied(head)})

    def writers(self, class_: Class, path: Term) -> list[Property]:
        """Give the properties that entries of a class may have, and from which a path follows."""
        found = {p.term: p for p in self.ontology.keys(class_).values()}
        return [p for _, p in sorted(found.items()) if (path, False) in self.ontology.rules.implied(p.term)]


Check: TypeAlias = Callable[[Case], Iterator[Finding]]


def warn(place: Place, code: str, message: str, hint: str, *related: Place) -> Finding:
    """Make a warning."""
    return finding("warning", place, code, message, hint, *related)


def fail(place: Place, code: str, message: str, hint: str, *related: Place) -> Finding:
    """Make an error."""
    return finding("error", place, code, message, hint, *related)


def finding(severity: Severity, place: Place, code: str, message: str, hint: str, *related: Place) -> Finding:
    """Make a finding; other places that matter are told in their order, each once."""
    return Finding(place, severity, code, message, hint, tuple(sorted({p for p in related if p != place})))
