"""A SPARQL query before any engine sees it: its grammar, its limits, and what it names.

Every query is read here by SPARQL 1.1 (https://www.w3.org/TR/sparql11-query/), whichever engine
answers.  So one text is accepted or refused everywhere with the same words, faults have the line
and column of the user's own text, and what must not run (updates, `SERVICE`, brackets too deep for
an engine's stack) reaches no engine.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from urllib.parse import urljoin

from colloquy import grammar
from colloquy.errors import QueryError, did_you_mean, printable
from colloquy.grammar import FUNCTIONS, Span
from colloquy.terms import STANDARD_PREFIXES, XSD
from colloquy.tokens import Token, decode, tokenize, unclosed_iri

MAX_DEPTH = 100
"""The most brackets that may be open at once; pyoxigraph dies of 5,000."""

FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
UPDATES = frozenset(("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"))

_TERMINALS = {
    **{"iri": "IRIREF", "name": "NAME", "namespace": "NAMESPACE", "blank": "BLANK", "variable": "VAR"},
    **{"string": "STRING", "language": "LANGTAG", "integer": "INTEGER", "decimal": "DECIMAL", "signed": "SIGNED"},
    **{"nil": "NIL", "anon": "ANON"},
}
_OPENS = {")": "(", "]": "[", "}": "{"}
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
        clause = next(filter(self.outermost, self.find("SelectClause")), None)
        if clause is None or self.tokens[clause.end - 1].text == "*":
            return None
        named = sorted(s.start for s in self.find("SelectVar", "AssignedVar", within=clause))
        return tuple(self.tokens[index].text[1:] for index in named)

    @cached_property
    def order(self) -> Span | None:
        """The `ORDER BY` of the whole query, not of a part of it."""
        return next(filter(self.outermost, self.find("OrderClause")), None)

    def find(self, *rules: str, within: Span | None = None) -> Iterator[Span]:
        """Give the spans of some rules, of those inside a span where one is given."""
        for span in self.spans:
            if span.rule in rules and (within is None or within.start <= span.start < span.end <= within.end):
                yield span

    def outermost(self, span: Span) -> bool:
        """Tell whether a span stands outside every sub-select."""
        return not any(s.start <= span.start < s.end for s in self.find("SubSelect"))


def read_query(text: str, prefixes: Mapping[str, str] | None = None) -> Query:
    """Read a query by the grammar; `prefixes` are those declared for the user.

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
        raise _explain_fault(text, tokens, fault) from None
    form = next(token.text.upper() for token in tokens if token.kind == "word" and token.text.upper() in FORMS)
    names, outside = _names(tokens, spans, prefixes or {})
    query = Query(text, form, tuple(tokens), spans, outside, names)
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
        if token.text in (")", "]") and kept and kept[-1].text == _OPENS[token.text]:
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
    tokens: Sequence[Token], spans: Sequence[Span], given: Mapping[str, str]
) -> tuple[tuple[Name, ...], dict[str, str]]:
    """Resolve every IRI and prefixed name; give also the prefixes that came from outside."""
    roles: dict[int, str] = {}
    skip: set[int] = set()
    declared: dict[str, str] = {}
    base = ""
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
    return urljoin(base, value)


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
                takes = f"{least}" if least == most else f"{least} to {most}"
                raise token.error(
                    f"{token.text} takes {takes} argument{'' if takes == '1' else 's'}, and {found} stand here"
                )
    for block in query.find("DataBlock"):
        columns = sum(1 for _ in query.find("AssignedVar", within=block))
        for row in query.find("DataRow", within=block):
            values = sum(1 for _ in query.find("DataValue", within=row))
            if values != columns:
                raise query.tokens[row.start].error(
                    f"{values} value{'' if values == 1 else 's'} in this row, and {columns} variables above it",
                    "write UNDEF where a row has no value",
                )


def _arguments(tokens: Sequence[Token]) -> int:
    if tokens[0].kind == "nil":
        return 0
    depth, commas = 0, 0
    for token in tokens:
        if token.kind == "sign":
            depth += (token.text in "([{") - (token.text in ")]}")
            commas += token.text == "," and depth == 1
    return commas + 1


