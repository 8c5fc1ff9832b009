"""Syntax errors in plain words, at the place where the mistake was made."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import yaml

from colloquy.errors import Finding, Severity, printable
from colloquy.source.events import Reader, spot
from colloquy.source.hidden import BLANKS, named


class _Cause(NamedTuple):
    """What words of PyYAML, from libyaml or from its own parser, mean to who wrote the file."""

    words: str  # regular expression to be found in context and problem
    code: str
    message: str  # {0} is the character at the place
    hint: str
    at_start: bool = False  # the place is where the quote or key began, not where reading failed


_MAY_NOT = "a value may not start with `{0}`"
_QUOTE = "put the text in quotes"
_LINE_UP = "give it as many spaces as the line that it belongs beside"
_CAUSES = [_Cause(*row) for row in (
    ("quoted scalar.*unexpected", "unclosed-quote",
     "the quote that opens here never closes", "write {0} where the text ends", True),
    ("unknown escape", "unknown-escape",
     "in double quotes a backslash begins an escape, and this is none",
     "use single quotes, or write the backslash twice"),
    ("hexdecimal|hexadecimal", "unknown-escape",
     "this escape is too short: \\x takes 2 digits, \\u 4 and \\U 8",
     "use single quotes, or write the character itself"),
    ("start any token", "needs-quotes", _MAY_NOT, _QUOTE),
    ("scanning an? (anchor|alias|tag|block scalar)|a tag|tag handle", "needs-quotes", _MAY_NOT, _QUOTE, True),
    ("directive|incompatible", "needs-quotes", _MAY_NOT, _QUOTE, True),
    ("unexpected ':'", "colon-in-text", "in brackets a `:` needs a space behind it", "write a space, or " + _QUOTE),
    ("could not find expected ':'", "no-colon", "this line is no `key: value`",
     "write a colon and a space after the key; indent the line if it goes on with the text above", True),
    ("sequence entries are not allowed", "list-on-key-line", "a list cannot start on the line of its key",
     "start it on the next line; put the text in quotes if the - belongs to it"),
    ("mapping keys are not allowed", "needs-quotes", _MAY_NOT, _QUOTE),
    ("mapping values are not allowed", "colon-in-text", "`: ` in a text reads as one more key", _QUOTE),
    ("flow.*node content", "empty-item", "something is missing before this `{0}`",
     "take one comma out, or put the text in quotes"),
    ("node content", "needs-quotes", _MAY_NOT, _QUOTE),
    ("flow (sequence|mapping)", "unclosed-bracket", "a comma or a closing bracket is missing before this",
     "put the text in quotes if its brackets are not meant as a list"),
    ("document start", "indentation",
     "this stands further left than what is above it, or after the end of it", _LINE_UP),
    ("expected key|'-' indicator|block end", "indentation",
     "this does not line up with what stands above it", _LINE_UP),
    ("", "yaml-syntax", "this is no YAML", "look for a quote, a bracket or an indentation that is not right"),
)]  # fmt: skip


def explain(reader: Reader, error: Exception) -> Finding:
    """Turn a syntax error into a finding in plain words, at the place where the mistake was made."""
    text, last, make = reader.text, reader.last, reader.findings.make
    mark: Any = getattr(error, "problem_mark", None) or last.end_mark
    began: Any = getattr(error, "context_mark", None) or mark
    words = f"{getattr(error, 'context', '')}: {getattr(error, 'problem', '')}"
    before = text[mark.index - mark.column : mark.index]

    for place in (mark, began):
        margin = _MARGIN.match(text, place.index - place.column)
        if margin and margin[1]:
            message = f"{named(margin[1])[1]} in the indentation"
            return make("error", "hidden-character", (place.line + 1, len(margin[0])), message, "use ordinary spaces")
    if "invalid Unicode character escape" in words:
        reader.bad_escape = mark.index
        severity: Severity = "warning" if reader.foreign else "error"
        message = f"`{text[mark.index - 2 : mark.index + 4]}` is no character by itself"
        return make(severity, "half-character", spot(began), message, "write the character itself")
    if "tab character" in words or text.startswith("\t", mark.index):
        return make("error", "tab", spot(mark), "a tab stands where spaces belong", "use spaces")

    quoted = type(last) is yaml.ScalarEvent and last.style in ("'", '"')
    if quoted and last.start_mark.line < last.end_mark.line in (mark.line, began.line):
        message = f"the quote that opens here closes only on line {last.end_mark.line + 1}, before other text"
        hint = "close it where the text ends; a quote that belongs to the text is written twice in single quotes"
        return make("error", "unclosed-quote", spot(last.start_mark), message, hint, spot(mark))
    end = last.end_mark.index
    closed = quoted or (isinstance(last, yaml.CollectionEndEvent) and text[end - 1 : end] in ("]", "}"))
    if closed and _MORE_TEXT.match(text, end) and not text[end : mark.index].strip(" "):
        hint = f"put the whole text in {'double' if text[end - 1] == chr(39) else 'single'} quotes"
        return make("error", "text-after-quote", spot(mark), "text stands after a closing quote or bracket", hint)
    if "mapping values" in words and last.start_mark.line < last.end_mark.line and not re.search(r":\s", before):
        at = (mark.line + 1, len(before) - len(before.lstrip(" ")) + 1)
        message = "this reads as more of the text above it, where no key can stand"
        return make("error", "indentation", at, message, "give it as many spaces as the key above")
    inner = reader.open[-1] if reader.open else None
    if inner and inner.flow and inner.node.line <= mark.line and re.search("flow|not allowed|expected ':'", words):
        message = f"the bracket that opens here does not close, or a comma is missing before line {mark.line + 1}"
        at = (inner.node.line, inner.node.column)
        return make("error", "unclosed-bracket", at, message, "close it where the list ends", spot(mark))

    cause = next(cause for cause in _CAUSES if re.search(cause.words, words))
    place = began if cause.at_start else mark
    back = mark.index - text.rfind("\\", 0, mark.index + 1) if cause.code == "unknown-escape" else 0
    character = printable(text[place.index : place.index + 1])
    at = (place.line + 1, place.column + 1 - back)
    return make("error", cause.code, at, cause.message.format(character), cause.hint.format(character))


_MORE_TEXT = re.compile(r" *(?!:\s)[^\s\]}]")
_MARGIN = re.compile(rf"[ \t]*(?:- +)*([{BLANKS}]?)")
