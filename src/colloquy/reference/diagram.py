"""Places the boxes and lines of the class diagrams; the template draws them as SVG.

Lengths are in the units of the drawing, one of which is one CSS pixel.  No font is at hand in a build,
so widths of words are estimates on the safe side.  Equal input gives equal places.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LONGEST = 34
"""A label is cut after so many characters; the whole of it is read out, and shown where one points."""
MOST_ARMS = 12
"""So many links are drawn on each side of a class; the others are counted."""

_HIGH, _ROW, _GAP, _PAD, _MARK = 26, 34, 40, 10, 20
_CHARACTER, _SMALL = 7.6, 6.9


@dataclass(frozen=True)
class Box:
    """A class in a diagram; `under` is the class above it, `beside` are others that it is a kind of as well."""

    term: str
    label: str
    href: str | None = None
    note: str = ""
    look: int | None = None
    mark: str = ""
    under: str | None = None
    beside: tuple[str, ...] = ()
    told: str = ""
    """What is read out of it, beside its label."""


@dataclass(frozen=True)
class Arm:
    """A link of a class: the key, and the box at its other end."""

    key: str
    end: Box


def width_of(text: str, each: float = _CHARACTER) -> float:
    """Estimate how wide a text is.

    >>> width_of("talk") < width_of("議論議論")
    True
    """
    return sum(each * (1.8 if unicodedata.east_asian_width(c) in "WF" else 1) for c in text)


def cut(text: str) -> str:
    """Shorten a label, with a sign that there was more."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def tree(boxes: Sequence[Box]) -> dict[str, Any]:
    """Place boxes as trees that grow to the right, each class level with the middle of those below it."""
    by_term = {box.term: box for box in boxes}
    below: dict[str | None, list[Box]] = defaultdict(list)
    for box in boxes:
        below[box.under if box.under in by_term else None].append(box)
    rows: dict[str, float] = {}
    depths: dict[str, int] = {}
    row = 0

    def place(box: Box, depth: int) -> None:
        nonlocal row
        depths[box.term] = depth
        under = [one for one in below[box.term] if one.term not in depths]
        for one in under:
            place(one, depth + 1)
        if under:
            rows[box.term] = (rows[under[0].term] + rows[under[-1].term]) / 2
        else:
            rows[box.term] = row
            row += 1

    for box in below[None]:
        place(box, 0)
    widths = [
        max(_width(b) for b in boxes if depths.get(b.term) == d) for d in range(max(depths.values(), default=-1) + 1)
    ]
    lefts = [1 + sum(w + _GAP for w in widths[:d]) for d in range(len(widths))]
    placed = {t: _placed(by_term[t], lefts[d], rows[t] * _ROW + 1, widths[d]) for t, d in depths.items()}
    lines = [_line(placed[b.under], placed[b.term]) for b in boxes if b.term in placed and b.under in placed]
    more = [_line(placed[t], placed[b.term]) for b in boxes if b.term in placed for t in b.beside if t in placed]
    whole = lefts[-1] + widths[-1] + 1 if widths else 0
    return {
        "boxes": [placed[t] for t in depths], "lines": lines, "more": more, "words": [], "counted": [],
        "width": round(whole), "height": row * _ROW,
    }  # fmt: skip


def around(middle: Box, into: Sequence[Arm], out: Sequence[Arm]) -> dict[str, Any] | None:
    """Place a class between what leads to it and what it leads to; None where there is neither."""
    if not into and not out:
        return None
    sides = [arms[:MOST_ARMS] for arms in (into, out)]
    rows = max(len(side) for side in sides)
    height = rows * _ROW + (18 if max(len(into), len(out)) > MOST_ARMS else 0)
    level = (rows - 1) * _ROW / 2 + 1
    boxes, lines, words = [], [], []
    left = 1.0
    widths = [max((_width(a.end) for a in side), default=0) for side in sides]
    gaps = [max((width_of(a.key, _SMALL) for a in side), default=-64) + 64 for side in sides]
    start = left + widths[0] + gaps[0]
    centre = _placed(middle, start, level, _width(middle))
    ends = (left, start + centre["width"] + gaps[1])
    for side, x, wide, turned in zip(sides, ends, widths, (True, False), strict=True):
        first = level - (len(side) - 1) * _ROW / 2
        for at, arm in enumerate(side):
            box = _placed(arm.end, x, first + at * _ROW, wide)
            boxes.append(box)
            lines.append(_line(box, centre, late=True) if turned else _line(centre, box))
            # The key stands at the straight end of its line, away from the bundle in the middle.
            near = box["x"] + wide + 8 if turned else box["x"] - 14
            words.append({"x": _short(near), "y": _short(box["y"] + _HIGH / 2 - 4), "text": arm.key, "end": not turned})
    counted = [
        {"x": _short(x), "y": height - 3, "text": f"and {len(arms) - MOST_ARMS} more"}
        for arms, x in zip((into, out), ends, strict=True)
        if len(arms) > MOST_ARMS
    ]
    told = [f"{a.key} leads from {a.end.label}" for a in into] + [f"{a.key} leads to {a.end.label}" for a in out]
    whole = ends[1] + widths[1] if sides[1] else start + centre["width"]
    return {
        "boxes": [centre, *boxes], "lines": lines, "more": [], "words": words, "counted": counted,
        "told": "; ".join(told), "width": round(whole + 1), "height": height,
    }  # fmt: skip


def _width(box: Box) -> float:
    note = width_of(box.note, _SMALL) + 8 if box.note else 0
    return width_of(cut(box.label)) + note + 2 * _PAD + (_MARK if box.mark else 0)


def _placed(box: Box, x: float, y: float, wide: float) -> dict[str, Any]:
    return {
        "x": _short(x), "y": _short(y), "width": _short(wide), "height": _HIGH,
        "text_x": _short(x + _PAD + (_MARK if box.mark else 0)), "text_y": _short(y + _HIGH / 2 + 4.5),
        "note_x": _short(x + wide - _PAD), "mark_x": _short(x + _PAD + 5), "mark_y": _short(y + _HIGH / 2),
        "label": cut(box.label), "whole": box.label, "note": box.note, "href": box.href, "look": box.look,
        "mark": box.mark, "told": box.told,
    }  # fmt: skip


def _line(start: dict[str, Any], end: dict[str, Any], *, late: bool = False) -> str:
    """Draw from the right side of a box to the left side of another: it bends at once, or (`late`) at the end."""
    x1, y1 = start["x"] + start["width"], start["y"] + _HIGH / 2
    x2, y2 = end["x"], end["y"] + _HIGH / 2
    bend, half = (x2 - _GAP if late else x1), _GAP / 2
    curve = (bend + half, y1, bend + half, y2, bend + _GAP, y2)
    return f"M{_short(x1)} {_short(y1)}H{_short(bend)}C{' '.join(str(_short(n)) for n in curve)}H{_short(x2)}"


def _short(number: float) -> float | int:
    rounded = round(number, 1)
    return int(rounded) if rounded == int(rounded) else rounded
