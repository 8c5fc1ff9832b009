"""Judges each file by the shapes that it can answer alone: the fast way through most of SHACL.

A shape can be asked of statements as they are written, without the closure, where every property
it speaks of is said of the thing itself, forwards, in the file at hand (rolled down to the
properties that imply it), and holds by no chain and no transitivity.  Entries that several files
describe are judged with all their statements together.  All other shapes are for `check`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Protocol

from colloquy.directory import Directory
from colloquy.errors import Finding, Place, printable
from colloquy.ontology import Ontology
from colloquy.shapes import Graph, Shape, Violation, amount, deactivated, in_words, read_shapes, shapes_in, validate
from colloquy.terms import ALT_LABEL, LABEL, TYPE, Term, is_iri, literal, plain
from colloquy.unit import Row, Unit


class Judgement:
    """Which shapes of an ontology one file answers (`local`), and which need the closure (`whole`)."""

    def __init__(self, ontology: Ontology) -> None:
        self.ontology = ontology
        shapes = [s for s in read_shapes(ontology.index) if not deactivated(ontology.index, s)]
        self.whole = [s for s in shapes if not self.is_local(s)]
        self.local = [s for s in shapes if s not in self.whole]

    @cached_property
    def written(self) -> frozenset[Term]:
        """The properties that statements are written with."""
        return frozenset({p.term for p in self.ontology.properties} | {ALT_LABEL, LABEL})

    @cached_property
    def derived(self) -> frozenset[Term]:
        """The properties that hold by other rules than those of one premise, or backwards."""
        rules = self.ontology.rules
        found = {q for p in self.written for q, turned in rules.implied(p) if turned}
        for head in (*(head for head, _ in rules.chains), *rules.transitive):
            found |= {q for q, _ in rules.implied(head)}
        return frozenset(found)

    def is_local(self, shape: Shape) -> bool:
        """Tell whether one file answers a shape, but for entries that others describe too."""
        if shape.beyond or not all(kind == "targetClass" for kind, _ in shape.targets):
            return False
        named = (c for c in self.ontology.classes.values() if c.kind == "named")
        targets = {term for _, term in shape.targets}
        return not any(targets & c.ancestors for c in named) and self._is_said_here(shape)

    def _is_said_here(self, shape: Shape) -> bool:
        """Tell whether a shape looks no further than at what is written of its focus node."""
        if shape.path is not None:
            if shape.path == TYPE or shape.path in self.derived or shape.properties:
                return False
            return all(_is_of_the_value(part) for part in shapes_in(shape))
        return all(self._is_said_here(p) for p in (*shape.properties, *shapes_in(shape)))


def whole_shapes(ontology: Ontology) -> list[Shape]:
    """Give the shapes that need the closure."""
    return Judgement(ontology).whole


class Judge(Judgement):
    """The shapes of an ontology, with the directory to look values up in; `whole` are those for the closure."""

    def __init__(self, ontology: Ontology, directory: Directory) -> None:
        self.directory = directory
        super().__init__(ontology)
        self._sources: dict[Term, tuple[Term, ...]] = {}
        self._by_class: dict[Term, tuple[Shape, ...]] = {}

    def sources(self, path: Term) -> tuple[Term, ...]:
        """Give the properties whose statements imply one of this path."""
        found = self._sources.get(path)
        if found is None:
            implied = self.ontology.rules.implied
            below = {p for p in self.written if (path, False) in implied(p)} | {path}
            found = self._sources[path] = tuple(sorted(below))
        return found

    def shapes_for(self, class_: Term) -> tuple[Shape, ...]:
        """Give the local shapes that a class, or one above it, is the target of."""
        found = self._by_class.get(class_)
        if found is None:
            above = self.ontology.rules.ancestors(class_)
            found = self._by_class[class_] = tuple(s for s in self.local if above & {term for _, term in s.targets})
        return found

    # --- judging -------------------------------------------------------------------------------

    def unit(self, unit: Unit) -> list[Finding]:
        """Judge what a file says of its own entries and relations; may make the unit volatile."""
        view = View(self, ((unit.file, row) for row in unit.rows), unit)
        shared = {row[0] for row in unit.open}  # judged with what others say of them
        found = [f for subject in view.by_subject if subject not in shared for f in self.focus(subject, view)]
        unit.volatile = unit.volatile or view.looked_elsewhere
        return found

    def shared(self, units: Iterable[Unit]) -> list[Finding]:
        """Judge the entries that several places describe, with all that is said of them."""
        rows = [(unit.file, row) for unit in units for row in unit.open]
        view = View(self, rows)
        for unit in units:
            view.take_refused(unit)
        return [f for subject in view.by_subject for f in self.focus(subject, view)]

    def focus(self, subject: Term, view: View) -> Iterator[Finding]:
        """Judge one focus node by every local shape that targets one of its classes."""
        classes = view.by_subject[subject].get(TYPE)
        if classes is None:
            return
        shapes = self.shapes_for(classes[0][1][2])
        if len(classes) > 1:  # described as several things
            shapes = tuple(dict.fromkeys(s for _, row in classes for s in self.shapes_for(row[2])))
        for shape in shapes:
            for violation in validate(shape, subject, view):
                if not view.refused(violation):
                    yield finding(violation, shape, self.ontology, view, view)


def _is_of_the_value(shape: Shape) -> bool:
    """Tell whether a shape asks only for a value's own text or class, not for what is said of it."""
    return not shape.path and not shape.properties and all(_is_of_the_value(part) for part in shapes_in(shape))


