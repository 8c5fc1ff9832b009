"""Finds what in an ontology cannot work: misspelt terms, terms declared nowhere, shapes that say nothing.

Without these findings a slip of the pen would go unnoticed, since RDF takes any term: `sh:minCuont 1`
is legal Turtle, and asks nothing of anybody.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from colloquy.datatypes import CANONICAL
from colloquy.errors import Finding, Place, Severity, did_you_mean
from colloquy.index import TripleIndex, owner_of, read_list
from colloquy.shapes import trouble
from colloquy.terms import (
    CLASSES,
    CQ,
    LANG_STRING,
    OWL,
    RDF,
    RDFS,
    SH,
    STANDARD_PREFIXES,
    TYPE,
    XSD,
    Term,
    Triple,
    iri_value,
    is_iri,
    plain,
)

_CLOSED = {RDF: "RDF", RDFS: "RDFS", OWL: "OWL", XSD: "XSD", SH: "SH"}
"""Vocabularies that nobody adds to, and what rdflib calls each."""

# What is in daily use: for other names rdflib's lists are asked, and rdflib is dear to import.
_DAILY = {
    RDF: "type first rest nil langString Property List Statement",
    RDFS: "label comment subClassOf subPropertyOf domain range Datatype Class Literal isDefinedBy seeAlso",
    OWL: "Ontology versionIRI versionInfo imports Class ObjectProperty DatatypeProperty AnnotationProperty Thing"
    " SymmetricProperty TransitiveProperty inverseOf propertyChainAxiom unionOf AllDisjointClasses members"
    " disjointWith equivalentClass equivalentProperty sameAs differentFrom hasKey",
    XSD: "string integer boolean decimal double date dateTime gYear gYearMonth gMonthDay anyURI positiveInteger"
    " nonNegativeInteger",
    SH: "NodeShape PropertyShape path property targetClass minCount maxCount message severity Warning Violation in"
    " pattern class datatype or and not xone uniqueLang minLength maxLength node nodeKind hasValue minInclusive"
    " maxInclusive minExclusive maxExclusive",
}

_PROPERTY = "an owl:ObjectProperty or owl:DatatypeProperty"
_REFERS = {
    f"<{namespace}{name}>": what
    for what, namespace, names in (
        ("an owl:Class", RDFS, "subClassOf"),
        ("an owl:Class", OWL, "disjointWith equivalentClass"),
        ("an owl:Class", SH, "targetClass class"),
        ("a property", RDFS, "subPropertyOf"),
        ("a property", OWL, "inverseOf equivalentProperty onProperty"),
        ("a property", SH, "path targetSubjectsOf targetObjectsOf inversePath zeroOrMorePath oneOrMorePath"),
        ("a property", SH, "zeroOrOnePath equals disjoint lessThan lessThanOrEquals"),
        ("a property", CQ, "target along whose"),
        ("a class or a property", CQ, "becomes"),
        ("a class or a property", STANDARD_PREFIXES["dct"], "isReplacedBy"),
        ("a shape", SH, "node not qualifiedValueShape property"),
    )
    for name in names.split()
}
_LISTS = {
    f"<{namespace}{name}>": what
    for what, namespace, names in (
        ("an owl:Class", OWL, "members disjointUnionOf"),
        ("a property", OWL, "propertyChainAxiom hasKey"),
        ("a property", SH, "path alternativePath ignoredProperties"),
        ("a shape", SH, "and or xone"),
    )
    for name in names.split()
}
"""What the members of a list have to be, by the predicate that leads to it."""

_TERMS_ONLY = {
    *(f"<{RDFS}{name}>" for name in ("domain", "range", "subClassOf", "subPropertyOf")),
    *(f"<{OWL}{name}>" for name in ("equivalentClass", "equivalentProperty", "inverseOf", "disjointWith", "imports")),
    *(f"<{SH}{name}>" for name in ("targetClass", "targetSubjectsOf", "targetObjectsOf", "path")),
}
_DESCRIBES = {
    f"<{namespace}{name}>": what
    for what, namespace, names in (
        ("an owl:Class", RDFS, "subClassOf"),
        ("an owl:Class", CQ, "colour darkColour mark legendOrder plural"),
        (_PROPERTY, RDFS, "domain range subPropertyOf"),
        (_PROPERTY, CQ, "key sentence inverseSentence detail loneSentence target"),
    )
    for name in names.split()
}
_STANDARD = tuple(STANDARD_PREFIXES.values())
_TARGETS = [f"<{SH}{name}>" for name in ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")]
_NOT_RUN = [f"<{SH}{name}>" for name in ("rule", "target", "js", "entailment", "shapesGraph")]


def find_mistakes(index: TripleIndex, origin: Mapping[Triple, str]) -> Iterator[Finding]:
    """Give the findings about an ontology's triples; `origin` names the file of each."""
    declared = {s for s, _, _ in index.match(None, TYPE, None)}
    for triple in index:
        said = [*_misspelt(index, triple), *_undeclared(index, declared, triple)]
        said += [*_of_shapes(index, triple), *_of_ranges(index, triple)]
        for severity, code, message, hint in said:
            yield Finding(Place(origin.get(triple, "ontology"), 0, 0), severity, code, message, hint)


