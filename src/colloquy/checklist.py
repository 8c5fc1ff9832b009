"""A quick look at the values of a property: nearly all of them keep the rules, and that is soon seen.

A checklist is made from a property shape once.  It passes what certainly conforms; what it does not
pass is for `shapes.validate` to judge, which alone says what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from colloquy.shapes import Shape, amount
from colloquy.terms import XSD_STRING, Term
from colloquy.unit import Row

Test: TypeAlias = Callable[[Term], bool]
IsOf: TypeAlias = Callable[[Term, Term], bool]
"""Tells of a term whether it certainly is of a class."""


class Checklist:
    """What the values of one path have to keep; `sources` are the properties that make up the path."""

    def __init__(self, shape: Shape, sources: Sequence[Term], is_of: IsOf) -> None:
        self.sources = tuple(sources)
        self.least, self.most, self.unique = 0, 1_000_000, False
        self.tests: list[Test] = []
        self.is_complete = not shape.properties
        for name, expected in shape.constraints:
            if name == "minCount":
                self.least = amount(expected)
            elif name == "maxCount":
                self.most = amount(expected)
            elif name == "uniqueLang":
                self.unique = True
            elif test := _test(name, expected, is_of):
                self.tests.append(test)
            else:
                self.is_complete = False

    def passes(self, about: dict[Term, list[Row]]) -> bool:
        """Tell whether what is said about a focus node, by property, certainly conforms."""
        rows = about.get(self.sources[0], ()) if len(self.sources) == 1 else self._rows(about)
        if not rows:
            return self.least == 0 and self.is_complete
        # Several values may be one value twice: whether they are is for the full look.
        if not self.is_complete or len(rows) > self.most or self.least > 1 or (self.unique and len(rows) > 1):
            return False
        for test in self.tests:
            for row in rows:
                if not test(row[2]):
                    return False
        return True

    def _rows(self, about: dict[Term, list[Row]]) -> list[Row]:
        return [row for source in self.sources if source in about for row in about[source]]


def _test(name: str, expected: object, is_of: IsOf) -> Test | None:
    """Give a test for one component that a value passes only if it conforms; None for a component without one."""
    if name == "pattern":
        assert isinstance(expected, tuple)
        pattern, letters = expected
        flags = sum((getattr(re, c.upper()) for c in letters if c in "imsx"), start=re.RegexFlag(0))
        search = re.compile(pattern, flags).search
        # A text without a backslash stands in its term as it is.
        return lambda term: term[0] == '"' and "\\" not in term and search(term[1 : term.rindex('"')]) is not None
    if name == "maxLength":
        most = amount(expected) + 2
        return lambda term: term[-1] == '"' and len(term) <= most
    if name == "class":
        class_ = str(expected)
        return lambda term: is_of(term, class_)
    if name == "datatype":
        end = '"' if expected == f"<{XSD_STRING}>" else f'"^^{expected}'
        return lambda term: term.endswith(end)
    return None
