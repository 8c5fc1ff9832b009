"""Checks the facts against what the ontology asks of them, and tells contributors where to look.

Each function gives findings; none stops at the first.  Shapes that the compiled tables cover are
run on the closure in plain Python; the rest goes to pySHACL, the full engine.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from colloquy.errors import Finding, Place, printable
from colloquy.facts import Facts, Statement
from colloquy.index import TripleIndex
from colloquy.ontology import Ontology
from colloquy.shapes import Shape, Violation, deactivated, focus_nodes, in_words, read_shapes, validate
from colloquy.terms import ALT_LABEL, LABEL, OWL, SH, TYPE, XSD_STRING, Term, iri, is_iri, literal, literal_parts, plain

if TYPE_CHECKING:
    import rdflib

_DIFFERENT, _SAME = f"<{OWL}differentFrom>", f"<{OWL}sameAs>"


def check_facts(facts: Facts, graph: TripleIndex, ontology: Ontology) -> list[Finding]:
    """Give everything that shapes, disjointness and names have to say about a closure, sorted."""
    where = Places(facts, ontology)
    found = [*check_shapes(graph, ontology, where), *check_disjoint(graph, ontology, where)]
    found += check_names(facts, graph)
    return sorted(set(found))


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
        self.written: dict[Term, list[tuple[Term, int]]] = {}
        for (subject, p), count in facts.written.items():
            self.written.setdefault(subject, []).append((p, count))
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
        written = sum(
            count for p, count in self.written.get(v.focus, ()) if (v.shape.path, False) in self.rules.implied(p)
        )
        return written > v.count and written >= int(plain(str(v.expected)))

    def of_value(self, focus: Term, path: Term, value: Term) -> Place:
        """Give the place of the statement that makes `focus path value` so, else the node's."""
        for s in self.by_subject.get(focus, ()):
            implied = self.rules.implied(s.predicate)
            if s.subject == focus and s.object == value and (path, False) in implied:
                return s.place
            if s.object == focus and s.subject == value and (path, True) in implied:
                return s.place
        return self.of_node(focus)


def check_shapes(graph: TripleIndex, ontology: Ontology, where: Places) -> Iterator[Finding]:
    """Validate a closure against the ontology's SHACL shapes."""
    shapes = [s for s in read_shapes(ontology.index) if not deactivated(ontology.index, s)]
    for shape in shapes:
        if not shape.beyond:
            for focus in sorted(focus_nodes(shape, graph)):
                for violation in validate(shape, focus, graph):
                    if where.refused(violation):
                        continue
                    yield _finding(violation, shape, ontology, where, graph)
    beyond = [s for s in shapes if s.beyond]
    if beyond and any(focus_nodes(s, graph) for s in beyond):
        yield from _full_engine(beyond, graph, ontology, where)


def _finding(v: Violation, shape: Shape, ontology: Ontology, where: Places, graph: TripleIndex) -> Finding:
    message = v.shape.message or shape.message or in_words(v, ontology.label)
    values = [v.value] if v.value else list(v.values)
    place = where.of_node(v.focus)
    if v.shape.path and values:
        places = sorted(where.of_value(v.focus, v.shape.path, value) for value in values)
        # Of too many values, the first that is one too many.
        place = places[min(int(plain(str(v.expected))), len(places) - 1)] if v.values else places[0]
    return _shape_finding(place, v.shape.severity, v.focus, values, message, graph, ontology)


def _shape_finding(
    place: Place,
    severity: str,
    focus: Term,
    values: list[Term],
    message: str,
    graph: TripleIndex,
    ontology: Ontology,
) -> Finding:
    shown = ", ".join(_short_name(value, graph, ontology) for value in values[:5])
    found = f" (found: {shown}{' …' if len(values) > 5 else ''})" if values else ""
    name = _short_name(focus, graph, ontology)
    return Finding(place, "error" if severity == "error" else "warning", "shape", f"{name}: {message}{found}")


def _short_name(term: Term, graph: TripleIndex, ontology: Ontology) -> str:
    """Name a thing for a finding: by its label, a relation by its class and owner, else by its id."""
    if not is_iri(term):
        return printable(plain(term))
    label = next((plain(o) for o in sorted(graph.objects(term, LABEL))), "")
    for class_ in sorted(graph.objects(term, TYPE)) if not label else ():
        known = ontology.class_by_term.get(class_)
        if known and known.kind == "relation":
            owner = f"<{term[1:-1].rsplit('/', 2)[0]}>"
            return f"{known.label} of {_short_name(owner, graph, ontology)}"
    return printable(label or plain(term).rsplit("/", 1)[-1])


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
        shown = ", ".join(_short_name(s.term, graph, ontology) for s in beyond if is_iri(s.term)) or "a shape"
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
        yield _shape_finding(place, severity, focus_term, values, words, graph, ontology)


