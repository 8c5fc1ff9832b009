"""Writes questions in the terms that replace deprecated ones: edits at tokens, all other text stays."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from colloquy.change.texts import Edit, apply
from colloquy.datatypes import typed
from colloquy.deprecation import Change
from colloquy.errors import ColloquyError
from colloquy.ontology import Ontology, Property
from colloquy.sparql import Query, read_query
from colloquy.terms import LABEL, Term, compress, iri, literal, literal_parts


def migrated(text: str, ontology: Ontology, prefixes: Mapping[str, str], language: str) -> str:
    """Give the text of a question in the terms that replace the deprecated ones it uses.

    A property whose ends are swapped becomes `^new`, one that moved along a link `(link/new)`, and a text
    that became a reference `(new/rdfs:label)`.  A CONSTRUCT template keeps its terms: they are what it
    is to give.  A text that is no query is given back as it is.
    """
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    try:
        query = read_query(text, prefixes)
    except ColloquyError:
        return text
    writer = _Writer(query, ontology, {**prefixes, **_declared(query)}, language)
    return mark + apply(query.text, writer.edits())


def uses_of(text: str, prefixes: Mapping[str, str]) -> list[tuple[Term, int, int]]:
    """Give every IRI that a query uses, with line and column; none of a text that is no query."""
    try:
        names = read_query(text, prefixes).names
    except ColloquyError:
        return []
    return [(f"<{name.iri}>", name.token.line, name.token.column) for name in names]


def still_named(text: str, ontology: Ontology, prefixes: Mapping[str, str]) -> list[Term]:
    """Give the replaced terms that a migrated question still names, where no other can be written: as a value, say."""
    try:
        names = read_query(text, prefixes).names
    except ColloquyError:
        return []
    changes = {term: ontology.changes.get(term) for n in names if n.role == "term" and (term := _term(n.iri))}
    return sorted(term for term, change in changes.items() if change is not None and change.new is not None)


def _declared(query: Query) -> dict[str, str]:
    found: dict[str, str] = {}
    for span in query.find("Prologue"):
        tokens = query.tokens[span.start : span.end]
        for name, value in itertools.pairwise(tokens):
            if name.kind == "namespace" and value.kind == "iri":
                found[name.text[:-1]] = value.text[1:-1]
    return found


class _Writer:
    def __init__(self, query: Query, ontology: Ontology, prefixes: dict[str, str], language: str) -> None:
        self.query, self.ontology, self.prefixes, self.language = query, ontology, prefixes, language
        self.index = {token.offset: number for number, token in enumerate(query.tokens)}
        self.verbs = list(query.find("VerbPath"))

    def edits(self) -> Iterator[Edit]:
        for name in self.query.names:
            change = self.ontology.changes.get(_term(name.iri))
            if change is None or change.new is None or name.role != "term":
                continue
            number = self.index[name.token.offset]
            verb = next((v for v in self.verbs if v.start <= number < v.end), None)
            if not (change.inverse or change.along or change.converts):
                yield Edit(name.token.offset, name.token.end, self.short(change.new))
            elif verb is not None:
                yield from self.path(change, number)
                if change.converts:
                    yield from self.values(change, verb.end)

    def short(self, term: Term) -> str:
        return compress(term, self.prefixes)

    def path(self, change: Change, number: int) -> Iterator[Edit]:
        token, before = self.query.tokens[number], self.query.tokens[number - 1]
        assert change.new is not None
        new = self.short(change.new)
        if change.inverse and before.text == "^":
            yield Edit(before.offset, token.end, new)
        elif change.inverse:
            yield Edit(token.offset, token.end, f"^{new}")
        elif change.along:
            yield Edit(token.offset, token.end, f"({self.short(change.along)}/{new})")
        else:
            p = self.ontology.property_by_term.get(change.new)
            named = p is not None and p.kind in ("reference", "named")
            yield Edit(token.offset, token.end, f"({new}/{self.short(LABEL)})" if named else new)

    def values(self, change: Change, after: int) -> Iterator[Edit]:
        """Write the text that stands as the object as the new property has it."""
        p = self.ontology.property_by_term.get(change.new or "")
        literals = {span.start: span for span in self.query.find("RdfLiteral")}
        while p is not None and after in literals:
            span = literals[after]
            tokens = self.query.tokens[span.start : span.end]
            if made := self._value(change, p, self.query.text[tokens[0].offset : tokens[-1].end]):
                yield Edit(tokens[0].offset, tokens[-1].end, made)
            after = span.end + 1 if self.query.tokens[span.end].text == "," else -1

    def _value(self, change: Change, p: Property, written: str) -> str:
        try:
            text = change.written(literal_parts(written).lexical)
        except ValueError:  # written in another way than ours, or with a prefix
            return ""
        if p.kind != "literal":
            return literal(text, language=self.language or None)
        found = typed(text, p.datatypes)
        return compress(literal(*found), self.prefixes) if found else ""


def _term(value: str) -> Term:
    try:
        return iri(value)
    except ValueError:
        return ""
