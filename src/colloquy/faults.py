"""Words for a query that breaks the grammar: what stands there, what could, what was meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from colloquy.errors import QueryError, printable
from colloquy.grammar import AGGREGATES, FUNCTIONS, KEYWORDS, Fault
from colloquy.tokens import Token, unclosed_iri

FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
UPDATES = frozenset(("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"))

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
    hint = ""
    if token.kind == "word":
        known = [word for word in fault.expected if word in KEYWORDS]
        if "FUNCTION" in fault.expected:
            known += [*FUNCTIONS, *AGGREGATES]
        near = difflib.get_close_matches(upper, known, n=1, cutoff=0.6)
        if near:
            hint = f"did you mean {near[0]}?"
        elif "VAR" in fault.expected and upper not in KEYWORDS:
            hint = f"a variable is written ?{printable(token.text)}, a text in quotes"
    elif token.text in _CLOSES and not _open(tokens[: fault.index]):
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
