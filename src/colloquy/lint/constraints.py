"""Constraints in SPARQL, which nobody reads before an entry of their class is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from colloquy.errors import ColloquyError, Finding
from colloquy.lint.case import Case, fail
from colloquy.sparql import read_query
from colloquy.terms import OWL, SH, Term, literal_parts, plain

_QUERIES = ("select", "ask")
_PREFIXES, _DECLARE, _PREFIX, _NAMESPACE = (f"<{SH}{n}>" for n in ("prefixes", "declare", "prefix", "namespace"))


def check_constraints(case: Case) -> Iterator[Finding]:
    """Find constraints that are no query of SPARQL, or use a prefix that `sh:prefixes` does not declare.

    SHACL, clause 5.2.1: the prefixes of the Turtle file are not those of the text in it.
    """
    for name in _QUERIES:
        for s, p, o in sorted(case.index.match(None, f"<{SH}{name}>", None)):
            if not o.startswith('"') or not case.place(s, p, o).line:
                continue
            text = literal_parts(o).lexical.replace("$PATH", "<urn:path>")
            try:
                read_query(text, _prefixes(case, s))
            except ColloquyError as error:
                hint = "correct it; prefixes of the text are declared with sh:prefixes and sh:declare"
                yield fail(case.place(s, p, o), "bad-query", f"sh:{name} cannot be asked: {error}", hint)


def _prefixes(case: Case, constraint: Term) -> Mapping[str, str]:
    """Give the prefixes that a constraint may use: those declared for it, and those that the engine knows by itself."""
    found = dict(_known())
    seen, here = set[Term](), set(case.index.objects(constraint, _PREFIXES))
    while here:
        seen |= here
        for one in here:
            for declared in case.index.objects(one, _DECLARE):
                names = sorted(map(plain, case.index.objects(declared, _PREFIX)))
                spaces = sorted(map(plain, case.index.objects(declared, _NAMESPACE)))
                found.update(zip(names, spaces, strict=False))
        here = {t for one in here for t in case.index.objects(one, f"<{OWL}imports>")} - seen
    return found


def _known() -> dict[str, str]:
    import rdflib  # imported late: 0.16 s

    return {prefix: str(namespace) for prefix, namespace in rdflib.Graph().namespaces()}
