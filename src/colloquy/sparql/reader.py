"""A SPARQL query before any engine sees it: its grammar, its limits, and what it names.

Every query is read here by SPARQL 1.1 (https://www.w3.org/TR/sparql11-query/), whichever engine
answers.  So one text is accepted or refused everywhere with the same words, faults have the line
and column of the user's own text, and what must not run (updates, `SERVICE`, brackets too deep for
an engine's stack) reaches no engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from urllib.parse import urljoin

from colloquy.errors import QueryError, did_you_mean, printable
from colloquy.sparql import grammar
from colloquy.sparql.faults import FORMS, explain_fault
from colloquy.sparql.grammar import FUNCTIONS, Span
from colloquy.sparql.tokens import Token, decode, tokenize
from colloquy.sparql.tree import Node, in_scope, tree_of
from colloquy.terms import STANDARD_PREFIXES, XSD

MAX_DEPTH = 100
"""The most brackets that may be open at once; pyoxigraph dies of 5,000."""

_TERMINALS = {
    "iri": "IRIREF",
    "name": "NAME",
    "namespace": "NAMESPACE",
    "blank": "BLANK",
    "variable": "VAR",
    "string": "STRING",
    "language": "LANGTAG",
    "integer": "INTEGER",
    "decimal": "DECIMAL",
    "signed": "SIGNED",
    "nil": "NIL",
    "anon": "ANON",
}
_LONGEST_BASE = 2_000  # each BASE may lengthen the one before
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


class Name(NamedTuple):
    """An IRI that a query uses, and as what: `term`, `template`, `datatype`, `function` or `graph`."""

    iri: str
    token: Token
    role: str


@dataclass(frozen=True)
class Query:
    """A query that keeps the grammar and the limits; made by `read_query`."""

    text: str
    form: str
    """`SELECT`, `ASK`, `CONSTRUCT` or `DESCRIBE`."""
    tokens: tuple[Token, ...]
    """The tokens without spaces and comments; `()` and `[]` are one token each."""
    spans: tuple[Span, ...]
    prefixes: Mapping[str, str]
    """The prefixes that the query uses and does not declare, with their namespaces."""
    names: tuple[Name, ...]
    base: str = ""
    """What relative IRIs are relative to, where the query itself does not say."""

    @cached_property
    def variables(self) -> dict[str, Token]:
        """The variables by name, in the order of the text, each with its first token."""
        found: dict[str, Token] = {}
        for token in self.tokens:
            if token.kind == "variable":
                found.setdefault(token.text[1:], token)
        return found

    @cached_property
    def columns(self) -> tuple[str, ...] | None:
        """The variables that `SELECT` names, in order; None for `SELECT *` and for other forms."""
        clause = self._own("SelectClause")
        if clause is None or self.tokens[clause.end - 1].text == "*":
            return None
        named = sorted(s.start for s in self.find("SelectVar", "AssignedVar", within=clause))
        return tuple(self.tokens[index].text[1:] for index in named)

    @cached_property
    def star(self) -> tuple[str, ...]:
        """What `SELECT *` shows, in the order of the text: variables that patterns bind (clause 18.2.1).

        What stands in expressions, `MINUS` or `EXISTS` alone binds nothing, and a sub-select what it selects.
        """
        scope = in_scope(self.tree, self)
        return tuple(sorted(scope, key=scope.__getitem__))

    @cached_property
    def order(self) -> Span | None:
        """The `ORDER BY` of the whole query, not of a part of it."""
        return self._own("OrderClause")

    @cached_property
    def tree(self) -> Node:
        """The spans, each within the one around it."""
        return tree_of(self)

    def _own(self, rule: str) -> Span | None:
        """Give the span of a rule that belongs to the query itself, not to a part of it."""
        return next((Span(rule, node.start, node.end) for node in self.tree.children if node.rule == rule), None)

    def find(self, *rules: str, within: Span | None = None) -> Iterator[Span]:
        """Give the spans of some rules, of those inside a span where one is given."""
        for span in self.spans:
            if span.rule in rules and (within is None or within.start <= span.start < span.end <= within.end):
                yield span


def read_query(text: str, prefixes: Mapping[str, str] | None = None, base: str = "") -> Query:
    """Read a query by the grammar; `prefixes` are those declared for the user.

    Relative IRIs are resolved against `base`, the address of an endpoint (RFC 3986, clause 5.1.3).

    >>> query = read_query("SELECT ?who { ?who a skos:Concept }", STANDARD_PREFIXES)
    >>> query.form, query.columns, [name.iri for name in query.names]
    ('SELECT', ('who',), ['http://www.w3.org/2004/02/skos/core#Concept'])

    Raises QueryError for what is no query of SPARQL 1.1, for updates and `SERVICE`, for a prefix that
    nobody declares, for a relative IRI without `BASE`, and beyond `tokens.MAX_BYTES` or `MAX_DEPTH`.
    """
    text = text.removeprefix("\ufeff")
    tokens = _join(tokenize(text), text)
    _check_limits(tokens)
    try:
        spans = tuple(grammar.parse([_terminal(token) for token in tokens]))
    except grammar.Fault as fault:
        raise explain_fault(text, tokens, fault) from None
    form = next(token.text.upper() for token in tokens if token.kind == "word" and token.text.upper() in FORMS)
    names, outside = _names(tokens, spans, prefixes or {}, base)
    query = Query(text, form, tuple(tokens), spans, outside, names, base)
    _check_counts(query)
    return query


def _terminal(token: Token) -> str:
    if token.kind != "word":
        return _TERMINALS.get(token.kind, token.text)
    upper = token.text.upper()
    if upper in FUNCTIONS:
        return "FUNCTION"
    if upper in grammar.AGGREGATES:
        return "AGGREGATE"
    if token.text == "a":  # the one keyword whose case counts
        return "a"
    return upper if upper in grammar.KEYWORDS else "UNKNOWN"


def _join(tokens: Sequence[Token], text: str) -> list[Token]:
    """Leave out spaces and comments, and join `()` and `[]`, each of which the grammar reads as one."""
    kept: list[Token] = []
    for token in tokens:
        if token.kind in ("space", "comment"):
            continue
        if token.text in (")", "]") and kept and kept[-1].text == ("(" if token.text == ")" else "["):
            whole = text[kept[-1].offset : token.end]
            kept[-1] = kept[-1]._replace(kind="nil" if token.text == ")" else "anon", text=whole)
        else:
            kept.append(token)
    return kept


def _check_limits(tokens: Sequence[Token]) -> None:
    depth = 0
    for token in tokens:
        if token.kind == "sign":
            depth += (token.text in "([{") - (token.text in ")]}")
            if depth > MAX_DEPTH:
                raise token.error(f"more than {MAX_DEPTH} brackets are open here", "nest less deeply")
        elif token.kind == "word" and token.text.upper() == "SERVICE":
            raise token.error("SERVICE is refused: a query asks this graph and never the network")


def _names(
    tokens: Sequence[Token], spans: Sequence[Span], given: Mapping[str, str], base: str
) -> tuple[tuple[Name, ...], dict[str, str]]:
    """Resolve every IRI and prefixed name; give also the prefixes that came from outside."""
    roles: dict[int, str] = {}
    skip: set[int] = set()
    declared: dict[str, str] = {}
    for span in spans:
        inside = range(span.start, span.end)
        if span.rule == "Prologue":
            skip.update(inside)
            for index in inside:
                if tokens[index].text.upper() == "BASE":
                    base = _resolve(tokens[index + 1], base)
                elif tokens[index].kind == "namespace":
                    declared[tokens[index].text[:-1]] = _resolve(tokens[index + 1], base)
        elif span.rule == "ArgList":
            roles[span.start - 1] = "function"
        elif span.rule == "RdfLiteral":
            roles[span.end - 1] = "datatype"
        elif span.rule in ("DatasetClause", "Template"):
            roles.update(dict.fromkeys(inside, "graph" if span.rule == "DatasetClause" else "template"))
    names: list[Name] = []
    outside: dict[str, str] = {}
    for index, token in enumerate(tokens):
        if index in skip or token.kind not in ("iri", "name", "namespace"):
            continue
        if token.kind == "iri":
            value = _resolve(token, base)
        else:
            prefix, _, local = token.text.partition(":")
            if prefix not in declared:
                if prefix not in given:
                    raise _unknown_prefix(token, prefix, {*declared, *given})
                outside[prefix] = given[prefix]
            value = (declared.get(prefix) or given[prefix]) + re.sub(r"\\(.)", r"\1", local)
        role = roles.get(index, "term")
        if role == "function" and not value.startswith(XSD):
            raise token.error(
                f"`{printable(token.text)}` is no function", "only the functions of SPARQL 1.1 can be called"
            )
        names.append(Name(value, token, role))
    return tuple(names), outside


def _resolve(token: Token, base: str) -> str:
    value = decode(token)[1:-1]
    if _SCHEME.match(value):
        return value
    if not base:
        raise token.error(f"`{printable(token.text)}` is a relative IRI", "write it in full, or begin with BASE <…>")
    if len(base) > _LONGEST_BASE:
        raise token.error("the IRI that this one is relative to is too long")
    try:
        return urljoin(base, value) + ("#" if value.endswith("#") else "")  # urljoin drops an empty fragment
    except ValueError:
        raise token.error(f"`{printable(token.text)}` is no legal IRI") from None


def _unknown_prefix(token: Token, prefix: str, known: set[str]) -> QueryError:
    if prefix in STANDARD_PREFIXES:
        hint = f"begin with PREFIX {prefix}: <{STANDARD_PREFIXES[prefix]}>"
    else:
        hint = did_you_mean(f"{prefix}:", [f"{name}:" for name in known])
    return token.error(f"the prefix `{printable(prefix)}:` is not declared", hint)


def _check_counts(query: Query) -> None:
    """Check what the grammar cannot count: arguments of functions, and values in rows of `VALUES`."""
    for span in query.find("BuiltInCall"):
        token = query.tokens[span.start]
        if _terminal(token) == "FUNCTION":
            found = _arguments(query.tokens[span.start + 1 : span.end])
            least, most = FUNCTIONS[token.text.upper()]
            if not least <= found <= most:
                takes = f"{least} to {most} arguments" if least < most else _count(least, "argument")
                raise token.error(f"{token.text} takes {takes}, and {found} stand here")
    columns: list[int] = []
    rows: list[tuple[int, int]] = []
    values = 0
    for span in query.spans:  # what stands inside a rule comes before the rule
        if span.rule == "AssignedVar":
            columns.append(span.start)
        elif span.rule == "DataValue":
            values += 1
        elif span.rule == "DataRow":
            rows.append((span.start, values))
            values = 0
        elif span.rule == "DataBlock":
            width = sum(start >= span.start for start in columns)
            for start, found in rows:
                if found != width:
                    says = f"{_count(found, 'value')} in this row for {_count(width, 'variable')}"
                    raise query.tokens[start].error(says, "write UNDEF where a row has no value")
            columns, rows, values = [], [], 0


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _arguments(tokens: Sequence[Token]) -> int:
    if tokens[0].kind == "nil":
        return 0
    depth, commas = 0, 0
    for token in tokens:
        if token.kind == "sign":
            depth += (token.text in "([{") - (token.text in ")]}")
            commas += token.text == "," and depth == 1
    return commas + 1
