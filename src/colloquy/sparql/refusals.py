"""Words for a query that keeps the grammar and that pyoxigraph refuses all the same.

What it reports is where its parser gave up trying, which is often not where the fault is; so the
place is looked for again here, among the tokens.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from colloquy.errors import QueryError, printable
from colloquy.sparql.reader import Query
from colloquy.sparql.tokens import Token

_LANGUAGE = re.compile("@[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_GROUP = "add it to GROUP BY, or ask for an aggregate of it such as SAMPLE"
_REFUSALS = {
    "Duplicated variable name": ("this variable is selected twice", "name each column once"),
    "overrides an existing variable": ("this variable has a value already", "choose a new name after AS"),
    "an expression with a variable that is unbound": ("an expression uses what is not grouped", _GROUP),
    "contains a variable that is unbound": ("a column is not grouped", _GROUP),
    "not authorized with GROUP BY": ("SELECT * cannot stand with GROUP BY or an aggregate", "name the columns"),
    "non negative integer": ("this number is too large", ""),
}


def explain_refusal(query: Query, message: str) -> QueryError:
    """Turn what pyoxigraph says of a query into words with a place in the user's own text."""
    for phrase, (words, hint) in _REFUSALS.items():
        if phrase in message:
            return _suspect(query, phrase).error(words, hint)
    for token in query.tokens:
        if token.kind == "language" and not _LANGUAGE.fullmatch(token.text):
            return token.error(f"`{printable(token.text)}` is no legal language tag")
    if "IRI parsing failed" in message:
        found = re.search(r"error at (\d+):(\d+)", message)
        before = (int(found[1]), int(found[2])) if found else (1, 1)
        names = [t for t in query.tokens if t.kind in ("iri", "name", "namespace") and (t.line, t.column) < before]
        token = names[-1] if names else query.tokens[0]
        return token.error(f"`{printable(token.text)}` is no legal IRI")
    for span in query.find("AssignedVar"):
        token = query.tokens[span.start]
        if query.tokens[span.start - 1].text.upper() == "AS" and query.variables[token.text[1:]] is not token:
            return token.error(f"`{token.text}` has a value already where this AS gives it one", "choose a new name")
    labels: set[str] = set()
    for token in query.tokens:
        if token.kind == "blank" and token.text in labels:
            return token.error(f"`{token.text}` may not stand in two groups", "use a variable instead")
        labels.add(token.text)
    return QueryError(f"the engine refuses this query: {printable(message, 200)}")


def _clauses(query: Query) -> Iterator[list[tuple[str, Token]]]:
    """Give, for each SELECT, its variables and their rules, and last its last token."""
    waiting: list[tuple[str, int]] = []  # a rule's spans come before the span of the rule around them
    for span in query.spans:
        if span.rule in ("SelectVar", "AssignedVar", "UsedVar"):
            waiting.append((span.rule, span.start))
        elif span.rule == "SelectClause":
            found: list[tuple[str, Token]] = []
            while waiting and waiting[-1][1] >= span.start:
                rule, index = waiting.pop()
                found.append((rule, query.tokens[index]))
            yield [*sorted(found, key=lambda pair: pair[1].offset), ("last", query.tokens[span.end - 1])]


def _suspect(query: Query, phrase: str) -> Token:
    """Find the token that a refusal is most likely about."""
    if phrase == "non negative integer":
        return max((t for t in query.tokens if t.kind == "integer"), key=lambda t: len(t.text))
    grouped = {query.tokens[span.start].text for span in query.find("GroupVar")}
    often = Counter(token.text for token in query.tokens)
    for clause in _clauses(query):
        seen: set[str] = set()
        for rule, token in clause:
            known = token.text in grouped
            suspect = {
                "Duplicated variable name": rule in ("SelectVar", "AssignedVar") and token.text in seen,
                "overrides an existing variable": rule == "AssignedVar" and often[token.text] > 1,
                "an expression with a variable that is unbound": rule == "UsedVar" and not known,
                "contains a variable that is unbound": rule == "SelectVar" and not known,
                "not authorized with GROUP BY": rule == "last" and token.text == "*",
            }
            if suspect[phrase]:
                return token
            if rule != "UsedVar":
                seen.add(token.text)
    return query.tokens[0]
