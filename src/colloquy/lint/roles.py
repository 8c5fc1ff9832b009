"""Terms in the place of another kind of term: a class where a property is asked for, a text where a link is."""

from __future__ import annotations

from collections.abc import Iterator

from colloquy.errors import Finding
from colloquy.lint.case import Case, fail
from colloquy.terms import CLASSES, OWL, RDF, RDFS, SH, TYPE, Term

_KINDS = {f"<{OWL}{kind}Property>" for kind in ("Object", "Datatype", "Annotation")} | {f"<{RDF}Property>"}
_CLASS, _PROPERTY = "class", "property"
_WANTED = {
    f"<{namespace}{name}>": (subject, object_)
    for subject, object_, namespace, names in (
        (_CLASS, _CLASS, RDFS, "subClassOf"),
        (_CLASS, _CLASS, OWL, "equivalentClass disjointWith"),
        (_PROPERTY, _CLASS, RDFS, "domain range"),
        (_PROPERTY, _PROPERTY, RDFS, "subPropertyOf"),
        (_PROPERTY, _PROPERTY, OWL, "equivalentProperty inverseOf"),
        ("", _CLASS, SH, "targetClass class"),
        ("", _PROPERTY, SH, "path targetSubjectsOf targetObjectsOf"),
    )
    for name in names.split()
}
_OF_LINKS = {f"<{OWL}{name}Property>": f"owl:{name}Property" for name in
             ("Symmetric", "Transitive", "InverseFunctional", "Asymmetric", "Reflexive", "Irreflexive")}  # fmt: skip


def check_roles(case: Case) -> Iterator[Finding]:
    """Find terms that are used, or declared, as what they are not."""
    for c in case.classes:
        for kind in sorted(_KINDS & case.index.objects(c.term, TYPE)):
            declared = min(case.place(c.term, TYPE, t) for t in CLASSES & case.index.objects(c.term, TYPE))
            message = f"{case.name(c.term)} is a class and {_article(case.name(kind))}"
            places = sorted((declared, case.place(c.term, TYPE, kind)))
            yield fail(places[1], "two-kinds", message, "keep one, and give the other a name of its own", places[0])
    for predicate, wanted in _WANTED.items():
        for s, p, o in case.index.match(None, predicate, None):
            for part, term, want in (("subject", s, wanted[0]), ("object", o, wanted[1])):
                found = _kind(case, term)
                if want and found and found != want:
                    place = case.place(s, p, o, "subject" if part == "subject" else "object")
                    message = f"{case.name(term)} is a {found}, and {case.name(p)} takes a {want} here"
                    yield fail(place, "wrong-kind", message, "name what is meant", case.place_of(term))


def _article(name: str) -> str:
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def _kind(case: Case, term: Term) -> str:
    """Say what a term is declared to be; nothing of one that is both, neither, or a datatype."""
    types = case.index.objects(term, TYPE)
    is_class, is_property = bool(CLASSES & types), bool(_KINDS & types)
    return "" if is_class == is_property else _CLASS if is_class else _PROPERTY


def check_links(case: Case) -> Iterator[Finding]:
    """Find what is said of properties that hold texts, and can be so only of links between things."""
    datatype, object_ = f"<{OWL}DatatypeProperty>", f"<{OWL}ObjectProperty>"
    texts = case.index.subjects(TYPE, datatype) - case.index.subjects(TYPE, object_)
    for term in sorted(t for t in texts if case.is_ours(t)):
        for kind in sorted(_OF_LINKS.keys() & case.index.objects(term, TYPE)):
            message = f"{case.name(term)} holds a text, and no such property is an {_OF_LINKS[kind]}"
            hint = "take it out, or declare an owl:ObjectProperty"
            yield fail(case.place(term, TYPE, kind), "two-kinds", message, hint)
    for name in ("inverseOf", "equivalentProperty"):
        predicate = f"<{OWL}{name}>"
        for s, p, o in case.index.match(None, predicate, None):
            if (s in texts) != (o in texts) and {s, o} <= case.ontology.property_by_term.keys():
                message = f"{case.name(s)} and {case.name(o)} are of different kinds of property"
                hint = "a link to an entry cannot be a text as well: take the axiom out, or correct the kind"
                yield fail(case.place(s, p, o), "two-kinds", message, hint, case.place_of(o))