def _texts(literals: Iterable[rdflib.term.Node]) -> list[str]:
    """Give the words of messages, the English ones first: rdflib gives them in any order."""
    return [str(m) for m in sorted(literals, key=lambda m: (getattr(m, "language", None) != "en", str(m)))]


def _term(node: rdflib.URIRef | rdflib.Literal) -> Term:
    """Write a term of rdflib as text, which `n3()` does in Turtle's way for texts of several lines."""
    language = getattr(node, "language", None)
    if not hasattr(node, "datatype"):
        return iri(str(node))
    return literal(str(node), str(node.datatype or XSD_STRING), language)


def check_disjoint(graph: TripleIndex, ontology: Ontology, where: Places) -> Iterator[Finding]:
    """Find things that belong to two classes which the ontology says exclude each other."""
    for pair in sorted(sorted(p) for p in ontology.rules.disjoint if len(p) == 2):
        both = graph.subjects(TYPE, pair[0]) & graph.subjects(TYPE, pair[1])
        for term in sorted(both):
            a, b = (ontology.label(t) for t in pair)
            message = f"{_short_name(term, graph, ontology)} is both {a} and {b}, which exclude each other"
            merging = sorted(s.place for s in where.by_subject.get(term, ()) if s.predicate == _SAME)
            place = merging[0] if merging else where.of_node(term)
            yield Finding(place, "error", "disjoint", message, "choose one type, or undo `same_as`")


def fold(name: str) -> str:
    """Take case, accents, punctuation and spacing out of a name.

    >>> fold("Élaine  Mc-Nichol")
    'elaine mc nichol'
    """
    decomposed = unicodedata.normalize("NFKD", name)
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in letters.casefold()).split())


def check_names(facts: Facts, graph: TripleIndex) -> Iterator[Finding]:
    """Warn about two entries of one kind whose names are equal or differ in one letter.

    Quiet where the facts say that the two differ, or are one.
    """
    apart = {frozenset((s, o)) for p in (_DIFFERENT, _SAME) for s, _, o in graph.match(None, p, None)}
    places: dict[Term, Place] = {}
    names: dict[str, dict[Term, str]] = {}
    kinds: dict[Term, str] = {}
    for entry in facts.entries.values():
        places[entry.term] = min(places.get(entry.term, entry.place), entry.place)
        kinds[entry.term] = entry.class_.view.name if entry.class_.view else entry.class_.name
    for term in places:
        for predicate in (LABEL, ALT_LABEL):
            for o in sorted(graph.objects(term, predicate)):
                text = literal_parts(o).lexical
                if fold(text):
                    names.setdefault(fold(text), {}).setdefault(term, text)
    ids = {entry.term: entry.id for entry in reversed(facts.entries.values())}
    told: set[frozenset[Term]] = set()
    alike: dict[Term, set[Term]] = {}
    for a, b in sorted(_near(names)):
        for x in sorted(names[a], key=places.__getitem__):
            for y in sorted(names[b], key=places.__getitem__):
                pair = frozenset((x, y))
                if len(pair) < 2 or kinds[x] != kinds[y] or pair in told or pair in apart:
                    continue
                told.add(pair)
                first, second = sorted(pair, key=places.__getitem__)
                if alike.get(first, set()) & alike.get(second, set()):
                    continue  # both are like a third one already: its findings name them
                alike.setdefault(second, set()).add(first)
                alike.setdefault(first, set()).add(first)
                one, two = (names[a] | names[b])[first], (names[b] | names[a])[second]
                message = f"“{printable(two)}” is also the name of `{ids[first]}`"
                if one != two:
                    message = f"“{printable(two)}” is much like “{printable(one)}”"
                hint = f"if they are one, say `same_as: {ids[first]}`; if not, `different_from: {ids[first]}`"
                yield Finding(places[second], "warning", "names-alike", message, hint, related=(places[first],))


def _near(names: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    """Give the pairs of folded names that are equal or one letter apart, by their shared deletions."""
    found: set[tuple[str, str]] = {(n, n) for n in names}
    by_deletion: dict[str, list[str]] = {}
    for name in names:
        # Of short names one letter is half the name, and long ones are sentences: there only equal ones are alike.
        forms = {name} | ({name[:i] + name[i + 1 :] for i in range(len(name))} if 6 <= len(name) <= 100 else set())
        for form in forms:
            by_deletion.setdefault(form, []).append(name)
    for group in by_deletion.values():
        for i, a in enumerate(group):
            for b in group[i + 1 :]:
                # Digits are never a slip of the pen: volume 1 and volume 2 are two things.
                if [c for c in a if c.isdigit()] == [c for c in b if c.isdigit()]:
                    found.add((min(a, b), max(a, b)))
    return found
