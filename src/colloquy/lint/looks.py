"""Colours, marks and other view annotations: can they be seen, and told apart?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from colloquy.errors import Finding, Place
from colloquy.lint.case import Case, fail, warn
from colloquy.lint.colours import SIGHT, contrast, distance
from colloquy.lint.stories import LINKS
from colloquy.ontology import DEFAULT_COLOUR, DEFAULT_DARK, Class
from colloquy.terms import CQ, Term, plain

GROUNDS = {"colour": ("#fbfaf7", "#ffffff"), "darkColour": ("#14161a", "#1b1e24")}
"""The grounds of the pages on which marks are drawn, light and dark (`--paper` and `--sheet` of `base.css`)."""

LEAST_CONTRAST = 3.0
"""WCAG 2.2, success criterion 1.4.11, for what is drawn."""

LEAST_WITH_ONE_MARK, LEAST_WITH_TWO_MARKS = 10.0, 5.0
"""How far two colours have to be apart (CIEDE2000): for every kind of sight, where nothing else tells two classes
apart; and for common colour sight, where their marks do as well."""

_COLOUR = re.compile("#[0-9a-fA-F]{6}")


def _colour(c: Class, annotation: str) -> str:
    return c.look.colour if annotation == "colour" else c.look.dark


def _kinds(case: Case) -> list[Class]:
    """Give the classes of the legend whose colours are colours: `check` tells of the others."""
    drawn = (c for c in case.ontology.kinds if c.drawn)
    return [c for c in drawn if _COLOUR.fullmatch(c.look.colour) and _COLOUR.fullmatch(c.look.dark)]


def _place(case: Case, c: Class, annotation: str) -> Place:
    """Give the place of a colour; a class without one of its own has that of the light ground, or none."""
    for name in (annotation, "colour"):
        for value in sorted(case.index.objects(c.term, f"<{CQ}{name}>")):
            return case.place(c.term, f"<{CQ}{name}>", value)
    return case.place_of(c.term)


def check_contrast(case: Case) -> Iterator[Finding]:
    """Find colours that do not stand out from the page, on a light or on a dark ground."""
    for c in _kinds(case):
        for annotation, grounds in GROUNDS.items():
            colour = _colour(c, annotation)
            least = min(contrast(colour, ground) for ground in grounds)
            if least < LEAST_CONTRAST:
                ground, way = ("light", "darker") if annotation == "colour" else ("dark", "lighter")
                message = f"{colour} of {c.name} has a contrast of {least:.1f} to 1 on the {ground} ground of the page"
                hint = f"choose a {way} cq:{annotation}: 3 to 1 is the least that everybody sees"
                yield warn(_place(case, c, annotation), "low-contrast", message, hint)


def check_distances(case: Case) -> Iterator[Finding]:
    """Find classes of the legend that look alike."""
    kinds = _kinds(case)
    for at, c in enumerate(kinds):
        for annotation in GROUNDS:
            found = [_nearest(c, other, annotation) for other in kinds[:at]]
            alike = sorted(near for near in found if near)
            if alike:
                apart, sight, name, same_mark = alike[0]
                other = case.ontology.classes[name]
                if _is_plain(c) and _is_plain(other):
                    if annotation == "colour":  # once for both grounds
                        message = f"{c.name} and {name} look alike: neither has a colour or mark of its own"
                        hint = 'give them some: cq:mark "…" ; cq:colour "#rrggbb" ; cq:darkColour "#rrggbb"'
                        yield warn(case.place_of(c.term), "alike-colours", message, hint, case.place_of(other.term))
                    continue
                ground = "light" if annotation == "colour" else "dark"
                mark = "and the mark is one" if same_mark else "though the marks differ"
                message = (
                    f"{_colour(c, annotation)} of {c.name} and {_colour(other, annotation)} of {name} are alike on a"
                    f" {ground} ground for {sight} (distance {apart:.1f}), {mark}"
                )
                hint = "choose another cq:mark, or colours further apart" if same_mark else "choose another colour"
                yield warn(_place(case, c, annotation), "alike-colours", message, hint, _place(case, other, annotation))


def _is_plain(c: Class) -> bool:
    """Tell whether a class has the look that everything has of which nothing is said."""
    return (c.look.colour, c.look.dark, c.look.mark) == (DEFAULT_COLOUR, DEFAULT_DARK, "dot")


def _nearest(c: Class, other: Class, annotation: str) -> tuple[float, str, str, bool] | None:
    """Give how near two classes come to each other, where that is too near; else None."""
    colours = _colour(c, annotation), _colour(other, annotation)
    same_mark = c.look.mark == other.look.mark
    least = LEAST_WITH_ONE_MARK if same_mark else LEAST_WITH_TWO_MARKS
    apart = ((distance(*colours, sight), sight) for sight in (SIGHT if same_mark else list(SIGHT)[:1]))
    near, sight = min(apart, key=lambda pair: pair[0])
    return (near, sight, other.name, same_mark) if near < least else None


def check_unseen(case: Case) -> Iterator[Finding]:
    """Find annotations on what never shows them."""
    for c in case.classes:
        for name in ("colour", "darkColour", "mark", "legendOrder", "drawn"):
            if c.drawn or (name == "drawn" and c.kind == "entity"):
                continue
            why = {"relation": "is a relation, which is drawn as an edge", "named": "is a name, which is not drawn",
                   "entity": "is not drawn (cq:drawn false)"}[c.kind]  # fmt: skip
            if name != "drawn" and any(d.drawn and d.view is c for d in case.below[c.term]):
                continue  # classes below inherit the look, though not that they are not drawn
            yield from _unseen(case, c.term, name, why)
    for p in case.properties:
        relations = {c.term for c in case.ontology.classes.values() if c.kind == "relation"}
        if p.kind not in LINKS:
            for name in ("drawn", "connects", "inverseSentence"):
                yield from _unseen(case, p.term, name, "holds a text, which is no other end")
        if p.kind != "relation":
            for name in ("target", "loneSentence"):
                yield from _unseen(case, p.term, name, "leads to no qualified relation")
        if p.domain and not p.domain & relations:
            yield from _unseen(case, p.term, "detail", "is no property of a qualified relation")
    entities = case.ontology.property_by_term
    for name in ("key", "sentence", "inverseSentence", "detail", "loneSentence", "target"):
        for s, _, _ in case.index.match(None, f"<{CQ}{name}>", None):
            if s not in entities and case.is_ours(s):
                yield from _unseen(case, s, name, "is no owl:ObjectProperty or owl:DatatypeProperty")
    for name in ("colour", "darkColour", "mark", "legendOrder", "plural"):
        for s, _, _ in case.index.match(None, f"<{CQ}{name}>", None):
            if s not in case.ontology.class_by_term and case.is_ours(s):
                yield from _unseen(case, s, name, "is no owl:Class")


def _unseen(case: Case, term: Term, name: str, why: str) -> Iterator[Finding]:
    for value in case.index.objects(term, f"<{CQ}{name}>"):
        place = case.place(term, f"<{CQ}{name}>", value, "predicate")
        message = f"cq:{name} of {case.name(term)} is never seen: {case.name(term)} {why}"
        yield warn(place, "unseen-view", message, "take it out, or say it of what is meant")


def check_values(case: Case) -> Iterator[Finding]:
    """Find annotations whose value means nothing, and so changes nothing; `check` tells of some."""
    allowed = {"drawn": "true|false", "mayShareName": "true|false", "legendOrder": "[0-9]{1,9}"}
    for name, pattern in allowed.items():
        for s, p, o in case.index.match(None, f"<{CQ}{name}>", None):
            if not re.fullmatch(pattern, plain(o) if o.startswith(('"', "<")) else ""):
                hint = "write true or false" if "true" in pattern else "write a whole number, 0 or more"
                message = f"cq:{name} of {case.name(s)} is {plain(o) if not o.startswith('_:') else '[ … ]'}"
                yield fail(case.place(s, p, o), "bad-value", message, hint)
    for name in ("darkColour",):
        for s, p, o in case.index.match(None, f"<{CQ}{name}>", None):
            if not case.index.objects(s, f"<{CQ}colour>") and case.is_ours(s):
                message = f"{case.name(s)} has a cq:darkColour, but no cq:colour of its own for light grounds"
                yield warn(case.place(s, p, o), "half-a-look", message, 'add cq:colour "#rrggbb"')
