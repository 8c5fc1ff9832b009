"""Judges each file by the shapes that it can answer alone: the fast way through most of SHACL.

A shape can be asked of statements as they are written, without the closure, where every property
it speaks of is said of the thing itself, forwards, in the file at hand (rolled down to the
properties that imply it), and holds by no chain and no transitivity.  Entries that several files
describe are judged with all their statements together.  All other shapes are for `check`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import Protocol, TypeAlias

from colloquy.checklist import Checklist
from colloquy.directory import Directory
from colloquy.errors import Finding, Place, printable
from colloquy.ontology import Ontology
from colloquy.shapes import Graph, Shape, Violation, amount, deactivated, in_words, read_shapes, shapes_in, validate
from colloquy.terms import LABEL, TYPE, Term, is_iri, literal, plain
from colloquy.unit import Row, Unit


class Judgement:
    """Which shapes of an ontology one file answers (`local`), and which need the closure (`whole`).

    `written` are the properties that statements are written with: what nobody writes implies nothing.
    """

    def __init__(self, ontology: Ontology, written: frozenset[Term]) -> None:
        self.ontology, self.written = ontology, written
        shapes = [s for s in read_shapes(ontology.index) if not deactivated(ontology.index, s)]
        self.whole = [s for s in shapes if not self.is_local(s)]
        self.local = [s for s in shapes if s not in self.whole]
        self.name = hashlib.sha256(repr(sorted(s.term for s in self.local)).encode()).hexdigest()

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


class Judge(Judgement):
    """The shapes of an ontology, with the directory to look values up in; `whole` are those for the closure."""

    def __init__(self, ontology: Ontology, written: frozenset[Term], directory: Directory) -> None:
        super().__init__(ontology, written)
        self.directory = directory
        self._sources: dict[Term, tuple[Term, ...]] = {}
        self._by_class: dict[Term, tuple[Shape, ...]] = {}
        self._plans: dict[Term, list[Plan]] = {}

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

    def knows(self, unit: Unit) -> bool:
        """Tell whether a unit was judged already, by the very same shapes."""
        return unit.judged is not None and unit.judged_by == self.name

    def unit(self, unit: Unit) -> None:
        """Judge what a file says of its own entries and relations; may make the unit volatile."""
        view = View(self, [(unit.file, unit.rows)], unit)
        shared = {row[0] for row in unit.open}  # judged with what others say of them
        unit.judged = [f for subject in view.rows if subject not in shared for f in self.focus(subject, view)]
        unit.judged_by = self.name
        unit.volatile = unit.volatile or view.looked_elsewhere

    def shared(self, units: Iterable[Unit]) -> list[Finding]:
        """Judge the entries that several places describe, with all that is said of them."""
        view = View(self, [(unit.file, unit.open) for unit in units if unit.open])
        for unit in units:
            view.take_refused(unit)
        return [f for subject in view.rows for f in self.focus(subject, view)]

    def focus(self, subject: Term, view: View) -> Iterator[Finding]:
        """Judge one focus node by every local shape that targets one of its classes."""
        about = view.about(subject)
        if TYPE not in about:
            return
        for class_ in dict.fromkeys(row[2] for row in about[TYPE]):
            for shape, own, checklists in self.plan_for(class_):
                violations: list[Violation] = []
                if own is not None:
                    violations += validate(own, subject, view)
                for checklist, part in checklists:
                    if not checklist.passes(about):
                        violations += validate(part, subject, view)
                for violation in violations:
                    if not view.refused(violation):
                        yield finding(violation, shape, self.ontology, view, view)

    def plan_for(self, class_: Term) -> list[Plan]:
        """Give what to do for a class: each shape, what of it is asked of the node itself, and its checklists."""
        plan = self._plans.get(class_)
        if plan is None:
            plan = self._plans[class_] = []
            for shape in self.shapes_for(class_):
                parts = (shape,) if shape.path else shape.properties
                # What is no property of one path is judged with the node.
                lists = [(Checklist(p, self.sources(p.path), self.is_of), p) for p in parts if p.path]
                rest = tuple(p for p in parts if not p.path)
                own = None if shape.path else replace(shape, properties=rest)
                plan.append((shape, own if own and (own.constraints or rest) else None, lists))
        return plan

    def is_of(self, term: Term, class_: Term) -> bool:
        """Tell of an entry whether it is certainly of a class."""
        entry = self.directory.entries.get(term[len(self.directory.base) + 1 : -1])
        return entry is not None and entry.term == term and class_ in entry.class_.ancestors


Plan: TypeAlias = tuple[Shape, Shape | None, list[tuple[Checklist, Shape]]]


def _is_of_the_value(shape: Shape) -> bool:
    """Tell whether a shape asks only for a value's own text or class, not for what is said of it."""
    return not shape.path and not shape.properties and all(_is_of_the_value(part) for part in shapes_in(shape))


