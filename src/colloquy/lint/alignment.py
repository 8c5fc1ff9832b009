"""Terms that nobody else understands: without a class, property or reference in a vocabulary of others."""

from __future__ import annotations

import re
from collections.abc import Iterator

from colloquy.errors import Finding
from colloquy.lint.case import Case, warn
from colloquy.terms import CQ, OWL, RDF, RDFS, SH, SKOS, STANDARD_PREFIXES, XSD, Term, iri_value, is_iri

_SEE_ALSO = f"<{RDFS}seeAlso>"
_MAPPED = [f"<{SKOS}{name}>" for name in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")]
_WITHOUT_MEANING = (CQ, OWL, XSD, SH, RDF, f"{RDFS}Resource", f"{RDFS}Class", f"{RDFS}Literal")


def namespace(term: Term) -> str:
    """Give what stands before the last `#` or `/` of an IRI, with it."""
    return re.sub(r"[^#/]*$", "", iri_value(term))


def check_alignment(case: Case) -> Iterator[Finding]:
    """Find classes and properties with nothing above them, or beside them, in a vocabulary of others.

    A reference (`rdfs:seeAlso`, `skos:closeMatch` and the like) says which term comes nearest where none is
    above: nothing follows from it.
    """
    rules = case.ontology.rules
    terms = [*(c.term for c in case.classes), *(p.term for p in case.properties)]
    ours = {namespace(t) for t in terms} - set(STANDARD_PREFIXES.values())

    def is_shared(term: Term) -> bool:
        value = iri_value(term)
        return (
            is_iri(term)
            and namespace(term) not in ours
            and not value.startswith((*_WITHOUT_MEANING, case.settings.base))
        )

    for what, above, axiom in (
        *((c.term, c.ancestors, "rdfs:subClassOf") for c in case.classes),
        *((p.term, {q for q, _ in rules.implied(p.term)}, "rdfs:subPropertyOf") for p in case.properties),
    ):
        beside = {o for predicate in (_SEE_ALSO, *_MAPPED) for o in case.index.objects(what, predicate)}
        if not any(map(is_shared, {*above, *beside})):
            message = f"{case.name(what)} is aligned with no vocabulary of others"
            hint = f"say what it is a kind of ({axiom} …), or which term comes nearest (rdfs:seeAlso …)"
            yield warn(case.place_of(what), "no-alignment", message, hint)
