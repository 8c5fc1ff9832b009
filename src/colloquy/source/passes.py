"""One file, read in as many passes as its syntax errors make needed.

A pass stops at a syntax error.  What it stopped at is blanked out, and the rest is read again, so that
every mistake of a file is reported in one run.
"""

from __future__ import annotations

import re
from bisect import insort

import yaml

from colloquy.errors import Finding
from colloquy.source.compose import compose
from colloquy.source.events import Reader
from colloquy.source.faults import explain
from colloquy.source.findings import Findings
from colloquy.source.hidden import STAND_IN
from colloquy.source.nodes import Node
from colloquy.source.text import text_of

_MOST_PASSES = 20
_MOST_REREAD = 4_000_000  # characters that may be read again in search of further syntax errors


def read_yaml(data: bytes, file: str, *, foreign: bool = False) -> tuple[Node | None, list[Finding]]:
    """Read one YAML file into nodes that know their places, with everything that is wrong in it.

    `file` is the name for the findings, which come sorted by place.  The node is None where nothing
    can be used: the file is empty, or its syntax is broken in a way that leaves no entry.  Otherwise
    it lacks what was refused: the second of two equal keys, a key that is not text (with its value),
    an alias, and each entry of a list that is no YAML.

    `foreign` is for files that somebody else keeps: a refused character is a warning there and
    costs the value that it stands in, and nothing is said about style.

    >>> node, findings = read_yaml(b"name: Ada", "data/people.yaml")
    >>> node.items[0][1]
    Scalar(text='Ada', line=1, column=7, plain=True)
    >>> findings
    []
    >>> print(read_yaml(b"name: @ada", "data/people.yaml")[1][0])
    data/people.yaml:1:7: error: a value may not start with `@` — put the text in quotes [needs-quotes]

    Never raises.
    """
    findings = Findings(file)
    text, hidden = text_of(data, findings, foreign)
    if text is None:
        return None, findings.listed()
    if not hidden and (root := compose(text, foreign)) is not None:
        return root, findings.listed()
    for _ in range(min(_MOST_PASSES, _MOST_REREAD // (len(text) + 1)) + 1):
        reader = Reader(text, hidden, Findings(file), foreign)
        stopped = _read(reader)
        if stopped is None:
            findings.take(reader.findings)
            if reader.empty:
                findings.warn("no-facts", (0, 0), "the file holds no facts")
            return reader.root, findings.listed()
        if reader.bad_escape is not None:
            text = _without_escape(text, reader.bad_escape)
            insort(hidden, reader.bad_escape)
            findings.add(stopped)
            continue
        reader.findings.add(stopped)
        if (entry := _without_entry(text, stopped.place.line)) is None:
            findings.take(reader.findings)
            break
        text, lines = entry
        findings.take(reader.findings, lines)  # all other lines are read, and reported, again
    return None, findings.listed()


def _read(reader: Reader) -> Finding | None:
    """Make one pass; give the finding that stopped it, None at a good end."""
    try:
        return reader.read()
    # The pure parser raises the other two for an escape beyond Unicode.
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        return explain(reader, error)


def _without_escape(text: str, at: int) -> str:
    """Put a stand-in for the hexadecimal digits of an escape that begin at an index."""
    digits = f"{ord(STAND_IN):0{4 if text[at - 1] == 'u' else 8}X}"
    return text[:at] + digits + text[at + len(digits) :]


def _without_entry(text: str, line: int) -> tuple[str, range] | None:
    """Blank out the entry of the file's outermost list that a line stands in; give its lines too.

    Places in the rest stay as they are.  None where the line is in no such entry, or where no other
    entry would be left.
    """
    lines = text.split("\n")
    margins = [len(found[1]) for one in lines if (found := re.match(r"( *)-(?: |$)", one))]
    margin = min(margins, default=0)
    if margins.count(margin) < 2:
        return None
    outer = re.compile(rf" {{0,{margin}}}[^\s#]")
    first = line - 1
    while first > 0 and not outer.match(lines[first]):
        first -= 1
    if not re.match(rf" {{{margin}}}-(?: |$)", lines[first]):
        return None
    end = first + 1
    while end < len(lines) and not outer.match(lines[end]):
        end += 1
    lines[first:end] = [""] * (end - first)
    return "\n".join(lines), range(first + 1, end + 1)
