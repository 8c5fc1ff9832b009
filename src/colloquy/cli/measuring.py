"""`colloquy network`: the measures of the network, as a table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated

import typer

from colloquy.cli.options import HERE, DataOption, JsonOption, ProjectOption, note_errors, one_of, open_project
from colloquy.cli.saying import count, say
from colloquy.errors import printable

if TYPE_CHECKING:
    from colloquy.network.measures import Measure, Measures

MEASURES: dict[str, Callable[[Measures], Iterable[Measure]]] = {
    "degree": lambda found: found.rows,
    "betweenness": lambda found: sorted(found.rows, key=lambda row: (-row.betweenness, -row.links, row.id)),
    "bridges": lambda found: found.bridges,
}
"""What the rows may be sorted by; bridges are also chosen by it."""

LONGEST = 48
"""Characters of a name that a table shows; ids, which people copy, stand whole."""


def network(
    most: Annotated[int, typer.Option("--most", metavar="N", min=1, help="Show so many entries at most.")] = 20,
    by: Annotated[str, typer.Option("--by", metavar="|".join(MEASURES), help="Which entries come first.")] = "degree",
    as_json: JsonOption = False,
    project: ProjectOption = HERE,
    data: DataOption = None,
) -> None:
    """Measure the network: who has most links (degree), stands between most others, or joins communities (bridges).

    Betweenness is the share of the shortest paths between others that pass through an entry.

    Example:  colloquy network --by betweenness --most 10
    """
    one_of("--by", by, tuple(MEASURES))
    here = open_project(project, data)
    measures = here.measures()
    note_errors(here)
    from colloquy.network.measures import COLUMNS, table

    chosen = replace(measures, rows=tuple(MEASURES[by](measures)))
    if as_json:
        say(json.dumps([asdict(row) for row in chosen.rows[:most]], indent=1, ensure_ascii=False))
        return
    say(_aligned([COLUMNS, *table(chosen, most)], right=("links", "neighbours", "betweenness")))
    pivots = count(measures.pivots, "entry", "entries")
    how = "" if measures.exact else f"; betweenness is estimated from the paths of {pivots}"
    told = (
        count(len(chosen.rows), "bridge")
        if by == "bridges"
        else f"{count(len(chosen.rows), 'entry', 'entries')} by {by}"
    )
    say(f"{told}{how}")


def _aligned(rows: Sequence[Sequence[str]], right: Sequence[str]) -> str:
    """Lay rows out under their heads, in columns as wide as what stands in them."""
    from rich.cells import cell_len  # imported late: only a table needs it

    shown = [[printable(row[0], 1_000), *(printable(cell, LONGEST) for cell in row[1:])] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*shown, strict=True)]
    lines = []
    for row in shown:
        gaps = [" " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)]
        cells = [g + c if head in right else c + g for head, c, g in zip(rows[0], row, gaps, strict=True)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join([lines[0], "  ".join("─" * width for width in widths), *lines[1:]])
