"""The tokens of SPARQL text, by the terminals of SPARQL 1.1.

Clause 19.8, rules 139 to 173 (https://www.w3.org/TR/sparql11-query/#sparqlGrammar), the longest
match winning.  Time is linear in the length of the text, hostile text included.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from colloquy.errors import QueryError, printable

MAX_BYTES = 100_000
"""The longest query that is read, in bytes of UTF-8."""

_BASE = (
    r"A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C\u200D\u2070-\u218F\u2C00-\u2FEF"
    r"\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_MORE = r"\u00B7\u0300-\u036F\u203F\u2040"
_CHARS = rf"[{_BASE}0-9_\-{_MORE}]"
_ESCAPED = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_CODEPOINT = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_INNER = rf"\\[tbnrf\"'\\]|{_CODEPOINT}"
_IRI = rf'<(?:[^<>"{{}}|^`\\\x00-\x20]|{_CODEPOINT})*+'
_STRINGS = {
    '"""': rf'(?:"{{0,2}}(?:[^"\\]|{_INNER}))*+',
    "'''": rf"(?:'{{0,2}}(?:[^'\\]|{_INNER}))*+",
    '"': rf'(?!"")(?:[^"\\\r\n]|{_INNER})*+',
    "'": rf"(?!'')(?:[^'\\\r\n]|{_INNER})*+",
}
"""What may stand between two quotes; the possessive repeats keep every pattern linear."""

_PREFIX = re.compile(rf"[{_BASE}](?:\.*{_CHARS})*+")
_LOCAL = re.compile(rf":(?:(?:[{_BASE}0-9_:]|{_ESCAPED})(?:\.*(?:{_CHARS}|:|{_ESCAPED}))*+)?")
_LEXEME = re.compile(
    rf"""(?P<space>[ \t\r\n]++)
    |(?P<comment>\#[^\r\n]*+)
    |(?P<variable>[?$][{_BASE}0-9_][{_BASE}0-9_{_MORE}]*+)
    |(?P<iri>{_IRI}>)
    |(?P<string>{"|".join(quotes + body + quotes for quotes, body in _STRINGS.items())})
    |(?P<blank>_:[{_BASE}0-9_](?:\.*{_CHARS})*+)
    |(?P<number>[+-]?(?:(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+))
    |(?P<language>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+)
    |(?P<sign>\^\^|\|\||&&|!=|<=|>=|[(){{}}\[\].,;*/+\-?^|!<>=])
    |(?P<word>\w++)""",
    re.VERBOSE,
)
_UNCLOSED_IRI = re.compile(_IRI)
_ANY_ESCAPE = re.compile(rf"{_CODEPOINT}|\\.", re.DOTALL)
_BACKSLASH_U = re.compile(r"\\\\[uU][0-9A-Fa-f]{4}")
_LINE_END = re.compile(r"\r\n|\r|\n")


class Token(NamedTuple):
    """One terminal, space or comment; `offset` counts characters from 0, line and column from 1.

    Kinds: space comment iri name namespace (a prefix alone, `schema:`) blank variable string
    language integer decimal signed word sign; and nil `()` and anon `[]` once those are joined.
    """

    kind: str
    text: str
    offset: int
    line: int
    column: int

    @property
    def end(self) -> int:
        """The offset after the token."""
        return self.offset + len(self.text)

    def error(self, message: str, hint: str = "") -> QueryError:
        """Make the error that points at this token."""
        return QueryError(message, self.line, self.column, hint)


def tokenize(text: str) -> list[Token]:
    """Cut a text into tokens; put together again they are the text.

    >>> [token.text for token in tokenize("ASK {?who a :Poet}")]
    ['ASK', ' ', '{', '?who', ' ', 'a', ' ', ':Poet', '}']

    Raises QueryError, with line and column, at a character that begins no token, at a text or an
    escape that is not whole, and for text longer than `MAX_BYTES`.
    """
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise QueryError("half of a surrogate pair is no character", *place(text, error.start)) from None
    if size > MAX_BYTES:
        raise QueryError(f"the query has {size:,} bytes, and {MAX_BYTES:,} are the most that is read")
    starts = [0] + [found.end() for found in _LINE_END.finditer(text)] + [len(text) + 1]
    tokens: list[Token] = []
    line = 0
    for kind, offset, end in _cut(text):
        while starts[line + 1] <= offset:
            line += 1
        token = Token(kind, text[offset:end], offset, line + 1, offset - starts[line] + 1)
        if kind in ("string", "iri") and "\\" in token.text:
            decode(token)
            if kind == "string" and (found := _BACKSLASH_U.search(_ANY_ESCAPE.sub(_mask, token.text))):
                shown = f"`{token.text[found.start() : found.end()]}` reads differently in different engines"
                raise QueryError(shown, *place(text, offset + found.start()), hint='write CONCAT("\\\\", "u…")')
        tokens.append(token)
    return tokens


