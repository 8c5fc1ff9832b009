"""Our terms as rdflib's, and back, with no lexical form lost."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from colloquy.terms import Term, iri, iri_value, is_iri, literal, literal_parts

if TYPE_CHECKING:
    from rdflib.term import Identifier


def is_variable(text: str) -> bool:
    """Tell a variable or blank node of a query from a term."""
    return text[0] in "?_"


@lru_cache(maxsize=50_000)
def to_rdf(term: Term) -> Identifier:
    """Give rdflib's term, its lexical form kept."""
    from rdflib.term import BNode, URIRef
    from rdflib.term import Literal as RdfLiteral

    if is_iri(term):
        return URIRef(iri_value(term))
    if is_variable(term):
        return BNode(term[2:])
    lexical, datatype, language = literal_parts(term)
    if language:
        return RdfLiteral(lexical, lang=language)
    # rdflib tells "x" from "x"^^xsd:string, RDF 1.1 does not
    kind = None if not term.endswith(">") else URIRef(datatype)
    return RdfLiteral(lexical, datatype=kind, normalize=False)


def from_rdf(node: Any) -> Term:
    """Give our term; a blank node as `_:name`.

    Raises ValueError where an IRI has characters that no IRI may have.
    """
    from rdflib.term import BNode
    from rdflib.term import Literal as RdfLiteral

    if isinstance(node, RdfLiteral):
        if node.language:
            return literal(str(node), language=node.language)
        return literal(str(node), str(node.datatype)) if node.datatype else literal(str(node))
    return f"_:{node}" if isinstance(node, BNode) else iri(str(node))


def same_value(one: Term, other: Term) -> bool:
    """Tell whether two computed terms are the same but for how engines write numbers and times.

    >>> same_value('"0.5"^^<http://www.w3.org/2001/XMLSchema#decimal>',
    ...            '"5.0E-1"^^<http://www.w3.org/2001/XMLSchema#double>')
    True
    """
    if one == other:
        return True
    left, right = to_rdf(one), to_rdf(other)
    if str(left) == str(right):  # an IRI that a function gave as text, or another numeric type
        return True
    try:
        return math.isclose(float(left), float(right), rel_tol=1e-9, abs_tol=1e-12)
    except ValueError:
        pass
    try:
        return bool(left.eq(right))
    except TypeError:
        return False
