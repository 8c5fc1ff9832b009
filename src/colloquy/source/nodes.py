"""What a YAML file becomes: texts, mappings and lists that know their places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(slots=True)
class Scalar:
    """A text as YAML gives it; `plain` means neither in quotes nor a block. Places count from 1."""

    text: str
    line: int
    column: int
    plain: bool


@dataclass(slots=True)
class Mapping:
    """Keys with their values, in the order of the file; no key stands twice (compared in NFC)."""

    items: list[tuple[Scalar, Node]]
    line: int
    column: int


@dataclass(slots=True)
class Sequence:
    """Values in the order of the file."""

    items: list[Node]
    line: int
    column: int


Node: TypeAlias = Scalar | Mapping | Sequence
