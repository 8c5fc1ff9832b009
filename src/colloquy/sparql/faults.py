"""Words for a query that breaks the grammar: what stands there, what could, what was meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from colloquy.errors import QueryError, printable
from colloquy.sparql.grammar import AGGREGATES, FUNCTIONS, KEYWORDS, Fault
from colloquy.sparql.tokens import Token, unclosed_iri

FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
UPDATES = frozenset(("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"))

_CALLS = FUNCTIONS.keys() | AGGREGATES | {"COUNT", "GROUP_CONCAT"}
_CLOSES = {")": "(", "]": "[", "}": "{"}


def explain_fault(text: str, tokens: Sequence[Token], fault: Fault) -> QueryError:
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
    hint = _hint(tokens[: fault.index], token, fault.expected)
    return token.error(f"`{printable(token.text)}` cannot stand here; expected {_in_words(fault.expected)}", hint)


def _hint(before: Sequence[Token], token: Token, expected: frozenset[str]) -> str:
    """Guess what was meant."""
    upper, shown = token.text.upper(), printable(token.text)
    if token.kind == "word":
        if upper in ("AND", "OR") and "&&" in expected:
            return f"did you mean {'&&' if upper == 'AND' else '||'}?"
        if upper in _CALLS and "DISTINCT" in expected | {before[-1].text.upper() if before else ""}:
            return f"write ({shown}(…) AS ?name)"
        known = [word for word in expected if word in KEYWORDS] + ([*_CALLS] if "FUNCTION" in expected else [])
        if near := difflib.get_close_matches(upper, known, n=1, cutoff=0.65):
            return f"did you mean {near[0]}?"
        if "VAR" in expected and upper not in KEYWORDS:
            return f"a variable is written ?{shown}, a text in quotes"
    elif token.text in _CLOSES and not _open(before):
        return "no bracket is open here"
    elif token.text == "," and {"VAR", "FROM"} <= expected:
        return "columns stand apart by spaces"
    elif {".", "}"} <= expected and token.kind in ("variable", "iri", "name"):
        return "a full stop ends a statement"
    return ""


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
        elif token.text in _CLOSES and stack:
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
    said = signs + sorted(word for word in left if word in KEYWORDS) + said
    said = said[:6] or sorted(left)[:6]
    return " or ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)
