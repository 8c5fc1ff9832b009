"""What terms touch: the lines of facts, the questions and the view settings that change with them."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from colloquy.change.entries import Told
from colloquy.change.questions import uses_of
from colloquy.change.states import State, opened
from colloquy.change.terms import Comparison
from colloquy.errors import Place, UsageError, did_you_mean, printable
from colloquy.mapping import Rule
from colloquy.ontology import Ontology
from colloquy.reading import Reading
from colloquy.settings import FILE
from colloquy.source import Mapping as Node
from colloquy.source import Scalar, read_yaml
from colloquy.source import Sequence as List
from colloquy.terms import CQ, TYPE, Term, compress, expand, is_iri, plain
from colloquy.turtle.places import Spot, spots_in
from colloquy.turtle.reading import read_turtle

KINDS = ("fact", "mapping", "question", "view")
_LOOKS = ("colour", "darkColour", "mark", "legendOrder", "plural", "drawn", "connects", "key")


@dataclass(frozen=True, order=True)
class Touched:
    """One thing that a term touches: of which kind, where, and what stands there."""

    kind: str
    place: Place
    term: str
    words: str

    def __str__(self) -> str:
        return f"{self.place}: {self.words}"


@dataclass(frozen=True)
class Impact:
    """Everything that some terms touch, sorted by kind and place."""

    terms: tuple[str, ...]
    touched: tuple[Touched, ...]

    def of(self, kind: str) -> list[Touched]:
        """Give what is of one of `KINDS`."""
        return [t for t in self.touched if t.kind == kind]

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain values, as `--format json` prints it."""
        return {
            "terms": list(self.terms),
            "touched": [
                {"kind": t.kind, "file": t.place.file, "line": t.place.line, "column": t.place.column,
                 "term": t.term, "words": t.words}
                for t in self.touched
            ],
        }  # fmt: skip


def impact_of_terms(names: Iterable[str], project: Reading) -> Impact:
    """Give what named terms touch: each a CURIE, an IRI, a key or a class; without names, the deprecated ones.

    Raises UsageError for a name that is no term of the ontology.
    """
    state = State("", project)
    ontology = state.ontology
    terms = [_term(name, ontology, state.prefixes) for name in names] or sorted(ontology.changes)
    return _impact(terms, state, [ontology])


def impact_of_change(old: str, new: str, project: Path) -> Impact:
    """Give what the changes between two states touch in the later one: differences of wording alone left out."""
    with opened(old, project) as before, opened(new, project) as after:
        prefixes = {**before.prefixes, **after.prefixes}
        found = Comparison(before.ontology, after.ontology, prefixes).all()
        terms = sorted({d.term for d in found if d.severity != "safe" or d.kind == "deprecated"})
        return _impact(terms, after, [before.ontology, after.ontology])


def _term(name: str, ontology: Ontology, prefixes: Mapping[str, str]) -> Term:
    keys = {p.key: p.term for p in reversed(ontology.properties)}
    classes = {c.name: c.term for c in ontology.classes.values()}
    if found := classes.get(name) or keys.get(name):
        return found
    try:
        return expand(name, dict(prefixes))
    except ValueError:
        hint = did_you_mean(name, {*keys, *classes})
        raise UsageError(f"{printable(name)} is no class, no key and no IRI here — {hint}") from None


def _impact(terms: list[Term], state: State, ontologies: list[Ontology]) -> Impact:
    found: set[Touched] = set()
    for ontology in ontologies:
        reading = Reading(state.reading.folder, data=state.reading.roots()[0], cache=False)
        reading.__dict__["ontology"] = ontology  # these facts, in the words of the earlier ontology too
        told = Told(State(state.name, reading))
        known = [
            t for t in terms if t in ontology.class_by_term or t in ontology.property_by_term or len(ontologies) < 2
        ]
        for term in known:
            found.update(_facts(term, told))
            found.update(_mapping(term, ontology, state))
            found.update(_questions(term, ontology, state))
    for term in terms:
        found.update(_looks(term, state))
    start = set(state.settings.start)
    asked = {Path(t.place.file).stem: t.term for t in found if t.kind == "question"}
    found.update(
        Touched("view", place, asked[name], f"`start` shows the question {name}")
        for name, place in _starts(state) if name in asked and name in start
    )  # fmt: skip
    shown = tuple(compress(t, state.prefixes) for t in terms)
    return Impact(shown, tuple(sorted(found, key=lambda t: (KINDS.index(t.kind), t))))


