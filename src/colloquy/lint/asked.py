"""What shapes ask of the things of a class, put together: by path, whichever shape asks it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from colloquy.errors import Place, Severity
from colloquy.lint.case import Case
from colloquy.ontology import Class
from colloquy.shapes import Shape, amount
from colloquy.terms import SH, Term, is_iri, plain


@dataclass(frozen=True)
class Asked:
    """One constraint, with the shape whose it is."""

    shape: Shape
    name: str
    value: object

    def place(self, case: Case) -> Place:
        """Give the place of the constraint's value."""
        predicate = f"<{SH}{self.name}>"
        known = case.index.objects(self.shape.term, predicate)
        values = {self.value} & known if isinstance(self.value, str) else set()
        return min(case.place(self.shape.term, predicate, o) for o in values or known)

    def words(self, case: Case) -> str:
        """Write the constraint as in Turtle, as far as that is short."""
        value = self.value
        if isinstance(value, str):
            return f"sh:{self.name} {case.name(value) if is_iri(value) else plain(value)}"
        if self.name in ("in", "languageIn") and isinstance(value, tuple):
            return f"sh:{self.name} ( {' '.join(case.name(v) if is_iri(v) else plain(v) for v in value)} )"
        if self.name == "pattern" and isinstance(value, tuple):
            return f'sh:pattern "{value[0]}"'
        return f"sh:{self.name}"


Groups = Mapping[Term | None, list[Asked]]
"""What is asked of the values of each path; of the thing itself where the path is None."""


def roots(case: Case, class_: Class) -> list[Shape]:
    """Give the shapes that target a class, or one above it."""
    above = class_.ancestors
    return [s for s in case.shapes if any(kind == "targetClass" and term in above for kind, term in s.targets)]


def gather(shapes: Iterable[Shape]) -> Groups:
    """Put together what several shapes ask of one thing; alternatives (`sh:or`, `sh:xone`, `sh:not`) stay whole."""
    found: dict[Term | None, list[Asked]] = defaultdict(list)
    for shape in shapes:
        for path, asked in _parts(shape):
            found[path].append(asked)
    return found


def _parts(shape: Shape) -> Iterator[tuple[Term | None, Asked]]:
    if shape.path is not None:
        if is_iri(shape.path):
            yield from ((shape.path, asked) for asked in _of_values(shape))
        return
    for name, value in shape.constraints:
        if name in ("and", "node") and isinstance(value, tuple):
            for nested in value:
                yield from _parts(nested)
        else:
            yield None, Asked(shape, name, value)
    for part in shape.properties:
        yield from _parts(part)


def _of_values(shape: Shape) -> Iterator[Asked]:
    for name, value in shape.constraints:
        if name in ("and", "node") and isinstance(value, tuple):
            for nested in value:
                if nested.path is None:
                    yield from _of_values(nested)
        else:
            yield Asked(shape, name, value)


def least(asks: Iterable[Asked]) -> tuple[int, Asked | None]:
    """Give how many values there have to be, and the constraint that asks for so many."""
    counted = [(amount(a.value), a) for a in asks if a.name == "minCount"]
    counted += [(1, a) for a in asks if a.name == "hasValue"]
    return max(counted, key=lambda pair: pair[0], default=(0, None))


def most(asks: Iterable[Asked]) -> tuple[int | None, Asked | None]:
    """Give how many values there may be, and the constraint that says so; None for any number."""
    counted = [(amount(a.value), a) for a in asks if a.name == "maxCount"]
    return min(counted, key=lambda pair: pair[0], default=(None, None))


def severity(asks: Iterable[Asked]) -> Severity:
    """Give how bad it is that constraints cannot be kept: an error, unless all of them only warn."""
    return "error" if any(a.shape.severity == "error" for a in asks) else "warning"
