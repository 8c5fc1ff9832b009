"""Makers of terms for plain values: a quick look, since in most values nothing is wrong.

Whatever a maker does not take, the compiler looks at again, and says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from colloquy.datatypes import doubts, typed
from colloquy.source import Scalar, yaml_reading
from colloquy.terms import Term, literal

LONGEST_TEXT = 20_000
"""So many characters a text may have before somebody is asked whether a quote is missing."""
Maker: TypeAlias = Callable[[Scalar], Term | None]
"""Makes a term of a value in which nothing needs a word; None where something may, or may not, be wrong."""


def text_maker(language: str | None) -> Maker:
    """Give a maker of texts in a language, or in none.

    >>> text_maker("en")(Scalar("croeso", 1, 1, plain=False))
    '"croeso"@en'
    >>> text_maker(None)(Scalar(" a blank first", 1, 1, plain=False)) is None
    True
    """
    end = literal("", language=language)[1:]

    def make(node: Scalar) -> Term | None:
        text = node.text
        stripped = text.strip()
        if len(stripped) != len(text) and text.rstrip("\n") != stripped:
            return None
        if not stripped or len(text) > LONGEST_TEXT or (node.plain and yaml_reading(text) is not None):
            return None
        if stripped.isprintable() and '"' not in stripped and "\\" not in stripped:  # as most are
            return f'"{stripped}{end}'
        return literal(stripped, language=language)

    return make


def value_maker(datatypes: tuple[str, ...]) -> Maker:
    """Give a maker of values of the first of some datatypes that fits.

    >>> from colloquy.terms import XSD
    >>> value_maker((XSD + "gYear",))(Scalar("2015", 1, 1, plain=True))
    '"2015"^^<http://www.w3.org/2001/XMLSchema#gYear>'
    """
    known: dict[str, Term | None] = {}  # days and numbers are written again and again

    def make(node: Scalar) -> Term | None:
        text = node.text
        if text not in known:
            found = typed(text.strip(), datatypes)
            known[text] = literal(*found) if found and not doubts(*found) else None
        return known[text]

    return make
