"""Answers as tables of text, for people at a terminal."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping

from colloquy.errors import printable
from colloquy.query.answers import FLOATS, INTEGERS, Answer, lexical
from colloquy.terms import LANG_STRING, XSD, Term, compress, is_iri, literal_parts

NUMBERS = INTEGERS | FLOATS | {XSD + "decimal"}
LEAST = 8
"""A column is not made narrower than this."""


def table(
    answer: Answer,
    labels: Callable[[Term], str | None] = lambda term: None,
    prefixes: Mapping[str, str] | None = None,
    width: int = 100,
) -> str:
    """Lay an answer out as a table of at most `width` cells, each row with its number.

    - `labels` gives an IRI's name; a name that two IRIs of the answer bear stands with the id.
    - Control and bidirectional characters are shown as U+XXXX; long cells are wrapped.
    - The last line counts the rows; an `ASK` is answered `yes` or `no`.

    Numbers of rows count from 1 in the order of `answer.rows`.  The text ends without a line end.
    """
    if answer.kind == "ask":
        return "yes" if answer else "no"
    what = "triple" if answer.kind == "graph" else "row"
    if not answer.rows:
        return f"no {what}s"
    names = _names(answer, labels, dict(prefixes or answer.prefixes))
    tagged = _languages(answer)
    cells = [
        [str(number), *(_cell(term, names, tag) for term, tag in zip(row, tagged, strict=True))]
        for number, row in enumerate(answer.rows, start=1)
    ]
    right = [True] + [numeric(answer, index) for index in range(len(answer.columns))]
    head = ["", *map(shown, answer.columns)]
    widths = _fit(_widths([head, *cells]), width)
    lines = [*_lines(head, widths, right), "  ".join("─" * w for w in widths)]
    for row in cells:
        lines += _lines(row, widths, right)
    count = len(answer.rows)
    return "\n".join([*lines, f"{count:,} {what}{'' if count == 1 else 's'}"])


def _names(answer: Answer, labels: Callable[[Term], str | None], prefixes: dict[str, str]) -> dict[Term, str]:
    """Name each IRI of an answer; where two would look alike, with what tells them apart."""
    terms = {term for row in answer.rows for term in row if term is not None and is_iri(term)}
    named = {term: labels(term) for term in terms}
    bearers: dict[str, int] = defaultdict(int)
    for label in named.values():
        if label:
            bearers[label] += 1
    shown = {}
    for term, label in named.items():
        short = compress(term, prefixes)
        shown[term] = short if not label else label if bearers[label] == 1 else f"{label} ({short})"
    return shown


def _languages(answer: Answer) -> list[bool]:
    """Tell for each column whether its texts are of several languages, so that each shows its own."""
    several = []
    for index in range(len(answer.columns)):
        texts = (row[index] for row in answer.rows)
        several.append(len({literal_parts(t).language for t in texts if t is not None and t.startswith('"')}) > 1)
    return several


def _cell(term: Term | None, names: Mapping[Term, str], tagged: bool) -> str:
    if term is None:
        return ""
    text = names[term] if is_iri(term) else lexical(term)
    if tagged and term.startswith('"') and (parts := literal_parts(term)).datatype == LANG_STRING:
        text += f" @{parts.language}"
    return shown(text)


def shown(text: str) -> str:
    """Make a text safe to show: control and bidirectional characters become U+XXXX, lines stay lines."""
    if text.isprintable():
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    plain = ["".join(" " if unicodedata.category(c) == "Zs" else c for c in line) for line in lines]
    return "\n".join(printable(line, max(60, len(line))) for line in plain)


def numeric(answer: Answer, index: int) -> bool:
    """Tell whether a column holds numbers alone."""
    terms = [row[index] for row in answer.rows if row[index] is not None]
    return bool(terms) and all(t and t.startswith('"') and literal_parts(t).datatype in NUMBERS for t in terms)


def _cells(text: str) -> int:
    from rich.cells import cell_len

    return len(text) if text.isascii() else cell_len(text)


def _widths(rows: list[list[str]]) -> list[int]:
    return [max(max(map(_cells, cell.split("\n"))) for cell in column) for column in zip(*rows, strict=True)]


def _fit(widths: list[int], width: int) -> list[int]:
    """Narrow the widest columns until all fit, none below `LEAST`; the numbers stay whole."""
    room = width - 2 * (len(widths) - 1) - widths[0]
    columns = widths[1:]
    over = sum(columns) - room
    while over > 0 and max(columns) > LEAST:
        widest = max(columns)
        others = [w for w in columns if w < widest]
        many = columns.count(widest)
        next_width = max([*others, LEAST, widest - -(-over // many)])
        columns = [next_width if w == widest else w for w in columns]
        over = sum(columns) - room
    return [widths[0], *columns]


def _lines(row: list[str], widths: list[int], right: list[bool]) -> list[str]:
    wrapped = [_wrap(cell, width) for cell, width in zip(row, widths, strict=True)]
    lines = []
    for index in range(max(map(len, wrapped))):
        pieces = []
        for cell, width, flush in zip(wrapped, widths, right, strict=True):
            piece = cell[index] if index < len(cell) else ""
            space = " " * (width - _cells(piece))
            pieces.append(space + piece if flush else piece + space)
        lines.append("  ".join(pieces).rstrip())
    return lines


def _wrap(text: str, width: int) -> list[str]:
    """Break a cell at spaces, and a word that is wider than the column where it must."""
    if "\n" not in text and _cells(text) <= width:
        return [text]
    from rich.cells import chop_cells

    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            joined = f"{line} {word}" if line else word
            if _cells(joined) <= width:
                line = joined
                continue
            if line:
                lines.append(line)
            *whole, line = chop_cells(word, width) if _cells(word) > width else [word]
            lines += whole
        lines.append(line)
    return lines