def _explain_fault(text: str, tokens: Sequence[Token], fault: grammar.Fault) -> QueryError:
    """Say which word cannot stand where it stands, what could, and what was probably meant."""
    if fault.index == len(tokens):
        return _explain_end(text, tokens, fault.expected)
    token = tokens[fault.index]
    upper = token.text.upper() if token.kind == "word" else ""
    if upper in UPDATES and not any(t.text.upper() in FORMS for t in tokens[: fault.index]):
        return token.error(f"{upper} is an update, and queries only read", "facts are changed in the YAML files")
    for before in reversed(tokens[max(0, fault.index - 3) : fault.index + 1]):
        if before.text == "<" and (unclosed := unclosed_iri(text, before.offset)):
            return unclosed
    hint = ""
    if token.kind == "word":
        known = [word for word in fault.expected if word in grammar.KEYWORDS]
        if "FUNCTION" in fault.expected:
            known += [*FUNCTIONS, *grammar.AGGREGATES]
        near = difflib.get_close_matches(upper, known, n=1, cutoff=0.6)
        if near:
            hint = f"did you mean {near[0]}?"
        elif "VAR" in fault.expected and upper not in grammar.KEYWORDS:
            hint = f"a variable is written ?{printable(token.text)}, a text in quotes"
    elif token.text in _OPENS and not _open(tokens[: fault.index]):
        hint = "no bracket is open here"
    elif {".", "}"} <= fault.expected and token.kind in ("variable", "iri", "name"):
        hint = "a full stop ends a statement"
    return token.error(f"`{printable(token.text)}` cannot stand here; expected {_in_words(fault.expected)}", hint)


def _explain_end(text: str, tokens: Sequence[Token], expected: frozenset[str]) -> QueryError:
    if not tokens:
        return QueryError("the query is empty", 1, 1, "begin with SELECT, ASK, CONSTRUCT or DESCRIBE")
    last, unclosed = tokens[-1], _open(tokens)
    line, column = last.line, last.column + len(last.text)
    if len(lines := re.split(r"\r\n|\r|\n", last.text)) > 1:
        line, column = last.line + len(lines) - 1, len(lines[-1]) + 1
    hint = f"`{unclosed.text}` of line {unclosed.line}, column {unclosed.column} is not closed" if unclosed else ""
    return QueryError(f"the query ends too early; expected {_in_words(expected)}", line, column, hint)


def _open(tokens: Sequence[Token]) -> Token | None:
    """Give the innermost bracket that is open after these tokens."""
    stack: list[Token] = []
    for token in tokens:
        if token.kind == "sign" and token.text in "([{":
            stack.append(token)
        elif token.text in _OPENS and stack:
            stack.pop()
    return stack[-1] if stack else None


_TERM = {"IRIREF", "NAME", "NAMESPACE", "STRING", "INTEGER", "DECIMAL", "TRUE", "FALSE"}
_PATTERN = {"OPTIONAL", "FILTER", "BIND", "MINUS", "GRAPH"}
_PATH = {"?", "*", "+", "/", "|", "^", "-", "!"}
_OPERATOR = {"||", "&&", "=", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "IN", "NOT"}
_WORDS = (
    ({"VAR"} | _TERM, "a variable, an IRI or a value", _TERM | {"VAR", "SIGNED", "NIL", "ANON", "BLANK", "[", "("}),
    (_TERM, "an IRI or a value", _TERM | {"SIGNED"}),
    ({"FUNCTION"}, "a function", {"FUNCTION", "AGGREGATE", "COUNT", "GROUP_CONCAT", "BOUND", "EXISTS", "NOT"}),
    ({"IRIREF"}, "an IRI", {"IRIREF", "NAME", "NAMESPACE"}),
    ({"STRING"}, "a text", {"STRING"}),
    ({"INTEGER"}, "a whole number", {"INTEGER", "DECIMAL", "SIGNED"}),
    ({"VAR"}, "a variable", {"VAR"}),
    ({"NAMESPACE"}, "a prefix such as `schema:`", {"NAMESPACE"}),
    (_PATTERN, "a pattern (OPTIONAL, FILTER …)", _PATTERN | {"VALUES", "{", "UNION"}),
    ({"&&", "="}, "an operator", _OPERATOR | {"SIGNED"}),
    ({"||", "&&"}, "an operator", _OPERATOR | {"SIGNED"}),
    ({"/", "|"}, "", _PATH),
    ({""}, "the end", {""}),
)


