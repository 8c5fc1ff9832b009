"""Names in vocabularies of others that are nearly a term there, and are none."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from colloquy.errors import Finding
from colloquy.lint.case import Case, Part, warn
from colloquy.terms import SKOS, STANDARD_PREFIXES, iri_value, is_iri
from colloquy.turtle.reading import VOCABULARY

_LISTS = {
    SKOS: "SKOS", STANDARD_PREFIXES["dct"]: "DCTERMS", STANDARD_PREFIXES["schema"]: "SDO",
    STANDARD_PREFIXES["prov"]: "PROV", "http://purl.org/dc/elements/1.1/": "DC", "http://xmlns.com/foaf/0.1/": "FOAF",
    "http://www.w3.org/ns/org#": "ORG", "http://www.w3.org/2006/time#": "TIME", "http://www.w3.org/ns/dcat#": "DCAT",
}  # fmt: skip
"""What rdflib calls its lists of terms.  Such vocabularies grow, so a name that is like none of theirs is let be.

Those that nobody adds to are looked after at every reading: see `mistakes`."""

_NEAR = 0.8
_PARTS: tuple[Part, ...] = ("subject", "predicate", "object")


def check_spelling(case: Case) -> Iterator[Finding]:
    """Find terms of vocabularies in daily use whose names are misspelt: to RDF, any name is as good as another."""
    told = set[str]()
    for triple, file in case.origin.items():
        if file == VOCABULARY:
            continue
        for part, term in zip(_PARTS, triple, strict=True):
            namespace = next((n for n in _LISTS if is_iri(term) and iri_value(term).startswith(n)), "")
            name = iri_value(term)[len(namespace) :] if namespace else ""
            if not name or term in told or (known := _names(namespace)) is None or name in known:
                continue
            if near := difflib.get_close_matches(name, known, n=1, cutoff=_NEAR):
                told.add(term)
                message = f"no list of its vocabulary has {case.name(term)}"
                yield warn(case.place(*triple, part), "near-term", message, f"did you mean `{near[0]}`?")


def _names(namespace: str, kept: dict[str, list[str]] = {}) -> list[str] | None:  # noqa: B006
    if namespace not in kept:
        import rdflib  # imported late: 0.16 s

        vocabulary = getattr(rdflib, _LISTS[namespace], None)
        if vocabulary is None or str(vocabulary) != namespace:
            return None  # another edition of rdflib, which lists it by another address
        kept[namespace] = [str(term)[len(namespace) :] for term in dir(vocabulary)]
    return kept[namespace]