def _mask(found: re.Match[str]) -> str:
    return found[0] if found[0] == "\\\\" else "." * len(found[0])


def _cut(text: str) -> Iterator[tuple[str, int, int]]:
    offset = no_prefix_before = 0
    while offset < len(text):
        colon = offset
        if offset >= no_prefix_before and (run := _PREFIX.match(text, offset)):
            colon = run.end()
            if not text.startswith(":", colon):
                no_prefix_before = colon  # else `a.a.a…` would be looked through from each of its letters
        if local := _LOCAL.match(text, colon):
            kind, end = "namespace" if local.end() == colon + 1 else "name", local.end()
        elif found := _LEXEME.match(text, offset):
            kind, end = found.lastgroup or "", found.end()
            if kind == "number":
                kind = "signed" if text[offset] in "+-" else "integer" if found[0].isdigit() else "decimal"
        else:
            raise _stray(text, offset)
        yield kind, offset, end
        offset = end


def place(text: str, offset: int) -> tuple[int, int]:
    """Give line and column, from 1, of an offset; a line ends in LF, CR LF or CR."""
    line, start = 1, 0
    for found in _LINE_END.finditer(text):
        if found.end() > offset:
            break
        line, start = line + 1, found.end()
    return line, offset - start + 1


def decode(token: Token) -> str:
    r"""Give the text of a string or IRI token without codepoint escapes (`\u00E9`, clause 19.2).

    Engines disagree on what such an escape may stand for, so none is sent to them: in a string a
    quote or line end becomes its short escape.  Raises QueryError for an escape that stands for no
    character, or for one that an IRI cannot hold.
    """

    def plain(found: re.Match[str]) -> str:
        if found[0][1] not in "uU":
            return found[0]
        number = int(found[0][2:], 16)
        if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
            raise token.error(f"`{found[0]}` is no character")
        character = chr(number)
        if token.kind == "iri" and (number <= 0x20 or character in '<>"{}|^`\\'):
            raise token.error(f"`{found[0]}` is a character that no IRI can hold")
        return {"\n": "\\n", "\r": "\\r", "\\": "\\\\", '"': '\\"', "'": "\\'"}.get(character, character)

    return _ANY_ESCAPE.sub(plain, token.text)


def unclosed_iri(text: str, offset: int) -> QueryError | None:
    """Say what is wrong where `<` was meant to begin an IRI; None where it cannot have been."""
    found = _UNCLOSED_IRI.match(text, offset)
    if not found or not re.match(r"<[A-Za-z][A-Za-z0-9+.-]*:", found[0]):
        return None
    if found.end() == len(text):
        return QueryError("this IRI is never closed", *place(text, offset), hint="an IRI ends in >")
    return QueryError(f"{_shown(text[found.end()])} cannot stand in an IRI", *place(text, found.end()))


def _stray(text: str, offset: int) -> QueryError:
    """Say why no token begins at this character."""
    character, here = text[offset], place(text, offset)
    if character in "\"'":
        quotes = character * 3 if text.startswith(character * 3, offset) else character
        body = re.compile(_STRINGS[quotes]).match(text, offset + len(quotes))
        stop = body.end() if body else offset
        if text.startswith("\\", stop):
            shown = f"`{printable(text[stop : stop + 2])}` is no escape"
            return QueryError(shown, *place(text, stop), hint="a backslash itself is written twice")
        several = f"a text of several lines stands between {character * 3} and {character * 3}"
        return QueryError("this text is never closed", *here, hint=several if stop < len(text) else "")
    if character == "\\":
        return QueryError("a backslash stands outside texts, IRIs and names", *here, hint="write the character itself")
    if character in "“”„‘’«»":
        return QueryError(f"`{character}` is no quotation mark of SPARQL", *here, hint="use straight quotes")
    if character in "$@_&%":
        return QueryError(f"`{character}` needs something after it", *here)
    return QueryError(f"{_shown(character)} cannot stand here", *here)


def _shown(character: str) -> str:
    if character == " ":
        return "a space"
    return f"`{character}`" if character.isprintable() and character.isascii() else f"U+{ord(character):04X}"
