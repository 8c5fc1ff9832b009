"""What the names of variables say: `?talk` is most likely meant to be a talk."""

from __future__ import annotations

from colloquy.doctor.case import Case, Edit
from colloquy.doctor.cutting import Part
from colloquy.terms import TYPE, Term


def by_name(case: Case, part: Part) -> list[str]:
    """Say of the variables of a part that they are what they are called after."""
    found = []
    for variable in sorted(part.binds):
        classes = case.named_after(variable)
        if classes:
            found.append(f"?{variable} {TYPE} {min(classes, key=lambda c: (height(case, c), c))} .")
    return found


def named_rightly(case: Case, part: Part, edits: tuple[Edit, ...]) -> bool:
    """Tell whether, with some changes, the variables of a part can be what they are called after."""
    more = by_name(case, part)
    if not more:
        return False
    return case.gives(inner(case), swaps_of(edits, case), " ".join(more)) is True


def inner(case: Case) -> list[Part]:
    """Give the parts of a query without what is left of its rows in the end."""
    return [p for p in case.parts if not case.is_last(p)]


def swaps_of(edits: tuple[Edit, ...], case: Case) -> dict[int, str]:
    """Give the edits of the text as swaps of tokens."""
    swaps: dict[int, str] = {}
    for start, end, new in edits:
        if start == end:
            swaps[start] = new + case.query.tokens[start].text
        else:
            swaps.update({start: new, **dict.fromkeys(range(start + 1, end), "")})
    return swaps


def height(case: Case, term: Term) -> int:
    """Tell how many classes of the data come below a class: the more special one is likelier meant."""
    return sum(term in case.ontology.rules.ancestors(c) for c in case.class_names if c != term)