class View:
    """What is written about some subjects, asked like the closure, and for places."""

    def __init__(self, judge: Judge, rows: Iterable[tuple[str, Row]], unit: Unit | None = None) -> None:
        self.judge, self.directory = judge, judge.directory
        self.sources = judge.sources
        self.looked_elsewhere = False
        self.by_subject: dict[Term, dict[Term, list[tuple[str, Row]]]] = {}
        for pair in rows:
            row = pair[1]
            about = self.by_subject.get(row[0])
            if about is None:
                self.by_subject[row[0]] = {row[1]: [pair]}
            elif row[1] in about:
                about[row[1]].append(pair)
            else:
                about[row[1]] = [pair]
        self.classes_of_names: dict[Term, Term] = {}
        self.relations: dict[Term, Place] = {}
        self._refused: dict[Term, list[tuple[Term, int]]] = {}
        if unit is not None:
            self.classes_of_names = {m.term: m.class_ for m in unit.mentions}
            self.relations = {term: Place(unit.file, *at) for term, *at in unit.relations}
            self.take_refused(unit)

    def take_refused(self, unit: Unit) -> None:
        """Take up how many values were refused."""
        for subject, p, count in unit.refused:
            self._refused.setdefault(subject, []).append((p, count))

    # --- as a graph

    def objects(self, s: Term, p: Term) -> set[Term]:
        """Give the values of a subject for a property, as the closure holds them."""
        about = self.by_subject.get(s)
        if p == TYPE:
            return self.types(s)
        if about is None:
            return self.elsewhere(s, p)
        sources = self.sources(p)
        if len(sources) == 1:
            return {pair[1][2] for pair in about.get(p, ())}
        return {pair[1][2] for source in sources if source in about for pair in about[source]}

    def __contains__(self, triple: object) -> bool:
        assert isinstance(triple, tuple)
        return triple[2] in self.objects(triple[0], triple[1])

    def types(self, s: Term) -> set[Term]:
        """Give all classes of a term: those written here, those of an entry anywhere, and all above them."""
        ancestors = self.judge.ontology.rules.ancestors
        found: set[Term] = set()
        for _, row in self.by_subject.get(s, {}).get(TYPE, ()):
            found |= ancestors(row[2])
        if s in self.classes_of_names:
            found |= ancestors(self.classes_of_names[s])
        if not found and (id_ := self.directory.id_of(s)):
            for name in self.directory.classes_by_term.get(s) or (self.directory.entries[id_].class_.name,):
                found |= self.judge.ontology.classes[name].ancestors
        return found

    def elsewhere(self, s: Term, p: Term) -> set[Term]:
        """Give the name of an entry that another file describes: nothing else is asked of one."""
        id_ = self.directory.id_of(s)
        self.looked_elsewhere = True
        names = [name for _, listed in self.directory.mentions[id_] for name in listed.names] if id_ else []
        return {literal(names[0])} if names and p == LABEL else set()

    # --- as a map of places

    def of_node(self, node: Term) -> Place:
        """Give the place of an entry or relation."""
        if node in self.relations:
            return self.relations[node]
        id_ = self.directory.id_of(node)
        if id_:
            return self.directory.entries[id_].place
        file, row = next(pair for pairs in self.by_subject[node].values() for pair in pairs)
        return Place(file, row[3], row[4])

    def of_value(self, focus: Term, path: Term, value: Term) -> Place:
        """Give the place of the statement that makes `focus path value` so, else the node's."""
        about = self.by_subject.get(focus, {})
        found = [pair for source in self.sources(path) for pair in about.get(source, ()) if pair[1][2] == value]
        if not found:
            return self.of_node(focus)
        return min(Place(file, row[3], row[4]) for file, row in found)

    def refused(self, v: Violation) -> bool:
        """Tell whether a value is missing only since it was refused: its own line has the finding."""
        if v.component != "minCount" or v.shape.path is None:
            return False
        if (id_ := self.directory.id_of(v.focus)) and self.directory.is_damaged(id_):
            return True
        sources = self.sources(v.shape.path)
        written = sum(count for p, count in self._refused.get(v.focus, ()) if p in sources)
        return written > v.count and written >= amount(v.expected)


