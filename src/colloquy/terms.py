"""RDF terms as text: every term is a string in canonical N-Triples syntax.

A graph of text is sorted, compared, interned and written without any further serialiser, and this
is the only module that escapes.  Canonical form: RDF 1.2 N-Triples, clause 4
(https://www.w3.org/TR/rdf12-n-triples/#canonical-ntriples); no tab and no line end stands raw.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

Term: TypeAlias = str
"""An IRI `<…>` or a literal `"…"`, `"…"@tag`, `"…"^^<datatype>` in N-Triples syntax."""

Triple: TypeAlias = tuple[Term, Term, Term]

XSD = "http://www.w3.org/2001/XMLSchema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
SH = "http://www.w3.org/ns/shacl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
PROV = "http://www.w3.org/ns/prov#"
OA = "http://www.w3.org/ns/oa#"
CQ = "https://colloquy.example/ns#"
"""The vocabulary in which an ontology speaks to this program; declared in `colloquy.ttl`."""

XSD_STRING = XSD + "string"
LANG_STRING = RDF + "langString"

TYPE: Term = f"<{RDF}type>"
LABEL: Term = f"<{RDFS}label>"
ALT_LABEL: Term = f"<{SKOS}altLabel>"
CLASSES: frozenset[Term] = frozenset((f"<{OWL}Class>", f"<{RDFS}Class>"))
"""What a class is declared to be: vocabularies older than OWL say `rdfs:Class`."""

STANDARD_PREFIXES = {
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "xsd": XSD,
    "sh": SH,
    "skos": SKOS,
    "prov": PROV,
    "oa": OA,
    "schema": "https://schema.org/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "org": "http://www.w3.org/ns/org#",
    "dct": "http://purl.org/dc/terms/",
    "cq": CQ,
}

_ESCAPES: dict[int, str] = {c: f"\\u{c:04X}" for c in (*range(0x20), 0x7F, 0xFFFE, 0xFFFF)}
_ESCAPES.update({ord(raw): "\\" + letter for raw, letter in zip('\t\b\n\r\f"\\', 'tbnrf"\\', strict=True)})
_UNESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_LITERAL = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?', re.DOTALL)
_IRI_FORBIDDEN = re.compile(r'[\x00-\x20<>"{}|^`\\]')
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


class Literal(NamedTuple):
    """The parts of a literal; `language` is None unless the datatype is `rdf:langString`."""

    lexical: str
    datatype: str
    language: str | None


LANGUAGE_TAG = (
    "[A-Za-z]{2,3}(-[A-Za-z]{3}){0,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"
    "(-[0-9A-WY-Za-wy-z](-[A-Za-z0-9]{2,8})+)*(-[xX](-[A-Za-z0-9]{1,8})+)?"
)
"""A well-formed language tag (RFC 5646, clause 2.1), without those of one piece that were registered before it."""


def iri(value: str) -> Term:
    """Write an IRI as a term.

    >>> iri("https://example.org/ada")
    '<https://example.org/ada>'

    Raises ValueError for a character that RFC 3987 does not allow in an IRI.
    """
    if _IRI_FORBIDDEN.search(value):
        raise ValueError(f"not a legal IRI: {value!r}")
    return f"<{value}>"


def literal(lexical: str, datatype: str = XSD_STRING, language: str | None = None) -> Term:
    r"""Write a literal as a term; `xsd:string` is left out, as canonical N-Triples does.

    >>> literal('say "hi"')
    '"say \\"hi\\""'
    >>> literal("2015", XSD + "gYear")
    '"2015"^^<http://www.w3.org/2001/XMLSchema#gYear>'
    >>> literal("croeso", language="cy")
    '"croeso"@cy'
    """
    is_plain = lexical.isprintable() and '"' not in lexical and "\\" not in lexical
    text = f'"{lexical if is_plain else _escaped(lexical)}"'
    if language is not None:
        # Tags mean the same in any case, and stores keep them small (RDF 1.1 Concepts, clause 3.3).
        return f"{text}@{language.lower()}"
    return text if datatype == XSD_STRING else f"{text}^^<{datatype}>"


def _escaped(text: str) -> str:
    # Three replacements are much faster than a table, and enough for nearly every text.
    found = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return found if found.isprintable() else text.translate(_ESCAPES)


def is_iri(term: Term) -> bool:
    """Tell whether a term is an IRI (else it is a literal)."""
    return term.startswith("<")


def iri_value(term: Term) -> str:
    """Give the IRI of an IRI term: the inverse of `iri`."""
    return term[1:-1]


def literal_parts(term: Term) -> Literal:
    r"""Take a literal term apart: the inverse of `literal`.

    >>> literal_parts('"a\\nb"@en')
    Literal(lexical='a\nb', datatype='http://www.w3.org/1999/02/22-rdf-syntax-ns#langString', language='en')

    Raises ValueError where the term is not a literal.
    """
    found = _LITERAL.fullmatch(term)
    if found is None:
        raise ValueError(f"not a literal: {term}")
    body, language, datatype = found.groups()
    if "\\" in body:
        body = _ESCAPE.sub(_unescape, body)
    return Literal(body, LANG_STRING if language else datatype or XSD_STRING, language)


def _unescape(found: re.Match[str]) -> str:
    short, long, letter = found.groups()
    if letter is not None:
        return _UNESCAPES[letter]
    return chr(int(short or long, 16))


def plain(term: Term) -> str:
    """Give the words of a term for people: the IRI, or the lexical form of a literal; a blank node has none.

    >>> plain('"Ada"@en'), plain("<urn:x-harbour:ada>"), plain("_:b0")
    ('Ada', 'urn:x-harbour:ada', '[ … ]')
    """
    if is_iri(term):
        return iri_value(term)
    return "[ … ]" if term.startswith("_:") else literal_parts(term).lexical


def slug(text: str) -> str:
    """Make an ASCII slug: accents dropped, everything else than letters and digits a hyphen.

    >>> slug("St. Catherine’s Collège")
    'st-catherine-s-college'

    Gives an empty string where nothing of the text is ASCII after decomposition.
    """
    letters = text
    if not text.isascii():
        letters = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _NOT_SLUG.sub("-", letters.lower()).strip("-")


def compress(term: Term, prefixes: dict[str, str]) -> str:
    """Shorten an IRI term to a CURIE where a prefix fits, else give the term as it is.

    >>> compress("<https://schema.org/about>", {"schema": "https://schema.org/"})
    'schema:about'
    >>> compress('"text"', {})
    '"text"'

    The longest namespace wins; the local part must be a plain name.
    """
    if not is_iri(term):
        found = _LITERAL.fullmatch(term)
        if found and found[3]:
            return term[: found.start(3) - 1] + compress(f"<{found[3]}>", prefixes)
        return term
    value = term[1:-1]
    fitting = [prefix for prefix, namespace in prefixes.items() if namespace and value.startswith(namespace)]
    if not fitting:
        return term
    best = max(fitting, key=lambda prefix: len(prefixes[prefix]))
    local = value[len(prefixes[best]) :]
    return f"{best}:{local}" if re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]*", local) else term


def expand(name: str, prefixes: dict[str, str]) -> Term:
    """Write a CURIE, an `<IRI>` or a full IRI as a term: the inverse of `compress`.

    >>> expand("schema:about", {"schema": "https://schema.org/"})
    '<https://schema.org/about>'

    Raises ValueError where the prefix is not known and the name is no absolute IRI.
    """
    if name.startswith("<") and name.endswith(">"):
        return iri(name[1:-1])
    prefix, colon, local = name.partition(":")
    if colon and prefix in prefixes and not local.startswith("//"):
        return iri(prefixes[prefix] + local)
    if colon and local.startswith("//"):
        return iri(name)
    raise ValueError(f"unknown prefix: {name!r}")


def split_quad(line: str) -> tuple[Term, Term, Term, Term]:
    """Take an N-Quads line of ours apart; the graph is an empty text for the default graph.

    >>> split_quad('<x:s> <x:p> "a b" <x:g> .')
    ('<x:s>', '<x:p>', '"a b"', '<x:g>')
    """
    s, p, rest = line.removesuffix(" .").split(" ", 2)
    # Literals may hold blanks, IRIs may not.
    end = 0 if rest.startswith("<") else rest.rindex('"')
    o, _, graph = rest[end:].partition(" ")
    return s, p, rest[:end] + o, graph


def n_quads(triples: Iterable[Triple], graph: Term | None = None) -> list[str]:
    """Write triples as N-Quads lines without line ends, in the order given."""
    end = f" {graph} ." if graph else " ."
    return [f"{s} {p} {o}{end}" for s, p, o in triples]