def _in_words(expected: frozenset[str]) -> str:
    """Say what could stand at a place, the likely first, at most six of them."""
    left, said = set(expected), list[str]()
    for needed, words, covered in _WORDS:
        if needed <= left:
            left -= covered
            said += [words] if words else []
    signs = sorted(f"`{sign}`" for sign in left if sign in "()[]{}.,;")
    said = signs + sorted(word for word in left if word in grammar.KEYWORDS) + said
    said = said[:6] or sorted(left)[:6]
    return " or ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def explain_refusal(query: Query, message: str) -> QueryError:
    """Turn what pyoxigraph says of a query that keeps the grammar into words with a place.

    Its own position is of no use: it is where its parser gave up trying, which is often elsewhere.
    """
    tokens = query.tokens
    for phrase, words, hint in _REFUSALS:
        if phrase in message:
            return _suspect(query, phrase).error(words, hint)
    found = re.search(r"error at (\d+):(\d+)", message)
    if "IRI parsing" in message or "language tag" in message:
        at = (int(found[1]), int(found[2])) if found else (1, 1)
        kinds = ("iri", "namespace", "name") if "IRI" in message else ("language",)
        near = [token for token in tokens if token.kind in kinds and (token.line, token.column) < at] or [tokens[0]]
        return near[-1].error(f"`{printable(near[-1].text)}` is no legal {'IRI' if 'IRI' in message else 'language tag'}")
    for span in query.find("AssignedVar"):
        token = tokens[span.start]
        if tokens[span.start - 1].text.upper() == "AS" and query.variables[token.text[1:]] is not token:
            return token.error(f"`{token.text}` has a value already where this AS gives it one", "choose a new name")
    labels: dict[str, Token] = {}
    for token in tokens:
        if token.kind == "blank" and labels.setdefault(token.text, token) is not token:
            return token.error(f"`{token.text}` may not stand in two groups", "use a variable instead")
    return QueryError(f"the engine refuses this query: {printable(message, 200)}")


_REFUSALS = (
    ("Duplicated variable name", "this variable is selected twice", "name each column once"),
    ("overrides an existing variable", "this variable has a value already", "choose a new name after AS"),
    (
        "expression with a variable that is unbound",
        "an expression uses a variable that is not grouped",
        "add it to GROUP BY, or ask for an aggregate of it such as SAMPLE",
    ),
    (
        "variable that is unbound",
        "a variable is selected that is not grouped",
        "add it to GROUP BY, or ask for an aggregate of it such as SAMPLE",
    ),
    ("not authorized with GROUP BY", "SELECT * cannot stand with GROUP BY or an aggregate", "name the columns"),
    ("non negative integer", "this number is too large", ""),
)


def _suspect(query: Query, phrase: str) -> Token:
    """Find the token that a refusal of the engine is most likely about."""
    tokens = query.tokens
    if phrase == "non negative integer":
        return max((token for token in tokens if token.kind == "integer"), key=lambda token: len(token.text))
    clauses = list(query.find("SelectClause"))
    grouped = {tokens[span.start].text[1:] for span in query.find("BareVar")}
    for clause in sorted(clauses):
        seen: set[str] = set()
        for span in sorted(query.find("SelectVar", "AssignedVar", "Var", within=clause)):
            token = tokens[span.start]
            name = token.text[1:]
            if phrase.startswith("Duplicated") and span.rule != "Var":
                if name in seen:
                    return token
                seen.add(name)
            elif phrase.startswith("overrides") and span.rule == "AssignedVar":
                return token
            elif phrase.startswith("variable") and span.rule == "SelectVar" and name not in grouped:
                return token
            elif phrase.startswith("expression") and span.rule == "Var" and name not in grouped:
                return token
        if phrase.startswith("not") and tokens[clause.end - 1].text == "*":
            return tokens[clause.end - 1]
    return tokens[clauses[0].start] if clauses else tokens[0]