class View:
    """What is written about some subjects, asked like the closure, and for places."""

    def __init__(self, judge: Judge, files: Iterable[tuple[str, list[Row]]], unit: Unit | None = None) -> None:
        self.judge, self.directory = judge, judge.directory
        self.sources = judge.sources
        self.looked_elsewhere = False
        self.files = list(files)
        self.rows: dict[Term, list[Row]] = {}
        for _, rows in self.files:
            for row in rows:
                if row[0] in self.rows:
                    self.rows[row[0]].append(row)
                else:
                    self.rows[row[0]] = [row]
        self._last: tuple[Term, dict[Term, list[Row]]] = ("", {})
        self.classes_of_names: dict[Term, Term] = {}
        self.relations: dict[Term, Place] = {}
        self._refused: dict[Term, list[tuple[Term, int]]] = {}
        if unit is not None:
            self.classes_of_names = {m.term: m.class_ for m in unit.mentions}
            self.relations = {term: Place(unit.file, *at) for term, *at in unit.relations}
            self.take_refused(unit)

    def about(self, subject: Term) -> dict[Term, list[Row]]:
        """Give the rows about a subject by their property; the last answer is kept, most are asked for in turn."""
        if self._last[0] != subject:
            found: dict[Term, list[Row]] = {}
            for row in self.rows.get(subject, ()):
                if row[1] in found:
                    found[row[1]].append(row)
                else:
                    found[row[1]] = [row]
            self._last = (subject, found)
        return self._last[1]

    def place(self, row: Row) -> Place:
        """Give the place of a row; the rows of several files are told apart by what they are, not by what they say."""
        file = next(file for file, rows in self.files if len(self.files) == 1 or any(row is other for other in rows))
        return Place(file, row[3], row[4])

    def take_refused(self, unit: Unit) -> None:
        """Take up how many values were refused."""
        for subject, p, count in unit.refused:
            self._refused.setdefault(subject, []).append((p, count))

    # --- as a graph

    def objects(self, s: Term, p: Term) -> set[Term]:
        """Give the values of a subject for a property, as the closure holds them."""
        if p == TYPE:
            return self.types(s)
        if s not in self.rows:
            return self.elsewhere(s, p)
        about = self.about(s)
        return {row[2] for source in self.sources(p) if source in about for row in about[source]}

    def __contains__(self, triple: object) -> bool:
        assert isinstance(triple, tuple)
        return triple[2] in self.objects(triple[0], triple[1])

    def types(self, s: Term) -> set[Term]:
        """Give all classes of a term: those written here, those of an entry anywhere, and all above them."""
        ancestors = self.judge.ontology.rules.ancestors
        found: set[Term] = set()
        for row in self.rows.get(s, ()):
            if row[1] == TYPE:
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
        return self.place(self.rows[node][0])

    def of_value(self, focus: Term, path: Term, value: Term) -> Place:
        """Give the place of the statement that makes `focus path value` so, else the node's."""
        about = self.about(focus)
        found = [row for source in self.sources(path) for row in about.get(source, ()) if row[2] == value]
        return min((self.place(row) for row in found), default=None) or self.of_node(focus)

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
