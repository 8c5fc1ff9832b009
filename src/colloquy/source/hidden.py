"""Characters that nobody can see, or that say what is not there: which they are, and where they stand."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from colloquy.errors import Severity
from colloquy.source.findings import MOST_ALIKE, Findings

_REFUSED = {
    "control character": "\x00-\x08\x0b-\x1f\x7f-\x9f",
    "bidi control": "\u202a-\u202e\u2066-\u2069",
    "hidden character": "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f",
    "half character": "\ud800-\udfff",
    "noncharacter": "\ufdd0-\ufdef"
    + "".join(chr(plane + last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)),
}
_ALL_REFUSED = "".join(_REFUSED.values())
# YAML 1.1 ends a line here and YAML 1.2 does not: refused as such, but not as the escapes "\L" and "\P".
_LINE_ENDS = "\u2028\u2029"
# Invisible, but known to stand in honest text.  The first separates words and is an error in our own format.
_ZERO_WIDTH = "\u200b"
_DOUBTFUL = "\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200e\u200f\u2060-\u2064\u206a-\u206f\u3164\uffa0"
_JOINERS = "\u200c\u200d"
_DRAWN_AS_NOTHING = frozenset("\u115f\u1160\u17b4\u17b5\u3164\uffa0")
"""Those of them that Unicode counts as letters and marks: all others are not printable, as Python has it."""
# Kinds of space that YAML takes for letters.
BLANKS = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
BLANK = re.compile(f"[{BLANKS}]")

_REFUSED_RAW = _ALL_REFUSED + _LINE_ENDS
_SUSPECT = _REFUSED_RAW + _ZERO_WIDTH + _DOUBTFUL + _JOINERS
_HARMLESS_BYTES = bytes(range(0x20, 0x7F)) + b"\t\n"
# What libyaml refuses or takes for the end of a line; with a stand-in the rest of the file can be read.
_UNREADABLE = f"{_REFUSED['control character']}\ufeff\ufffe\uffff\ud800-\udfff{_LINE_ENDS}"
STAND_IN = "\ufffd"


@cache
def _one_of(characters: str) -> re.Pattern[str]:
    """Compile a set of characters when it is first needed: that is dear, and most files hold none of them."""
    return re.compile(f"[{characters}]")


def refused_escapes(text: str) -> list[str]:
    """Give the characters of a text that may not stand in it, not even as an escape."""
    return [] if text.isprintable() else _one_of(_ALL_REFUSED + _ZERO_WIDTH).findall(text)


def without_hidden(text: str, findings: Findings, foreign: bool) -> tuple[str, list[int]]:
    """Report hidden characters; give the text as libyaml can read it, and where refused ones stand."""
    # To look for all suspects at every character is dear.  Which of them are there at all is seen at a
    # thirtieth of the price in what is left without the harmless bytes; only for these the text is searched.
    left = text.encode("utf-8", "surrogatepass").translate(None, _HARMLESS_BYTES).decode("utf-8", "surrogatepass")
    there = set(left)
    if "".join(there).isprintable() and there.isdisjoint(_DRAWN_AS_NOTHING):
        return text, []
    suspects = "".join(_one_of(_SUSPECT).findall("".join(there)))
    if not suspects:
        return text, []
    hidden: list[int] = []
    line, counted = 1, 0
    for found in re.finditer(f"[{suspects}]+", text):
        at, run = found.start(), found[0]
        refused = _one_of(_REFUSED_RAW).search(run)
        if refused:
            hidden.append(at)
            if "\udc80" <= run[refused.start()] <= "\udcff":
                continue  # a byte that is not UTF-8: said already
        elif not run.strip(_JOINERS) and _visible(text[at - 1 : at]) and _visible(text[found.end() : found.end() + 1]):
            continue  # as in an emoji, or between Persian letters
        first = refused[0] if refused else _ZERO_WIDTH if _ZERO_WIDTH in run else run[0]
        line, counted = line + text.count("\n", counted, at), at
        code, name = named(first)
        if findings.counts[code] > MOST_ALIKE:
            findings.counts[code] += 1  # spares the search for the column in a line of a million of them
            continue
        more = f" and {len(run) - 1} more" if len(run) > 1 else ""
        severity: Severity = "error" if not foreign and (refused or first == _ZERO_WIDTH) else "warning"
        hint = "delete it: nobody can see it"
        if foreign:
            hint = "a value that holds it is left out" if refused else ""
        findings.add(findings.make(severity, code, (line, at - text.rfind("\n", 0, at)), name + more, hint))
    return _one_of(_UNREADABLE).sub(STAND_IN, text), hidden


def _visible(character: str) -> bool:
    return bool(character) and not character.isspace() and character not in "\"'"


@lru_cache(maxsize=256)
def named(character: str) -> tuple[str, str]:
    """Give the code for a hidden character, and its name in words."""
    kinds = (kind for kind, characters in _REFUSED.items() if _one_of(characters).match(character))
    kind = next(kinds, "hidden character")
    code = "invisible-mark" if _one_of(_DOUBTFUL + _JOINERS).match(character) else kind.replace(" ", "-")
    name = unicodedata.name(character, "")
    return code, f"{kind} U+{ord(character):04X}" + (f" ({name})" if name else "")
