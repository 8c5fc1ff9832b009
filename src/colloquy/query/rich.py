"""Answers in notebooks: a table in HTML with the names of things beside their IRIs; text where there is no HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from colloquy.errors import ColloquyError
from colloquy.query.tables import numeric, shown, table
from colloquy.query.values import lexical
from colloquy.terms import LANG_STRING, Term, compress, is_iri, literal_parts

if TYPE_CHECKING:
    from colloquy.query.answers import Answer

MOST_ROWS, MOST_TEXT = 100, 400
"""How many rows are shown, and how much of a text; `to_pandas()` and the others have all."""

# No colour of its own, so that it stands on whatever the notebook's theme gives, light or dark.  The class is
# named twice, since notebooks have rules of their own for tables.
_STYLE = """
.colloquy-answer{overflow-x:auto}
.colloquy-answer.colloquy-answer table{border-collapse:collapse}
.colloquy-answer.colloquy-answer table :is(th,td){padding:.25em .7em;vertical-align:top;text-align:left;
white-space:pre-wrap;border-bottom:1px solid color-mix(in srgb,currentColor 25%,transparent)}
.colloquy-answer.colloquy-answer table .number{text-align:right;font-variant-numeric:tabular-nums}
.colloquy-answer.colloquy-answer table tbody th{font-weight:normal;opacity:.75}
.colloquy-answer pre{white-space:pre-wrap}
.colloquy-answer small{font-size:.85em;opacity:.75}
"""


def to_html(answer: Answer) -> str:
    """Show an answer as HTML: all text escaped, no script, nothing that is loaded from anywhere.

    Links lead to IRIs of `http` and `https` alone.
    """
    if answer.kind == "ask":
        body = f"<p>{'yes' if answer else 'no'}</p>"
    elif not answer.rows:
        reason = _reason(answer)
        body = f"<p>{table(answer)}</p>{reason and f'<pre>{escape(shown(reason))}</pre>'}"
    else:
        first = replace(answer, rows=answer.rows[:MOST_ROWS])
        body = _table(first, _names(first)) + f"<p>{_counted(answer)}</p>"
    notes = "".join(f"<li>{_text(str(note))}</li>" for note in answer.notes)
    return f'<div class="colloquy-answer"><style>{_STYLE}</style>{body}{notes and f"<ul>{notes}</ul>"}</div>'


def to_text(answer: Answer) -> str:
    """Show an answer as a table of text, of its first rows where there are many."""
    first = replace(answer, rows=answer.rows[:MOST_ROWS])
    text = table(first, _names(first).get)
    if len(first) < len(answer):
        text = f"{text.rpartition(chr(10))[0]}\n{_counted(answer)}"
    return "\n".join([text, *map(str, answer.notes), *filter(None, [_reason(answer)])])


def _names(answer: Answer) -> Mapping[Term, str]:
    try:
        return answer.named()
    except ColloquyError:  # the build is gone, or busy; the rows are here
        return {}


def _reason(answer: Answer) -> str:
    try:
        return str(answer.diagnose() or "")
    except ColloquyError:
        return ""


def _counted(answer: Answer) -> str:
    what = "triple" if answer.kind == "graph" else "row"
    all_of_it = f"{len(answer):,} {what}{'' if len(answer) == 1 else 's'}"
    return all_of_it if len(answer) <= MOST_ROWS else f"the first {MOST_ROWS} of {all_of_it}"


def _table(answer: Answer, labels: Mapping[Term, str]) -> str:
    classes = [' class="number"' if numeric(answer, index) else "" for index in range(len(answer.columns))]
    head = "".join(
        f'<th scope="col"{number}>{_text(name)}</th>' for name, number in zip(answer.columns, classes, strict=True)
    )
    lines = [f'<table><thead><tr><th class="number">#</th>{head}</tr></thead><tbody>']
    prefixes = dict(answer.prefixes)
    for at, row in enumerate(answer.rows, start=1):
        cells = "".join(
            f"<td{number}>{_cell(term, labels, prefixes)}</td>" for term, number in zip(row, classes, strict=True)
        )
        lines.append(f'<tr><th scope="row" class="number">{at}</th>{cells}</tr>')
    return "\n".join([*lines, "</tbody></table>"])


def _cell(term: Term | None, labels: Mapping[Term, str], prefixes: dict[str, str]) -> str:
    if term is None:
        return ""
    if not is_iri(term):
        parts = literal_parts(term) if term.startswith('"') else None
        tag = f" <small>@{_text(parts.language or '')}</small>" if parts and parts.datatype == LANG_STRING else ""
        return f'<span dir="auto">{_text(lexical(term))}</span>{tag}'
    short, label = compress(term, prefixes), labels.get(term)
    words = _text(label or short)
    if term.startswith(("<http://", "<https://")):
        words = f'<a href="{escape(term[1:-1])}" rel="noreferrer">{words}</a>'
    return f"{words} <small>{_text(short)}</small>" if label else words


def _text(text: str) -> str:
    return escape(shown(text if len(text) <= MOST_TEXT else text[:MOST_TEXT] + "…"))
