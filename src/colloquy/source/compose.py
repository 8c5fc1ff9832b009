"""The short way from events to nodes, for a text in which nothing needs a word.

`Reader` looks at every event for all that can be wrong with it, and has the words for it.  Here
nodes are built and nothing else: at the first thing that `Reader` might have a word for, the whole
text is handed over to it.  So no refusal is written twice, and honest files take a quarter less time.

Nodes come from events, not from PyYAML's composer: that makes nodes of its own, which have to be made
again as ours, and where it is C it crashes the process at great depth.
"""

from __future__ import annotations

import unicodedata
from typing import Any

import yaml

from colloquy.source.events import MAX_DEPTH
from colloquy.source.hidden import BLANK, refused_escapes
from colloquy.source.nodes import Mapping, Node, Scalar, Sequence
from colloquy.source.parsers import parser
from colloquy.source.readings import yaml_reading


def compose(text: str, foreign: bool) -> Node | None:
    """Give the root of a text that `Reader` would read without a finding; None where that is in doubt.

    The text must be without refused characters.  Errors of syntax are doubts, too.

    >>> compose("name: Ada", foreign=False).items[0][1]
    Scalar(text='Ada', line=1, column=7, plain=True)
    >>> compose("name: *ada", foreign=False) is None
    True
    """
    if "\t" in text and not foreign:
        return None
    try:
        return _Composer(text, foreign).root()
    # The pure parser raises the last two for an escape beyond Unicode.
    except (_DoubtError, yaml.YAMLError, ValueError, OverflowError):
        return None


class _DoubtError(Exception):
    """Something in the text is for `Reader` to judge."""


class _Composer:
    """One text on its way to nodes; all methods raise `_DoubtError` where they are not sure.

    What stands in `node` and `scalar` runs for every value of every file.
    """

    def __init__(self, text: str, foreign: bool) -> None:
        self.text = text
        self.next_event = parser(text).get_event
        self.watches_hash = not foreign and " #" in text
        self.watches_escapes = "\\" in text
        self.watches = self.watches_hash or self.watches_escapes
        self.judged_keys: dict[str, str] = {}

    def root(self) -> Node:
        self.next_event()  # the stream starts
        if type(self.next_event()) is not yaml.DocumentStartEvent:
            raise _DoubtError  # nothing in it
        root = self.node(self.next_event(), 0)
        self.next_event()  # the document ends
        if isinstance(root, Scalar) or type(self.next_event()) is not yaml.StreamEndEvent:
            raise _DoubtError  # nothing in it, perhaps; or a second document
        return root

    def node(self, event: Any, depth: int) -> Node:
        """Build the node that an event begins, inside of so many others."""
        if type(event) is yaml.ScalarEvent:
            return self.scalar(event)
        if event.anchor is not None or event.tag is not None or depth == MAX_DEPTH:
            raise _DoubtError  # of an alias, the anchor is the one that it names
        next_event, node, mark = self.next_event, self.node, event.start_mark
        if type(event) is yaml.SequenceStartEvent:
            values: list[Node] = []
            while type(event := next_event()) is not yaml.SequenceEndEvent:
                values.append(node(event, depth + 1))
            return Sequence(values, mark.line + 1, mark.column + 1)
        items: list[tuple[Scalar, Node]] = []
        while type(event := next_event()) is yaml.ScalarEvent:
            key = self.scalar(event)
            # The mappings of a file have few different keys: each is judged once, and all share its text.
            key.text = self.judged_keys.get(key.text) or self.judge(key)
            items.append((key, node(next_event(), depth + 1)))
        if type(event) is not yaml.MappingEndEvent or len({key.text for key, _ in items}) < len(items):
            raise _DoubtError  # a key that is no scalar, or one that stands twice
        return Mapping(items, mark.line + 1, mark.column + 1)

    def scalar(self, event: Any) -> Scalar:
        if event.anchor is not None or event.tag is not None:
            raise _DoubtError
        if self.watches:
            self.watch(event)
        mark = event.start_mark
        return Scalar(event.value, mark.line + 1, mark.column + 1, not event.style)

    def watch(self, event: Any) -> None:
        """Look for a ` #` that cuts a text off, and for an escape that makes a hidden character."""
        start, end = event.start_mark.index, event.end_mark.index
        if not event.style:
            if self.watches_hash and event.value and self.text.startswith(" #", end):
                raise _DoubtError
        elif event.style == '"' and "\\" in self.text[start:end] and refused_escapes(event.value):
            raise _DoubtError

    def judge(self, key: Scalar) -> str:
        """Look at a key for the first time; give its text."""
        text = key.text
        if yaml_reading(text) is not None:
            if key.plain:
                raise _DoubtError
            return text  # as good as any in quotes, but the next may stand without
        if not text.isascii() and (BLANK.search(text) or not unicodedata.is_normalized("NFC", text)):
            raise _DoubtError
        self.judged_keys[text] = text
        return text
