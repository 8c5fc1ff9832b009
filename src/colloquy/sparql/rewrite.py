"""The text that an engine gets for a query: parameters bound, ties broken, escapes written out.

All changes are made at tokens whose part in the query is known from the grammar.  A value goes in as
one whole token written by `terms`, so it cannot become anything else.  Every engine gets the same
text, so parameters mean the same in all: pyoxigraph's own `substitutions` fails where a variable is
not selected, and rdflib's `initBindings` differs in sub-selects.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from colloquy.errors import QueryError, UsageError, did_you_mean, printable
from colloquy.sparql.grammar import Span
from colloquy.sparql.reader import Query
from colloquy.sparql.tokens import decode, tokenize
from colloquy.terms import Term, is_iri

_PLAIN = " {value} "
_BOUND = {"SelectVar": "({value} AS ?{column})", "GroupVar": "({value} AS ?{column})", "OrderVar": "ASC({value})"}
"""What a bound variable becomes by the rule it stands under, so that rdflib understands it too."""
_TERMS = (["iri"], ["string"], ["string", "language"], ["string", "^^", "iri"])
_TEXT = 'COALESCE(CONCAT(STR(?), " ", LANG(?)), STR(?), "")'
_TEXT_OF_KEY = 'COALESCE(STR(?), "")'
"""For a column that is a key itself: what ties there and differs is numbers and times, without language."""


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


def engine_text(
    query: Query, values: Mapping[str, Term] | None = None, *, dataset: bool = True, ties: bool = True
) -> str:
    r"""Give the text for an engine, with the variables in `values` bound to terms.

    >>> from colloquy.sparql import read_query
    >>> query = read_query("SELECT ?who ?work { ?who <http://purl.org/dc/terms/creator> ?work }")
    >>> engine_text(query, {"who": '"Ada"'})
    'SELECT ("Ada" AS ?who) ?work {  "Ada"  <http://purl.org/dc/terms/creator> ?work }'

    - A bound variable that `SELECT` names stays a column; `SELECT *` shows none of them.
    - After the keys of the outermost `ORDER BY` stands the text of every column, so that equal keys
      come in one order from every engine, with `LIMIT` too.
    - No codepoint escape (`\u00E9`) and no comment is left.
    - `dataset=False` leaves `FROM` out, for an engine that would read files there; `ties=False` leaves
      those keys out, where somebody else orders rows that tie.

    Raises QueryError for a value without its variable or where a value cannot stand, UsageError for
    a value that is no term.
    """
    values = values or {}
    for name in values:
        if name not in query.variables:
            hint = did_you_mean(f"?{name}", [f"?{known}" for known in query.variables])
            raise QueryError(f"the query has no variable ?{printable(name)}", hint=hint)
    values = {name: _one_term(name, value) for name, value in values.items()}
    edits = [*_escapes(query), *_bindings(query, values), *(_ties(query, values) if ties else ())]
    if not dataset:
        clauses = [(query.tokens[s.start], query.tokens[s.end - 1]) for s in query.find("DatasetClause")]
        edits += [_Edit(first.offset, last.end, "") for first, last in clauses]
    return (f"BASE <{query.base}> " if query.base else "") + _apply(query.text, edits)


def plain_keys(query: Query, values: Mapping[str, Term] | None = None) -> tuple[str, ...] | None:
    """Give the columns by which rows are ordered, where they alone decide and no row is cut off.

    >>> from colloquy.sparql import read_query
    >>> plain_keys(read_query("SELECT ?a ?b { ?a ?b ?c } ORDER BY DESC(?b)"))
    ('b',)

    None where the query is ordered by an expression or by what it does not select, or has a LIMIT.
    """
    if query.form != "SELECT" or query.order is None:
        return None
    following = query.tokens[query.order.end : query.order.end + 1]
    keys = _keys(query, query.order)
    if "" in keys or any(token.text.upper() in ("LIMIT", "OFFSET") for token in following):
        return None
    columns = query.star if query.columns is None else query.columns
    return tuple(key for key in keys if key not in (values or {})) if set(keys) <= set(columns) else None


def _keys(query: Query, order: Span) -> list[str]:
    """Give for each condition of ORDER BY the variable that it is, alone or in ASC or DESC; nothing for others."""
    starts = sorted({span.start for span in query.find("OrderCondition", within=order)})
    keys = []
    for start, end in zip(starts, [*starts[1:], order.end], strict=True):
        tokens = query.tokens[start:end]
        inner = tokens[2:3] if tokens[0].text.upper() in ("ASC", "DESC") and len(tokens) == 4 else tokens
        keys.append(inner[0].text[1:] if len(inner) == 1 and inner[0].kind == "variable" else "")
    return keys


def _one_term(name: str, value: Term) -> str:
    """Make sure that a value is one term and nothing more, whoever wrote it; without codepoint escapes."""
    tokens = tokenize(value)
    if [t.text if t.kind == "sign" else t.kind for t in tokens] not in _TERMS:
        raise UsageError(f"the value of ?{printable(name)} is no IRI and no literal: {printable(value)}")
    return "".join(decode(token) for token in tokens)


def _apply(text: str, edits: Iterable[_Edit]) -> str:
    pieces: list[str] = []
    done = 0
    for edit in sorted(edits):
        pieces += [text[done : edit.start], edit.text]
        done = edit.end
    return "".join([*pieces, text[done:]])


def _escapes(query: Query) -> Iterable[_Edit]:
    for token in tokenize(query.text):
        if token.kind == "word" and token.text.lower() in ("true", "false"):  # pyoxigraph knows them in small only
            yield _Edit(token.offset, token.end, token.text.lower())
        elif token.kind == "comment":  # a line end written as an escape would end it in some engines
            yield _Edit(token.offset, token.end, " ")
        elif token.kind in ("string", "iri") and "\\" in token.text:
            yield _Edit(token.offset, token.end, decode(token))


def _bindings(query: Query, values: Mapping[str, Term]) -> Iterable[_Edit]:
    if not values:
        return
    tokens = query.tokens
    parts = ("SelectVar", "AssignedVar", "GroupVar", "OrderVar", "BoundVar", "IriVar")
    rules = {span.start: span.rule for span in query.find(*parts)}
    repeated = _named_again(query, values)
    for index, token in enumerate(tokens):
        name, rule = token.text[1:], rules.get(index)
        if token.kind != "variable" or name not in values:
            continue
        value = values[name]
        if rule == "AssignedVar":
            raise token.error(f"`{token.text}` gets a value here, and has one from outside", "choose a new name")
        if rule == "IriVar" and not is_iri(value):
            raise token.error(f"the value {printable(value)} of `{token.text}` cannot stand here; expected an IRI")
        if rule == "BoundVar":
            yield _Edit(tokens[index - 2].offset, tokens[index + 1].end, "true")
            continue
        column = name if rule == "SelectVar" and index not in repeated else _fresh(query, f"{name}_{index}")
        new = _BOUND.get(rule or "", _PLAIN).format(value=value, column=column)
        yield _Edit(token.offset, token.end, new)


def _named_again(query: Query, values: Mapping[str, Term]) -> set[int]:
    """Tell where a sub-select names a bound variable that a SELECT around it names too.

    With `(value AS ?name)` in both, the outer one would give a value to what has one already.
    """
    named = [span.start for span in query.find("SelectVar") if query.tokens[span.start].text[1:] in values]
    ends = {span.start: span.end for span in query.find("SubSelect")}
    found: set[int] = set()
    around: list[tuple[int, set[str]]] = []  # where a select ends; what it and those around it name
    for clause in sorted(query.find("SelectClause"), key=lambda span: span.start):
        while around and around[-1][0] <= clause.start:
            around.pop()
        known = around[-1][1] if around else set()
        own = named[bisect_left(named, clause.start) : bisect_left(named, clause.end)]
        found.update(index for index in own if query.tokens[index].text[1:] in known)
        around.append((ends.get(clause.start, len(query.tokens)), known | {query.tokens[i].text[1:] for i in own}))
    return found


def _fresh(query: Query, name: str) -> str:
    while name in query.variables:
        name += "_"
    return name


def _ties(query: Query, values: Mapping[str, Term]) -> Iterable[_Edit]:
    if query.form != "SELECT" or query.order is None:
        return
    columns = query.columns if query.columns is not None else query.variables
    keys = _keys(query, query.order)
    # Never an error nor unbound, which rdflib cannot sort; in brackets, which alone it reads as keys.
    texts = (
        (_TEXT_OF_KEY if name in keys else _TEXT).replace("?", f"?{name}") for name in columns if name not in values
    )
    end = query.tokens[query.order.end - 1].end
    yield _Edit(end, end, "".join(f" ASC({text})" for text in texts))