def _facts(term: Term, told: Told) -> Iterator[Touched]:
    """Give the lines of facts that are written with a term, or of which a term that is not ours follows."""
    ontology = told.ontology
    rules = ontology.rules
    shown = compress(term, told.state.prefixes)
    own = term in ontology.property_by_term
    renamed = term in ontology.changes and not ontology.changes[term].parts  # its replacement implies it, untouched
    for s in told.facts.statements:
        if s.predicate == TYPE:
            fits = s.object == term if renamed else term in rules.ancestors(s.object)
        else:
            fits = s.predicate == term or (not own and any(q == term for q, _ in rules.implied(s.predicate)))
        if fits:
            p = ontology.property_by_term.get(s.predicate)
            what = f"`{p.key}`" if p else "the type"
            yield Touched("fact", s.place, shown, f"{what} of {told.word(s.subject)}: {told.word(s.object)}")


def _mapping(term: Term, ontology: Ontology, state: State) -> Iterator[Touched]:
    names = {p.key for p in ontology.properties if p.term == term}
    names |= {c.name for c in ontology.classes.values() if c.term == term}
    shown = compress(term, state.prefixes)
    for node in _named(state.settings.mapping):
        if node.text in names:
            place = Place(FILE, node.line, node.column)
            yield Touched("mapping", place, shown, f"the mapping names `{printable(node.text)}`")


def _named(rules: Iterable[Rule]) -> Iterator[Scalar]:
    """Give every word of a mapping that may be a key or a class of the ontology."""
    for rule in rules:
        yield from (node for node in (rule.type, rule.key) if node is not None)
        yield from (key.key or key.foreign for key in rule.keys or ())
        yield from (node for node, _ in rule.add or ())
        for _, inner in (*(rule.entries or ()), *(rule.relations or ())):
            yield from _named(inner)


def _questions(term: Term, ontology: Ontology, state: State) -> Iterator[Touched]:
    """Give the places of questions that name a term, or one that follows from it."""
    rules = ontology.rules
    above = {q for q, _ in rules.implied(term)} | rules.ancestors(term)
    shown = compress(term, state.prefixes)
    for path in sorted((state.reading.folder / "queries").glob("*.rq")):
        text = path.read_bytes().decode("utf-8", "replace")
        for name, line, column in uses_of(text, state.prefixes):
            if name in above:
                by = "names it" if name == term else f"names {compress(name, state.prefixes)}, which follows from it"
                place = Place(f"queries/{path.name}", line, column)
                yield Touched("question", place, shown, f"the question {by} ({shown})")


def _looks(term: Term, state: State) -> Iterator[Touched]:
    """Give the view annotations of a term, each at its line of the Turtle."""
    folder = state.reading.folder
    origin, _, _ = read_turtle(folder / "ontology", folder)
    places: dict[str, list[Spot] | None] = {}
    for (s, p, o), file in origin.items():
        name = p.removeprefix(f"<{CQ}").removesuffix(">")
        if s != term or name not in _LOOKS or is_iri(o):
            continue
        path = folder / str(file)
        if str(file) not in places:
            places[str(file)] = spots_in(path.read_bytes().removeprefix(BOM_UTF8)) if path.exists() else None
        spots = places[str(file)]
        number = getattr(file, "number", None)
        at = spots[number].predicate if spots and number is not None else (0, 0)
        shown = compress(term, state.prefixes)
        yield Touched("view", Place(str(file), *at), shown, f"cq:{name} of {shown}: {plain(o)}")


def _starts(state: State) -> Iterator[tuple[str, Place]]:
    node, _ = read_yaml((state.reading.folder / FILE).read_bytes(), FILE)
    for key, value in node.items if isinstance(node, Node) else ():
        if key.text == "start":
            for item in value.items if isinstance(value, List) else [value]:
                if isinstance(item, Scalar):
                    yield item.text, Place(FILE, item.line, item.column)
