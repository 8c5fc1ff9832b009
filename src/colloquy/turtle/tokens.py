"""The tokens of Turtle, as clause 6.5 of its recommendation has them (https://www.w3.org/TR/turtle/#sec-grammar)."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from colloquy.terms import XSD

_BASE = (
    r"A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D"
    r"\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_CHARS = rf"{_BASE}_0-9\u00B7\u0300-\u036F\u203F-\u2040\-"
_PLX = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_PREFIX = rf"(?:[{_BASE}](?:[{_CHARS}.]*[{_CHARS}])?)?:"
_LOCAL = rf"(?:[{_BASE}_:0-9]|{_PLX})(?:(?:[{_CHARS}.:]|{_PLX})*(?:[{_CHARS}:]|{_PLX}))?"
_UCHAR = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_ECHAR = rf"\\[tbnrf\"'\\]|{_UCHAR}"

_KINDS = {
    "space": r"[ \t\r\n]+|\#[^\r\n]*",
    "iri": rf"<(?:[^\x00-\x20<>\"{{}}|^`\\]|{_UCHAR})*>",
    "long": rf"\"\"\"(?:\"{{0,2}}(?:[^\"\\]|{_ECHAR}))*\"\"\"|'''(?:'{{0,2}}(?:[^'\\]|{_ECHAR}))*'''",
    "text": rf"\"(?:[^\"\\\n\r]|{_ECHAR})*\"|'(?:[^'\\\n\r]|{_ECHAR})*'",
    "blank": rf"_:[{_BASE}_0-9](?:[{_CHARS}.]*[{_CHARS}])?",
    "name": rf"{_PREFIX}(?:{_LOCAL})?",
    "double": r"[+-]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)[eE][+-]?[0-9]+",
    "decimal": r"[+-]?[0-9]*\.[0-9]+",
    "integer": r"[+-]?[0-9]+",
    "tag": r"@[A-Za-z]+(?:-[A-Za-z0-9]+)*",
    "mark": r"\^\^|[.;,\[\]()]",
    "word": r"[A-Za-z]+",
}
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_LETTERS = dict(zip("tbnrf", "\t\b\n\r\f", strict=True))

NUMBERS = {"integer": XSD + "integer", "decimal": XSD + "decimal", "double": XSD + "double"}


class Token(NamedTuple):
    """A token: its kind, its text as it is written, and how many characters stand before it."""

    kind: str
    text: str
    at: int


@cache
def _any_token() -> re.Pattern[str]:
    """Give what every token matches; made when it is first wanted, for that takes longer than all other imports."""
    return re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS.items()))


def read_tokens(text: str) -> list[Token]:
    """Take a text apart; the last token is an empty one of the kind `end`.

    >>> [token.kind for token in read_tokens('ex:a a <b> . # a remark')]
    ['name', 'word', 'iri', 'mark', 'end']

    Raises ValueError at what is no token of Turtle.
    """
    token = _any_token()
    found, at = [], 1 if text.startswith("\ufeff") else 0
    while at < len(text):
        match = token.match(text, at)
        if match is None:
            raise ValueError(f"no token of Turtle at character {at}")
        if match.lastgroup != "space":
            found.append(Token(match.lastgroup or "", match[0], at))
        at = match.end()
    return [*found, Token("end", "", len(text))]


def unescape(text: str) -> str:
    r"""Give the characters that a string, an IRI or a local name means.

    >>> unescape(r"a\u0062\tc\-")
    'ab\tc-'
    """
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)) if m[3] is None else _LETTERS.get(m[3], m[3]), text)
