"""Templates: texts with placeholders, such as `event/{folder}`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from colloquy.errors import printable
from colloquy.source import Scalar

_NAME = r"[^\s{}.](?:[^{}.\n]*[^\s{}.])?"
PATH = rf"{_NAME}(?:\.{_NAME})*"
"""The way to a foreign key: names with dots between them."""
_PLACEHOLDER = rf"\{{(?:\.|\.*{PATH})\}}"
TEMPLATE = rf"(?:[^{{}}]|{_PLACEHOLDER})+"
ID_TEMPLATE = rf"(?:[a-z0-9]|{_PLACEHOLDER})(?:[a-z0-9-]|/(?=[a-z0-9{{])|{_PLACEHOLDER})*"

_PIECE = re.compile(r"\{([^{}]*)\}|([^{}]+)|[{}]")
_WORD = re.compile(r"parent|file|number|folder(?:-([1-9]))?")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """What stands in braces: `parent`, `file`, `number` or `folder`, else the way to a value.

    `out` says how much further out: mappings on the way to a value, folders for `folder`.  Without
    `keys`, the item itself is meant.
    """

    word: str
    out: int
    keys: tuple[str, ...]

    def __str__(self) -> str:
        if self.word:
            return f"{{{self.word}-{self.out + 1}}}" if self.out else f"{{{self.word}}}"
        path = ".".join(self.keys)
        dots = "." * (self.out + 1) if self.out or not path or _WORD.fullmatch(path) else ""
        return f"{{{dots}{path}}}"


@dataclass(frozen=True)
class Template:
    """A text to be filled in: texts and placeholders, in their order."""

    node: Scalar
    parts: tuple[str | Placeholder, ...]

    @property
    def placeholders(self) -> Iterator[Placeholder]:
        """The placeholders among the parts."""
        return (part for part in self.parts if not isinstance(part, str))


def parse_template(node: Scalar) -> Template:
    """Take a template apart; raises ValueError, saying what is wrong, where it is none."""
    parts: list[str | Placeholder] = []
    for found in _PIECE.finditer(node.text):
        inside, text = found.groups()
        if text is not None:
            parts.append(text)
        elif inside is None:
            raise ValueError(f"`{found[0]}` without its other half")
        else:
            parts.append(_placeholder(inside))
    return Template(node, tuple(parts))


def _placeholder(inside: str) -> Placeholder:
    word = _WORD.fullmatch(inside)
    if word:
        return Placeholder(inside.partition("-")[0], int(word[1] or 1) - 1, ())
    if inside == ".":
        return Placeholder("", 0, ())
    path = inside.lstrip(".")
    if not re.fullmatch(PATH, path):
        raise ValueError(f"`{{{printable(inside)}}}` names no value")
    return Placeholder("", max(len(inside) - len(path) - 1, 0), tuple(path.split(".")))