class Where(Protocol):
    """Finds the YAML places of nodes and values."""

    def of_node(self, node: Term) -> Place:
        """Give the place of an entry, relation or named value."""

    def of_value(self, focus: Term, path: Term, value: Term) -> Place:
        """Give the place of the statement that makes `focus path value` so, else the node's."""


def finding(v: Violation, shape: Shape, ontology: Ontology, where: Where, graph: Graph) -> Finding:
    """Say a violation at the place of the value at fault, else of its focus node."""
    message = v.shape.message or shape.message or in_words(v, ontology.label)
    values = [v.value] if v.value else list(v.values)
    place = where.of_node(v.focus)
    if v.shape.path and values:
        places = sorted(where.of_value(v.focus, v.shape.path, value) for value in values)
        # Of too many values, the first that is one too many.
        place = places[min(amount(v.expected), len(places) - 1)] if v.values else places[0]
    return shape_finding(place, v.shape.severity, v.focus, values, message, graph, ontology)


def shape_finding(
    place: Place,
    severity: str,
    focus: Term,
    values: list[Term],
    message: str,
    graph: Graph,
    ontology: Ontology,
) -> Finding:
    """Make the finding of a shape: who, what, and what was found."""
    shown = ", ".join(short_name(value, graph, ontology) for value in values[:5])
    found = f" (found: {shown}{' …' if len(values) > 5 else ''})" if values else ""
    name = short_name(focus, graph, ontology)
    return Finding(place, "error" if severity == "error" else "warning", "shape", f"{name}: {message}{found}")


def short_name(term: Term, graph: Graph, ontology: Ontology) -> str:
    """Name a thing for a finding: by its label, a relation by its class and owner, else by its id."""
    if not is_iri(term):
        return printable(plain(term))
    label = next((plain(o) for o in sorted(graph.objects(term, LABEL))), "")
    for class_ in sorted(graph.objects(term, TYPE)) if not label else ():
        known = ontology.class_by_term.get(class_)
        if known and known.kind == "relation":
            owner = f"<{term[1:-1].rsplit('/', 2)[0]}>"
            return f"{known.label} of {short_name(owner, graph, ontology)}"
    return printable(label or plain(term).rsplit("/", 1)[-1])