_Said: TypeAlias = tuple[Severity, str, str, str]


def _misspelt(index: TripleIndex, triple: Triple) -> Iterator[_Said]:
    for term in triple:
        if not is_iri(term):
            continue
        namespace, name = _split(iri_value(term))
        if namespace == CQ and not index.objects(term, TYPE):
            known = [_split(iri_value(s))[1] for s, _, _ in index.match(None, TYPE, None) if s.startswith(f"<{CQ}")]
        elif namespace == RDF and re.fullmatch("_[1-9][0-9]*", name):
            continue
        elif namespace in _CLOSED and name not in _DAILY[namespace].split():
            known = _published(namespace)
        else:
            continue
        if name and name not in known:
            near = did_you_mean(name, known)
            hint = near if near.startswith("did") else "look it up: the vocabulary has no such term"
            yield "error", "unknown-term", f"there is no {_prefix(namespace)}:{name}", hint


def _split(value: str) -> tuple[str, str]:
    namespace, hash_, name = value.partition("#")
    return namespace + hash_, name


def _prefix(namespace: str) -> str:
    return next(prefix for prefix, known in STANDARD_PREFIXES.items() if known == namespace)


def _published(namespace: str) -> list[str]:
    import rdflib  # imported late: 0.16 s, and only for terms that few ontologies use

    vocabulary = getattr(rdflib, _CLOSED[namespace])
    # rdflib keeps the names that are words of Python (sh:and) apart.
    return [*(_split(str(term))[1] for term in dir(vocabulary)), *(n for n in keyword.kwlist if n in vocabulary)]


def _undeclared(index: TripleIndex, declared: set[Term], triple: Triple) -> Iterator[_Said]:
    s, p, o = triple
    listed = _LISTS.get(_list_of(index, s)) if p == f"<{RDF}first>" else None
    ends = [(o, _REFERS.get(p) or listed), (s, _DESCRIBES.get(p))]
    for term, what in ends:
        if what and is_iri(term) and term not in declared and not iri_value(term).startswith(_STANDARD):
            if what == "a shape" and any(index.match(term, None, None)):
                continue  # a shape need not say that it is one
            message = f"{plain(term)} is declared nowhere"
            near = _near(term, declared)
            rest = "" if near else f", or correct its name{_scheme(term)}"
            yield "warning", "undeclared-term", message, f"{near}declare it as {what}{rest}"
    if p in _TERMS_ONLY and o.startswith('"'):
        name = iri_value(p).rsplit("#", 1)[-1]
        message = f"{name} of {plain(s) if is_iri(s) else 'a nameless class'} is the text {o}, and takes a term"
        yield "error", "no-term", message, "write the term itself, without quotes"


