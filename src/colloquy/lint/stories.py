"""One story of domain and range: what a property says of its two ends, and what other axioms say of them."""

from __future__ import annotations

from collections.abc import Iterator

from colloquy.errors import Finding, Place
from colloquy.index import read_list
from colloquy.lint.case import Case, fail, warn
from colloquy.ontology import Class, Property
from colloquy.terms import CLASSES, OWL, RDFS, TYPE, XSD, Term, is_iri

_OBJECT, _DATATYPE = f"<{OWL}ObjectProperty>", f"<{OWL}DatatypeProperty>"
_DOMAIN, _RANGE = f"<{RDFS}domain>", f"<{RDFS}range>"
_SUBPROPERTY, _INVERSE = f"<{RDFS}subPropertyOf>", f"<{OWL}inverseOf>"
_LITERALS = (XSD, f"{RDFS}Literal", "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString")
LINKS = ("reference", "relation", "named")


def check_kinds(case: Case) -> Iterator[Finding]:
    """Find properties that would lead to things and to texts at once."""
    for p in case.properties:
        types = case.index.objects(p.term, TYPE)
        if {_OBJECT, _DATATYPE} <= types:
            place = case.place(p.term, TYPE, _DATATYPE)
            message = f"{case.name(p.term)} is an owl:ObjectProperty and an owl:DatatypeProperty"
            other = case.place(p.term, TYPE, _OBJECT)
            yield fail(place, "two-kinds", message, "keep one: does it lead to entries, or hold a text?", other)
            continue
        wants_things = _OBJECT in types
        for node in sorted(case.index.objects(p.term, _RANGE)):
            for named in sorted(_named(case, node)):
                if wants_things != _is_datatype(case, named) or not (wants_things or _DATATYPE in types):
                    continue
                if not wants_things and not _is_class(case, named):
                    continue
                kind, other_kind = ("Object", "Datatype") if wants_things else ("Datatype", "Object")
                what = "a datatype" if wants_things else "a class"
                message = f"{case.name(p.term)} is an owl:{kind}Property, and its range {case.name(named)} is {what}"
                hint = f"declare it as an owl:{other_kind}Property, or correct the range"
                yield fail(case.place(p.term, _RANGE, node), "wrong-range", message, hint)


def _named(case: Case, node: Term) -> set[Term]:
    """Give the names in a range: itself, or the members of its union."""
    unions = () if is_iri(node) else case.index.objects(node, f"<{OWL}unionOf>")
    return {node} if is_iri(node) else {t for union in unions for t in read_list(case.index, union) if is_iri(t)}


def _is_datatype(case: Case, term: Term) -> bool:
    return term[1:].startswith(_LITERALS) or f"<{RDFS}Datatype>" in case.index.objects(term, TYPE)


def _is_class(case: Case, term: Term) -> bool:
    return bool(CLASSES & case.index.objects(term, TYPE))


def check_ends(case: Case) -> Iterator[Finding]:
    """Find properties whose ends are wider than those of the property above, or not those of their inverse."""
    known = case.ontology.property_by_term
    for p in case.properties:
        for above in sorted(case.index.objects(p.term, _SUBPROPERTY)):
            q = known.get(above)
            if q is None or q is p:
                continue
            place = case.place(p.term, _SUBPROPERTY, above)
            for end, mine, theirs in (("domain", p.domain, q.domain), ("range", p.range, q.range)):
                if end == "range" and not (p.kind in LINKS and q.kind in LINKS):
                    continue
                if extra := _outside(case, mine, theirs):
                    message = f"{case.name(p.term)} takes {extra} as {end}, which {case.name(above)} above it does not"
                    hint = f"narrow the {end} of the one, widen that of the other, or take the axiom out"
                    yield warn(place, "wider-than-parent", message, hint, _end(case, q, end))
            if (p.kind in LINKS) != (q.kind in LINKS):
                message = f"{case.name(p.term)} and {case.name(above)} above it are of different kinds of property"
                hint = "a link to an entry cannot be a text as well: take the axiom out, or correct the kind"
                yield fail(place, "two-kinds", message, hint, case.place_of(above))
        yield from _check_inverses(case, p)


def _check_inverses(case: Case, p: Property) -> Iterator[Finding]:
    pairs = [(q, case.place(p.term, _INVERSE, q)) for q in sorted(case.index.objects(p.term, _INVERSE)) if is_iri(q)]
    if f"<{OWL}SymmetricProperty>" in case.index.objects(p.term, TYPE):
        pairs.append((p.term, case.place(p.term, TYPE, f"<{OWL}SymmetricProperty>")))
    for term, place in pairs:
        q = case.ontology.property_by_term.get(term)
        for end, mine, other, theirs in (
            (("domain", p.domain, "range", q.range), ("range", p.range, "domain", q.domain)) if q else ()
        ):
            if q is not None and mine and theirs and case.classes_in(mine) != case.classes_in(theirs):
                if term == p.term and end == "range":
                    continue  # said already, from the other end
                whose = "its own" if term == p.term else f"the {other} of {case.name(term)}, its inverse,"
                whose = f"its {other}" if term == p.term else whose
                message = f"the {end} of {case.name(p.term)} is {case.names(mine)}, but {whose} is {case.names(theirs)}"
                hint = "what is an end of the one is the other end of its inverse: make them equal"
                yield warn(place, "inverse-mismatch", message, hint, _end(case, q, other))


def _outside(case: Case, mine: frozenset[Term], theirs: frozenset[Term]) -> str:
    """Name the classes that one set has and the other has not; an empty set stands for every class."""
    if not theirs or not case.classes_in(theirs):
        return ""
    extra: frozenset[Class] = case.classes_in(mine) - case.classes_in(theirs) if mine else frozenset()
    if not mine:
        return "anything"
    tops = [c for c in extra if not any(c.ancestors & {d.term} for d in extra - {c})]
    return case.names(c.term for c in tops)


def _end(case: Case, p: Property, end: str) -> Place:
    predicate = _DOMAIN if end == "domain" else _RANGE
    said = sorted(case.index.objects(p.term, predicate))
    return case.place(p.term, predicate, said[0]) if said else case.place_of(p.term)
