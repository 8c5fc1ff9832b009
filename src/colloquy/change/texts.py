"""A YAML file as text: edits at places that the parser gives, so that every other byte stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import yaml

from colloquy.rewriting import quoted, scalar_as_yaml, text_as_yaml

_BREAK = re.compile(r"\r\n|\r|\n")
_COMMENT = re.compile(r"(?<![^\s])#[^\r\n]*")
_IN_FLOW = re.compile(r"[^,\[\]{}\r\n]+")
"""Plain scalars that may stand between brackets as they are."""


class Edit(NamedTuple):
    """Characters from `start` up to `end` become `text`; offsets count from 0."""

    start: int
    end: int
    text: str


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Make all edits at once.

    >>> apply("speaker: ada", [Edit(0, 7, "by")])
    'by: ada'

    Raises ValueError where two of them overlap.
    """
    pieces: list[str] = []
    done = 0
    for edit in sorted(dict.fromkeys(edits), key=lambda e: (e.start, e.end)):
        if edit.start < done:
            raise ValueError(f"two edits overlap at {edit.start}")
        pieces += [text[done : edit.start], edit.text]
        done = edit.end
    return "".join([*pieces, text[done:]])


@dataclass
class Text:
    """The text of one YAML file, its nodes by their places, and the edits to be made in it.

    `added` holds, for each mapping by its offset, the values that its keys get besides those they have.
    """

    name: str
    text: str
    mark: str = ""
    """The byte order mark, where the file begins with one."""
    edits: list[Edit] = field(default_factory=list)
    renamed: dict[tuple[int, str], Any] = field(default_factory=dict)
    added: dict[tuple[int, str], list[str]] = field(default_factory=dict)

    @cached_property
    def _nodes(self) -> tuple[dict[tuple[int, int], Any], dict[tuple[int, int], Any]]:
        scalars: dict[tuple[int, int], Any] = {}
        others: dict[tuple[int, int], Any] = {}
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        waiting: list[Any] = [yaml.compose(self.text, loader)]
        while waiting:
            node = waiting.pop()
            at = (node.start_mark.line + 1, node.start_mark.column + 1)
            (scalars if isinstance(node, yaml.ScalarNode) else others)[at] = node
            if isinstance(node, yaml.MappingNode):
                waiting += [part for pair in node.value for part in pair]
            elif isinstance(node, yaml.SequenceNode):
                waiting += node.value
        return scalars, others

    def scalar(self, at: Any) -> Any:
        """Give the parser's node of a scalar of ours."""
        return self._nodes[0][at.line, at.column]

    def mapping(self, at: Any) -> Any:
        """Give the parser's node of a mapping, or a list, of ours."""
        return self._nodes[1][at.line, at.column]

    @property
    def line_end(self) -> str:
        """What ends the lines of this file."""
        found = _BREAK.search(self.text)
        return found[0] if found else "\n"

    def done(self) -> str:
        """Give the text with all edits made."""
        return apply(self.text, [*self.edits, *self._additions()])

    # --- scalars --------------------------------------------------------------------------------

    def write(self, node: Any, text: str, *, typed: bool = False) -> None:
        """Write another text in the place of a scalar, in the quotes that it has; `typed` is no text, but a value."""
        if node.style == "'":
            text = "'" + text.replace("'", "''") + "'" if text.isprintable() else quoted(text)
        elif node.style == '"':
            text = quoted(text)
        else:
            text = scalar_as_yaml(text) if typed else text_as_yaml(text)
            if node.style in ("|", ">"):
                text += self.line_end
        self.edits.append(Edit(node.start_mark.index, node.end_mark.index, text))

    def rename(self, mapping: Any, key: Any, new: str) -> None:
        """Give a key another name; where the mapping has one of that name, its values go there."""
        at = (mapping.start_mark.index, new)
        if at in self.renamed or any(k.value == new for k, _ in mapping.value):
            value = next(v for k, v in mapping.value if k is key)
            self.added.setdefault(at, []).extend(self.values(value))
            self.remove(mapping, key)
        else:
            self.renamed[at] = key
            self.write(key, new)

    def values(self, node: Any) -> Iterator[str]:
        """Give the values that a key has, each as it may stand in a list in brackets."""
        if isinstance(node, yaml.SequenceNode):
            for item in node.value:
                yield from self.values(item)
        else:
            yield self.flow(node)

    def flow(self, node: Any) -> str:
        """Give a value as it may stand between brackets: as it is written, where that may stand there."""
        raw = self.text[node.start_mark.index : node.end_mark.index]
        if isinstance(node, yaml.MappingNode):
            return "{" + ", ".join(f"{self.flow(k)}: {self.flow(v)}" for k, v in node.value) + "}"
        if isinstance(node, yaml.SequenceNode):
            return "[" + ", ".join(map(self.flow, node.value)) + "]"
        fits = not _BREAK.search(raw) if node.style in ("'", '"') else not node.style and _IN_FLOW.fullmatch(raw)
        return raw if fits else quoted(node.value)

    # --- pairs ----------------------------------------------------------------------------------

    def remove(self, mapping: Any, key: Any) -> None:
        """Take a key with its value out of a mapping; a comment on its lines stays."""
        pairs = mapping.value
        number = next(n for n, (k, _) in enumerate(pairs) if k is key)
        value = pairs[number][1]
        start, end = key.start_mark.index, self.end_of(value)
        if mapping.flow_style:
            if number + 1 < len(pairs):
                end = pairs[number + 1][0].start_mark.index
            elif number:
                start = self.end_of(pairs[number - 1][1])
            # The key after it keeps the margin that it has.
            margin = self.text[self.text.rfind("\n", 0, end) + 1 : end]
            margin = margin if margin.isspace() else " "
            kept = "".join(f"{comment}{self.line_end}{margin}" for comment in self.comments(start, end))
            lead = " " if kept and not self.text[start - 1].isspace() else ""
            self.edits.append(Edit(start, end, lead + kept))
            return
        margin = " " * mapping.start_mark.column
        if number == 0:  # the dash of a list stands on this line
            after = pairs[1][0].start_mark.index if len(pairs) > 1 else self._past_line(end)
            kept = "".join(f"{comment}{self.line_end}{margin}" for comment in self.comments(start, after))
            self.edits.append(Edit(start, after, kept))
            return
        first, after = self.text.rfind("\n", 0, start) + 1, self._past_line(end)
        kept = "".join(f"{margin}{comment}{self.line_end}" for comment in self.comments(start, after))
        self.edits.append(Edit(first, after, kept))

    def comments(self, start: int, end: int) -> list[str]:
        """Give the comments between two offsets."""
        scalars = [(n.start_mark.index, n.end_mark.index) for n in self._nodes[0].values()]
        left = list(self.text[start:end])
        for first, last in scalars:
            if start <= first < end:
                left[first - start : last - start] = [
                    c if c in "\r\n" else "x" for c in self.text[first : min(last, end)]
                ]
        return [found[0].rstrip() for found in _COMMENT.finditer("".join(left))]

    def end_of(self, node: Any) -> int:
        """Give the offset after the last character of a value, without the blanks and comments after it."""
        if isinstance(node, yaml.ScalarNode):
            end: int = node.end_mark.index
            if node.style in ("|", ">"):
                end = len(self.text[:end].rstrip("\r\n"))
            return end
        if node.flow_style:
            return int(node.end_mark.index)
        last = node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1]
        return self.end_of(last)

    def _past_line(self, offset: int) -> int:
        found = _BREAK.search(self.text, offset)
        return found.end() if found else len(self.text)

    def add(self, mapping: Any, key: str, value: str) -> None:
        """Give a key of a mapping one more value, and the mapping that key where it has none."""
        self.added.setdefault((mapping.start_mark.index, key), []).append(value)

    def insert_lines(self, after: Any, lines: list[str]) -> None:
        """Put lines after a node, at the margin of the list that it is an item of."""
        end = self._past_line(self.end_of(after))
        lead = "" if self.text[:end].endswith(("\n", "\r")) else self.line_end
        self.edits.append(Edit(end, end, lead + "".join(line + self.line_end for line in lines)))

    def _additions(self) -> Iterator[Edit]:
        by_start = {n.start_mark.index: n for n in self._nodes[1].values() if isinstance(n, yaml.MappingNode)}
        for (start, key), values in self.added.items():
            mapping, values = by_start[start], list(dict.fromkeys(values))
            named = self.renamed.get((start, key))
            has = next((v for k, v in mapping.value if k is named or (named is None and k.value == key)), None)
            yield self._into(has, values) if has is not None else self._pair(mapping, key, values)

    def _into(self, node: Any, values: list[str]) -> Edit:
        """Add values to those that a key has."""
        listed = ", ".join(values)
        if not isinstance(node, yaml.SequenceNode):
            start, end = node.start_mark.index, self.end_of(node)
            margin = " " * node.start_mark.column
            inside = "".join(f"{self.line_end}{margin}{comment}" for comment in self.comments(start, end))
            return Edit(start, end, f"[{', '.join([self.flow(node), *values])}]{inside}")
        if node.flow_style:
            at = self.end_of(node.value[-1]) if node.value else node.end_mark.index - 1
            return Edit(at, at, f", {listed}" if node.value else listed)
        at = self._past_line(self.end_of(node))
        lead = "" if self.text[:at].endswith(("\n", "\r")) else self.line_end
        margin = " " * node.start_mark.column
        return Edit(at, at, lead + "".join(f"{margin}- {value}{self.line_end}" for value in values))

    def _pair(self, mapping: Any, key: str, values: list[str]) -> Edit:
        text = f"{text_as_yaml(key)}: {values[0]}" if len(values) == 1 else f"{key}: [{', '.join(values)}]"
        at = self.end_of(mapping.value[-1][1])
        if mapping.flow_style:
            return Edit(at, at, f", {text}")
        at = self._past_line(at)
        lead = "" if self.text[:at].endswith(("\n", "\r")) else self.line_end
        return Edit(at, at, f"{lead}{' ' * mapping.start_mark.column}{text}{self.line_end}")