def _near(term: Term, declared: set[Term]) -> str:
    """Offer a declared term of the same namespace, where one is spelt much like this."""
    space, name = _cut(term)
    near = did_you_mean(name, [local for its, local in map(_cut, filter(is_iri, declared)) if its == space])
    return f"{near} Else " if near.startswith("did") else ""


def _cut(term: Term) -> tuple[str, str]:
    value = iri_value(term)
    at = max(value.rfind("#"), value.rfind("/")) + 1
    return value[:at], value[at:]


def _list_of(index: TripleIndex, cell: Term) -> Term:
    """Give the predicate that leads to the list of which a node is a cell."""
    seen = set[Term]()
    while cell not in seen:
        seen.add(cell)
        s, p, _ = next(index.match(None, None, cell), ("", "", ""))
        if p != f"<{RDF}rest>":
            return p
        cell = s
    return ""


def _scheme(term: Term) -> str:
    """Say so where a vocabulary is known by nearly that address."""
    value = iri_value(term)
    other = "https" + value[4:] if value.startswith("http:") else "http" + value[5:]
    return f": <{other}> may be meant" if other.startswith(_STANDARD) else ""


def _of_shapes(index: TripleIndex, triple: Triple) -> Iterator[_Said]:
    s, p, o = triple
    owner = owner_of(index, s)
    shape = plain(owner) if is_iri(owner) else "a shape"
    name = iri_value(p).removeprefix(SH)
    if p.startswith(f"<{SH}") and (wrong := trouble(index, name, o)):
        yield "error", "bad-shape", f"sh:{name} of {shape} {wrong}", "correct it; until then it is not checked"
    elif p == f"<{SH}path>" and len(index.objects(s, p)) > 1:
        yield "error", "bad-shape", f"a property shape of {shape} has two paths", "write one shape for each"
    elif p in _NOT_RUN:
        message = f"sh:{name} of {shape} is read and kept, but nothing acts on it"
        yield "warning", "idle-axiom", message, "say it in SHACL Core or as sh:sparql"
    elif p == TYPE and o == f"<{SH}NodeShape>" and is_iri(s) and _is_for_nothing(index, s):
        yield "warning", "idle-shape", f"{shape} has no target, and no shape uses it", "give it an sh:targetClass"


def _is_for_nothing(index: TripleIndex, shape: Term) -> bool:
    is_class = CLASSES & index.objects(shape, TYPE)
    is_used = next(index.match(None, None, shape), None)
    return not (is_class or is_used or any(index.objects(shape, target) for target in (*_TARGETS, f"<{SH}target>")))


def _of_ranges(index: TripleIndex, triple: Triple) -> Iterator[_Said]:
    s, p, o = triple
    if p not in (f"<{RDFS}range>", f"<{RDFS}domain>") or not is_iri(s):
        return
    name = iri_value(p).removeprefix(RDFS)
    if len(index.objects(s, p)) > 1:
        message = f"{plain(s)} has several axioms of {name}: OWL reads them as all at once, a fact needs one of them"
        yield "warning", "several-axioms", message, f"write one rdfs:{name} [ a owl:Class ; owl:unionOf ( … ) ]"
    if name == "range" and f"<{OWL}DatatypeProperty>" in index.objects(s, TYPE):
        for datatype in _datatypes(index, o):
            if datatype not in CANONICAL and datatype not in (LANG_STRING, RDFS + "Literal"):
                message = f"the values of {plain(s)} are not checked: nothing here knows {datatype}"
                yield "warning", "unchecked-datatype", message, "choose a datatype of XML Schema in daily use"


def _datatypes(index: TripleIndex, node: Term) -> Iterator[str]:
    """Give the datatypes of a range: itself, or those of the union that it is or is defined as."""
    for described in (node, *sorted(index.objects(node, f"<{OWL}equivalentClass>"))):
        for union in index.objects(described, f"<{OWL}unionOf>"):
            yield from (iri_value(t) for t in read_list(index, union) if is_iri(t))
            return
    if is_iri(node):
        yield iri_value(node)
