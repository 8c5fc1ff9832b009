"""From the bytes of a file to a text that libyaml can read, without what hides and without directives."""

from __future__ import annotations

import re

from colloquy.errors import printable
from colloquy.source.findings import Findings
from colloquy.source.hidden import without_hidden


def text_of(data: bytes, findings: Findings, foreign: bool) -> tuple[str | None, list[int]]:
    """Give the text, and where refused characters stand in it; None where the bytes are no text."""
    text = _decode(data, findings)
    if text is None:
        return None, []
    text, hidden = without_hidden(text, findings, foreign)
    return _without_directives(text, findings), hidden


def _decode(data: bytes, findings: Findings) -> str | None:
    """Decode UTF-8 and make all line ends `\\n`; bytes that are not UTF-8 become lone surrogates."""
    hint = "save the file as UTF-8"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:4]:
        findings.error("not-utf8", (1, 1), "the file is not UTF-8 but looks like UTF-16", hint)
        return None
    try:
        return _with_line_feeds(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        before = _with_line_feeds(data[: error.start].decode("utf-8"))
        at = (before.count("\n") + 1, len(before) - before.rfind("\n"))
        findings.error("not-utf8", at, f"byte 0x{data[error.start]:02X} is not UTF-8", hint)
    if b"\0" in data:
        return None  # no text in any encoding
    return _with_line_feeds(data.decode("utf-8", "surrogateescape"))


def _with_line_feeds(text: str) -> str:
    text = text.removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


_HEAD = re.compile(r"(?:[ \t]*\n|[ \t]*#.*\n|%.*\n?)*+")
_YAML_1 = re.compile(r"%YAML[ \t]+1\.[12][ \t]*(?:[ \t]#.*)?")


def _without_directives(text: str, findings: Findings) -> str:
    """Refuse `%` lines at the head of the file, apart from those that name YAML 1.1 or 1.2."""
    head = found[0] if (found := _HEAD.match(text)) else ""
    if "%" not in head:
        return text
    lines = head.split("\n")
    for number, line in enumerate(lines, 1):
        if line.startswith("%") and not _YAML_1.fullmatch(line):
            message = f"`{printable(line)}` is not understood: facts are read as YAML 1.2"
            findings.error("directive", (number, 1), message, "delete the line")
            lines[number - 1] = ""
    return "\n".join(lines) + text[len(head) :]
