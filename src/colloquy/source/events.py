"""From events to nodes: one pass over a text, in which everything that YAML hides or rewrites is refused."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

from colloquy.errors import Finding, printable
from colloquy.source.findings import At, Findings
from colloquy.source.hidden import BLANK, named, refused_escapes
from colloquy.source.nodes import Mapping, Node, Scalar, Sequence
from colloquy.source.parsers import parser
from colloquy.source.readings import yaml_reading

MAX_DEPTH = 50


@dataclass(slots=True)
class _Open:
    """A mapping or sequence whose end has not come; in a mapping, keys and values take turns."""

    node: Mapping | Sequence
    flow: bool
    keys: dict[str, Scalar] = field(default_factory=dict)
    key: Scalar | None = None
    value_is_next: bool = False


class _TooDeepError(Exception):
    """Nesting passed the limit: libyaml takes stack and time without bound for what is deeper."""


class Reader:
    """One pass over a text: `read` fills `root` and `findings`."""

    def __init__(self, text: str, hidden: list[int], findings: Findings, foreign: bool) -> None:
        self.text, self.hidden, self.findings, self.foreign = text, hidden, findings, foreign
        self.root: Node | None = None
        self.empty = True
        self.open: list[_Open] = []
        self.documents = 0
        self.last: Any = None
        self.bad_escape: int | None = None
        self.watches_hash = not foreign and " #" in text
        self.watches_tabs = not foreign and "\t" in text
        self.watches_escapes = "\\" in text

    def read(self) -> Finding | None:
        """Read to the end; give the finding that stopped it where that was the depth.

        A syntax error passes as the parser raises it: `faults` says what it means.
        """
        handlers: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self.scalar,
            yaml.AliasEvent: self.alias,
            yaml.MappingStartEvent: lambda event: self.start(event, Mapping([], *spot(event.start_mark))),
            yaml.SequenceStartEvent: lambda event: self.start(event, Sequence([], *spot(event.start_mark))),
            yaml.MappingEndEvent: self.end,
            yaml.SequenceEndEvent: self.end,
            yaml.DocumentStartEvent: self.document,
        }
        try:
            next_event = parser(self.text).get_event
            while type(event := next_event()) is not yaml.StreamEndEvent:
                if handler := handlers.get(type(event)):
                    handler(event)
                self.last = event
        except _TooDeepError:
            outermost, at = self.open[0].node, spot(event.start_mark)
            message = f"nested more than {MAX_DEPTH} levels deep"
            see = (outermost.line, outermost.column)
            return self.findings.make("error", "too-deep", at, message, "write it flatter", see)
        return None

    def document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            self.empty = False
            hint = "put its facts into a file of its own, or take the line out"
            self.findings.error("several-documents", spot(event.start_mark), "a second document starts here", hint)

    def scalar(self, event: Any) -> None:
        node: Scalar | None = Scalar(event.value, *spot(event.start_mark), not event.style)
        if event.tag is not None or event.anchor is not None:
            self.refuse_properties(event, "put the text in quotes if the {0} belongs to it, else delete `{1}`")
        if (self.hidden or (self.watches_escapes and event.style == '"')) and self.hides(event) and self.foreign:
            node = None
        if self.watches_hash and not event.style and event.value and self.text.startswith(" #", event.end_mark.index):
            line, column = spot(event.end_mark)
            message = f"the text ends before the #: `{printable(event.value)}`"
            hint = "put it in quotes if the rest belongs to it; two spaces before the # mean a comment"
            self.findings.warn("text-cut-at-hash", (line, column + 1), message, hint)
        if self.watches_tabs:
            self.warn_of_tab(event.start_mark)
        self.attach(node)

    def start(self, event: Any, node: Mapping | Sequence) -> None:
        if len(self.open) == MAX_DEPTH:
            raise _TooDeepError
        if event.tag is not None or event.anchor is not None:
            self.refuse_properties(event, "delete `{1}`")
        if self.watches_tabs and event.flow_style:
            self.warn_of_tab(event.start_mark)
        self.attach(node)
        self.open.append(_Open(node, event.flow_style))

    def end(self, event: Any) -> None:
        self.open.pop()

    def alias(self, event: Any) -> None:
        message = f"`{self.word(event.start_mark)}` is an alias, which is refused"
        hint = "write the value out, or put the text in quotes if the * belongs to it"
        self.findings.error("alias", spot(event.start_mark), message, hint)
        self.attach(None)

    def attach(self, node: Node | None) -> None:
        """Put a node where it belongs; None stands for a value that was refused."""
        if not self.open:
            if isinstance(node, Scalar) and node.plain and yaml_reading(node.text) == "nothing":
                return
            self.empty = False
            if self.documents == 1:
                self.root = node
            return
        parent = self.open[-1]
        if isinstance(parent.node, Sequence):
            if node is not None:
                parent.node.items.append(node)
        elif parent.value_is_next:
            parent.value_is_next = False
            if node is not None and parent.key is not None:
                parent.node.items.append((parent.key, node))
        else:
            parent.value_is_next = True
            parent.key = None if node is None else self.as_key(node, parent.keys)

    def as_key(self, node: Node, keys: dict[str, Scalar]) -> Scalar | None:
        """Judge a key: None where it is refused, and its value with it."""
        error, at = self.findings.error, (node.line, node.column)
        if not isinstance(node, Scalar):
            what = "list" if isinstance(node, Sequence) else "mapping"
            error("key-not-text", at, f"a {what} stands as a key: keys must be text", "write `key: value`")
            return None
        name = node.text
        if node.plain and (reading := yaml_reading(name)) is not None:
            if name == "<<":
                error("merge-key", at, "`<<` is a merge key, which is refused", "write the keys out")
            elif not name:
                error("key-not-text", at, "a key is missing here", "write `key: value`")
            else:
                message = f"`{printable(name)}` is {reading} to YAML: keys must be text"
                error("key-not-text", at, message, f'write "{printable(name)}" if this text is meant')
            return None
        if not name.isascii():
            name = unicodedata.normalize("NFC", name)
            if blank := BLANK.search(name):
                message = f"{named(blank[0])[1]} in the key `{printable(node.text)}`"
                error("hidden-character", at, message, "use an ordinary space, or none")
                return None
        first = keys.setdefault(name, node)
        if first is not node:
            hint = "keep one of them; several values are a list: [one, two]"
            message = f"key `{printable(node.text)}` twice, first on line {first.line}"
            error("duplicate-key", at, message, hint, (first.line, first.column))
            return None
        return node

    def refuse_properties(self, event: Any, hint: str) -> None:
        word, at = self.word(event.start_mark), spot(event.start_mark)
        if event.anchor is not None:
            self.findings.error("anchor", at, f"`{word}` is an anchor, which is refused", hint.format("&", word))
        if event.tag is not None:
            message = f"`{word}` is a tag, which is refused: the ontology says what a value is"
            self.findings.error("tag", at, message, hint.format("!", word))

    def hides(self, event: Any) -> bool:
        """Tell whether a scalar holds a refused character; report one that came by an escape."""
        start, end = event.start_mark.index, event.end_mark.index
        if bisect_left(self.hidden, start) < bisect_left(self.hidden, end):
            return True
        written = self.text[start:end]
        if "\\" not in written:
            return False
        escaped = next((c for c in refused_escapes(event.value) if c not in written), None)
        if escaped is None:
            return False
        code, name = named(escaped)
        hint = "delete the escape, or use single quotes if none is meant"
        if self.foreign:
            self.findings.warn(code, spot(event.start_mark), f"{name} by an escape", "the value is left out")
        else:
            self.findings.error(code, spot(event.start_mark), f"{name} by an escape", hint)
        return True

    def warn_of_tab(self, mark: Any) -> None:
        before = self.text[mark.index - min(mark.column, 80) : mark.index]  # a line can be a million characters long
        if "\t" in before[len(before.rstrip(" \t")) :]:
            message = "a tab stands before the value, and some YAML readers refuse that"
            self.findings.warn("tab", spot(mark), message, "use a space")

    def word(self, mark: Any) -> str:
        found = _WORD.match(self.text, mark.index)
        return printable(found[0]) if found else ""


_WORD = re.compile(r"[^\s,\[\]{}]{1,61}")


def spot(mark: Any) -> At:
    return mark.line + 1, mark.column + 1
